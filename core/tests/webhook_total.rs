//! Any bytes give an event or one of a closed set of errors, and what the sender's side makes is what the verifier accepts.
#![cfg_attr(miri, allow(unused, reason = "what only the properties need"))]

mod cases;
mod webhook_support;

use cases::cases;
use chrono::Duration;
use proptest::{collection::vec, prelude::*, sample::select};
use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Headers, Instant, NamedSecret, Outcome, Secret, Verifier, read_unverified,
    webhook::{Limits, Preset, PresetName, Problem, Signs},
};
use webhook_support::{Parcel, auth, profile, reversed, secrets_of, signs, start, verifier};

/// What `verify` may answer, besides the caller's own `misuse`.
const REFUSALS: [ErrorKind; 8] = [
    ErrorKind::SignatureMissing,
    ErrorKind::SignatureMalformed,
    ErrorKind::SignatureMismatch,
    ErrorKind::TimestampMissing,
    ErrorKind::TimestampMalformed,
    ErrorKind::TimestampOutOfTolerance,
    ErrorKind::BodyTooLarge,
    ErrorKind::EncodedBody,
];

/// Every line of a signed delivery, cut at every length; at some under Miri, which leaves out the properties below.
#[test]
fn a_line_that_is_cut_short_is_refused() {
    let body = br#"{"data":{"token":"0-token-0"}}"#;
    for preset in PresetName::ALL {
        let secrets = Vec::from([NamedSecret::new("a", Secret::utf8("an-obviously-fake-secret"))]);
        let auth = Auth::Preset(Preset::new(*preset, secrets));
        let verifier = verifier(&auth);
        let whole = Parcel::signed(&auth, body, "id", start());
        whole.verify(&verifier, start()).expect("an event");
        for (line, (name, value)) in whole.headers.iter().enumerate() {
            for length in (0..value.len()).step_by(if cfg!(miri) { 16 } else { 1 }) {
                let mut cut = whole.clone();
                cut.headers[line].1.truncate(length);
                let error = cut.verify(&verifier, start()).expect_err("a refusal");
                assert!(REFUSALS.contains(&error.kind), "{name} cut to {length}: {error}");
            }
        }
    }
}

/// Names that schemes read, so that most lines are looked at.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(vec![
            "X-Valify-Signature", "Signature", "Authorization", "x-sig", "X-Id", "X-Time", "X-Token", "webhook-id",
            "webhook-timestamp", "webhook-signature", "Stripe-Signature",
        ]).prop_map(String::from),
        1 => select(vec!["Content-Encoding", "content-encoding"]).prop_map(String::from),
        1 => any::<String>(),
    ]
}

/// Values from nonsense to almost right.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let text = prop_oneof![
        "[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128}",
        "[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==|[A-Za-z0-9_-]{43}",
        "(v1,[A-Za-z0-9+/]{43}=|v[0-9],x|,|v1,| ){0,20}",
        "(t=[0-9]{0,16}|v1=[0-9a-f]{64}|v0=x|=|v1=|t|,){0,20}",
        "[0-9]{0,17}|-1|\\+1|1768377474|17683774740|1768377474x",
        "(Basic|basic|Bearer|Basic ) ?[A-Za-z0-9+/=]{0,20}",
        "identity|gzip|Identity|",
        ".{0,40}",
    ];
    prop_oneof![
        8 => text.prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..40),
        1 => (any::<u8>(), prop_oneof![Just(8192_usize), Just(8193), Just(20_000)]).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn url() -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop_oneof!["(/|https://|http|[a-z]{0,3})[a-z/?&=#%.:]{0,40}", any::<String>(),])
}

/// JSON, almost JSON, and bytes.
fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..60),
        "[\\[\\]{}\":,0-9a-z\\\\ue.-]{0,60}".prop_map(String::into_bytes),
        (0_usize..80).prop_map(|depth| [vec![b'['; depth], vec![b']'; depth]].concat()),
        (0_usize..200_000).prop_map(|depth| vec![b'['; depth]),
        Just(br#"{"data":{"token":"0-token-0","token":"1"}}"#.to_vec()),
        Just(br#"{"data":{"token":"\ud800"}}"#.to_vec()),
        Just(b"\xef\xbb\xbf{}".to_vec()),
    ]
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn any_delivery_gives_an_event_or_a_refusal(
        auth in auth(),
        lines in vec((name(), value()), 0..8),
        body in body(),
        url in url(),
        now_ms in prop_oneof![Just(start().timestamp_millis()), -62_167_219_200_000_i64..253_402_300_799_000],
    ) {
        let headers: Headers = lines.into_iter().collect();
        let now = Instant::from_timestamp_millis(now_ms).expect("a time of four digits of years");
        let result = verifier(&auth).verify(&Delivery { headers: &headers, body: &body, url: url.as_deref() }, now);
        match result {
            // Nobody can guess a secret: only what needs none is accepted.
            Ok(event) => {
                prop_assert!(matches!(auth, Auth::Attested(_)));
                prop_assert_eq!(event.raw(), body.as_slice());
            }
            Err(error) if error.kind == ErrorKind::Misuse => {
                prop_assert!(matches!(auth, Auth::SecretUrl(_)) && url.is_none());
            }
            Err(error) => prop_assert!(REFUSALS.contains(&error.kind), "{error}"),
        }
    }

    /// What is signed and then mistreated in its headers alone is refused by the closed set too, at every point of the checks.
    #[test]
    fn a_signed_delivery_with_other_lines_gives_an_event_or_a_refusal(
        auth in auth(),
        body in body(),
        lines in vec((name(), value()), 0..3),
        dropped in any::<prop::sample::Index>(),
    ) {
        let mut parcel = Parcel::signed(&auth, &body, "id", start());
        if !parcel.headers.is_empty() && !lines.is_empty() {
            parcel.headers.remove(dropped.index(parcel.headers.len()));
        }
        parcel.headers.extend(lines);
        if let Err(error) = parcel.verify(&verifier(&auth), start()) {
            prop_assert!(REFUSALS.contains(&error.kind), "{error}");
        }
    }

    /// After authentication nothing is refused: what cannot be read is an event all the same, with its bytes.
    #[test]
    fn what_is_signed_is_accepted_whatever_it_says(
        auth in auth(),
        body in body(),
        id in "[A-Za-z0-9_-]{1,128}",
        offset_us in 0_i64..86_400_000_000,
    ) {
        let now = start() + Duration::microseconds(offset_us);
        let event = Parcel::signed(&auth, &body, &id, now).verify(&verifier(&reversed(&auth)), now).expect("an event");
        let view = event.view();
        prop_assert_eq!(event.raw(), body.as_slice());
        let by = &view.authenticated_by;
        let sender = secrets_of(&auth).first().map_or("mtls", |secret| secret.id.as_str());
        prop_assert_eq!(&by.secret, sender);
        prop_assert_eq!(by.body_signed, signs(&auth).is_some());
        prop_assert_eq!(by.fresh, signs(&auth).is_some_and(|signs| signs != Signs::Body));
        let whole_ms = now.timestamp_micros().div_euclid(500).saturating_add(1).div_euclid(2);
        prop_assert_eq!(view.received_at.timestamp_micros(), whole_ms * 1000);
        prop_assert_eq!(view.outcome, Outcome::Indeterminate, "no decision pointer is configured");
        prop_assert!(view.problem.is_some());
        // An independent reader; it knows nothing of duplicate keys, and lone surrogates and depth it refuses like the profile.
        if serde_json::from_slice::<serde_json::Value>(&body).is_err() {
            prop_assert_eq!(view.problem, Some(Problem::MalformedBody));
            prop_assert_eq!(event.raw_at(""), Ok(None));
        }
        let unverified = read_unverified(&profile(), &body).expect("a reading");
        prop_assert_eq!(unverified.view().problem, view.problem);
        prop_assert_eq!(unverified.raw(), body.as_slice());
    }

    /// The same delivery has the same key, and by a signed id another delivery of the same body has another.
    #[test]
    fn the_dedupe_key_follows_what_is_signed(auth in auth(), body in body(), other in body(), id in "[a-z]{1,9}", other_id in "[a-z]{1,9}") {
        let verifier = verifier(&auth);
        let key = |body: &[u8], id: &str, later: i64| {
            let now = start() + Duration::seconds(later);
            let event = Parcel::signed(&auth, body, id, now).verify(&verifier, now).expect("an event");
            event.dedupe_key().expect("its body")
        };
        let own = key(&body, &id, 0);
        prop_assert_eq!(&own, &key(&body, &id, 60));
        if signs(&auth) == Some(Signs::IdTimestampBody) {
            prop_assert_eq!(own == key(&other, &other_id, 0), id == other_id);
        } else {
            prop_assert_eq!(own == key(&other, &other_id, 0), body == other);
        }
    }

    #[test]
    fn the_size_limit_counts_every_byte(limit in 1_usize..64, length in 0_usize..80) {
        let auth = Auth::Attested(valify_link_core::webhook::Attested { by: "mtls".into(), accept_unsigned_body: true });
        let limits = Limits { max_body_bytes: i64::try_from(limit).expect("a small number") };
        let verifier = Verifier::new(Environment::Production, &auth, &profile(), limits).expect("a verifier");
        let body = vec![b' '; length];
        let result = verifier.verify(&Delivery { headers: &Headers::new(), body: &body, url: None }, start());
        let expected = (length > limit).then_some(ErrorKind::BodyTooLarge);
        prop_assert_eq!(result.err().map(|error| error.kind), expected);
    }
}
