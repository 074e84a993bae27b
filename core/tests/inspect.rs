//! What an inspection shows is enough to configure a verifier, and is nothing that anybody's data could be read from.

mod cases;

use cases::cases;
use proptest::{collection::vec, prelude::*, sample::select};
use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Headers, Inspection, Instant, NamedSecret, Outcome, Profile, Secret,
    Verifier, inspect, sign,
    webhook::{BodyForm, Limits, LooksLike, MatchesBy, Preset, PresetName, ValueKind},
};

const BODY: &str = r#"{"data":{"reference_id":"user-1","token":"5e55104e-0000-4000-8000-000000000001","transaction_id":12345,"status":"approved",
    "occurred_at":"2026-01-14T07:57:54.972Z","checks":{"liveness":true,"face_match":{"result":"ok","score":0.97}},"front_nid":"30101010100009",
    "date_of_birth":"2001/01/01","email":"mona@example.com","phone":"+20 100 000 0000","card":"/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMC",
    "30101010100009":{"status":null},"Mona Example":[1,2,3,4,5]}}"#;

fn now() -> Instant {
    "2026-01-14T07:57:54.972Z".parse().expect("an instant")
}

fn preset(secret: &str) -> Auth {
    Auth::Preset(Preset::new(
        PresetName::XValifySignatureUnverified,
        vec![NamedSecret::new("2026-11", Secret::utf8(secret))],
    ))
}

fn right() -> Auth {
    preset("an-obviously-fake-secret")
}

fn look(body: &str, candidates: &[Auth]) -> Inspection {
    let signed = sign(&right(), body.as_bytes(), None, now()).expect("a signature");
    let delivery = Delivery { headers: &signed.headers, body: body.as_bytes(), url: None };
    inspect(&delivery, candidates, Environment::Production, now()).expect("an inspection")
}

/// Debug in both layouts, text, and JSON where that is built.
fn renderings(inspection: &Inspection) -> Vec<String> {
    let texts = vec![inspection.to_string(), format!("{inspection:?}"), format!("{inspection:#?}")];
    #[cfg(feature = "serde")]
    let texts = [texts, vec![serde_json::to_string(inspection).expect("JSON")]].concat();
    texts
}

#[test]
fn the_first_delivery_becomes_configuration() {
    let inspection = look(BODY, &[preset("another-obviously-fake-secret"), right()]);
    assert_eq!(inspection.candidates[0].refused, Some(ErrorKind::SignatureMismatch));
    assert_eq!(inspection.candidates[1].authenticated_by.as_ref().map(|by| by.secret.as_str()), Some("2026-11"));
    let Profile {
        reference_id,
        session_token,
        transaction_id,
        occurred_at,
        decision,
        decisions,
        checks,
        subject,
        matches_by,
        ..
    } = &inspection.proposal.as_ref().expect("a proposal").profile;
    assert_eq!(reference_id, &["/data/reference_id"]);
    assert_eq!(session_token, &["/data/token"]);
    assert_eq!(transaction_id, &["/data/transaction_id"]);
    assert_eq!(occurred_at, &["/data/occurred_at"]);
    assert_eq!(decision, &["/data/status"], "neither a module's result nor one under a masked key");
    assert!(decisions.is_empty() && checks.iter().all(|check| check.values.is_empty()), "meanings are never guessed");
    let checks: Vec<_> = checks.iter().map(|check| (check.module.as_str(), check.at.as_slice())).collect();
    assert_eq!(
        checks,
        [
            ("face_match", ["/data/checks/face_match/result".to_string()].as_slice()),
            ("liveness", &["/data/checks/liveness".to_string()])
        ]
    );
    let subject: Vec<_> = subject.iter().map(|field| (field.name.as_str(), field.at[0].as_str())).collect();
    assert_eq!(subject, [("front_nid", "/data/front_nid"), ("date_of_birth", "/data/date_of_birth")]);
    assert_eq!(*matches_by, Some(MatchesBy::SessionToken));
}

/// The proposed document is one that a verifier takes, and it reads the delivery that it came from.
#[test]
fn the_proposed_document_configures_a_verifier() {
    let text = look(BODY, &[right()]).to_string();
    let (_, document) = text.split_once("for you to fill in\n").expect("a document");
    let profile = Profile::from_document(document.as_bytes()).expect("a profile");
    let verifier = Verifier::new(Environment::Production, &right(), &profile, Limits::default()).expect("a verifier");
    let signed = sign(&right(), BODY.as_bytes(), None, now()).expect("a signature");
    let delivery = Delivery { headers: &signed.headers, body: BODY.as_bytes(), url: None };
    let event = verifier.verify(&delivery, now()).expect("an event");
    assert_eq!(event.view().reference_id.as_deref(), Some("user-1"));
    assert_eq!(event.view().session_token.as_deref(), Some("5e55104e-0000-4000-8000-000000000001"));
    assert_eq!(event.view().outcome, Outcome::Indeterminate, "no decision has a meaning yet");
    assert_eq!(event.subject().get("front_nid"), Some("30101010100009"));
}

#[cfg(feature = "serde")]
#[test]
fn the_serialised_proposal_is_the_same_document() {
    let inspection = look(BODY, &[right()]);
    let json = serde_json::to_value(&inspection).expect("JSON");
    let text = inspection.to_string();
    let (_, document) = text.split_once("for you to fill in\n").expect("a document");
    assert_eq!(json["proposal"]["profile"], serde_json::from_str::<serde_json::Value>(document).expect("JSON"));
    assert_eq!(
        json["shape"][2],
        serde_json::json!({ "pointer": "/data/reference_id", "type": "string", "looks_like": "text", "length": "1-8" })
    );
}

#[test]
fn nothing_is_proposed_without_authentication() {
    for candidates in [vec![], vec![preset("another-obviously-fake-secret")]] {
        assert!(look(BODY, &candidates).proposal.is_none());
    }
    assert!(look("not JSON", &[right()]).proposal.is_none());
}

#[test]
fn every_value_is_described_and_masked() {
    let inspection = look(BODY, &[]);
    let line = |pointer: &str| inspection.shape.iter().find(|line| line.pointer == pointer).expect(pointer);
    for (name, looks_like, length) in [
        ("token", LooksLike::Uuid, "33-64"),
        ("transaction_id", LooksLike::Number, "1-8"),
        ("status", LooksLike::Word, "1-8"),
        ("occurred_at", LooksLike::DateTime, "17-32"),
        ("front_nid", LooksLike::NationalId, "9-16"),
        ("date_of_birth", LooksLike::Date, "9-16"),
        ("email", LooksLike::Email, "9-16"),
        ("phone", LooksLike::Phone, "9-16"),
        ("card", LooksLike::Image, "33-64"),
    ] {
        let line = line(&format!("/data/{name}"));
        assert_eq!((line.looks_like, line.length), (Some(looks_like), Some(length)), "{name}");
    }
    assert_eq!(line("").kind, ValueKind::Object);
    assert_eq!(
        (line("/data/checks/liveness").kind, line("/data/checks/liveness").looks_like),
        (ValueKind::Boolean, None)
    );
    let masked: Vec<_> = inspection.shape.iter().filter(|line| line.pointer == "/data/(masked)").collect();
    assert_eq!(masked.len(), 2, "a number and a name for a key");
    assert_eq!((masked[1].kind, masked[1].not_shown), (ValueKind::Array, 2));
    assert_eq!(inspection.headers[0].name, "X-Valify-Signature");
    assert_eq!(inspection.headers[0].looks_like, LooksLike::Signature);
}

#[test]
fn what_might_be_several_values_is_left_open() {
    let inspection = look(
        r#"{"status":true,"token":"a","data":{"status":"approved","token":"b"},"copy":{"reference_id":"r"},"reference_id":"r"}"#,
        &[right()],
    );
    let proposal = inspection.proposal.expect("a proposal");
    let ambiguous: Vec<_> =
        proposal.ambiguous.iter().map(|field| (field.field.as_str(), field.pointers.len())).collect();
    assert_eq!(ambiguous, [("session_token", 2), ("decision", 2)]);
    assert!(proposal.profile.decision.is_empty() && proposal.profile.session_token.is_empty());
    assert_eq!(proposal.profile.reference_id, ["/copy/reference_id", "/reference_id"], "the same value in both");
    assert_eq!(proposal.profile.matches_by, None, "a reference alone needs a signed time beside it");
}

#[test]
fn a_body_of_any_form_is_named() {
    for (body, form) in [
        (&b""[..], BodyForm::Empty),
        (b"{}", BodyForm::Json),
        (b"{\"a\":1,\"a\":2}", BodyForm::Text),
        (b"a=b", BodyForm::Text),
        (b"\x1f\x8b\x08\0", BodyForm::Compressed),
        (b"\xff\xfe", BodyForm::Binary),
    ] {
        let delivery = Delivery { headers: &Headers::new(), body, url: None };
        let inspection = inspect(&delivery, &[], Environment::Production, now()).expect("an inspection");
        assert_eq!(inspection.body, form);
        assert_eq!(inspection.shape.is_empty(), form != BodyForm::Json);
    }
}

#[test]
fn a_refused_candidate_is_named() {
    let delivery = Delivery { headers: &Headers::new(), body: b"{}", url: None };
    let error = inspect(&delivery, &[right(), preset("short")], Environment::Production, now()).expect_err("a refusal");
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidConfig, Some("candidates[1].secrets[0].utf8")));
}

/// Wide, long and deep bodies give an output of bounded size that counts what it leaves out.
#[test]
#[cfg_attr(miri, ignore = "a large body")]
fn the_output_is_bounded() {
    let wide: String =
        (0..5000).map(|index| ["\"k", &"a".repeat(index % 30), &letters(index), "\":{\"x\":1},"].concat()).collect();
    let wide = look(&format!("{{{}\"z\":[{}0]}}", wide, "0,".repeat(5000)), &[]);
    assert_eq!(wide.shape.len(), 129, "the object, 64 members and what is in each");
    assert_eq!(wide.shape[0].not_shown, 4937);
    let deep = look(&format!("{}{}", "[".repeat(64), "]".repeat(64)), &[]);
    assert_eq!(deep.shape.len(), 17);
    assert_eq!(deep.shape[16].not_shown, 1, "the innermost line says that there is more");
    let mut headers = Headers::new();
    (0..1000).for_each(|index| headers.push(format!("X-{}", letters(index)), "v"));
    let many = inspect(&Delivery { headers: &headers, body: b"", url: None }, &[], Environment::Production, now());
    let many = many.expect("an inspection");
    assert_eq!((many.headers.len(), many.headers_not_shown), (64, 936));
}

/// A number in letters.
fn letters(number: usize) -> String {
    number.to_string().bytes().map(|digit| char::from(digit + (b'a' - b'0'))).collect()
}

/// What people's data looks like where it stands as a key or as a header's name.
fn key_canary() -> impl Strategy<Value = String> {
    select(vec![
        "30101010100009",
        "٣٠١٠١٠١٠١٠٠٠٠٩",
        "Mona Canary",
        "منى كناري",
        "mona@canary.example",
        "+201000000000",
        "mona.canary",
        "canary-1990-01-01",
        "canary/1",
        "5e55104e-0000-4000-8000-00000000cafe",
        "canarycanarycanarycanarycanarycanarycanarycanary",
        "canary\u{0}",
        "canary~0",
    ])
    .prop_map(String::from)
}

/// Any of these, and plain words: a value is never shown.
fn value_canary() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        key_canary().prop_map(serde_json::Value::from),
        Just("canaryword".into()),
        Just("{\"canary\":1}".into()),
        Just(serde_json::Value::from(30_101_010_100_009_u64)),
        Just(serde_json::Value::from(-77_123.5)),
        key_canary().prop_map(|text| format!("data:image/png;{text}").into()),
    ]
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![3 => value_canary(), 1 => any::<bool>().prop_map(serde_json::Value::from), 1 => Just(serde_json::Value::Null)];
    leaf.prop_recursive(20, 80, 6, |inner| {
        let key = prop_oneof![
            2 => key_canary(),
            1 => select(vec!["data", "token", "status", "reference_id", "front_nid", "checks", "liveness", "occurred_at"]).prop_map(String::from),
        ];
        prop_oneof![
            vec(inner.clone(), 1..5).prop_map(serde_json::Value::from),
            vec((key, inner), 1..6).prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

/// What must not show: each canary's own text, and the parts by which it would be known.
const CANARIES: [&str; 12] =
    ["anary", "30101010100009", "٣٠١٠", "منى", "mona", "Mona", "201000", "1990", "5e55104e", "cafe", "77123", "77_123"];

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn nothing_of_a_delivery_shows(
        json in any_json(),
        cut in prop::option::of(any::<prop::sample::Index>()),
        lines in vec((prop_oneof![key_canary(), Just("X-Header".to_string())], value_canary()), 0..5),
        url in prop::option::of(key_canary()),
        candidate in prop::option::of(Just(right())),
    ) {
        let text = json.to_string();
        // Cut anywhere, it is no JSON, and shows no more for that.
        let body = cut.map_or(text.as_bytes(), |at| &text.as_bytes()[..at.index(text.len())]);
        let signed = sign(&right(), body, None, now()).expect("a signature");
        let mut headers = signed.headers.clone();
        for (name, value) in &lines {
            headers.push(name, value.to_string());
        }
        let delivery = Delivery { headers: &headers, body, url: url.as_deref() };
        let candidates: Vec<_> = candidate.into_iter().collect();
        let inspection = inspect(&delivery, &candidates, Environment::Production, now()).expect("an inspection");
        prop_assert_eq!(inspection.proposal.is_some(), !candidates.is_empty() && inspection.body == BodyForm::Json);
        for rendering in renderings(&inspection) {
            for canary in CANARIES {
                prop_assert!(!rendering.contains(canary), "{} in {}", canary, rendering);
            }
            let (_, signature) = signed.headers.iter().next().expect("a header");
            prop_assert!(!rendering.contains(std::str::from_utf8(signature).expect("hex")));
        }
    }
}
