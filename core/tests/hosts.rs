//! What the core offers to hosts beside the main calls, so that no rule is written twice.

use chrono::{DateTime, Duration, Utc};
use valify_link_core::{
    Auth, Config, CreateLink, Delivery, Environment, Error, ErrorKind, Headers, LinkRequest, NamedSecret, Next,
    Profile, Secret, Verifier, sign,
    webhook::{
        Digest, Hmac, Limits, MatchesBy, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs,
        StaticHeader, raw_at,
    },
};

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn secrets() -> Vec<NamedSecret> {
    vec![NamedSecret::new("a", Secret::utf8("an-obviously-fake-secret"))]
}

fn schemes() -> Vec<Auth> {
    let hmac = Hmac::new("X-Signature", Digest::Sha512, SignatureEncoding::Base64, Signs::IdTimestampBody, secrets());
    let covered = Hmac { id_header: Some("X-Id".into()), timestamp_header: Some("X-Time".into()), ..hmac };
    let preset = |preset, secrets| Auth::Preset(Preset { preset, secrets, tolerance_ms: None });
    let standard = vec![NamedSecret::new("a", Secret::base64("AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"))];
    vec![
        Auth::Hmac(covered),
        preset(PresetName::StripeStyle, secrets()),
        preset(PresetName::StandardWebhooks, standard),
        Auth::StaticHeader(StaticHeader {
            header: "X-Token".into(),
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets: secrets(),
        }),
        Auth::SecretUrl(SecretUrl {
            place: SecretPlace::PathSegment,
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets: secrets(),
        }),
    ]
}

fn verifier(auth: &Auth) -> Verifier {
    let profile = Profile {
        session_token: vec!["/token".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    Verifier::new(Environment::Production, auth, &profile, Limits { max_body_bytes: 4096 }).expect("a verifier")
}

/// The headers that a verifier names are enough, and each of them is needed or watched.
#[test]
fn no_other_header_is_read() {
    let body = br#"{"token":"own-session-00000000"}"#;
    for auth in schemes() {
        let verifier = verifier(&auth);
        let signed = sign(&auth, body, Some("msg-1"), now()).expect("signed");
        let named: Vec<String> = verifier.header_names().map(str::to_ascii_lowercase).collect();
        let sent = |name: &str| signed.headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        assert!(named.iter().filter(|name| *name != "content-encoding").all(|name| sent(name)), "{auth:?}");
        assert!(signed.headers.iter().all(|(name, _)| named.contains(&name.to_ascii_lowercase())), "{auth:?}");

        let mut noisy = signed.headers.clone();
        noisy.push("Cookie", "a=b");
        let kept: Headers = noisy.iter().filter(|(name, _)| named.contains(&name.to_ascii_lowercase())).collect();
        for headers in [&noisy, &kept] {
            let delivery = Delivery { headers, body, url: signed.url.as_deref() };
            assert!(verifier.verify(&delivery, now()).is_ok(), "{auth:?}");
        }
        let mut encoded = kept.clone();
        encoded.push("content-encoding", "gzip");
        let delivery = Delivery { headers: &encoded, body, url: signed.url.as_deref() };
        assert_eq!(verifier.verify(&delivery, now()).expect_err("gzip").kind, ErrorKind::EncodedBody);
    }
}

#[test]
fn an_event_gives_its_body_back() {
    let body = br#"{"token": "own-session-00000000", "n": 1.50}"#;
    let auth = &schemes()[1];
    let signed = sign(auth, body, None, now()).expect("signed");
    let verifier = verifier(auth);
    assert_eq!(verifier.max_body_bytes(), 4096);
    let mut event = verifier.verify(&Delivery { headers: &signed.headers, body, url: None }, now()).expect("an event");
    assert_eq!(event.raw_at("/n").expect("a pointer"), Some("1.50"));
    let view = event.view().clone();
    let dedupe_key = event.dedupe_key().expect("its body");
    let raw = event.detach_raw();
    assert_eq!(raw, body);
    // Without the body there is no key: that of an empty one would be the same for all deliveries.
    assert_eq!(event.dedupe_key().expect_err("no body").kind, ErrorKind::Misuse);
    assert_eq!(event.dedupe_key_of(&raw), dedupe_key);
    assert_eq!(raw_at(&raw, "/n").expect("a pointer"), Some("1.50"));
    assert_eq!(raw_at(b"no JSON", "/n").expect("a pointer"), None);
    assert_eq!(raw_at(&raw, "n").expect_err("no pointer").kind, ErrorKind::Misuse);
    assert_eq!((event.raw(), event.raw_at("/n").expect("a pointer")), (&b""[..], None));
    assert_eq!(event.view(), &view);
}

#[test]
fn a_signed_id_needs_no_body_for_its_dedupe_key() {
    let body = br#"{"token": "own-session-00000000"}"#;
    let auth = &schemes()[0];
    let signed = sign(auth, body, Some("msg-1"), now()).expect("signed");
    let delivery = Delivery { headers: &signed.headers, body, url: None };
    let mut event = verifier(auth).verify(&delivery, now()).expect("an event");
    let dedupe_key = event.dedupe_key().expect("a signed id");
    event.detach_raw();
    assert_eq!(event.dedupe_key().expect("a signed id"), dedupe_key);
    assert_eq!(event.dedupe_key_of(body), dedupe_key);
}

#[test]
fn the_text_of_a_transports_exception_is_cleaned() {
    let config = Config::new("CANARY-KEY-0123456789").expect("a configuration");
    let request = LinkRequest::new("https://shop.example/CANARY-RETURN", "CANARY-USER", now() + Duration::hours(1));
    let sent = CreateLink::new(&config, request, now(), 0).expect("a call").request();
    let said = "ConnectError: x-valify-api-key: CANARY-KEY-0123456789\r\nuser CANARY-USER to https://shop.example/CANARY-RETURN";
    let cleaned = sent.clean(said);
    assert!(!cleaned.contains("CANARY") && !cleaned.contains('\n'), "{cleaned}");
    assert!(cleaned.starts_with("ConnectError"));
    assert_eq!(sent.clean(&"é".repeat(900)).chars().count(), 200);
}

/// Short values, values that JSON escapes, and values that begin with one another.
#[test]
fn no_value_of_a_request_stays_in_a_text() {
    let in_an_hour = now() + Duration::hours(1);
    for (key, reference) in [
        ("abc", "u-1"),
        ("CANARY-KEY-0123456789", "CANARY-KEY"),
        ("CANARY-KEY", "CANARY-KEY-0123456789"),
        ("fake-key-0123456789", r"domain\user"),
        ("fake-key-0123456789", "a \"quoted\" name"),
        ("fake-key-0123456789", "سلمى\"é"),
        ("fake-key-0123456789", "hidden"),
    ] {
        let config = Config::new(key).expect("a configuration");
        let request = LinkRequest::new("https://shop.example/back", reference, in_an_hour);
        let sent = CreateLink::new(&config, request, now(), 0).expect("a call").request();
        let body = String::from_utf8(sent.body.clone()).expect("UTF-8");
        let as_json = serde_json::to_string(reference).expect("JSON");
        let as_json = as_json.trim_matches('"');
        assert_eq!(sent.clean(&format!("to {reference}: [{key}], {as_json}.")), "to (hidden): [(hidden)], (hidden).");
        let cleaned = sent.clean(&body);
        assert!(!cleaned.contains("shop.example") && !cleaned.contains(as_json) || reference == "hidden", "{cleaned}");
        assert!(sent.clean("abcd u-10 ab").ends_with("abcd u-10 ab"), "words around a short value stay");
        assert!(!sent.clean(&format!("{}{key}", "-".repeat(195))).contains(&key[..3]), "the cut hides no less");
    }
}

#[test]
fn hosts_refuse_by_the_same_error_and_answer_by_the_same_table() {
    let refused = Error::refused(ErrorKind::Misuse, None, "the body has been parsed already: hand over its bytes");
    assert_eq!(
        (refused.next(), refused.to_string().as_str()),
        (Next::FixRequest, "misuse: the body has been parsed already: hand over its bytes")
    );
    let refused = Error::refused(ErrorKind::InvalidRequest, Some("expires_at"), "must have a time zone");
    assert_eq!(refused.to_string(), "invalid_request at expires_at: must have a time zone");
    for kind in ErrorKind::ALL {
        let expected = match (kind, kind.as_str()) {
            (ErrorKind::BodyTooLarge, _) => 413,
            (ErrorKind::EncodedBody, _) => 415,
            (_, name) if name.starts_with("signature_") || name.starts_with("timestamp_") => 401,
            _ => 500,
        };
        assert_eq!(kind.delivery_status(), expected, "{kind}");
    }
}

/// The sandbox's own key and secret are refused wherever a production secret is taken, whatever they are given as.
#[test]
fn what_everybody_knows_is_no_secret() {
    for known in [valify_link_core::secret::SANDBOX_API_KEY, valify_link_core::secret::SANDBOX_WEBHOOK_SECRET] {
        assert_eq!(Config::new(known).expect_err("known").field.as_deref(), Some("api_key"));
        for (secret, field) in [
            (Secret::utf8(known), "secrets[0].utf8"),
            (Secret::base64(data_encoding::BASE64.encode(known.as_bytes())), "secrets[0].base64"),
        ] {
            let auth = Auth::Hmac(Hmac::new(
                "X-Signature",
                Digest::Sha256,
                SignatureEncoding::Hex,
                Signs::Body,
                vec![NamedSecret::new("a", secret)],
            ));
            assert_eq!(refused_field(&auth).as_deref(), Some(field));
        }
        let basic = valify_link_core::webhook::Basic {
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets: vec![NamedSecret::new("a", Secret::utf8(format!("user:{known}")))],
        };
        assert_eq!(refused_field(&Auth::Basic(basic)).as_deref(), Some("secrets[0].utf8"));
    }
}

fn refused_field(auth: &Auth) -> Option<String> {
    let profile = Profile {
        session_token: vec!["/token".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    let refused =
        Verifier::new(Environment::Production, auth, &profile, Limits::default()).expect_err("known to everybody");
    assert_eq!(refused.kind, ErrorKind::InvalidConfig);
    refused.field
}

/// An empty identifier names nothing: it neither matches nor contradicts.
#[test]
fn an_empty_identifier_is_absent() {
    let body = br#"{"token":"own-session-00000000","id":""}"#;
    let auth = &schemes()[1];
    let profile = Profile {
        session_token: vec!["/token".into()],
        reference_id: vec!["/id".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    let verifier = Verifier::new(Environment::Production, auth, &profile, Limits::default()).expect("a verifier");
    let signed = sign(auth, body, None, now()).expect("signed");
    let event = verifier.verify(&Delivery { headers: &signed.headers, body, url: None }, now()).expect("an event");
    assert_eq!(event.view().reference_id, None);
}
