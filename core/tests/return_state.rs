//! Who has come back: what a state proves, and what every other one is refused as.

mod cases;

use cases::cases;
use chrono::Duration;
use proptest::prelude::*;
use valify_link_core::{
    Error, ErrorKind, Instant, NamedSecret, Next, ReturnState, Returned, Secret,
    return_state::{Binding, BoundBrowser, Issued, Placement, ReturnStateOptions},
    secret::SANDBOX_WEBHOOK_SECRET,
};

const BACK: &str = "https://shop.example/back";
const USER: &str = "user-1";
const NONCE: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
const RANDOM: [u8; 16] = [16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31];
/// The state of `BACK`, `USER`, `NONCE`, `RANDOM` and forty minutes, made by another implementation.
const STATE: &str = "1.MjAyNi0wMQ.AAECAwQFBgcICQoLDA0ODw.1768376400000.\
    sVD-o_lLauqBCMzNId_WRD0-CdBtQGaHYEOSO29J0Gr3DtGBMvPE6wj6WYkopx5wgE95s47rVUUnmaQHpEMRie8HwpSxBYEsWw2NSbZJj54";

fn now() -> Instant {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn expiry() -> Instant {
    now() + Duration::minutes(40)
}

fn old() -> NamedSecret {
    NamedSecret::new("2026-01", Secret::utf8("an-example-key-of-32-fake-bytes!"))
}

fn new() -> NamedSecret {
    NamedSecret::new("2026-02", Secret::hex("000102030405060708090a0b0c0d0e0f"))
}

fn states() -> ReturnState {
    ReturnState::new(vec![old()]).expect("a return state")
}

fn in_path() -> ReturnState {
    let options = ReturnStateOptions { placement: Placement::Path, ..ReturnStateOptions::default() };
    ReturnState::with_options(vec![old()], options).expect("a return state")
}

fn issue(states: &ReturnState, return_url: &str) -> Result<Issued, Error> {
    states.issue(return_url, USER, expiry(), NONCE, &Binding::new(RANDOM), now())
}

fn issued(states: &ReturnState, return_url: &str) -> String {
    issue(states, return_url).expect("a state").return_url
}

fn check(states: &ReturnState, url: &str) -> Result<Returned, Error> {
    states.check(url, USER, None, now())
}

/// What a return is refused as, and where.
fn refusal(states: &ReturnState, url: &str) -> (ErrorKind, Option<String>) {
    let error = check(states, url).expect_err(url);
    if error.kind != ErrorKind::Misuse {
        assert_eq!(error.next(), Next::WaitForWebhook);
    }
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("shop.example") && !shown.contains("AAECAw"), "the URL is in the error");
    (error.kind, error.field)
}

fn kind(url: &str) -> ErrorKind {
    refusal(&states(), url).0
}

#[test]
fn a_state_is_what_the_documentation_says() {
    let issued = issue(&states(), BACK).unwrap();
    assert_eq!(issued.return_url, format!("{BACK}?vl={STATE}"));

    let returned = check(&states(), &issued.return_url).unwrap();
    assert_eq!((returned.reference_id(), returned.nonce()), (USER, "AAECAwQFBgcICQoLDA0ODw"));
    assert_eq!((returned.expires_at(), returned.nonce()), (expiry(), issued.nonce.as_str()));
    let keys = returned.keys();
    assert_eq!((keys.token_hash, keys.reference_id.as_deref()), (None, Some(USER)));
    // SHA-256 made by another implementation.
    assert_eq!(keys.nonce_hash.unwrap(), "8e0a0c2c851d252457e40c0742a7ba1c");
}

#[test]
fn query_and_fragment_survive() {
    let state = format!("vl={STATE}");
    for (return_url, expected) in [
        ("https://shop.example/back?a=1", format!("https://shop.example/back?a=1&{state}")),
        ("https://shop.example/back?a=1&b=%20;c#part", format!("https://shop.example/back?a=1&b=%20;c&{state}#part")),
        ("https://shop.example/back?", format!("https://shop.example/back?{state}")),
        ("https://shop.example/back#part?x", format!("https://shop.example/back?{state}#part?x")),
    ] {
        assert_eq!(issued(&states(), return_url), expected);
        assert!(check(&states(), &expected).is_ok(), "{expected}");
    }
}

#[test]
fn what_others_append_is_accepted() {
    for url in [
        format!("{BACK}?vl={STATE}&status=done"),
        format!("{BACK}?status=done&vl={STATE}"),
        format!("{BACK}?vl={STATE}&vl2={STATE}&xvl=1&a=b=c&&=&%zz&name=\u{645}|<>#vl=other"),
        format!("{BACK}?x=?vl=1&vl={STATE}#fragment"),
        format!("HTTPS://Shop.Example:443/back?vl={STATE}"),
        format!("https://shop.example:/back?vl={STATE}"),
    ] {
        assert!(check(&states(), &url).is_ok(), "{url}");
    }
}

#[test]
fn an_empty_path_is_the_root() {
    let url = issued(&states(), "https://shop.example?a=1");
    assert!(check(&states(), &url).is_ok());
    assert!(check(&states(), &url.replace("example?", "example/?")).is_ok());
    assert_eq!(kind(&url.replace("example?", "example/a?")), ErrorKind::StateMismatch);
}

#[test]
fn a_missing_state_is_missing() {
    for url in [BACK, "https://shop.example/back?", "https://shop.example/back?xvl=1&VL=2#vl=3"] {
        assert_eq!(kind(url), ErrorKind::StateMissing, "{url}");
    }
}

#[test]
fn a_state_in_another_form_is_malformed() {
    let bare = ["", "1", "1....", "0.a.b.c.d", "undefined"];
    let changed = [
        format!("{STATE}."),
        format!("{STATE}="),
        format!("{STATE}A"),
        format!(" {STATE}"),
        format!("{STATE}?status=done"),
        STATE[..STATE.len() - 1].into(),
        STATE.replacen("1.", "2.", 1),
        STATE.replacen("1.", "01.", 1),
        STATE.replacen("1.", "", 1),
        STATE.replace('.', "%2E"),
        STATE.replace('-', "+"),
        STATE.replace("1768376400000", "01768376400000"),
        STATE.replace("1768376400000", "+1768376400000"),
        STATE.replace("1768376400000", "1768376400000.0"),
        STATE.replace("1768376400000", "99999999999999999999"),
        STATE.replace("1768376400000", "9223372036854775807"),
        // The same bytes, but for bits that decoding throws away.
        STATE.replace("ODw.", "ODx."),
        STATE.replace("AAECAw", "AAECAwA"),
    ];
    for state in bare.into_iter().chain(changed.iter().map(String::as_str)) {
        assert_eq!(kind(&format!("{BACK}?vl={state}")), ErrorKind::StateMalformed, "{state}");
    }
    for twice in [format!("vl={STATE}&vl={STATE}"), format!("vl=&vl={STATE}"), format!("vl={STATE}&%76%6c=")] {
        assert_eq!(kind(&format!("{BACK}?{twice}")), ErrorKind::StateMalformed, "{twice}");
    }
    assert_eq!(kind(&format!("{BACK}?v%6C={STATE}")), ErrorKind::StateMalformed);
    assert_eq!(kind(&format!("{BACK}?vl")), ErrorKind::StateMalformed);
}

#[test]
fn a_state_of_another_secret_is_forged() {
    let same_id = ReturnState::new(vec![NamedSecret::new("2026-01", Secret::utf8("another-example-key-of-fake-byte"))]);
    let other_id = ReturnState::new(vec![NamedSecret::new("2026-1", Secret::utf8("an-example-key-of-32-fake-bytes!"))]);
    for states in [same_id.unwrap(), other_id.unwrap()] {
        assert_eq!(refusal(&states, &format!("{BACK}?vl={STATE}")), (ErrorKind::StateForged, None));
    }
    let later = STATE.replace("1768376400000", "1768376400001");
    assert_eq!(kind(&format!("{BACK}?vl={later}")), ErrorKind::StateForged);
}

#[test]
fn a_state_is_good_until_its_expiry() {
    let url = issued(&states(), BACK);
    let at = |now| states().check(&url, USER, None, now).map_err(|error| error.kind);
    assert!(at(expiry()).is_ok());
    assert!(at(expiry() + Duration::microseconds(499)).is_ok(), "instants are rounded to the millisecond");
    assert_eq!(at(expiry() + Duration::microseconds(500)), Err(ErrorKind::StateExpired));
    assert_eq!(at(Instant::MAX_UTC), Err(ErrorKind::StateExpired));
}

#[test]
fn a_moved_state_is_a_mismatch_that_says_what_differs() {
    let moved = |url: &str| refusal(&states(), &format!("{url}?vl={STATE}"));
    for url in [
        "http://shop.example/back",
        "https://shop.example:8443/back",
        "https://shop.example:80/back",
        "https://shop.example.evil.example/back",
        "https://evil.example/back",
        "https://user@shop.example/back",
        "https://evil.example\\@shop.example/back",
        "https://shop.example/back/",
        "https://shop.example/Back",
        "https://shop.example/%62ack",
        "https://shop.example//back",
        "https://shop.example",
        "app://shop.example/back",
        "https+x://shop.example/back",
    ] {
        assert_eq!(moved(url), (ErrorKind::StateMismatch, Some("return_url".into())), "{url}");
    }
    for reference in ["user-2", "", "user-1 ", "USER-1"] {
        let error = states().check(&format!("{BACK}?vl={STATE}"), reference, None, now()).unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::StateMismatch, Some("reference_id")));
        assert_eq!(error.reference_id, None);
    }
}

#[test]
fn checks_come_in_the_documented_order() {
    let late = expiry() + Duration::hours(1);
    let elsewhere = "https://other.example/back";
    let found = |url: &str, reference, now| states().check(url, reference, None, now).unwrap_err();
    let forged = STATE.replace("8HwpSx", "8HwpSy");
    assert_ne!(forged, STATE);
    assert_eq!(found(&format!("{elsewhere}?vl={forged}"), "user-2", late).kind, ErrorKind::StateForged);
    assert_eq!(found(&format!("{elsewhere}?vl={STATE}"), "user-2", late).kind, ErrorKind::StateExpired);
    let place = found(&format!("{elsewhere}?vl={STATE}"), "user-2", now());
    assert_eq!((place.kind, place.field.as_deref()), (ErrorKind::StateMismatch, Some("return_url")));
}

#[test]
fn only_an_absolute_url_is_checked() {
    for url in ["", "/back", "back", "//shop.example/back", "https:/back", "https:///back", "https", ":x", "1a://x/"] {
        assert_eq!(refusal(&states(), &format!("{url}?vl={STATE}")), (ErrorKind::Misuse, None), "{url}");
    }
}

#[test]
fn the_cookie_tells_the_browser_and_never_refuses_it() {
    let url = format!("{BACK}?vl={STATE}");
    let with = |cookie: Option<&str>| states().check(&url, USER, cookie, now()).unwrap().returned_in_bound_browser();
    let cookie = Binding::new(RANDOM).to_cookie();
    assert_eq!(cookie, "EBESExQVFhcYGRobHB0eHw");
    assert_eq!(with(Some(&cookie)), BoundBrowser::Yes);
    assert_eq!(with(None), BoundBrowser::Unknown);
    assert_eq!(with(Some("")), BoundBrowser::Unknown);
    for other in
        [&Binding::new(NONCE).to_cookie(), "EBESExQVFhcYGRobHB0eHx", "EBESExQVFhcYGRobHB0eHw==", "\u{645}", " "]
    {
        assert_eq!(with(Some(other)), BoundBrowser::No, "{other}");
    }
}

#[test]
fn a_cookie_is_taken_over_or_refused_whole() {
    let binding = Binding::from_cookie("EBESExQVFhcYGRobHB0eHw").unwrap();
    assert_eq!(binding.to_cookie(), Binding::new(RANDOM).to_cookie());
    for text in
        ["", "EBESExQVFhcYGRobHB0e", "EBESExQVFhcYGRobHB0eHx", "EBESExQVFhcYGRobHB0eHw==", "EBESExQVFhcYGRobHB0eHyAh"]
    {
        let error = Binding::from_cookie(text).unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some("binding")), "{text}");
    }
}

#[test]
fn the_first_secret_issues_and_all_check() {
    let before = states();
    let during = ReturnState::new(vec![new(), old()]).unwrap();
    let after = ReturnState::new(vec![new()]).unwrap();
    let (old, new) = (issued(&before, BACK), issued(&during, BACK));
    assert!(check(&during, &old).is_ok() && check(&during, &new).is_ok() && check(&after, &new).is_ok());
    assert_eq!(refusal(&before, &new).0, ErrorKind::StateForged);
    assert_eq!(refusal(&after, &old).0, ErrorKind::StateForged);
}

#[test]
fn a_path_segment_carries_the_state_for_a_sender_that_appends_naively() {
    let states = in_path();
    for (return_url, expected) in [
        ("https://shop.example/back", format!("https://shop.example/back/{STATE}")),
        ("https://shop.example/back?a=1#part", format!("https://shop.example/back/{STATE}?a=1#part")),
    ] {
        assert_eq!(issued(&states, return_url), expected);
    }
    for return_url in
        ["https://shop.example", "https://shop.example/", "https://shop.example/a//", "app:back/here", "app://"]
    {
        let url = issued(&states, return_url);
        assert!(check(&states, &url).is_ok(), "{url}");
        assert!(check(&states, &format!("{url}?status=done?x&y")).is_ok(), "{url}");
    }
    let slash = issued(&states, "https://shop.example/back/");
    assert_eq!(slash, format!("https://shop.example/back/{STATE}"), "a segment takes the place of the empty one");

    for (url, kind) in [
        (BACK.to_string(), ErrorKind::StateMissing),
        ("https://shop.example".into(), ErrorKind::StateMissing),
        (format!("{BACK}?vl={STATE}"), ErrorKind::StateMissing),
        (format!("{BACK}/{STATE}/"), ErrorKind::StateMissing),
        (format!("{BACK}/x.{STATE}"), ErrorKind::StateMissing),
        (format!("{BACK}/{STATE}/{STATE}"), ErrorKind::StateMalformed),
        (format!("{BACK}/{STATE}&status=done"), ErrorKind::StateMalformed),
        (format!("{BACK}/1.2"), ErrorKind::StateMalformed),
        (format!("{BACK}/2{STATE}"), ErrorKind::StateMalformed),
        (format!("{BACK}/x/{STATE}"), ErrorKind::StateMismatch),
        (format!("https://shop.example/{STATE}"), ErrorKind::StateMismatch),
    ] {
        assert_eq!(refusal(&states, &url).0, kind, "{url}");
    }
}

#[test]
fn a_deep_link_of_an_app_carries_a_state_too() {
    for return_url in ["app://back", "app://back/here?x=1", "app:back"] {
        let url = issued(&states(), return_url);
        assert!(check(&states(), &url).is_ok(), "{url}");
    }
    let url = issued(&states(), "app://Back");
    assert!(check(&states(), &url.replacen("app:", "APP:", 1)).is_ok());
    assert_eq!(kind(&url.replacen("Back", "back", 1)), ErrorKind::StateMismatch);
}

#[test]
fn what_cannot_be_issued_is_an_invalid_request_that_names_the_field() {
    let long = format!("{BACK}?{}", "a".repeat(2048 - BACK.len() - 1));
    let binding = Binding::new(RANDOM);
    let fields = [
        ("relative/path", USER, expiry(), "return_url"),
        ("https://shop.example/b c", USER, expiry(), "return_url"),
        ("https://user@shop.example/", USER, expiry(), "return_url"),
        ("https://shop.example:0/", USER, expiry(), "return_url"),
        ("https:back", USER, expiry(), "return_url"),
        ("https:///back", USER, expiry(), "return_url"),
        ("https://shop%2Eexample/", USER, expiry(), "return_url"),
        ("https://shop.example/a/../back", USER, expiry(), "return_url"),
        ("https://shop.example/./back", USER, expiry(), "return_url"),
        ("https://shop.example/a/%2E%2e", USER, expiry(), "return_url"),
        ("https://shop.example/back?vl=1", USER, expiry(), "return_url"),
        ("https://shop.example/back?a&%76l", USER, expiry(), "return_url"),
        (&long, USER, expiry(), "return_url"),
        (BACK, "", expiry(), "reference_id"),
        (BACK, " user-1", expiry(), "reference_id"),
        (BACK, USER, now(), "expires_at"),
        (BACK, USER, Instant::MAX_UTC, "expires_at"),
    ];
    for (return_url, reference, expires_at, field) in fields {
        let error = states().issue(return_url, reference, expires_at, NONCE, &binding, now()).expect_err(return_url);
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some(field)), "{return_url}");
    }
    let error = states().issue(BACK, USER, expiry(), RANDOM, &binding, now()).unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some("binding")));

    let again = issue(&in_path(), &issued(&in_path(), BACK)).unwrap_err();
    assert_eq!((again.kind, again.field.as_deref()), (ErrorKind::InvalidRequest, Some("return_url")));
}

#[test]
fn an_address_with_its_state_fills_the_limit_and_no_more() {
    let room = 2048 - BACK.len() - "?a=".len() - "&vl=".len() - STATE.len();
    let filled = |length| issue(&states(), &format!("{BACK}?a={}", "x".repeat(length)));
    assert_eq!(filled(room).unwrap().return_url.len(), 2048);
    assert_eq!(filled(room + 1).unwrap_err().field.as_deref(), Some("return_url"));
}

#[test]
fn a_document_makes_the_same_return_state() {
    let secrets = r#""secrets": [{ "id": "2026-01", "utf8": "an-example-key-of-32-fake-bytes!" }]"#;
    let read = |rest: &str| ReturnState::from_document(format!("{{ {secrets}{rest} }}").as_bytes()).unwrap();
    assert_eq!(issued(&read(""), BACK), format!("{BACK}?vl={STATE}"));
    assert_eq!(issued(&read(r#", "parameter": "s-t_8""#), BACK), format!("{BACK}?s-t_8={STATE}"));
    assert_eq!(issued(&read(r#", "placement": "query""#), BACK), format!("{BACK}?vl={STATE}"));
    let path = read(r#", "parameter": "vl", "placement": "path""#);
    assert_eq!(issued(&path, BACK), format!("{BACK}/{STATE}"));
}

#[test]
fn a_bad_document_is_an_invalid_config_that_names_the_field() {
    let good = r#"{ "id": "a", "utf8": "0123456789abcdef" }"#;
    let seventeen: Vec<_> =
        (0..17).map(|index| format!(r#"{{ "id": "{index}", "utf8": "0123456789abcdef" }}"#)).collect();
    let long = "x".repeat(65);
    for (document, field) in [
        ("[]".to_string(), ""),
        ("{}".into(), "secrets"),
        (r#"{ "secrets": [] }"#.into(), "secrets"),
        (r#"{ "secrets": [1] }"#.into(), "secrets[0]"),
        (format!(r#"{{ "secrets": [{}] }}"#, seventeen.join(",")), "secrets"),
        (format!(r#"{{ "secrets": [{good}, {good}] }}"#), "secrets[1].id"),
        (r#"{ "secrets": [{ "id": "", "utf8": "0123456789abcdef" }] }"#.into(), "secrets[0].id"),
        (r#"{ "secrets": [{ "id": "a b", "utf8": "0123456789abcdef" }] }"#.into(), "secrets[0].id"),
        (r#"{ "secrets": [{ "utf8": "0123456789abcdef" }] }"#.into(), "secrets[0].id"),
        (format!(r#"{{ "secrets": [{{ "id": "{long}", "utf8": "0123456789abcdef" }}] }}"#), "secrets[0].id"),
        (r#"{ "secrets": [{ "id": "a" }] }"#.into(), "secrets[0]"),
        (r#"{ "secrets": [{ "id": "a", "utf8": "0123456789abcdef", "hex": "00" }] }"#.into(), "secrets[0]"),
        (r#"{ "secrets": [{ "id": "a", "text": "0123456789abcdef" }] }"#.into(), "secrets[0]"),
        (r#"{ "secrets": [{ "id": "a", "utf8": "0123456789abcde" }] }"#.into(), "secrets[0].utf8"),
        (r#"{ "secrets": [{ "id": "a", "base64": "????" }] }"#.into(), "secrets[0].base64"),
        (format!(r#"{{ "secrets": [{{ "id": "a", "utf8": "{SANDBOX_WEBHOOK_SECRET}" }}] }}"#), "secrets[0].utf8"),
        (format!(r#"{{ "secrets": [{good}], "parameter": "" }}"#), "parameter"),
        (format!(r#"{{ "secrets": [{good}], "parameter": "v l" }}"#), "parameter"),
        (format!(r#"{{ "secrets": [{good}], "parameter": "v.l" }}"#), "parameter"),
        (format!(r#"{{ "secrets": [{good}], "parameter": "{long}" }}"#), "parameter"),
        (format!(r#"{{ "secrets": [{good}], "placement": "fragment" }}"#), "placement"),
        (format!(r#"{{ "secrets": [{good}], "placement": null }}"#), "placement"),
        (format!(r#"{{ "secrets": [{good}], "allow_short_secret": true }}"#), ""),
    ] {
        let error = ReturnState::from_document(document.as_bytes()).expect_err(&document);
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidConfig, Some(field)), "{document}");
        assert!(!format!("{error} {error:?}").contains("0123456789abcde"), "the secret is in the error");
    }
}

#[test]
fn renderings_show_no_secret_and_nobody() {
    let issued = issue(&states(), BACK).unwrap();
    let returned = check(&states(), &issued.return_url).unwrap();
    let binding = Binding::new(RANDOM);
    let shown = format!("{:?} {issued:?} {returned:?} {:?} {binding:?} {:?}", states(), returned.keys(), old());
    for hidden in ["an-example-key", USER, "AAECAw", "EBESEx", "shop.example", "[0, 1", "[16, 17"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert!(shown.contains("2026-01"), "the id of a secret is no secret: {shown}");
}

#[test]
#[cfg_attr(miri, ignore = "starts a compiler")]
fn nobody_else_makes_a_returned() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/returned_*.rs");
}

/// A path, query and fragment that `issue` takes: no dot segments, and no parameter of the state's name.
fn return_url() -> impl Strategy<Value = String> {
    let origin = prop::sample::select(vec![
        "https://shop.example",
        "https://shop.example:8443",
        "http://127.0.0.1:3000",
        "http://[::1]",
        "app://back",
    ]);
    let path = "(/[A-Za-z0-9_~!$&'()*+,;=:@-]{0,8}){0,4}";
    let query = prop::option::of("[A-Zabcd0-9._~!$&'()*+,;=:@/?-]{0,30}(%[0-9A-F]{2})?");
    let fragment = prop::option::of("[a-z0-9?/=&.:@!-]{0,20}");
    (origin, path, query, fragment).prop_map(|(origin, path, query, fragment)| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        format!("{origin}{path}{query}{fragment}")
    })
}

/// What a state becomes with one byte in another's place.
fn expected_kinds(at: usize, byte: u8) -> &'static [ErrorKind] {
    let dots: Vec<_> = STATE.match_indices('.').map(|(index, _)| index).collect();
    let in_alphabet = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let expiry = dots[2] + 1..dots[3];
    // The last character of a part of 22 or 107 has bits that must be zero.
    let last = [dots[1] - 1, dots[2] - 1, STATE.len() - 1];
    match at {
        _ if !in_alphabet || at == 0 || dots.contains(&at) => &[ErrorKind::StateMalformed],
        _ if expiry.contains(&at) && (!byte.is_ascii_digit() || (at == expiry.start && byte == b'0')) => {
            &[ErrorKind::StateMalformed]
        }
        // The key id must be text besides.
        _ if at < dots[1] || last.contains(&at) => &[ErrorKind::StateMalformed, ErrorKind::StateForged],
        _ => &[ErrorKind::StateForged],
    }
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_issued_state_is_good_where_it_was_issued(
        return_url in return_url(),
        reference in "[a-z\u{621}-\u{64A}][a-z0-9 @./\u{621}-\u{64A}]{0,30}[a-z]",
        nonce: [u8; 16],
        random: [u8; 16],
        path in any::<bool>(),
        seconds in 1..1_000_000_000_i64,
    ) {
        prop_assume!(nonce != random);
        let states = if path { in_path() } else { states() };
        let binding = Binding::new(random);
        let expires_at = now() + Duration::seconds(seconds);
        let issued = states.issue(&return_url, &reference, expires_at, nonce, &binding, now()).expect("a state");

        let (before, fragment) = return_url.split_once('#').unwrap_or((&return_url, ""));
        let query = before.split_once('?').map_or("", |(_, query)| query);
        prop_assert!(issued.return_url.contains(query) && issued.return_url.ends_with(fragment));

        let returned = states.check(&issued.return_url, &reference, Some(&binding.to_cookie()), now()).expect("a return");
        prop_assert_eq!(returned.reference_id(), reference.as_str());
        prop_assert_eq!(returned.expires_at(), expires_at);
        prop_assert_eq!(returned.nonce(), issued.nonce.as_str());
        prop_assert_eq!(returned.returned_in_bound_browser(), BoundBrowser::Yes);

        let late = states.check(&issued.return_url, &reference, None, expires_at + Duration::milliseconds(1));
        prop_assert_eq!(late.map_err(|error| error.kind), Err(ErrorKind::StateExpired));
    }

    #[test]
    fn a_state_with_any_byte_changed_is_refused(at in 0..STATE.len(), byte in 0x21_u8..0x7F) {
        prop_assume!(STATE.as_bytes()[at] != byte);
        let mut changed = STATE.as_bytes().to_vec();
        changed[at] = byte;
        let changed = String::from_utf8(changed).expect("ASCII");
        let found = kind(&format!("{BACK}?vl={changed}"));
        prop_assert!(expected_kinds(at, byte).contains(&found), "{}: {:?}", changed, found);
    }

    #[test]
    fn a_state_is_good_for_one_reference_and_place_alone(
        (mine, other) in (return_url(), return_url()),
        (reference, other_reference) in ("[a-z]{1,6}", "[a-z]{1,6}"),
    ) {
        let issue = |url: &str, reference: &str| {
            states().issue(url, reference, expiry(), NONCE, &Binding::new(RANDOM), now()).expect("a state").return_url
        };
        let place = |url: &str| url.split(['?', '#']).next().expect("a place").trim_end_matches('/').to_string();
        prop_assume!(place(&mine) != place(&other) && reference != other_reference);
        let state = |url: &str| url.split("vl=").nth(1).and_then(|rest| rest.split('#').next()).expect("a state").to_string();
        let (mine, other) = (issue(&mine, &reference), issue(&other, &reference));

        let moved = other.replace(&state(&other), &state(&mine));
        let error = states().check(&moved, &reference, None, now()).expect_err("moved");
        prop_assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::StateMismatch, Some("return_url")));
        let error = states().check(&mine, &other_reference, None, now()).expect_err("another's");
        prop_assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::StateMismatch, Some("reference_id")));
    }

    #[test]
    fn any_url_gives_a_return_or_an_error_of_the_closed_set(
        url in prop_oneof![
            any::<String>(),
            any::<String>().prop_map(|rest| format!("{BACK}{rest}")),
            any::<String>().prop_map(|rest| format!("{BACK}?vl={rest}")),
            any::<String>().prop_map(|rest| format!("{BACK}/1.{rest}")),
            "[a-z:/?#.&=%0-9]{0,40}",
        ],
        reference: String,
        cookie: Option<String>,
    ) {
        for states in [states(), in_path()] {
            let error = states.check(&url, &reference, cookie.as_deref(), now()).expect_err("nobody guesses a state");
            prop_assert!(matches!(
                error.kind,
                ErrorKind::Misuse | ErrorKind::StateMissing | ErrorKind::StateMalformed | ErrorKind::StateForged
            ));
        }
    }

    #[test]
    fn any_return_url_is_issued_for_or_refused_by_field(url in prop_oneof![any::<String>(), "[a-z]{1,5}:[!-~]{0,40}"]) {
        for states in [states(), in_path()] {
            match issue(&states, &url) {
                Ok(issued) => prop_assert!(check(&states, &issued.return_url).is_ok(), "{}", issued.return_url),
                Err(error) => prop_assert_eq!(error.field.as_deref(), Some("return_url")),
            }
        }
    }
}
