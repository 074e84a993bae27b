//! Every kind of the closed set, provoked with canaries in all that it is about: no rendering, field or JSON shows one but `reference_id`.

use chrono::{DateTime, Duration, Utc};
use valify_link_core::{
    Auth, Config, CreateLink, Delivery, Environment, Error, ErrorKind, Headers, HttpResponse, Input, Link, LinkRequest,
    NamedSecret, NationalId, Profile, ReturnState, Secret, TransportFailure, Verification, Verifier,
    return_state::Binding,
    sign,
    webhook::{Digest, Hmac, Limits, MatchesBy, Preset, PresetName, SignatureEncoding, Signs},
};

const KEY: &str = "CANARY-key-0123456789";
const SECRET: &str = "CANARY-secret-0123456789";
const TOKEN: &str = "CANARY-token-0123456789";
const REFERENCE: &str = "CANARY-reference";
const ANOTHER: &str = "CANARY-of-another";
const BACK: &str = "https://shop.example/back/CANARY-way";
const BODY: &str = r#"{"token":"CANARY-token-0123456789","reference":"CANARY-reference","name":"CANARY name"}"#;

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn config() -> Config {
    Config::new(KEY).expect("a configuration")
}

fn request() -> LinkRequest {
    LinkRequest::new(BACK, REFERENCE, now() + Duration::hours(1))
}

fn call() -> CreateLink {
    CreateLink::new(&config(), request(), now(), 0).expect("a call")
}

fn answer(status: i32, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: Headers::from_iter([("Location", "https://CANARY.example/"), ("Set-Cookie", "CANARY-cookie")]),
        body: body.as_bytes().to_vec(),
        final_url: String::new(),
    }
}

fn link() -> Link {
    let url = format!("https://verify.valifysolutions.com/?token={TOKEN}");
    let body = format!("{{\"session_token\":{TOKEN:?},\"redirect_url\":{url:?}}}");
    call().parse(&answer(200, &body), now()).expect("a link")
}

/// What an answer of this status comes to; its message and its code are the service's words.
fn answered(status: i32) -> Error {
    let body = r#"{"message":"CANARY words","error_code":"CANARY code"}"#;
    call().parse(&answer(status, body), now()).expect_err("an error")
}

fn answered_with(body: &str) -> Error {
    call().parse(&answer(200, body), now()).expect_err("an error")
}

/// The transport fails like this until the core gives up.
fn failed(failure: TransportFailure) -> Error {
    let mut call = call();
    let mut input = Input::Start;
    loop {
        match call.advance(input, now()) {
            Ok(valify_link_core::Step::Send(_)) => input = Input::Failure(failure),
            Ok(valify_link_core::Step::Wait(_)) => input = Input::Waited,
            Ok(other) => panic!("not an end: {other:?}"),
            Err(error) => return error,
        }
    }
}

fn secrets(secret: &str) -> Vec<NamedSecret> {
    vec![NamedSecret::new("2026-11", Secret::utf8(secret))]
}

fn timed() -> Auth {
    let mut hmac =
        Hmac::new("X-Signature", Digest::Sha256, SignatureEncoding::Hex, Signs::TimestampBody, secrets(SECRET));
    hmac.timestamp_header = Some("X-Time".into());
    Auth::Hmac(hmac)
}

fn untimed() -> Auth {
    Auth::Preset(Preset::new(PresetName::XValifySignatureUnverified, secrets(SECRET)))
}

fn profile() -> Profile {
    Profile {
        session_token: vec!["/token".into()],
        reference_id: vec!["/reference".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    }
}

fn verifier(auth: &Auth) -> Verifier {
    Verifier::new(Environment::Production, auth, &profile(), Limits { max_body_bytes: 1000 }).expect("a verifier")
}

/// A delivery with these lines, `auth` being what should have signed it.
fn delivered(auth: &Auth, lines: &[(&str, &str)], body: &str) -> Error {
    let headers = lines.iter().copied().collect();
    let delivery = Delivery { headers: &headers, body: body.as_bytes(), url: Some("https://shop.example/CANARY") };
    verifier(auth).verify(&delivery, now()).expect_err("a refusal")
}

/// A delivery signed at this distance from now, its header `name` being replaced or, without a value, left out.
fn signed_at(distance: Duration, name: &str, value: Option<&str>) -> Error {
    let signed = sign(&timed(), BODY.as_bytes(), None, now() + distance).expect("a signature");
    let mut headers = Headers::new();
    for (each, bytes) in signed.headers.iter() {
        match value {
            _ if !each.eq_ignore_ascii_case(name) => headers.push(each, bytes),
            Some(value) => headers.push(each, value),
            None => {}
        }
    }
    let delivery = Delivery { headers: &headers, body: BODY.as_bytes(), url: None };
    verifier(&timed()).verify(&delivery, now()).expect_err("a refusal")
}

fn states(secret: &str) -> ReturnState {
    ReturnState::new(secrets(secret)).expect("states")
}

/// A return checked by these states at this distance from now.
fn came_back(by: &ReturnState, reference: &str, distance: Duration, change: impl Fn(&str) -> String) -> Error {
    let binding = Binding::new([7; 16]);
    let issued =
        states(SECRET).issue(BACK, REFERENCE, now() + Duration::hours(1), [9; 16], &binding, now()).expect("a state");
    by.check(&change(&issued.return_url), reference, Some("CANARY-binding"), now() + distance).expect_err("a refusal")
}

fn record() -> Verification {
    Verification::requested(&config(), &request(), now()).expect("a record")
}

/// One or more errors of this kind. A kind that is new to the set has no arm, and this does not compile.
fn provoked(kind: ErrorKind) -> Vec<Error> {
    let zero = Duration::zero();
    let as_is = |url: &str| url.to_string();
    match kind {
        ErrorKind::InvalidConfig => vec![
            Config::new("CANARY key").expect_err("a space"),
            Config::from_document(br#"{"api_key":"CANARY-key-0123456789","CANARY":1}"#).expect_err("unknown"),
            ReturnState::new(secrets("CANARY")).expect_err("too short"),
        ],
        ErrorKind::InvalidRequest => vec![
            CreateLink::new(&config(), LinkRequest::new("CANARY", REFERENCE, now()), now(), 0).expect_err("no URL"),
            NationalId::parse("CANARY", now()).expect_err("no number"),
            NationalId::parse("301010101000099", now()).expect_err("too long"),
        ],
        ErrorKind::Misuse => vec![call().advance(Input::Response(answer(200, BODY)), now()).expect_err("too early")],
        ErrorKind::NotSent => vec![failed(TransportFailure::NotSent)],
        ErrorKind::OutcomeUnknown => vec![failed(TransportFailure::MaybeSent)],
        ErrorKind::RateLimited => vec![answered(429)],
        ErrorKind::ServerError => vec![answered(500), answered(503)],
        ErrorKind::MalformedResponse => vec![
            answered_with("CANARY"),
            answered_with(BODY),
            answered_with(r#"{"session_token":"CANARY !","redirect_url":"CANARY"}"#),
        ],
        ErrorKind::UnsafeLink => {
            let url = format!("https://CANARY.example/?token={TOKEN}");
            vec![answered_with(&format!("{{\"session_token\":{TOKEN:?},\"redirect_url\":{url:?}}}"))]
        }
        ErrorKind::UnexpectedStatus => vec![answered(204), answered(418)],
        ErrorKind::BadRequest => vec![answered(400)],
        ErrorKind::UnsupportedMediaType => vec![answered(415)],
        ErrorKind::NotFound => vec![answered(404)],
        ErrorKind::Unauthorized => vec![answered(401)],
        ErrorKind::Forbidden => vec![answered(403)],
        ErrorKind::Rejected => vec![answered(422)],
        ErrorKind::Redirected => vec![answered(302), answered(0)],
        ErrorKind::SignatureMissing => vec![delivered(&untimed(), &[("X-CANARY", "CANARY")], BODY)],
        ErrorKind::SignatureMalformed => vec![delivered(&untimed(), &[("X-Valify-Signature", "CANARY")], BODY)],
        ErrorKind::SignatureMismatch => {
            vec![delivered(&untimed(), &[("X-Valify-Signature", &"0".repeat(64))], BODY)]
        }
        ErrorKind::TimestampMissing => vec![signed_at(zero, "X-Time", None)],
        ErrorKind::TimestampMalformed => vec![signed_at(zero, "X-Time", Some("CANARY"))],
        ErrorKind::TimestampOutOfTolerance => vec![signed_at(Duration::hours(1), "", None)],
        ErrorKind::BodyTooLarge => vec![delivered(&untimed(), &[], &"CANARY".repeat(200))],
        ErrorKind::EncodedBody => vec![delivered(&untimed(), &[("Content-Encoding", "CANARY")], BODY)],
        ErrorKind::StateMissing => vec![came_back(&states(SECRET), REFERENCE, zero, |_| BACK.into())],
        ErrorKind::StateMalformed => vec![came_back(&states(SECRET), REFERENCE, zero, |_| format!("{BACK}?vl=CANARY"))],
        ErrorKind::StateForged => vec![
            came_back(&states("CANARY-of-another-0123456789"), REFERENCE, zero, as_is),
            came_back(&states(SECRET), REFERENCE, zero, |url| format!("{}A", &url[..url.len() - 1])),
        ],
        ErrorKind::StateExpired => vec![came_back(&states(SECRET), REFERENCE, Duration::days(9), as_is)],
        ErrorKind::StateMismatch => vec![
            came_back(&states(SECRET), ANOTHER, zero, as_is),
            came_back(&states(SECRET), REFERENCE, zero, |url| url.replace("CANARY-way", "CANARY-other-way")),
        ],
        ErrorKind::RecordMismatch => {
            let other = LinkRequest::new(BACK, ANOTHER, now() + Duration::hours(1));
            let other = Verification::requested(&config(), &other, now()).expect("a record");
            vec![other.issued(&link()).expect_err("another's"), other.merge(&record()).expect_err("another's")]
        }
        ErrorKind::RecordMalformed => ["CANARY", r#"{"v":1,"CANARY":"CANARY"}"#]
            .map(|text| Verification::from_text(text).expect_err("no record"))
            .into(),
        ErrorKind::RecordNewer => vec![
            Verification::from_text(&record().to_text().replace("\"v\":1", "\"v\":99")).expect_err("a newer one"),
            Verification::from_text(r#"{"v":99,"CANARY":"CANARY"}"#).expect_err("a newer one"),
        ],
    }
}

#[test]
fn no_kind_of_error_shows_what_it_is_about() {
    for &kind in ErrorKind::ALL {
        for error in provoked(kind) {
            assert_eq!(error.kind, kind, "{error}");
            for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}"), error.detail.clone()] {
                assert!(!text.contains("CANARY") && !text.contains("3010101"), "{kind:?}: {text}");
            }
            assert!(!error.field.as_deref().unwrap_or("").contains("CANARY"), "{kind:?}: {:?}", error.field);
            assert!(error.reference_id.as_deref().is_none_or(|one| one == REFERENCE || one == ANOTHER), "{kind:?}");
        }
    }
}

/// The control: what a field keeps on purpose is there, so that the canaries did reach the errors.
#[test]
fn the_canaries_were_there() {
    assert_eq!(answered(422).code.as_deref(), Some("CANARY code"));
    assert_eq!(failed(TransportFailure::MaybeSent).reference_id.as_deref(), Some(REFERENCE));
}
