//! Documents: whatever is accepted is safe to use, and whatever is refused says where and never what.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use url::{Host, Url};
use valify_link_core::{
    Config, CreateLink, Delivery, Environment, Error, ErrorKind, Headers, LinkRequest, ReturnState, Verifier,
    return_state::Binding,
};

use crate::{CANARY, check_error, documents, now};

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    use ErrorKind::{InvalidConfig, InvalidRequest};
    match u.int_in_range(0..=3)? {
        0 => refused_or(Config::from_document(&documents::CONFIG.document(u)?), InvalidConfig, check_config),
        1 => refused_or(LinkRequest::from_document(&documents::REQUEST.document(u)?), InvalidRequest, check_request),
        2 => refused_or(Verifier::from_document(&documents::VERIFIER.document(u)?), InvalidConfig, check_verifier),
        _ => refused_or(ReturnState::from_document(&documents::RETURN_STATE.document(u)?), InvalidConfig, check_states),
    }
    Ok(())
}

fn refused_or<T>(read: std::result::Result<T, Error>, kind: ErrorKind, check: impl FnOnce(&T)) {
    match read {
        Ok(accepted) => check(&accepted),
        Err(error) => {
            assert_eq!(error.kind, kind, "{error}");
            let field = error.field.as_deref().expect("a field");
            assert!(field.is_ascii(), "{field}");
            check_error(&error);
        }
    }
}

fn check_config(config: &Config) {
    // A reader of URLs that is not the core's: both must mean the same place, and so must every client.
    let Ok(url) = Url::parse(config.base_url()) else {
        // Only IDNA's tables tell which names in Punycode there can be. A client that knows them goes nowhere.
        assert!(config.base_url().contains("xn--"), "{}", config.base_url());
        return;
    };
    assert_eq!(url.origin().ascii_serialization(), config.base_url());
    let loopback = is_loopback(&url);
    assert_eq!(config.base_url_is_loopback(), loopback);
    if config.environment() == Environment::Production {
        assert!(url.scheme() == "https" && !loopback, "{}", config.base_url());
    }
    assert!(!format!("{config:?}").contains(CANARY));

    let request = LinkRequest::new("https://shop.example/back", "user-1", now() + Duration::minutes(1));
    let sent = CreateLink::new(config, request, now(), 0).expect("a call").request();
    let sent_url = Url::parse(&sent.url).expect("a URL");
    assert_eq!((sent_url.origin(), sent_url.path()), (url.origin(), "/api/link/v1/request/"));
    assert!(sent.timeout_ms > 0 && sent.max_response_bytes > 0);
    let Some((_, key)) = sent.headers.iter().find(|(name, _)| *name == "X-Valify-Api-Key") else { panic!("no key") };
    assert!(!key.is_empty() && key.iter().all(u8::is_ascii_graphic));
    assert!(!format!("{sent:?}").contains(CANARY));
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn check_request(request: &LinkRequest) {
    assert!(!format!("{request:?}").contains(CANARY) || request.flow.is_some());
    let config = Config::new("fake-key-0123456789").expect("a configuration");
    let return_url = &request.return_url;
    match CreateLink::new(&config, request.clone(), now(), 0) {
        Ok(call) => {
            let body: serde_json::Value = serde_json::from_slice(&call.request().body).expect("JSON");
            assert_eq!(body["return_url"], *return_url);
            assert_eq!(body["reference_id"], request.reference_id);
            assert_eq!(body["flow"].as_str(), request.flow.as_ref().map(|flow| flow.to_ascii_lowercase()).as_deref());
            // What a browser makes of it, where it makes anything of it: never a script, never plain text over a network.
            if let Ok(url) = Url::parse(return_url) {
                assert!(url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)), "{return_url}");
                assert!(url.username().is_empty() && url.password().is_none(), "{return_url}");
            }
        }
        Err(error) => {
            assert_eq!(error.kind, ErrorKind::InvalidRequest);
            assert!(matches!(error.field.as_deref(), Some("return_url" | "reference_id" | "expires_at" | "flow")));
            check_error(&error);
        }
    }
}

fn check_verifier(verifier: &Verifier) {
    assert!(!format!("{verifier:?}").contains(CANARY));
    assert!(verifier.max_body_bytes() > 0);
    let delivery = Delivery { headers: &Headers::new(), body: b"{}", url: Some("/") };
    if let Err(error) = verifier.verify(&delivery, now()) {
        assert!(
            matches!(error.kind, ErrorKind::SignatureMissing | ErrorKind::SignatureMismatch | ErrorKind::BodyTooLarge),
            "{error}"
        );
    }
}

fn check_states(states: &ReturnState) {
    let binding = Binding::new([1; 16]);
    let expires_at = now() + Duration::minutes(1);
    let issued =
        states.issue("https://shop.example/back", "user-1", expires_at, [2; 16], &binding, now()).expect("a state");
    states.check(&issued.return_url, "user-1", None, now()).expect("a return");
}
