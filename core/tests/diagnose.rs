//! Mistakes made on purpose are named, nothing is claimed that is not so, and nothing shows.

mod cases;
mod webhook_support;

use cases::cases;
use chrono::Duration;
use proptest::{collection::vec, prelude::*, sample::select};
use valify_link_core::{
    Auth, Delivery, Diagnosis, Headers, Instant, NamedSecret, Secret,
    webhook::{Digest, Hmac, Mistake, Preset, SignatureEncoding, Signs},
};
use webhook_support::{Parcel, auth, hmac, preset, reversed, secrets_of, signs, start, tolerance, verifier};

fn diagnose(parcel: &Parcel, auth: &Auth, now: Instant) -> Diagnosis {
    let headers: Headers = parcel.headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
    verifier(auth).diagnose(&Delivery { headers: &headers, body: &parcel.body, url: parcel.url.as_deref() }, now)
}

fn mistakes(parcel: &Parcel, auth: &Auth) -> Vec<Mistake> {
    diagnose(parcel, auth, start()).mistakes().collect()
}

fn signed(auth: &Auth, body: &[u8]) -> Parcel {
    Parcel::signed(auth, body, "id-1", start())
}

/// JSON whose members keep their order when they are written again.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        ".{0,12}".prop_map(serde_json::Value::from),
    ];
    let tree = leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            vec(("[a-z\u{621}-\u{64a}/\"<]{1,6}", inner), 0..5)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    // With at least one place where layouts differ.
    tree.prop_map(|value| serde_json::json!({ "first": 1, "value": value }))
}

fn named(text: &str) -> Vec<NamedSecret> {
    vec![NamedSecret::new("2026-11", Secret::utf8(text))]
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(200))]

    /// Whatever arrives, a diagnosis agrees with `verify`, keeps its order and its bound.
    #[test]
    fn a_diagnosis_agrees_with_verify(
        auth in auth(),
        body in vec(any::<u8>(), 0..40),
        lines in vec((select(vec!["X-Valify-Signature", "X-Time", "X-Id", "Stripe-Signature", "X-Token", "Content-Encoding", "é"]), ".{0,70}|[0-9a-f]{64}|[0-9]{10,13}"), 0..4),
        dropped in any::<prop::sample::Index>(),
        later_s in -700_i64..700,
    ) {
        let mut parcel = signed(&auth, &body);
        if !lines.is_empty() && !parcel.headers.is_empty() {
            parcel.headers.remove(dropped.index(parcel.headers.len()));
        }
        parcel.headers.extend(lines.into_iter().map(|(name, value)| (name.to_string(), value.into_bytes())));
        let now = start() + Duration::seconds(later_s);
        let diagnosis = diagnose(&parcel, &auth, now);
        let refused = parcel.verify(&verifier(&auth), now).err().map(|error| error.kind);
        prop_assert_eq!(diagnosis.refused, refused);
        let found: Vec<_> = diagnosis.mistakes().collect();
        prop_assert!(!found.is_empty() && found.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", found);
        prop_assert_eq!(found == [Mistake::NoMistake], refused.is_none(), "{:?}", found);
        prop_assert!(!found.contains(&Mistake::Unknown) || found.len() == 1);
        prop_assert!(diagnosis.macs <= Diagnosis::MOST_MACS);
    }

    /// What another writer of JSON makes of the same values is recognised, in both directions.
    #[test]
    fn a_body_that_was_written_again_is_recognised(auth in prop_oneof![hmac(), preset()], value in json(), lines_lost in any::<bool>()) {
        let (compact, lines) = (value.to_string().into_bytes(), serde_json::to_vec_pretty(&value).expect("JSON"));
        let (sent, arrived) = if lines_lost { (lines, compact) } else { (compact, lines) };
        let parcel = Parcel { body: arrived, ..signed(&auth, &sent) };
        prop_assert_eq!(mistakes(&parcel, &auth), [Mistake::BodyReserialised]);
    }

    #[test]
    fn a_line_break_at_the_end_is_recognised(auth in prop_oneof![hmac(), preset()], body in "[a-z{}]{1,20}", trimmed in any::<bool>()) {
        let (sent, arrived) = if trimmed { (format!("{body}\n"), body) } else { (body.clone(), format!("{body}\n")) };
        let parcel = Parcel { body: arrived.into_bytes(), ..signed(&auth, sent.as_bytes()) };
        prop_assert_eq!(mistakes(&parcel, &auth), [Mistake::BodyNewline]);
    }

    /// The size of a skew is exact, and within the tolerance there is none.
    #[test]
    fn a_skew_is_measured(auth in prop_oneof![hmac(), preset()], skew_ms in -90_000_000_i64..90_000_000) {
        prop_assume!(signs(&auth) != Some(Signs::Body));
        let now = start() + Duration::milliseconds(skew_ms);
        let diagnosis = diagnose(&signed(&auth, b"{}"), &auth, now);
        let is_skewed = skew_ms.abs() > tolerance(&auth).num_milliseconds();
        let expected = if is_skewed { Mistake::ClockSkew } else { Mistake::NoMistake };
        prop_assert_eq!(diagnosis.mistakes().collect::<Vec<_>>(), [expected]);
        prop_assert_eq!(diagnosis.findings[0].off_by_ms, is_skewed.then_some(-skew_ms));
    }

    /// The sender differs from the configuration in one thing alone.
    #[test]
    fn a_sender_of_another_configuration_is_recognised(
        auth in hmac(),
        which in 0..4,
        encoding in select(SignatureEncoding::ALL),
        digest in select(Digest::ALL),
    ) {
        let Auth::Hmac(configured) = auth else { unreachable!() };
        let configured = Hmac { prefix: String::new(), ..configured };
        let (sender, expected) = match which {
            0 => (Hmac { header: "X-Other".into(), ..configured.clone() }, Mistake::WrongHeader),
            1 => (Hmac { encoding, ..configured.clone() }, Mistake::SignatureEncoding),
            2 => (Hmac { digest, ..configured.clone() }, Mistake::WrongDigest),
            _ => (Hmac { prefix: "v1=".into(), ..configured.clone() }, Mistake::SignaturePrefix),
        };
        let same = sender.encoding == configured.encoding && sender.digest == configured.digest && which != 0 && which != 3;
        let expected = if same { Mistake::NoMistake } else { expected };
        prop_assert_eq!(mistakes(&signed(&Auth::Hmac(sender), b"{}"), &Auth::Hmac(configured)), [expected]);
    }

    /// A secret of the list that is not the first verifies, and is named; one that is only given to the diagnosis does not verify.
    #[test]
    fn an_older_secret_is_named(auth in auth()) {
        let secrets = secrets_of(&auth);
        prop_assume!(secrets.len() > 1);
        let diagnosis = diagnose(&signed(&auth, b"{}"), &reversed(&auth), start());
        prop_assert_eq!(diagnosis.refused, None);
        prop_assert_eq!(diagnosis.mistakes().collect::<Vec<_>>(), [Mistake::OlderSecret]);
        prop_assert_eq!(&diagnosis.findings[0].secret, &Some(secrets[0].id.clone()));
    }
}

/// 16 secrets and a body that has every form: the bound holds, and it is what ends the search.
#[test]
#[cfg_attr(miri, ignore = "hundreds of MACs")]
fn the_work_is_bounded() {
    let secrets = (0..16).map(|index| {
        NamedSecret::new(
            format!("s{index}"),
            Secret::utf8(format!(
                "\"fake#webhook$secret%{index:02}=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\""
            )),
        )
    });
    let auth = Auth::Hmac(Hmac::new("X-Sig", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, secrets.collect()));
    let parcel = Parcel {
        headers: (0..200).map(|index| ("X-Sig".to_string(), format!("{index:064x}").into_bytes())).collect(),
        url: None,
        body: "{ \"a/b\": [1, 2, {\"<ا>\": \"é\"}] }\n".into(),
    };
    let diagnosis = diagnose(&parcel, &auth, start());
    assert_eq!(diagnosis.macs, Diagnosis::MOST_MACS);
    assert_eq!(diagnosis.mistakes().collect::<Vec<_>>(), [Mistake::HeaderForm]);
}

/// A body whose indentation would be many times as long as it is gives an answer all the same.
#[test]
#[cfg_attr(miri, ignore = "hundreds of MACs")]
fn a_deep_body_is_no_burden() {
    let auth = Auth::Preset(Preset::new(
        valify_link_core::webhook::PresetName::XValifySignatureUnverified,
        named("an-obviously-fake-secret"),
    ));
    let deep = format!("{}{}{}", "[".repeat(63), "0,".repeat(20_000) + "0", "]".repeat(63));
    let parcel = Parcel { body: deep.into_bytes(), ..signed(&auth, b"another body") };
    assert_eq!(mistakes(&parcel, &auth), [Mistake::Unknown]);
}

/// Canaries in the secrets, the headers' values and names, the URL and the body: none shows.
#[test]
fn nothing_shows() {
    const SECRET: &str = "CANARY-secret-0123456789";
    let preset = valify_link_core::webhook::PresetName::StripeStyle;
    let auth = Auth::Preset(Preset::new(preset, named(SECRET)));
    let other = Auth::Preset(Preset::new(preset, named(&format!("{SECRET}#9"))));
    let body = br#"{"CANARY": "CANARY"}"#;
    let mut renamed = signed(&auth, body);
    renamed.headers[0].0 = "X-CANARY-30101010100009".into();
    let changes = [
        signed(&auth, body),
        signed(&auth, b"other CANARY"),
        signed(&other, body),
        renamed,
        Parcel {
            headers: vec![("Stripe-Signature".into(), b"t=CANARY,v1=CANARY".to_vec())],
            url: Some("/CANARY".into()),
            body: body.to_vec(),
        },
    ];
    for parcel in changes {
        let parcel = Parcel { body: body.to_vec(), ..parcel };
        for auth in [&auth, &other] {
            let diagnosis = diagnose(&parcel, auth, start());
            let renderings =
                [diagnosis.to_string(), format!("{diagnosis:?}"), format!("{diagnosis:#?}"), json_of(&diagnosis)];
            assert!(renderings.iter().all(|text| !text.contains("CANARY")), "{diagnosis}");
        }
    }
}

#[test]
fn a_diagnosis_reads_like_a_log_line() {
    let auth = Auth::Preset(Preset::new(
        valify_link_core::webhook::PresetName::StripeStyle,
        named("an-obviously-fake-secret"),
    ));
    let diagnosis = diagnose(&signed(&auth, b"{}"), &auth, start() + Duration::seconds(301));
    assert_eq!(
        diagnosis.to_string(),
        "refused as timestamp_out_of_tolerance\n- clock_skew, off by -301000 ms: Set both clocks by NTP; for an old delivery that is verified \
         again, pass the time of its receipt."
    );
    let verified = diagnose(&signed(&auth, b"{}"), &auth, start());
    assert_eq!(verified.to_string(), "verified\n- none: Nothing to do: the delivery verifies.");
    assert!(Mistake::ALL.iter().all(|mistake| mistake.advice().ends_with('.')));
}

#[cfg(feature = "serde")]
fn json_of(diagnosis: &Diagnosis) -> String {
    serde_json::to_string(diagnosis).expect("JSON")
}

#[cfg(not(feature = "serde"))]
fn json_of(diagnosis: &Diagnosis) -> String {
    diagnosis.to_string()
}
