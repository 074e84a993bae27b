//! Returns: a state is good at its own origin and path, for its own reference, until it expires; whatever else arrives is refused by its kind.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use url::Url;
use valify_link_core::{
    ErrorKind, NamedSecret, ReturnState, Secret,
    return_state::{Binding, BoundBrowser, Placement, ReturnStateOptions},
};

use crate::{check_error, now, pieces};

const REFUSALS: [ErrorKind; 6] = [
    ErrorKind::Misuse,
    ErrorKind::StateMissing,
    ErrorKind::StateMalformed,
    ErrorKind::StateForged,
    ErrorKind::StateExpired,
    ErrorKind::StateMismatch,
];
const REFERENCE: &str = "CANARY-user";
const ADDRESS: &[&str] = &[
    "https://shop.example",
    "HTTPS://Shop.Example:443",
    "com.example.app:",
    "//",
    "/back",
    "/",
    "/back/",
    "?",
    "a=b",
    "&",
    "vl=",
    "v%6c=",
    "#",
    "#f",
    "%2e",
    "..",
    "1.x",
    "1.YQ.AgICAgICAgICAgICAgICAg.1768379274972.AAAA",
    "é",
    "+",
];

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let options = ReturnStateOptions { placement: *u.choose(Placement::ALL)?, ..ReturnStateOptions::default() };
    let secret = |id: &str, text: &str| NamedSecret::new(id, Secret::utf8(text));
    let secrets = vec![secret("a", "CANARY-fake-secret-0001"), secret("b", "CANARY-fake-secret-0002")];
    let states = ReturnState::with_options(secrets, options.clone()).expect("a return state");

    let return_url = if u.ratio(1, 2)? {
        (*u.choose(&[
            "https://shop.example/back",
            "https://shop.example",
            "https://shop.example/back/?a=b#f",
            "com.example.app:back",
        ])?)
        .to_string()
    } else {
        pieces::text(u, ADDRESS)?
    };
    let binding = Binding::new(u.arbitrary()?);
    let expires_at = now() + Duration::milliseconds(u.int_in_range(1..=100_000)?);
    let issued = match states.issue(&return_url, REFERENCE, expires_at, u.arbitrary()?, &binding, now()) {
        Ok(issued) => issued,
        Err(error) => {
            check_error(&error);
            assert_eq!(error.kind, ErrorKind::InvalidRequest);
            assert!(matches!(error.field.as_deref(), Some("return_url" | "binding")));
            return Ok(());
        }
    };
    // At once, and as a browser writes it, the state is good.
    check_good(&states, &issued.return_url, &issued.nonce, Some(&binding), BoundBrowser::Yes);
    check_good(&states, &issued.return_url, &issued.nonce, None, BoundBrowser::Unknown);
    if let Ok(url) = Url::parse(&issued.return_url)
        && matches!(url.scheme(), "http" | "https")
    {
        check_good(&states, url.as_str(), &issued.nonce, Some(&binding), BoundBrowser::Yes);
    }

    // On its way anything may happen to it.
    let arrived = if u.ratio(1, 2)? {
        pieces::edited(u, &issued.return_url)?
    } else {
        issued.return_url + &pieces::text(u, ADDRESS)?
    };
    let reference = *u.choose(&[REFERENCE, REFERENCE, "CANARY-use", "somebody else", ""])?;
    let received = now() + Duration::milliseconds(u.int_in_range(-1..=100_001)?);
    let cookie = match u.int_in_range(0..=3)? {
        0 => None,
        1 => Some(binding.to_cookie()),
        2 => Some(pieces::edited(u, &binding.to_cookie())?),
        _ => Some(pieces::text(u, &["CANARY", "A", "="])?),
    };
    match states.check(&arrived, reference, cookie.as_deref(), received) {
        Ok(returned) => {
            assert_eq!(reference, REFERENCE, "of this user alone");
            assert!(received <= expires_at, "until it expires");
            assert_eq!(returned.nonce(), issued.nonce);
            assert_eq!((returned.reference_id(), returned.expires_at()), (REFERENCE, expires_at));
            assert!(same_place(&return_url, &arrived, options.placement), "{return_url} is not where {arrived} is");
            let expected = match cookie.as_deref() {
                None | Some("") => BoundBrowser::Unknown,
                Some(cookie) if cookie == binding.to_cookie() => BoundBrowser::Yes,
                Some(_) => BoundBrowser::No,
            };
            assert_eq!(returned.returned_in_bound_browser(), expected);
        }
        Err(error) => {
            check_error(&error);
            assert!(REFUSALS.contains(&error.kind), "{error}");
        }
    }
    Ok(())
}

fn check_good(states: &ReturnState, url: &str, nonce: &str, cookie: Option<&Binding>, browser: BoundBrowser) {
    let cookie = cookie.map(Binding::to_cookie);
    let returned = states.check(url, REFERENCE, cookie.as_deref(), now()).expect("a return");
    assert_eq!(returned.nonce(), nonce);
    assert_eq!(returned.returned_in_bound_browser(), browser);
}

/// Whether two addresses are the same page to a reader of URLs that is not the core's. What it cannot read it says nothing about.
fn same_place(issued_for: &str, arrived: &str, placement: Placement) -> bool {
    let (Ok(issued_for), Ok(arrived)) = (Url::parse(issued_for), Url::parse(arrived)) else { return true };
    let is_web = matches!(issued_for.scheme(), "http" | "https");
    let path = match placement {
        Placement::Query => arrived.path(),
        Placement::Path => arrived.path().rsplit_once('/').map_or("", |(base, _)| base),
    };
    let expected =
        if placement == Placement::Path { issued_for.path().trim_end_matches('/') } else { issued_for.path() };
    issued_for.scheme() == arrived.scheme()
        && (!is_web || issued_for.origin() == arrived.origin())
        && path.trim_end_matches('/') == expected.trim_end_matches('/')
}
