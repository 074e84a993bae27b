//! What may be asked for, and the exact bytes that are sent.

mod cases;

use cases::cases;
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use valify_link_core::{Config, ConfigOptions, CreateLink, Error, ErrorKind, HttpRequest, Lang, LinkRequest};

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn config() -> Config {
    Config::new("fake-key-0123456789").expect("a configuration")
}

fn request(return_url: &str) -> LinkRequest {
    LinkRequest::new(return_url, "user-1", now() + Duration::minutes(30))
}

fn built(config: &Config, request: LinkRequest) -> Result<HttpRequest, Error> {
    CreateLink::new(config, request, now(), 0).map(|call| call.request())
}

fn refused_field(result: Result<HttpRequest, Error>) -> Option<String> {
    let error = result.expect_err("a refusal");
    assert_eq!(error.kind, ErrorKind::InvalidRequest);
    error.field
}

#[test]
fn the_request_is_the_documented_one() {
    let expires_at = "2026-01-14T09:57:54.97249+02:00".parse().expect("an instant");
    let asked = LinkRequest::new("https://shop.example/back?a=1#top", "user \"1\" \\ é", expires_at)
        .flow("0B9C6A58-53DE-4CB1-9C7E-0A6D4E1F2A3B")
        .lang(Lang::Ar);
    let sent = built(&config(), asked).expect("a request");
    assert_eq!(sent.method, "POST");
    assert_eq!(sent.url, "https://verify.valifysolutions.com/api/link/v1/request/?lang=ar");
    let headers: Vec<_> = sent.headers.iter().collect();
    assert_eq!(headers, [("Content-Type", &b"application/json"[..]), ("X-Valify-Api-Key", b"fake-key-0123456789")]);
    assert_eq!(
        String::from_utf8(sent.body).expect("UTF-8"),
        concat!(
            r#"{"return_url":"https://shop.example/back?a=1#top","reference_id":"user \"1\" \\ é","#,
            r#""expires_at":"2026-01-14T07:57:54.972Z","flow":"0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b"}"#
        )
    );
}

#[test]
fn instants_round_to_the_millisecond_half_up() {
    for (given, written) in [
        ("2026-01-14T07:57:54.9714999Z", "2026-01-14T07:57:54.971Z"),
        ("2026-01-14T07:57:54.9715Z", "2026-01-14T07:57:54.972Z"),
        ("2026-12-31T23:59:59.9996Z", "2027-01-01T00:00:00.000Z"),
    ] {
        let document = format!(r#"{{"return_url":"https://a.example/","reference_id":"u","expires_at":"{given}"}}"#);
        let asked = LinkRequest::from_document(document.as_bytes()).expect("a document");
        let typed = LinkRequest::new("https://a.example/", "u", given.parse().expect("an instant"));
        for asked in [asked, typed] {
            let body = String::from_utf8(built(&config(), asked).expect("a request").body).expect("UTF-8");
            assert!(body.contains(written), "{given}: {body}");
        }
    }
}

/// Documents have no leap second, so that none may be written either; some hosts' instants can hold one.
#[test]
fn a_leap_second_is_the_second_after_it() {
    let midnight: DateTime<Utc> = "2027-01-01T00:00:00Z".parse().expect("an instant");
    let leap = "2026-12-31T23:59:60.5004Z".parse::<DateTime<Utc>>().expect("an instant");
    assert_ne!(leap, midnight + Duration::milliseconds(500));
    let asked = LinkRequest::new("https://a.example/", "u", leap);
    let body = String::from_utf8(built(&config(), asked).expect("a request").body).expect("UTF-8");
    assert!(body.contains("\"2027-01-01T00:00:00.500Z\""), "{body}");
}

#[test]
fn an_expiry_must_lie_in_the_future_and_have_four_digits() {
    let with = |expires_at| built(&config(), LinkRequest::new("https://a.example/", "u", expires_at));
    assert!(with(now() + Duration::milliseconds(1)).is_ok());
    assert_eq!(refused_field(with(now())).as_deref(), Some("expires_at"));
    // Rounds down to now.
    assert_eq!(refused_field(with(now() + Duration::microseconds(499))).as_deref(), Some("expires_at"));
    let year_9999 = "9999-12-31T23:59:59.999Z".parse::<DateTime<Utc>>().expect("an instant");
    assert!(with(year_9999).is_ok());
    assert_eq!(refused_field(with(year_9999 + Duration::milliseconds(1))).as_deref(), Some("expires_at"));
    assert_eq!(refused_field(with(DateTime::<Utc>::MAX_UTC)).as_deref(), Some("expires_at"));
}

#[test]
fn return_urls_that_could_lead_elsewhere_are_refused() {
    for url in [
        "",
        "shop.example/back",
        "//shop.example/back",
        "/back",
        "https:",
        "https:///back",
        "https://",
        "http://shop.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1@evil.example/",
        "https://user:pw@shop.example/",
        "https://user@shop.example/",
        "https://shop.example\\@evil.example/",
        "https://shop.example/a b",
        "https://shop.example/é",
        "https://shop.example/%zz",
        "https://shop.example:99999/",
        "https://shop.example:0/",
        "javascript:alert(1)",
        "data:text/html,x",
        "shop://back",
        "file:///etc/passwd",
        "https://shop.example/\n",
        " https://shop.example/",
        "http://[::2]/",
        "http://0x7f.1/",
        "http://2130706433/",
    ] {
        assert_eq!(refused_field(built(&config(), request(url))).as_deref(), Some("return_url"), "{url}");
    }
    for url in [
        "https://shop.example",
        "HTTPS://Shop.Example/Back",
        "https://shop.example:8443/back?x=%20&y#z",
        "http://localhost:3000/back",
        "http://127.0.0.1/",
        "http://127.9.8.7:1/",
        "HTTP://[::1]:80/",
        "http://LOCALHOST/",
        "https://xn--mgbh0fb.example/",
    ] {
        assert!(built(&config(), request(url)).is_ok(), "{url}");
    }
}

#[test]
fn app_deep_links_need_the_configurations_word() {
    let with = |schemes: &[&str]| ConfigOptions {
        return_schemes: schemes.iter().map(ToString::to_string).collect(),
        ..ConfigOptions::default()
    };
    let config = Config::with_options("fake-key-0123456789", with(&["Shop-App"])).expect("a configuration");
    for url in ["shop-app://back", "SHOP-APP:back?x=1", "shop-app:///back"] {
        assert!(built(&config, request(url)).is_ok(), "{url}");
    }
    assert_eq!(refused_field(built(&config, request("shop-app://user@back"))).as_deref(), Some("return_url"));
    assert_eq!(refused_field(built(&config, request("other-app://back"))).as_deref(), Some("return_url"));
    for scheme in ["javascript", "DATA", "http", "https", "a:b", "1a", "", "file"] {
        let error = Config::with_options("fake-key-0123456789", with(&["ok", scheme])).expect_err("a refusal");
        assert_eq!(error.kind, ErrorKind::InvalidConfig);
        assert_eq!(error.field.as_deref(), Some("return_schemes[1]"), "{scheme}");
    }
}

fn is_allowed_reference(reference: &str) -> bool {
    (1..=256).contains(&reference.len()) && reference.trim() == reference && !reference.chars().any(char::is_control)
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(256))]

    /// A browser reads the same host in an accepted URL as the rule did.
    #[test]
    fn browsers_agree_on_accepted_return_urls(
        url in "(https?|HTTP)://(shop\\.example|localhost|127\\.0\\.0\\.1|\\[::1\\]|[a-z@:/\\\\.%0-9]{1,12})(:[0-9]{1,5})?[/?#a-z@:\\\\%. ]{0,8}"
    ) {
        // A browser refuses a few hosts that RFC 3986 allows; it must never see another one.
        if let (Ok(_), Ok(seen)) = (built(&config(), request(&url)), url::Url::parse(&url)) {
            prop_assert!(seen.username().is_empty() && seen.password().is_none());
            let loopback = match seen.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            };
            prop_assert!(seen.scheme() == "https" || loopback, "{}", url);
        }
    }

    /// Whatever a reference holds, the body that is sent says exactly that, or nothing is sent.
    #[test]
    fn references_arrive_as_they_were_given(
        reference in "\\PC{0,70}|[ \\x00-\\x9f\u{2003}]{0,4}[a\"\\\\é]{1,4}[ \\x00-\\x9f\u{2003}]{0,2}|a{250,260}"
    ) {
        let asked = LinkRequest::new("https://a.example/", reference.clone(), now() + Duration::hours(1));
        match built(&config(), asked) {
            Ok(sent) => {
                let body: serde_json::Value = serde_json::from_slice(&sent.body).expect("JSON");
                prop_assert_eq!(body["reference_id"].as_str(), Some(reference.as_str()));
                prop_assert!(is_allowed_reference(&reference));
            }
            Err(error) => {
                prop_assert_eq!(error.field.as_deref(), Some("reference_id"));
                prop_assert!(!is_allowed_reference(&reference), "{:?}", reference);
            }
        }
    }

    #[test]
    fn only_uuids_are_flows(flow in "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-g{}-]{0,38}") {
        let is_uuid = flow.len() == 36
            && flow.char_indices().all(|(i, c)| if [8, 13, 18, 23].contains(&i) { c == '-' } else { c.is_ascii_hexdigit() });
        let result = built(&config(), request("https://a.example/").flow(flow.clone()));
        prop_assert_eq!(result.is_ok(), is_uuid);
        if let Ok(sent) = result {
            let written = format!("\"flow\":\"{}\"", flow.to_lowercase());
            prop_assert!(String::from_utf8_lossy(&sent.body).contains(&written));
        }
    }

    /// Documents from outside never panic and are refused by kind and field alone.
    #[test]
    fn documents_are_total(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        prop_assert_eq!(LinkRequest::from_document(&bytes).expect_err("no fields").kind, ErrorKind::InvalidRequest);
        prop_assert_eq!(Config::from_document(&bytes).expect_err("no key").kind, ErrorKind::InvalidConfig);
    }
}
