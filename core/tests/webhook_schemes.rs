//! Each scheme against values made by another implementation, the order of the checks, and configurations that only Rust can write.

mod webhook_support;

use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Event, Headers, Instant, NamedSecret, Outcome, Profile, Secret,
    UnverifiedEvent, Verifier, read_unverified, sign,
    webhook::{
        Attested, Basic, Checks, DecisionValue, Digest, EventView, Hmac, Limits, MatchesBy, Module, ModuleProfile,
        PassedWhen, Preset, PresetName, SchemeName, SecretPlace, SecretUrl, SignatureEncoding, Signs, StaticHeader,
        SubjectField, ValueMeaning,
    },
};
use webhook_support::{Parcel, START, profile, start};

const BODY: &[u8] = br#"{"data":{"token":"0-token-0","status":"approved"}}"#;
const SECRET: &str = "an-obviously-fake-secret";

fn secrets() -> Vec<NamedSecret> {
    vec![NamedSecret::new("2026-11", Secret::utf8(SECRET))]
}

fn hmac(digest: Digest, encoding: SignatureEncoding, signs: Signs) -> Hmac {
    Hmac {
        prefix: "sig=".into(),
        id_header: (signs == Signs::IdTimestampBody).then(|| "X-Id".into()),
        timestamp_header: (signs != Signs::Body).then(|| "X-Time".into()),
        allow_sha1: digest == Digest::Sha1,
        ..Hmac::new("X-Sig", digest, encoding, signs, secrets())
    }
}

fn preset(preset: PresetName) -> Auth {
    Auth::Preset(Preset::new(preset, secrets()))
}

fn secret_url(place: SecretPlace) -> Auth {
    Auth::SecretUrl(SecretUrl { place, accept_unsigned_body: true, allow_short_secret: false, secrets: secrets() })
}

type Known = (Auth, SchemeName, Vec<(&'static str, &'static str)>, Option<&'static str>);

/// Header lines and URL for `BODY`, the id `id-1` and `START`, as another implementation of HMAC and base64 writes them.
fn known() -> Vec<Known> {
    let time = ("X-Time", "1768377474");
    vec![
        (
            Auth::Hmac(hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::Body)),
            SchemeName::Hmac,
            vec![("X-Sig", "sig=c0450ec359ff890550c30f090fea8f5e3a662ae4214302a54b1fccbd88570990")],
            None,
        ),
        (
            Auth::Hmac(hmac(Digest::Sha1, SignatureEncoding::Base64, Signs::Body)),
            SchemeName::Hmac,
            vec![("X-Sig", "sig=33GYrkLPec+JNmTHCLnkUxG1hGo=")],
            None,
        ),
        (
            Auth::Hmac(hmac(Digest::Sha512, SignatureEncoding::Base64Url, Signs::TimestampBody)),
            SchemeName::Hmac,
            vec![
                time,
                ("X-Sig", "sig=ciLrjlAseUzs6ObSyQHLIMonqu5ZOcz_2C97qRvRolTpD5bf_N0xfwO2iXIzx1Viqu8QJ9rWZOj3EeYr1m_qnQ"),
            ],
            None,
        ),
        (
            Auth::Hmac(hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::IdTimestampBody)),
            SchemeName::Hmac,
            vec![
                ("X-Id", "id-1"),
                time,
                ("X-Sig", "sig=f1994c09987b084e2494489fbd453c8f394ea8da6f411e8e433b044781f94a41"),
            ],
            None,
        ),
        (
            preset(PresetName::StandardWebhooks),
            SchemeName::Hmac,
            vec![
                ("webhook-id", "id-1"),
                ("webhook-timestamp", "1768377474"),
                ("webhook-signature", "v1,8ZlMCZh7CE4klEifvUU8jzlOqNpvQR6OQzsER4H5SkE="),
            ],
            None,
        ),
        (
            preset(PresetName::StripeStyle),
            SchemeName::Hmac,
            vec![(
                "Stripe-Signature",
                "t=1768377474,v1=88f40258b1c45970c380096dbf99f9d62290e844470f5a6cc5568923a8581e98",
            )],
            None,
        ),
        (
            preset(PresetName::XValifySignatureUnverified),
            SchemeName::Hmac,
            vec![("X-Valify-Signature", "c0450ec359ff890550c30f090fea8f5e3a662ae4214302a54b1fccbd88570990")],
            None,
        ),
        (
            Auth::StaticHeader(StaticHeader {
                header: "X-Token".into(),
                accept_unsigned_body: true,
                allow_short_secret: false,
                secrets: secrets(),
            }),
            SchemeName::StaticHeader,
            vec![("X-Token", SECRET)],
            None,
        ),
        (
            Auth::Basic(Basic {
                accept_unsigned_body: true,
                allow_short_secret: false,
                secrets: vec![NamedSecret::new("2026-11", Secret::utf8(format!("valify:{SECRET}")))],
            }),
            SchemeName::Basic,
            vec![("Authorization", "Basic dmFsaWZ5OmFuLW9idmlvdXNseS1mYWtlLXNlY3JldA==")],
            None,
        ),
        (
            secret_url(SecretPlace::Query("token".into())),
            SchemeName::SecretUrl,
            vec![],
            Some("/?token=an-obviously-fake-secret"),
        ),
        (secret_url(SecretPlace::PathSegment), SchemeName::SecretUrl, vec![], Some("/an-obviously-fake-secret")),
        (
            Auth::Attested(Attested { by: "2026-11".into(), accept_unsigned_body: true }),
            SchemeName::Attested,
            vec![],
            None,
        ),
    ]
}

#[test]
fn another_implementation_is_understood_and_imitated() {
    for (auth, scheme, lines, url) in known() {
        let headers: Headers = lines.into_iter().collect();
        let signed = sign(&auth, BODY, Some("id-1"), start()).expect("a signature");
        assert_eq!(signed.headers.iter().collect::<Vec<_>>(), headers.iter().collect::<Vec<_>>(), "{auth:?}");
        assert_eq!(signed.url.as_deref(), url);
        let verifier =
            Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
        let event = verifier.verify(&Delivery { headers: &headers, body: BODY, url }, start()).expect("an event");
        assert_eq!(event.view().authenticated_by.scheme, scheme);
        assert_eq!(event.view().authenticated_by.secret, "2026-11");
        let expected = match auth {
            Auth::Hmac(Hmac { signs: Signs::IdTimestampBody, .. })
            | Auth::Preset(Preset { preset: PresetName::StandardWebhooks, .. }) => {
                "fb4424041644cc0eb37cb0edcd8e20b9425b0be95bb3877e4ce629abb808d5f6"
            }
            _ => "bfe6e724d6137de4965b29b57f76d3ed3a545cd81707581cff31f22b28002520",
        };
        assert_eq!(event.dedupe_key().expect("its body"), expected);
        assert_eq!(event.keys().reference_id, None);
        assert!(event.keys().token_hash.is_some());
    }
}

/// Everything is wrong with a delivery; then one thing after the other is put right.
#[test]
fn checks_come_in_their_order() {
    let auth = Auth::Hmac(hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::IdTimestampBody));
    let limits = Limits { max_body_bytes: 60 };
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), limits).expect("a verifier");
    let late = start() + chrono::Duration::hours(1);
    let mut delivery =
        Parcel { headers: vec![("Content-Encoding".into(), b"gzip".to_vec())], url: None, body: vec![b' '; 61] };
    let kind = |delivery: &Parcel, now| delivery.verify(&verifier, now).err().map(|error| error.kind);
    assert_eq!(kind(&delivery, late), Some(ErrorKind::BodyTooLarge));
    delivery.body = BODY.to_vec();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::EncodedBody));
    delivery.headers.clear();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::SignatureMissing));
    delivery.headers.push(("X-Sig".into(), b"sig=00".to_vec()));
    delivery.headers.push(("X-Id".into(), b"not an id".to_vec()));
    assert_eq!(kind(&delivery, late), Some(ErrorKind::SignatureMalformed));
    delivery.headers[0].1 = [b"sig=".to_vec(), vec![b'0'; 64]].concat();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::SignatureMalformed), "the id is of the signature's form");
    delivery.headers[1].1 = b"id-1".to_vec();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::TimestampMissing));
    delivery.headers.push(("X-Time".into(), b"soon".to_vec()));
    assert_eq!(kind(&delivery, late), Some(ErrorKind::TimestampMalformed));
    delivery.headers[2].1 = b"1768377474".to_vec();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::SignatureMismatch));
    let signature = b"sig=f1994c09987b084e2494489fbd453c8f394ea8da6f411e8e433b044781f94a41";
    delivery.headers[0].1 = signature.to_vec();
    assert_eq!(kind(&delivery, late), Some(ErrorKind::TimestampOutOfTolerance));
    assert_eq!(kind(&delivery, start()), None);
}

/// What must neither be accepted nor crash, and is told apart in the integrator's log.
#[test]
fn hostile_headers_are_refused_by_their_form() {
    use ErrorKind::{SignatureMalformed as Malformed, SignatureMismatch as Mismatch, SignatureMissing as Missing};
    let good = "c0450ec359ff890550c30f090fea8f5e3a662ae4214302a54b1fccbd88570990";
    // Miri takes minutes to wipe what is much longer than the bound.
    let long = |times: usize| if cfg!(miri) { times / 10 } else { times };
    let mac: &[(&[&str], ErrorKind)] = &[
        (&[], Missing),
        (&[""], Malformed),
        (&["00"], Malformed),
        (&[&good[1..]], Malformed),
        (&[&format!("{good}00")], Malformed),
        (&[&format!("{good},{good}")], Malformed),
        (&[good, good], Malformed),
        (&[&format!("sha256={good}")], Malformed),
        (&[&format!("{good}é")], Malformed),
        (&[&"0".repeat(64)], Mismatch),
        (&[&"0".repeat(long(100_000))], Malformed),
    ];
    let basic = |secret: &str| format!("Basic {}", data_encoding::BASE64.encode(format!("valify:{secret}").as_bytes()));
    let credentials: &[(&[&str], ErrorKind)] = &[
        (&[], Missing),
        (&[""], Malformed),
        (&["Basic"], Malformed),
        (&["Basic "], Malformed),
        (&["Basic ="], Malformed),
        (&["Bearer dmFsaWZ5OmFuLW9idmlvdXNseS1mYWtlLXNlY3JldA=="], Malformed),
        (&["Basic dmFsaWZ5OmFuLW9idmlvdXNseS1mYWtlLXNlY3JldA"], Malformed),
        (&["Basic dmFsaWZ5OmFuLW9idmlvdXNseS1mYWtlLXNlY3JldB=="], Malformed),
        (&[&basic(SECRET), &basic(SECRET)], Malformed),
        (&[&format!("{}, {}", basic(SECRET), basic(SECRET))], Malformed),
        (&[&basic("another")], Mismatch),
    ];
    let token: &[(&[&str], ErrorKind)] = &[
        (&[], Missing),
        (&[""], Malformed),
        (&[" \t "], Malformed),
        (&[SECRET, SECRET], Malformed),
        (&[&format!("{SECRET},{SECRET}")], Malformed),
        (&["é"], Malformed),
        (&[&"x".repeat(8193)], Malformed),
        (&[&"x".repeat(8192)], Mismatch),
        (&[&SECRET[1..]], Mismatch),
        (&[&format!("{SECRET}x")], Mismatch),
    ];
    let keyed = "v1=88f40258b1c45970c380096dbf99f9d62290e844470f5a6cc5568923a8581e98";
    let stripe: &[(&[&str], ErrorKind)] = &[
        (&[], Missing),
        (&["t=1768377474"], Malformed),
        (&["t=1768377474,"], Malformed),
        (&["t=1768377474,v1"], Malformed),
        (&["t=1768377474,v1="], Malformed),
        (&["t=1768377474,=00"], Malformed),
        (&["t=1768377474,v0=00"], Mismatch),
        (&[keyed], ErrorKind::TimestampMissing),
        (&[&format!("t=,{keyed}")], ErrorKind::TimestampMalformed),
        (&[&format!("t=1768377474,t=1768377474,{keyed}")], Malformed),
        (&[&format!("t=1768377474,{keyed}"), "t=1768377474"], Malformed),
        (&[&format!("{}t=1768377474,{keyed}", "v1=00,".repeat(16))], Malformed),
        (&[&format!("{}t=1768377474,{keyed}", "v0=00,".repeat(16))], Mismatch),
        (&[&format!("t=1768377474,{}", "v0=00,".repeat(long(20_000)))], Malformed),
    ];
    let all = known();
    let cases =
        [("X-Valify-Signature", mac), ("Authorization", credentials), ("X-Token", token), ("Stripe-Signature", stripe)];
    for (name, cases) in cases {
        let auth = all.iter().find(|(_, _, lines, _)| lines.first().is_some_and(|line| line.0 == name));
        let verifier =
            Verifier::new(Environment::Production, &auth.expect("a scheme").0, &profile(), Limits::default());
        let verifier = verifier.expect("a verifier");
        for (values, kind) in cases {
            let headers: Headers = values.iter().map(|value| (name, value)).collect();
            let result = verifier.verify(&Delivery { headers: &headers, body: BODY, url: None }, start());
            assert_eq!(result.expect_err("a refusal").kind, *kind, "{name}: {values:.100?}");
        }
    }
}

/// Lengths differ in whether they are whole words of the machine: none is compared but to its end.
#[test]
fn every_digit_of_a_signature_counts() {
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha512] {
        let auth = Auth::Hmac(hmac(digest, SignatureEncoding::Hex, Signs::Body));
        let verifier =
            Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
        let good = Parcel::signed(&auth, BODY, "", start());
        assert!(good.verify(&verifier, start()).is_ok());
        let (prefix, end) = ("sig=".len(), good.headers[0].1.len());
        for at in (prefix..end).rev().step_by(if cfg!(miri) { 20 } else { 1 }) {
            let mut forged = good.clone();
            let digit = &mut forged.headers[0].1[at];
            *digit = if *digit == b'0' { b'1' } else { b'0' };
            let error = forged.verify(&verifier, start()).expect_err("a refusal");
            assert_eq!(error.kind, ErrorKind::SignatureMismatch, "{digest:?}, digit {at} of {end}");
        }
    }
}

/// 413 and 415 come before everything else, the caller's own mistake included.
#[test]
fn a_missing_url_is_the_callers_mistake() {
    let auth = secret_url(SecretPlace::PathSegment);
    let limits = Limits { max_body_bytes: 1 };
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), limits).expect("a verifier");
    let kind = |body: &[u8]| {
        let delivery = Delivery { headers: &Headers::new(), body, url: None };
        verifier.verify(&delivery, start()).expect_err("a refusal").kind
    };
    assert_eq!(kind(b"{}"), ErrorKind::BodyTooLarge);
    assert_eq!(kind(b" "), ErrorKind::Misuse);
}

#[test]
fn a_time_that_cannot_be_written_is_the_callers_mistake() {
    let auth = Auth::Attested(Attested { by: "mtls".into(), accept_unsigned_body: true });
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
    let delivery = Delivery { headers: &Headers::new(), body: b"{}", url: None };
    for now in [Instant::MAX_UTC, Instant::MIN_UTC, "+10000-01-01T00:00:00Z".parse().expect("an instant")] {
        assert_eq!(verifier.verify(&delivery, now).expect_err("a refusal").kind, ErrorKind::Misuse);
        assert_eq!(sign(&auth, b"{}", None, now).expect_err("a refusal").kind, ErrorKind::Misuse);
    }
    let event = verifier.verify(&delivery, "2026-01-14T07:57:53.9995Z".parse().expect("an instant")).expect("an event");
    assert_eq!(event.view().received_at, start(), "rounded half up");
}

#[test]
fn a_sender_needs_what_it_signs() {
    let auth = preset(PresetName::StandardWebhooks);
    for id in [None, Some(""), Some("a b"), Some("é"), Some("x".repeat(129).as_str())] {
        assert_eq!(sign(&auth, BODY, id, start()).expect_err("a refusal").kind, ErrorKind::Misuse);
    }
    let before_1970 = "1969-12-31T23:59:59Z".parse().expect("an instant");
    assert_eq!(sign(&auth, BODY, Some("a"), before_1970).expect_err("a refusal").kind, ErrorKind::Misuse);
    let unsigned_time = preset(PresetName::XValifySignatureUnverified);
    assert!(sign(&unsigned_time, BODY, Some("not an id"), before_1970).is_ok(), "neither is looked at");
}

/// The sandbox's own secret serves its sender everywhere, and no verifier outside.
#[test]
fn the_sandbox_secret_stays_in_the_sandbox() {
    let secret = Secret::utf8(valify_link_core::secret::SANDBOX_WEBHOOK_SECRET);
    let disguised =
        Secret::hex(data_encoding::HEXLOWER.encode(valify_link_core::secret::SANDBOX_WEBHOOK_SECRET.as_bytes()));
    for (secret, field) in [(secret, "secrets[0].utf8"), (disguised, "secrets[0].hex")] {
        let auth = Auth::Preset(Preset::new(
            PresetName::XValifySignatureUnverified,
            vec![NamedSecret::new("sandbox", secret)],
        ));
        let verifier = |environment| Verifier::new(environment, &auth, &profile(), Limits::default());
        let error = verifier(Environment::Production).expect_err("a refusal");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidConfig, Some(field)));
        let verifier = verifier(Environment::Sandbox).expect("a verifier");
        let event = Parcel::signed(&auth, BODY, "", start()).verify(&verifier, start()).expect("an event");
        assert_eq!([verifier.environment(), event.view().environment], [Environment::Sandbox; 2]);
    }
}

fn refused(auth: &Auth, profile: &Profile, limits: Limits) -> String {
    let error = Verifier::new(Environment::Production, auth, profile, limits).expect_err("a refusal");
    assert_eq!(error.kind, ErrorKind::InvalidConfig);
    error.field.expect("a field")
}

#[test]
fn a_query_parameter_has_a_name_that_needs_no_encoding() {
    for name in ["", "a b", "a=b", "a&b", "é", "a%20b", &"x".repeat(65)] {
        let auth = secret_url(SecretPlace::Query(name.into()));
        assert_eq!(refused(&auth, &profile(), Limits::default()), "query", "{name}");
    }
    for name in ["a", "A-z0._~", &"x".repeat(64)] {
        let auth = secret_url(SecretPlace::Query(name.into()));
        assert!(Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).is_ok(), "{name}");
    }
}

#[test]
fn a_prefix_may_be_long_and_of_several_words() {
    for prefix in ["", "a b ", &"x".repeat(64)] {
        let auth =
            Auth::Hmac(Hmac { prefix: prefix.into(), ..hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::Body) });
        let verifier =
            Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
        assert!(Parcel::signed(&auth, BODY, "", start()).verify(&verifier, start()).is_ok(), "{prefix:?}");
    }
}

/// What documents cannot hold, or hold elsewhere, is refused of typed configurations by the same rules and fields.
#[test]
fn typed_configurations_are_checked_like_documents() {
    let plain = || hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::Body);
    let timed = || hmac(Digest::Sha256, SignatureEncoding::Hex, Signs::TimestampBody);
    let cases = [
        ("header", Hmac { header: "X Sig".into(), ..plain() }),
        ("header", Hmac { header: String::new(), ..plain() }),
        ("digest", Hmac { digest: Digest::Sha1, ..plain() }),
        ("prefix", Hmac { prefix: " sig".into(), ..plain() }),
        ("prefix", Hmac { prefix: "a,b".into(), ..plain() }),
        ("prefix", Hmac { prefix: "a\tb".into(), ..plain() }),
        ("prefix", Hmac { prefix: "é".into(), ..plain() }),
        ("prefix", Hmac { prefix: "x".repeat(65), ..plain() }),
        ("id_header", Hmac { id_header: Some("X-Id".into()), ..timed() }),
        ("id_header", Hmac { signs: Signs::IdTimestampBody, ..timed() }),
        ("timestamp_header", Hmac { timestamp_header: Some("X-Time".into()), ..plain() }),
        ("timestamp_header", Hmac { signs: Signs::TimestampBody, ..plain() }),
        ("timestamp_header", Hmac { timestamp_header: Some("x-SIG".into()), ..timed() }),
        ("tolerance_ms", Hmac { tolerance_ms: Some(300_000), ..plain() }),
        ("tolerance_ms", Hmac { tolerance_ms: Some(999), ..timed() }),
        ("tolerance_ms", Hmac { tolerance_ms: Some(86_400_001), ..timed() }),
        ("secrets", Hmac { secrets: Vec::new(), ..plain() }),
        ("secrets[1].id", Hmac { secrets: [secrets(), secrets()].concat(), ..plain() }),
    ];
    for (field, hmac) in cases {
        assert_eq!(refused(&Auth::Hmac(hmac), &profile(), Limits::default()), field);
    }
    let auth = Auth::Hmac(plain());
    for max_body_bytes in [i64::MIN, 0, 134_217_729, i64::MAX] {
        assert_eq!(refused(&auth, &profile(), Limits { max_body_bytes }), "max_body_bytes");
    }
    let liveness = || ModuleProfile { module: Module::Liveness, at: Vec::new(), values: Vec::new() };
    let name = |name: &str| SubjectField { name: name.into(), at: Vec::new() };
    let pointers = |count: usize| vec!["/a".to_string(); count];
    let decided = |value: DecisionValue| vec![ValueMeaning { value, outcome: Outcome::Passed }];
    let cases = [
        ("matches_by", Profile::default()),
        ("session_token", Profile { session_token: Vec::new(), ..profile() }),
        ("session_token", Profile { session_token: pointers(17), ..profile() }),
        ("reference_id", Profile { matches_by: Some(MatchesBy::ReferenceId), ..profile() }),
        ("matches_by", Profile { matches_by: Some(MatchesBy::ReferenceId), reference_id: pointers(1), ..profile() }),
        ("flow[1]", Profile { flow: vec!["/a".into(), "a".into()], ..profile() }),
        ("decision[0]", Profile { decision: vec!["/~2".into()], ..profile() }),
        ("decisions[0].value", Profile { decisions: decided(DecisionValue::Integer(1 << 53)), ..profile() }),
        ("checks", Profile { checks: vec![liveness(), liveness()], ..profile() }),
        ("checks", Profile { passed_when: PassedWhen::AllChecks, ..profile() }),
        ("subject", Profile { subject: vec![name("Name")], ..profile() }),
        ("subject", Profile { subject: vec![name("a"), name("a")], ..profile() }),
        ("subject.a[0]", Profile { subject: vec![SubjectField { at: vec!["x".into()], ..name("a") }], ..profile() }),
    ];
    for (field, profile) in cases {
        assert_eq!(refused(&auth, &profile, Limits::default()), field);
        let told_apart_by_scheme = field == "matches_by" && profile.matches_by.is_some();
        let unverified = read_unverified(&profile, b"{}").err().and_then(|error| error.field);
        assert_eq!(unverified.as_deref(), (!told_apart_by_scheme).then_some(field), "the same rules without a scheme");
    }
}

/// A reference names a user: an unsigned time cannot tell the user's attempts apart.
#[test]
fn matching_by_reference_needs_a_signed_time_or_the_integrators_word() {
    let by_reference = Profile {
        reference_id: vec!["/r".into()],
        occurred_at: vec!["/t".into()],
        matches_by: Some(MatchesBy::ReferenceId),
        ..Profile::default()
    };
    let signed = preset(PresetName::XValifySignatureUnverified);
    let unsigned = secret_url(SecretPlace::PathSegment);
    assert!(Verifier::new(Environment::Production, &signed, &by_reference, Limits::default()).is_ok());
    assert_eq!(refused(&unsigned, &by_reference, Limits::default()), "matches_by");
    let per_link = Profile { reference_per_link: true, occurred_at: Vec::new(), ..by_reference };
    let verifier = Verifier::new(Environment::Production, &unsigned, &per_link, Limits::default()).expect("a verifier");
    let event = Parcel::signed(&unsigned, br#"{"r": 7}"#, "", start()).verify(&verifier, start()).expect("an event");
    assert_eq!(event.matches_by(), MatchesBy::ReferenceId);
    assert!(event.reference_per_link() && !event.latest_decision_wins());
    assert_eq!(event.keys().reference_id.as_deref(), Some("7"));
}

#[test]
fn a_pointer_that_is_none_is_the_callers_mistake() {
    let auth = preset(PresetName::XValifySignatureUnverified);
    let verifier = Verifier::new(Environment::Production, &auth, &profile(), Limits::default()).expect("a verifier");
    let body = br#"{"n": 12345678901234567890.10, "a": [1, {"b" : 2}], "checks": null}"#;
    let event = Parcel::signed(&auth, body, "", start()).verify(&verifier, start()).expect("an event");
    assert_eq!(event.raw_at("/n"), Ok(Some("12345678901234567890.10")), "no number is rounded");
    assert_eq!(event.raw_at("/a/1"), Ok(Some(r#"{"b" : 2}"#)));
    assert_eq!(event.raw_at("/checks"), Ok(Some("null")));
    assert_eq!(event.raw_at("/zz"), Ok(None));
    assert_eq!(event.raw_at("n").map_err(|error| error.kind), Err(ErrorKind::Misuse));
    assert_eq!(event.view().checks, Checks::default());
    assert_eq!(START.parse::<Instant>(), Ok(event.view().received_at));
}

/// Does not compile if the type has the trait: two implementations would then give the same item.
macro_rules! has_not {
    ($type:ty: $($bound:tt)+) => {{
        trait Ambiguous<A> {
            const ITEM: () = ();
        }
        struct Has;
        impl<T: ?Sized> Ambiguous<()> for T {}
        impl<T: ?Sized + $($bound)+> Ambiguous<Has> for T {}
        <$type as Ambiguous<_>>::ITEM
    }};
}

#[test]
#[cfg_attr(miri, ignore = "starts a compiler")]
fn only_a_verifier_makes_an_event() {
    has_not!(Event: Default);
    has_not!(Event: From<UnverifiedEvent>);
    has_not!(Event: std::str::FromStr);
    has_not!(Event: serde::de::DeserializeOwned);
    has_not!(EventView: Default);
    has_not!(UnverifiedEvent: serde::de::DeserializeOwned);
    trybuild::TestCases::new().compile_fail("tests/compile_fail/event_*.rs");
}
