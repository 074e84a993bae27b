//! Nothing secret or personal shows in any rendering of what a webhook touches: canaries in every place, every type looked at.

use std::fmt::{Debug, Display};

use valify_link_core::{
    Auth, Delivery, Environment, Error, Headers, Instant, NamedSecret, Profile, Secret, Verifier, read_unverified,
    sign,
    webhook::{
        Basic, Limits, MatchesBy, Preset, PresetName, SecretPlace, SecretUrl, StaticHeader, SubjectField, ValueMeaning,
    },
    *,
};

const BODY: &str = r#"{"CANARY-key":"CANARY-value","data":{"reference_id":"CANARY-reference","token":"CANARY-token","flow":"CANARY-flow",
    "transaction_id":"CANARY-transaction","status":"CANARY-status","full_name":"CANARY-name"}}"#;

fn now() -> Instant {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn hidden(what: &str, value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(
            !text.contains("CANARY") && !text.contains("Q0FOQVJZ") && !text.contains("43414e415259"),
            "{what}: {text}"
        );
        assert!(!text.is_empty());
    }
}

fn hidden_in_both<T: Debug + Display>(what: &str, value: &T) {
    hidden(what, value);
    assert!(!value.to_string().contains("CANARY"), "{what}: {value}");
}

fn secrets() -> Vec<NamedSecret> {
    vec![NamedSecret::new("2026-11", Secret::utf8("user:CANARY-secret-0123456789"))]
}

fn unreserved() -> Vec<NamedSecret> {
    vec![NamedSecret::new("2026-11", Secret::utf8("CANARY-secret-0123456789"))]
}

fn schemes() -> Vec<Auth> {
    let presets = PresetName::ALL.iter().map(|preset| Auth::Preset(Preset::new(*preset, secrets())));
    let url = |place| {
        Auth::SecretUrl(SecretUrl {
            place,
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets: unreserved(),
        })
    };
    presets
        .chain([
            Auth::StaticHeader(StaticHeader {
                header: "X-Token".into(),
                accept_unsigned_body: true,
                allow_short_secret: false,
                secrets: secrets(),
            }),
            Auth::Basic(Basic { accept_unsigned_body: true, allow_short_secret: false, secrets: secrets() }),
            url(SecretPlace::PathSegment),
            url(SecretPlace::Query("token".into())),
        ])
        .collect()
}

fn profile() -> Profile {
    let at = |name: &str| vec![format!("/data/{name}")];
    Profile {
        reference_id: at("reference_id"),
        session_token: at("token"),
        flow: at("flow"),
        transaction_id: at("transaction_id"),
        decision: at("status"),
        decisions: vec![ValueMeaning::text("approved", Outcome::Passed)],
        subject: vec![SubjectField { name: "full_name".into(), at: at("full_name") }],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    }
}

#[test]
fn what_a_webhook_brings_is_hidden() {
    for auth in schemes() {
        hidden("Auth", &auth);
        let verifier =
            Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
        hidden("Verifier", &verifier);
        let signed = sign(&auth, BODY.as_bytes(), Some("id"), now()).expect("a signature");
        hidden("Signed", &signed);
        let delivery = Delivery { headers: &signed.headers, body: BODY.as_bytes(), url: signed.url.as_deref() };
        hidden("Delivery", &delivery);
        let event = verifier.verify(&delivery, now()).expect("an event");
        hidden_in_both("Event", &event);
        hidden("EventView", event.view());
        hidden_in_both("Subject", event.subject());
        hidden("Keys", &event.keys());
        assert_eq!(event.view().transaction_id.as_deref(), Some("CANARY-transaction"), "the field itself keeps it");
        assert_eq!(event.subject().get("full_name"), Some("CANARY-name"));
    }
    let unverified = read_unverified(&profile(), BODY.as_bytes()).expect("a reading");
    hidden_in_both("UnverifiedEvent", &unverified);
    hidden("UnverifiedEventView", unverified.view());
    assert_eq!(unverified.view().session_token.as_deref(), Some("CANARY-token"));
    for secret in secrets() {
        hidden("NamedSecret", &secret);
    }
}

/// What shows is what a log needs: what happened, and by which secret.
#[test]
fn what_is_shown_is_useful() {
    let auth = Auth::Preset(Preset::new(PresetName::XValifySignatureUnverified, secrets()));
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
    let signed = sign(&auth, BODY.as_bytes(), None, now()).expect("a signature");
    let delivery = Delivery { headers: &signed.headers, body: BODY.as_bytes(), url: None };
    let event = verifier.verify(&delivery, now()).expect("an event");
    assert_eq!(
        event.to_string(),
        "production event: indeterminate (decision_unmapped), authenticated by hmac with 2026-11"
    );
    assert!(format!("{event:?}").contains("Subject(1 hidden)"));
    assert!(format!("{verifier:?}").contains("Hmac"));
}

#[test]
fn no_delivery_can_put_its_words_into_an_error() {
    let values: [&[u8]; 8] = [
        b"CANARY",
        b"t=CANARY,v1=CANARY",
        b"v1,CANARY",
        b"Basic CANARY",
        b"CANARY,CANARY",
        b"CANARY\xff",
        b"1768377474CANARY",
        &[b'C'; 9000],
    ];
    let names = [
        "X-Valify-Signature",
        "Stripe-Signature",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "X-Token",
        "Authorization",
        "Content-Encoding",
        "CANARY",
    ];
    // Some of each under Miri, which takes a second for a delivery.
    let names: Vec<_> = names.into_iter().step_by(if cfg!(miri) { 4 } else { 1 }).collect();
    let values: Vec<_> = values.into_iter().step_by(if cfg!(miri) { 3 } else { 1 }).collect();
    for auth in schemes() {
        let verifier = Verifier::new(Environment::Production, &auth, &profile(), Limits { max_body_bytes: 1000 });
        let verifier = verifier.expect("a verifier");
        let signed = sign(&auth, BODY.as_bytes(), Some("id"), now()).expect("a signature");
        let url = signed.url.as_ref().map(|url| format!("{url}-CANARY"));
        let mut refused = 0;
        for &name in &names {
            for &value in &values {
                for with_signature in [true, false] {
                    let mut headers = if with_signature { signed.headers.clone() } else { Headers::new() };
                    headers.push(name, value);
                    let delivery = Delivery { headers: &headers, body: BODY.as_bytes(), url: url.as_deref() };
                    if let Err(error) = verifier.verify(&delivery, now()) {
                        hidden_in_both(name, &error);
                        assert!(error.detail.len() > 10, "{error}");
                        refused += 1;
                    }
                }
            }
        }
        assert!(refused >= names.len() * values.len(), "{auth:?}: {refused}");
        let large = Delivery { headers: &signed.headers, body: &[b'C'; 1001], url: None };
        hidden_in_both("body_too_large", &verifier.verify(&large, now()).expect_err("a refusal"));
    }
}

#[test]
fn no_refused_value_is_in_its_refusal() {
    let profile = r#"{"session_token":["/a"],"matches_by":"session_token"}"#;
    let secrets = r#"[{"id":"CANARY","utf8":"CANARY-secret-0123456789"}]"#;
    let hmac = r#""scheme":"hmac","digest":"sha256","encoding":"hex","signs":"body""#;
    let auths = [
        format!(r#"{{"scheme":"CANARY","secrets":{secrets}}}"#),
        format!(r#"{{"preset":"CANARY","secrets":{secrets}}}"#),
        format!(r#"{{{hmac},"header":"CANARY header","secrets":{secrets}}}"#),
        format!(r#"{{{hmac},"header":"X","prefix":"CANARY,","secrets":{secrets}}}"#),
        format!(r#"{{{hmac},"header":"X","CANARY":1,"secrets":{secrets}}}"#),
        format!(r#"{{{hmac},"header":"X","secrets":[{{"id":"CANARY id","utf8":"CANARY-secret-0123456789"}}]}}"#),
        format!(r#"{{{hmac},"header":"X","secrets":[{{"id":"a","hex":"CANARY"}}]}}"#),
        format!(r#"{{{hmac},"header":"X","secrets":[{{"id":"a","utf8":"CANARY"}}]}}"#),
        format!(r#"{{{hmac},"header":"X","secrets":[{{"id":"a","CANARY":"CANARY"}}]}}"#),
        format!(r#"{{"scheme":"basic","accept_unsigned_body":true,"secrets":{secrets}}}"#),
        r#"{"scheme":"static_header","header":"X","accept_unsigned_body":true,"secrets":[{"id":"a","utf8":"CANARY with space 0123"}]}"#.into(),
        format!(r#"{{"scheme":"secret_url","query":"CANARY name","accept_unsigned_body":true,"secrets":{secrets}}}"#),
        r#"{"scheme":"attested","by":"CANARY by","accept_unsigned_body":true}"#.into(),
    ];
    let profiles = [
        r#"{"CANARY":1}"#,
        r#"{"session_token":["CANARY"],"matches_by":"session_token"}"#,
        r#"{"session_token":["/a"],"matches_by":"CANARY"}"#,
        r#"{"decisions":[{"value":["CANARY"],"outcome":"passed"}]}"#,
        r#"{"decisions":[{"value":"CANARY","outcome":"CANARY"}]}"#,
        r#"{"decisions":[{"value":"CANARY","outcome":"passed"},{"value":"CANARY","outcome":"failed"}]}"#,
        r#"{"checks":{"CANARY":{}}}"#,
        r#"{"subject":{"CANARY":["CANARY"]}}"#,
        r#"{"subject":{"a":["CANARY"]}}"#,
    ];
    let whole = |auth: &str, profile: &str| format!(r#"{{"auth":{auth},"profile":{profile}}}"#);
    let good = r#"{"preset":"x_valify_signature_unverified","secrets":[{"id":"a","utf8":"CANARY-secret-0123456789"}]}"#;
    Verifier::from_document(whole(good, profile).as_bytes()).expect("what is not wrong below");
    let documents = auths.iter().map(|auth| whole(auth, profile)).chain(profiles.map(|profile| whole(good, profile)));
    let refusals: Vec<Error> =
        documents.map(|document| Verifier::from_document(document.as_bytes()).expect_err(&document)).collect();
    for refusal in &refusals {
        hidden_in_both("a refusal", refusal);
        assert!(refusal.field.is_some(), "{refusal}");
        assert!(refusal.detail.len() > 10, "{refusal}");
    }
}

/// The serialised form keeps the reference and leaves out token, subject and body.
#[cfg(feature = "serde")]
#[test]
fn the_serialised_form_keeps_to_the_table() {
    let auth = Auth::Preset(Preset::new(PresetName::XValifySignatureUnverified, secrets()));
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
    let body = BODY.replace("CANARY-status", "approved");
    let signed = sign(&auth, body.as_bytes(), None, now()).expect("a signature");
    let delivery = Delivery { headers: &signed.headers, body: body.as_bytes(), url: None };
    let event = verifier.verify(&delivery, now()).expect("an event");
    let dedupe_key = event.dedupe_key().expect("its body");
    let mut expected = serde_json::json!({
        "environment": "production",
        "outcome": "passed",
        "checks": {},
        "problem": null,
        "reference_id": "CANARY-reference",
        "flow": "CANARY-flow",
        "transaction_id": "CANARY-transaction",
        "occurred_at": null,
        "received_at": "2026-01-14T07:00:00.000Z",
        "dedupe_key": dedupe_key,
        "authenticated_by": { "scheme": "hmac", "secret": "2026-11", "body_signed": true, "fresh": false },
    });
    assert_eq!(serde_json::to_value(&event).expect("JSON"), expected);
    expected.as_object_mut().expect("an object").remove("dedupe_key");
    assert_eq!(serde_json::to_value(event.view()).expect("JSON"), expected);
    let unverified = read_unverified(&profile(), body.as_bytes()).expect("a reading");
    let expected = serde_json::json!({
        "problem": null,
        "reference_id": "CANARY-reference",
        "flow": "CANARY-flow",
        "transaction_id": "CANARY-transaction",
        "occurred_at": null,
    });
    assert_eq!(serde_json::to_value(&unverified).expect("JSON"), expected);
}
