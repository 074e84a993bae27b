//! The mutation oracle: of a signed delivery, one thing is changed. What is still accepted must be exactly what the scheme declares not to
//! sign, or to read in more than one spelling.
//!
//! The model below knows no cryptography and no secret. It says which texts of a delivery a scheme covers; a changed delivery must be
//! accepted if and only if these texts are what the sender wrote.

mod cases;
mod webhook_support;

use cases::cases;
use chrono::Duration;
use proptest::{collection::vec, prelude::*};
use valify_link_core::{
    Auth, Error, ErrorKind, Verifier,
    webhook::{Hmac, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs},
};
use webhook_support::{Parcel, auth, hmac, preset, reversed, signs, start, tolerance, unsigned, verifier};

/// What a delivery says in the places that a scheme covers, each in its one spelling. `None` where it cannot be read.
#[derive(Debug, PartialEq)]
struct Covered {
    /// What the sender proves itself by: signatures without their spelling, credentials, a secret.
    proofs: Vec<Vec<u8>>,
    /// The id, the timestamp and the body, as far as they are signed.
    signed: Vec<Vec<u8>>,
}

/// Whether a changed delivery still proves what the sender's did.
fn is_covered(auth: &Auth, sent: &Parcel, received: &Parcel) -> bool {
    let identity = |value: &[u8]| value.eq_ignore_ascii_case(b"identity");
    if !received.values("Content-Encoding").into_iter().all(identity) {
        return false;
    }
    match (covered(auth, sent), covered(auth, received)) {
        // Of a list of signatures, one that is the sender's is enough.
        (Some(sent), Some(received)) => {
            sent.signed == received.signed && sent.proofs.iter().any(|proof| received.proofs.contains(proof))
        }
        (None, _) => panic!("the sender's own delivery cannot be read"),
        (_, None) => false,
    }
}

fn covered(auth: &Auth, parcel: &Parcel) -> Option<Covered> {
    let one_proof = |proof: Option<Vec<u8>>, signed| Some(Covered { proofs: vec![proof?], signed });
    match auth {
        Auth::Hmac(hmac) => one_proof(single_signature(hmac, parcel), signed(hmac, parcel)?),
        Auth::Preset(Preset { preset: PresetName::XValifySignatureUnverified, secrets, .. }) => {
            let hmac = Hmac::new(
                "x-valify-signature",
                valify_link_core::webhook::Digest::Sha256,
                SignatureEncoding::Hex,
                Signs::Body,
                secrets.clone(),
            );
            one_proof(single_signature(&hmac, parcel), vec![parcel.body.clone()])
        }
        Auth::Preset(Preset { preset: PresetName::StandardWebhooks, .. }) => {
            let list = joined(parcel, "webhook-signature", b' ')?;
            // A comma behind an entry is what joining repeated headers leaves there.
            let entries = list.split(|byte| *byte == b' ').map(|entry| entry.strip_suffix(b",").unwrap_or(entry));
            let entries = entries.filter(|entry| !entry.is_empty()).take(16);
            let proofs = entries.filter(|entry| entry.starts_with(b"v1,")).map(<[u8]>::to_vec).collect();
            let id = single(parcel, "webhook-id")?;
            let timestamp = single(parcel, "webhook-timestamp")?;
            Some(Covered { proofs, signed: vec![id, timestamp, parcel.body.clone()] })
        }
        Auth::Preset(Preset { preset: PresetName::StripeStyle, .. }) => {
            let list = joined(parcel, "stripe-signature", b',')?;
            let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
            let trim = |mut item: Vec<u8>| {
                while item.first().is_some_and(blank) {
                    item.remove(0);
                }
                while item.last().is_some_and(blank) {
                    item.pop();
                }
                item
            };
            let items: Vec<_> = list.split(|byte| *byte == b',').map(|item| trim(item.to_vec())).collect();
            let (timestamps, entries): (Vec<_>, Vec<_>) =
                items.into_iter().filter(|item| !item.is_empty()).partition(|item| item.starts_with(b"t="));
            let [timestamp] = timestamps.as_slice() else { return None };
            let entries = entries.into_iter().take(16).filter(|entry| entry.starts_with(b"v1="));
            let proofs = entries.map(|entry| entry[3..].to_ascii_lowercase()).collect();
            Some(Covered { proofs, signed: vec![timestamp.clone(), parcel.body.clone()] })
        }
        Auth::StaticHeader(scheme) => one_proof(single(parcel, &scheme.header), Vec::new()),
        Auth::Basic(_) => {
            let value = single(parcel, "authorization")?;
            let space = value.iter().position(|byte| *byte == b' ')?;
            let (scheme, credentials) = value.split_at(space);
            let credentials = credentials.iter().copied().skip_while(|byte| *byte == b' ').collect();
            one_proof(scheme.eq_ignore_ascii_case(b"Basic").then_some(credentials), Vec::new())
        }
        Auth::SecretUrl(SecretUrl { place, .. }) => one_proof(in_url(place, parcel.url.as_deref()?), Vec::new()),
        Auth::Attested(_) => Some(Covered { proofs: vec![Vec::new()], signed: Vec::new() }),
    }
}

fn single(parcel: &Parcel, name: &str) -> Option<Vec<u8>> {
    match parcel.values(name).as_slice() {
        [value] if !value.contains(&b',') => Some(value.to_vec()),
        _ => None,
    }
}

fn joined(parcel: &Parcel, name: &str, separator: u8) -> Option<Vec<u8>> {
    let list = parcel.values(name).join(&separator);
    list.is_ascii().then_some(list)
}

fn single_signature(hmac: &Hmac, parcel: &Parcel) -> Option<Vec<u8>> {
    let value = single(parcel, &hmac.header)?;
    let signature = value.strip_prefix(hmac.prefix.as_bytes())?;
    Some(match hmac.encoding {
        SignatureEncoding::Hex => signature.to_ascii_lowercase(),
        SignatureEncoding::Base64 | SignatureEncoding::Base64Url => signature.to_vec(),
    })
}

fn signed(hmac: &Hmac, parcel: &Parcel) -> Option<Vec<Vec<u8>>> {
    let mut signed = vec![parcel.body.clone()];
    for name in [&hmac.id_header, &hmac.timestamp_header].into_iter().flatten() {
        signed.push(single(parcel, name)?);
    }
    Some(signed)
}

fn in_url(place: &SecretPlace, url: &str) -> Option<Vec<u8>> {
    let target = url.split('#').next()?;
    let target = target.strip_prefix("https://shop.example").unwrap_or(target);
    if !target.starts_with('/') {
        return None;
    }
    let mut halves = target.splitn(2, '?');
    let (path, query) = (halves.next()?, halves.next().unwrap_or_default());
    let secret = match place {
        SecretPlace::PathSegment => path.split('/').next_back()?,
        SecretPlace::Query(name) => {
            let named = |parameter: &&str| *parameter == name || parameter.starts_with(&format!("{name}="));
            let mut values = query.split('&').filter(named);
            let value = values.next()?;
            if values.next().is_some() {
                return None;
            }
            value.strip_prefix(&format!("{name}="))?
        }
    };
    Some(secret.as_bytes().to_vec())
}

const REFUSALS: [ErrorKind; 6] = [
    ErrorKind::SignatureMissing,
    ErrorKind::SignatureMalformed,
    ErrorKind::SignatureMismatch,
    ErrorKind::TimestampMissing,
    ErrorKind::TimestampMalformed,
    ErrorKind::EncodedBody,
];

struct Oracle<'a> {
    auth: &'a Auth,
    verifier: Verifier,
    sent: Parcel,
}

impl<'a> Oracle<'a> {
    fn new(auth: &'a Auth, body: &[u8], noise: &[(String, String)]) -> Self {
        let mut sent = Parcel::signed(auth, body, "msg_0-id", start());
        sent.headers.extend(noise.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())));
        // Parameters of names that no secret's parameter has.
        if let Some(url) = &mut sent.url {
            *url = match url.split_once('?') {
                Some((_, query)) => format!("/hook?!a=1&{query}&!b#x"),
                None => format!("/hook{url}?!a=1#x"),
            };
        }
        Self { auth, verifier: verifier(&reversed(auth)), sent }
    }

    /// Verifies a changed delivery and compares with the model.
    fn check(&self, received: &Parcel, change: &str) -> Result<(), TestCaseError> {
        let expected = is_covered(self.auth, &self.sent, received);
        match received.verify(&self.verifier, start()) {
            Ok(event) => {
                prop_assert!(expected, "accepted after: {change}\n{received:?}");
                prop_assert_eq!(event.raw(), received.body.as_slice());
                prop_assert_eq!(event.view().authenticated_by.body_signed, signs(self.auth).is_some());
            }
            Err(Error { kind, .. }) => {
                prop_assert!(!expected, "refused as {kind} after: {change}\n{received:?}");
                prop_assert!(REFUSALS.contains(&kind), "{kind}");
            }
        }
        Ok(())
    }

    fn check_bytes(
        &self,
        what: &str,
        masks: &[u8],
        at: impl Fn(&mut Parcel) -> &mut Vec<u8>,
    ) -> Result<(), TestCaseError> {
        let length = at(&mut self.sent.clone()).len();
        for index in 0..length {
            for mask in masks.iter().filter(|mask| **mask != 0) {
                let mut changed = self.sent.clone();
                at(&mut changed)[index] ^= mask;
                self.check(&changed, &format!("{what}, byte {index} ^ {mask:#x}"))?;
            }
            let mut shorter = self.sent.clone();
            at(&mut shorter).remove(index);
            self.check(&shorter, &format!("{what} without byte {index}"))?;
        }
        for index in 0..=length {
            for byte in [b' ', b',', b'=', b'0', b'A', b'\0'] {
                let mut longer = self.sent.clone();
                at(&mut longer).insert(index, byte);
                self.check(&longer, &format!("{what} with {byte:#x} at {index}"))?;
            }
        }
        Ok(())
    }

    fn check_all(&self, masks: &[u8]) -> Result<(), TestCaseError> {
        self.check(&self.sent, "nothing")?;
        self.check_bytes("the body", masks, |parcel| &mut parcel.body)?;
        for index in 0..self.sent.headers.len() {
            let name = self.sent.headers[index].0.clone();
            self.check_bytes(&name, masks, |parcel| &mut parcel.headers[index].1)?;
            self.check_header(index, &name)?;
        }
        self.check_url(masks)
    }

    fn check_header(&self, index: usize, name: &str) -> Result<(), TestCaseError> {
        let mut dropped = self.sent.clone();
        let line = dropped.headers.remove(index);
        self.check(&dropped, &format!("{name} dropped"))?;
        for place in [0, index, self.sent.headers.len()] {
            let mut twice = self.sent.clone();
            twice.headers.insert(place, line.clone());
            self.check(&twice, &format!("{name} twice"))?;
            twice.headers[place].1.push(b'x');
            self.check(&twice, &format!("{name} twice, once with another value"))?;
            twice.headers[place].1.clear();
            self.check(&twice, &format!("{name} twice, once empty"))?;
        }
        let mut respelled = self.sent.clone();
        respelled.headers[index].0 = name.chars().rev().collect();
        self.check(&respelled, &format!("{name} renamed"))?;
        respelled.headers[index].0 = name.to_uppercase();
        self.check(&respelled, &format!("{name} in upper case"))?;
        respelled.headers[index].1 = [b" \t", line.1.as_slice(), b"\t "].concat();
        self.check(&respelled, &format!("{name} with space around its value"))?;
        let mut moved = self.sent.clone();
        moved.headers.rotate_left(index);
        self.check(&moved, "headers in another order")
    }

    fn check_url(&self, masks: &[u8]) -> Result<(), TestCaseError> {
        let Some(url) = &self.sent.url else { return Ok(()) };
        let check = |changed: String, change: &str| {
            let parcel = Parcel { url: Some(changed), ..self.sent.clone() };
            self.check(&parcel, &format!("the URL {change}"))
        };
        for index in 0..url.len() {
            for mask in masks.iter().map(|mask| mask & 0x7f).filter(|mask| *mask != 0) {
                let mut bytes = url.clone().into_bytes();
                bytes[index] ^= mask;
                check(String::from_utf8(bytes).expect("ASCII"), &format!("with byte {index} ^ {mask:#x}"))?;
            }
            check(format!("{}{}", &url[..index], &url[index + 1..]), &format!("without byte {index}"))?;
            for byte in ["/", "?", "#", "&", "=", "%", ";", "x", "é"] {
                check(format!("{}{byte}{}", &url[..index], &url[index..]), &format!("with {byte} at {index}"))?;
            }
        }
        check(format!("https://shop.example{url}"), "made absolute")?;
        let (target, fragment) = url.split_once('#').expect("a fragment");
        let (path, query) = target.split_once('?').expect("a query");
        for parameter in query.split('&') {
            let name = parameter.split('=').next().unwrap_or_default();
            for extra in [parameter.to_string(), format!("{name}=x"), name.to_string()] {
                check(format!("{path}?{query}&{extra}#{fragment}"), "with a parameter more at its end")?;
                check(format!("{path}?{extra}&{query}#{fragment}"), "with a parameter more at its beginning")?;
            }
        }
        check(format!("{path}#{query}"), "without its query")?;
        check(path.to_string(), "cut after its path")
    }
}

/// Headers that no scheme here reads, and the one that all do.
fn noise() -> impl Strategy<Value = Vec<(String, String)>> {
    let line = prop_oneof![
        Just(("Content-Type", "application/json")),
        Just(("Content-Encoding", "identity")),
        Just(("X-Signature", "00")),
        Just(("Cookie", "a=b")),
    ];
    vec(line.prop_map(|(name, value)| (name.to_string(), value.to_string())), 0..3)
}

/// All single bits, and some other changes of a byte.
fn masks() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 4).prop_map(|mut masks| {
        masks.extend((0..8).map(|bit| 1_u8 << bit));
        masks
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(br#"{"data":{"token":"0-token-0"}}"#.to_vec()),
        vec(any::<u8>(), 0..40),
        "[a-z{}\":,]{0,40}".prop_map(String::into_bytes)
    ]
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 200, ..cases(24) })]

    #[test]
    fn what_an_hmac_accepts_is_what_the_sender_wrote(auth in hmac(), body in body(), noise in noise(), masks in masks()) {
        Oracle::new(&auth, &body, &noise).check_all(&masks)?;
    }

    #[test]
    fn what_a_preset_accepts_is_what_the_sender_wrote(auth in preset(), body in body(), noise in noise(), masks in masks()) {
        Oracle::new(&auth, &body, &noise).check_all(&masks)?;
    }

    #[test]
    fn what_an_unsigned_scheme_accepts_has_its_secret(auth in unsigned(), body in body(), noise in noise(), masks in masks()) {
        Oracle::new(&auth, &body, &noise).check_all(&masks)?;
    }

    /// Among many signatures the sender's is found if it is one of the first sixteen, and only then.
    #[test]
    fn the_first_sixteen_signatures_are_read(auth in preset(), body in body(), before in 0_usize..20, other in "v[02-9a-z]", repeated in any::<bool>()) {
        let mut oracle = Oracle::new(&auth, &body, &[]);
        let value = match &auth {
            Auth::Preset(Preset { preset: PresetName::StandardWebhooks, .. }) => Some(("webhook-signature", format!("{other},AAAA"), " ")),
            Auth::Preset(Preset { preset: PresetName::StripeStyle, .. }) => Some(("Stripe-Signature", format!("{other}=00"), ",")),
            _ => None,
        };
        if let Some((name, entry, separator)) = value {
            let sent = oracle.sent.clone();
            let own = String::from_utf8(sent.values(name)[0].to_vec()).expect("ASCII");
            let entries = vec![entry; before];
            let mut lines: Vec<String> = if repeated { entries } else { vec![entries.join(separator)] };
            lines.push(own);
            let mut received = sent;
            received.headers.retain(|(other, _)| other != name);
            received.headers.extend(lines.into_iter().map(|line| (name.to_string(), line.into_bytes())));
            prop_assert_eq!(received.verify(&oracle.verifier, start()).is_ok(), before < 16);
            oracle.sent = received;
            if before < 16 {
                oracle.check(&oracle.sent, "nothing")?;
                oracle.check_bytes("the body", &[1], |parcel| &mut parcel.body)?;
            }
        }
    }

    /// A signed clock counts to the millisecond, both ways; an unsigned one does not exist.
    #[test]
    fn the_tolerance_is_exact(auth in auth(), body in body()) {
        let oracle = Oracle::new(&auth, &body, &[]);
        let tolerance = tolerance(&auth);
        let signs_time = signs(&auth).is_some_and(|signs| signs != Signs::Body);
        for (apart, is_within) in [(tolerance, true), (tolerance + Duration::milliseconds(1), false), (Duration::days(4000), false)] {
            for now in [start() + apart, start() - apart] {
                let kind = oracle.sent.verify(&oracle.verifier, now).err().map(|error| error.kind);
                let expected = (signs_time && !is_within).then_some(ErrorKind::TimestampOutOfTolerance);
                prop_assert_eq!(kind, expected);
                // The tolerance is looked at last: a forgery learns nothing about the clock.
                if signs_time {
                    let mut forged = oracle.sent.clone();
                    forged.body.push(b'x');
                    let kind = forged.verify(&oracle.verifier, now).err().map(|error| error.kind);
                    prop_assert_eq!(kind, Some(ErrorKind::SignatureMismatch));
                }
            }
        }
    }
}
