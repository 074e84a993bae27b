//! What verifying costs beside the least that any receiver must do: an HMAC over the body and a parse that keeps nothing.
//! And what a record's operations cost, however many events it has seen.

use chrono::{DateTime, Duration, Utc};
use divan::{Bencher, black_box, counter::BytesCount};
use hmac::{Hmac as Mac, KeyInit as _, Mac as _};
use serde::de::IgnoredAny;
use sha2::Sha256;
use valify_link_core::{
    Auth, Config, CreateLink, Delivery, Environment, Event, Headers, HttpResponse, LinkRequest, NamedSecret, Outcome,
    Profile, Secret, Verification, Verifier, sign,
    webhook::{Digest, Hmac, Limits, MatchesBy, SignatureEncoding, Signs, ValueMeaning},
};

const SECRET: &str = "an-obviously-fake-secret";
const TOKEN: &str = "00000000-0000-4000-8000-00000000000a";
/// 0.5 kB, 4 kB, 64 kB, 1 MiB, 8 MiB.
const SIZES: [usize; 5] = [512, 4_096, 65_536, 1_048_576, 8_388_608];

fn main() {
    divan::main();
}

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn auth() -> Auth {
    let secrets = vec![NamedSecret::new("a", Secret::utf8(SECRET))];
    Auth::Hmac(Hmac::new("X-Signature", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, secrets))
}

fn verifier() -> Verifier {
    let at = |name: &str| vec![format!("/data/{name}")];
    let profile = Profile {
        reference_id: at("reference_id"),
        session_token: at("token"),
        transaction_id: at("transaction_id"),
        occurred_at: at("occurred_at"),
        decision: at("status"),
        decisions: vec![ValueMeaning::text("approved", Outcome::Passed)],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    Verifier::new(Environment::Production, &auth(), &profile, Limits::default()).expect("a verifier")
}

/// A webhook of about this size: up to 4 kB of fields, the rest in three pictures, as a card's two sides and a face would be.
fn body(size: usize) -> Vec<u8> {
    let fields: Vec<_> =
        (0..size.min(4_096) / 40).map(|n| format!("\"field_{n:03}\": \"a value of it {n:03}\", ")).collect();
    let fields = fields.concat();
    let base = format!(
        "{{\"data\": {{{fields}\"reference_id\": \"user-1\", \"token\": \"{TOKEN}\", \"transaction_id\": \"t-1\", \
         \"occurred_at\": \"2026-01-14T06:59:00Z\", \"status\": \"approved\", \"pictures\": ["
    );
    let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(size.saturating_sub(base.len()) / 72);
    format!("{base}\"{picture}\", \"{picture}\", \"{picture}\"]}}}}").into_bytes()
}

#[divan::bench(args = SIZES)]
fn verify_and_parse(bencher: Bencher<'_, '_>, size: usize) {
    let (verifier, body) = (verifier(), body(size));
    let headers: Headers = sign(&auth(), &body, None, now()).expect("signed").headers;
    let delivery = Delivery { headers: &headers, body: &body, url: None };
    let now = now();
    bencher
        .counter(BytesCount::new(body.len()))
        .bench(|| verifier.verify(black_box(&delivery), black_box(now)).expect("an event"));
}

#[divan::bench(args = SIZES)]
fn bare_hmac_and_skipping_parse(bencher: Bencher<'_, '_>, size: usize) {
    let body = body(size);
    let key = Mac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    bencher.counter(BytesCount::new(body.len())).bench(|| {
        let tag = key.clone().chain_update(black_box(&body)).finalize().into_bytes();
        (tag, serde_json::from_slice::<IgnoredAny>(black_box(&body)).expect("JSON"))
    });
}

fn event(number: i64) -> Event {
    let at = now() + Duration::milliseconds(number);
    let body = serde_json::json!({ "data": {
        "reference_id": "user-1", "token": TOKEN, "status": "approved", "occurred_at": at.to_rfc3339() } });
    let body = body.to_string().into_bytes();
    let headers = sign(&auth(), &body, None, at).expect("signed").headers;
    verifier().verify(&Delivery { headers: &headers, body: &body, url: None }, at).expect("an event")
}

/// A record that has seen this many different events.
fn record(events: i64) -> Verification {
    let config = Config::new("fake-key-0123456789").expect("a configuration");
    let request = LinkRequest::new("https://shop.example/back", "user-1", now() + Duration::hours(1));
    let requested = Verification::requested(&config, &request, now()).expect("a record");
    let call = CreateLink::new(&config, request, now(), 0).expect("a call");
    let url = format!("https://verify.valifysolutions.com/?token={TOKEN}");
    let answer = serde_json::json!({ "session_token": TOKEN, "redirect_url ": url }).to_string().into_bytes();
    let response = HttpResponse { status: 200, body: answer, ..HttpResponse::default() };
    let issued = requested.issued(&call.parse(&response, now()).expect("a link")).expect("its link");
    (0..events).fold(issued, |record, number| record.add(&event(number)).expect("its event"))
}

const EVENTS: [i64; 3] = [1, 100, 1_000];

#[divan::bench(args = EVENTS)]
fn record_add(bencher: Bencher<'_, '_>, events: i64) {
    let (record, event) = (record(events), event(events));
    bencher.bench(|| black_box(&record).add(black_box(&event)));
}

#[divan::bench(args = EVENTS)]
fn record_read_merge_write(bencher: Bencher<'_, '_>, events: i64) {
    let record = record(events);
    let text = record.to_text();
    bencher.bench(|| {
        Verification::from_text(black_box(&text))
            .and_then(|stored| stored.merge(&record))
            .map(|merged| merged.to_text())
    });
}

#[divan::bench(args = EVENTS)]
fn record_status(bencher: Bencher<'_, '_>, events: i64) {
    let record = record(events);
    bencher.bench(|| black_box(&record).status(now()));
}
