//! A host that hashes in the core's place: it is asked for the right bytes, its answer is compared by the core, and it may decline.

use std::cell::RefCell;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Headers, Instant, Outcome, Profile, Secret, Verifier,
    secret::NamedSecret,
    sign,
    webhook::{Digest, HostMac, Limits, MatchesBy, Preset, PresetName, ValueMeaning},
};

const BODY: &[u8] = br#"{"token": "0-token-0", "status": "approved"}"#;

fn now() -> Instant {
    "2026-01-14T07:00:00Z".parse().unwrap()
}

fn auth() -> Auth {
    let secrets = vec![
        NamedSecret::new("new", Secret::utf8("fake-webhook-secret-0002")),
        NamedSecret::new("old", Secret::utf8("fake-webhook-secret-0001")),
    ];
    Auth::Preset(Preset::new(PresetName::StripeStyle, secrets))
}

/// Signed with the second of the verifier's secrets.
fn signed() -> Headers {
    let Auth::Preset(mut preset) = auth() else { unreachable!() };
    preset.secrets.remove(0);
    sign(&Auth::Preset(preset), BODY, None, now()).unwrap().headers
}

fn verifier() -> Verifier {
    let profile = Profile {
        session_token: vec!["/token".into()],
        decision: vec!["/status".into()],
        decisions: vec![ValueMeaning::text("approved", Outcome::Passed)],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    Verifier::new(Environment::Production, &auth(), &profile, Limits::default()).unwrap()
}

/// What a host was asked for: hash function, key and text.
type Asked = RefCell<Vec<(Digest, Vec<u8>, Vec<u8>)>>;

struct Host<F>(Asked, F);

impl<F: Fn(&[u8], &[u8]) -> Option<Vec<u8>>> HostMac for Host<F> {
    fn tag(&self, digest: Digest, key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
        let text = parts.concat();
        let tag = self.1(key, &text);
        self.0.borrow_mut().push((digest, key.to_vec(), text));
        tag
    }
}

fn host<F: Fn(&[u8], &[u8]) -> Option<Vec<u8>>>(answer: F) -> Host<F> {
    Host(RefCell::default(), answer)
}

fn honest(key: &[u8], text: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key).unwrap().chain_update(text).finalize().into_bytes().to_vec()
}

#[test]
fn an_honest_host_gives_the_same_event_as_the_core() {
    let (verifier, headers, host) = (verifier(), signed(), host(|key, text| Some(honest(key, text))));
    let delivery = Delivery { headers: &headers, body: BODY, url: None };
    let by_host = verifier.verify_detached(&delivery, now(), Some(&host)).unwrap();
    let by_core = verifier.verify(&delivery, now()).unwrap();
    assert_eq!(by_host.view(), by_core.view());
    assert_eq!(by_host.view().authenticated_by.secret, "old");
    assert_eq!(by_host.raw(), b"");
    assert_eq!(by_host.dedupe_key_of(BODY), by_core.dedupe_key().unwrap());
    let text = [b"1768374000.".as_slice(), BODY].concat();
    let asked = [b"fake-webhook-secret-0002", b"fake-webhook-secret-0001"]
        .map(|key| (Digest::Sha256, key.to_vec(), text.clone()));
    assert_eq!(*host.0.borrow(), asked);
}

#[test]
fn a_host_that_declines_leaves_it_to_the_core() {
    let headers = signed();
    let delivery = Delivery { headers: &headers, body: BODY, url: None };
    let host = host(|_, _| None);
    assert!(verifier().verify_detached(&delivery, now(), Some(&host)).is_ok());
    assert_eq!(host.0.borrow().len(), 2);
}

#[test]
fn what_a_host_answers_is_compared_and_not_believed() {
    let headers = signed();
    let delivery = Delivery { headers: &headers, body: BODY, url: None };
    let right = honest(b"fake-webhook-secret-0001", &[b"1768374000.".as_slice(), BODY].concat());
    for wrong in [vec![], vec![0; 32], right[..31].to_vec(), [&*right, &[0]].concat()] {
        let refused = verifier().verify_detached(&delivery, now(), Some(&host(|_, _| Some(wrong.clone()))));
        assert_eq!(refused.err().map(|error| error.kind), Some(ErrorKind::SignatureMismatch));
    }
}

#[test]
fn a_body_in_no_format_is_an_event_without_its_body_too() {
    let Auth::Preset(mut preset) = auth() else { unreachable!() };
    preset.secrets.truncate(1);
    for body in [b"\xff".as_slice(), b"{", b"", b"[]"] {
        let headers = sign(&Auth::Preset(preset.clone()), body, None, now()).unwrap().headers;
        let delivery = Delivery { headers: &headers, body, url: None };
        let detached = verifier().verify_detached(&delivery, now(), None).unwrap();
        assert_eq!(detached.view(), verifier().verify(&delivery, now()).unwrap().view());
    }
}
