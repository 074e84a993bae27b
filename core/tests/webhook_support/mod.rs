//! Random configurations for the webhook's property tests, and what each of them declares to be signed.
#![allow(dead_code, reason = "each test that includes this uses another part of it")]

use chrono::Duration;
use proptest::{collection::vec, prelude::*, sample::select};
use valify_link_core::{
    Auth, Delivery, Environment, Error, Event, Headers, Instant, NamedSecret, Profile, Secret, Verifier, sign,
    webhook::{
        Attested, Basic, Digest, Hmac, Limits, MatchesBy, Preset, PresetName, SecretPlace, SecretUrl,
        SignatureEncoding, Signs, StaticHeader,
    },
};

/// A second in 2026.
pub(crate) const START: &str = "2026-01-14T07:57:54Z";

pub(crate) fn start() -> Instant {
    START.parse().expect("an instant")
}

pub(crate) fn profile() -> Profile {
    Profile {
        session_token: vec!["/data/token".into()],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    }
}

pub(crate) fn verifier(auth: &Auth) -> Verifier {
    Verifier::new(Environment::Production, auth, &profile(), Limits::default()).expect("a verifier")
}

/// A delivery that owns its parts, so that they can be changed.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) url: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Parcel {
    pub(crate) fn signed(auth: &Auth, body: &[u8], id: &str, now: Instant) -> Self {
        let signed = sign(auth, body, Some(id), now).expect("a signature");
        let headers = signed.headers.iter().map(|(name, value)| (name.to_string(), value.to_vec())).collect();
        Self { headers, url: signed.url, body: body.to_vec() }
    }

    pub(crate) fn verify(&self, verifier: &Verifier, now: Instant) -> Result<Event, Error> {
        let headers: Headers = self.headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
        verifier.verify(&Delivery { headers: &headers, body: &self.body, url: self.url.as_deref() }, now)
    }

    /// All values of a header, with the space and tab around them removed.
    pub(crate) fn values(&self, name: &str) -> Vec<&[u8]> {
        let named = self.headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| trimmed(value)).collect()
    }
}

fn trimmed(value: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    &value[start..end]
}

/// Secrets that are sent as they are. The shape's last character is none that closes a placeholder.
fn text_secrets(shape: &'static str) -> impl Strategy<Value = Vec<NamedSecret>> {
    vec(shape, 1..4).prop_map(|texts| named(texts.into_iter().map(Secret::utf8)))
}

fn keys() -> impl Strategy<Value = Vec<NamedSecret>> {
    let key = (vec(any::<u8>(), 16..150), 0..3).prop_map(|(bytes, encoding)| match encoding {
        0 => Secret::hex(data_encoding::HEXLOWER.encode(&bytes)),
        1 => Secret::base64(data_encoding::BASE64.encode(&bytes)),
        _ => Secret::utf8(data_encoding::BASE32.encode(&bytes)),
    });
    vec(key, 1..4).prop_map(|keys| named(keys.into_iter()))
}

fn named(secrets: impl Iterator<Item = Secret>) -> Vec<NamedSecret> {
    secrets.enumerate().map(|(index, secret)| NamedSecret::new(format!("secret-{index}"), secret)).collect()
}

pub(crate) fn hmac() -> impl Strategy<Value = Auth> {
    let names = select(vec!["X-Valify-Signature", "Signature", "Authorization", "x-sig"]);
    let prefix = prop_oneof![Just(String::new()), Just("sha256=".into()), "[!-+\\--~][ -+\\--~]{0,8}"];
    let tolerance = prop::option::of(1_000_i64..=86_400_000);
    (names, select(Digest::ALL), select(SignatureEncoding::ALL), prefix, select(Signs::ALL), tolerance, keys())
        .prop_map(|(header, digest, encoding, prefix, signs, tolerance_ms, secrets)| {
            let signs_timestamp = signs != Signs::Body;
            Auth::Hmac(Hmac {
                prefix,
                id_header: (signs == Signs::IdTimestampBody).then(|| "X-Id".into()),
                timestamp_header: signs_timestamp.then(|| "X-Time".into()),
                tolerance_ms: tolerance_ms.filter(|_| signs_timestamp),
                allow_sha1: true,
                ..Hmac::new(header, digest, encoding, signs, secrets)
            })
        })
}

pub(crate) fn preset() -> impl Strategy<Value = Auth> {
    (select(PresetName::ALL), keys()).prop_map(|(preset, secrets)| Auth::Preset(Preset::new(preset, secrets)))
}

pub(crate) fn unsigned() -> impl Strategy<Value = Auth> {
    let place = prop_oneof![Just(SecretPlace::PathSegment), "[A-Za-z0-9._~-]{1,10}".prop_map(SecretPlace::Query)];
    prop_oneof![
        text_secrets("[!-+\\--~]{20,60}[!-$&-+\\--=?-|~]").prop_map(|secrets| Auth::StaticHeader(StaticHeader {
            header: "X-Token".into(),
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets
        })),
        text_secrets("[!-+\\--~]{0,8}:[!-+\\--~]{20,60}[!-$&-+\\--=?-|~]").prop_map(|secrets| Auth::Basic(Basic {
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets
        })),
        (place, text_secrets("[A-Za-z0-9._~-]{20,60}")).prop_map(|(place, secrets)| Auth::SecretUrl(SecretUrl {
            place,
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets
        })),
        Just(Auth::Attested(Attested { by: "mtls".into(), accept_unsigned_body: true })),
    ]
}

pub(crate) fn auth() -> impl Strategy<Value = Auth> {
    prop_oneof![4 => hmac(), 3 => preset(), 3 => unsigned()]
}

pub(crate) fn secrets_of(auth: &Auth) -> &[NamedSecret] {
    match auth {
        Auth::Hmac(Hmac { secrets, .. })
        | Auth::Preset(Preset { secrets, .. })
        | Auth::StaticHeader(StaticHeader { secrets, .. })
        | Auth::Basic(Basic { secrets, .. })
        | Auth::SecretUrl(SecretUrl { secrets, .. }) => secrets,
        Auth::Attested(_) => &[],
    }
}

/// The same scheme with its secrets in another order, so that another one than the first is the sender's.
pub(crate) fn reversed(auth: &Auth) -> Auth {
    let mut auth = auth.clone();
    match &mut auth {
        Auth::Hmac(Hmac { secrets, .. })
        | Auth::Preset(Preset { secrets, .. })
        | Auth::StaticHeader(StaticHeader { secrets, .. })
        | Auth::Basic(Basic { secrets, .. })
        | Auth::SecretUrl(SecretUrl { secrets, .. }) => secrets.reverse(),
        Auth::Attested(_) => {}
    }
    auth
}

pub(crate) fn signs(auth: &Auth) -> Option<Signs> {
    match auth {
        Auth::Hmac(hmac) => Some(hmac.signs),
        Auth::Preset(Preset { preset: PresetName::StandardWebhooks, .. }) => Some(Signs::IdTimestampBody),
        Auth::Preset(Preset { preset: PresetName::StripeStyle, .. }) => Some(Signs::TimestampBody),
        Auth::Preset(Preset { preset: PresetName::XValifySignatureUnverified, .. }) => Some(Signs::Body),
        _ => None,
    }
}

pub(crate) fn tolerance(auth: &Auth) -> Duration {
    let tolerance_ms = match auth {
        Auth::Hmac(hmac) => hmac.tolerance_ms,
        Auth::Preset(preset) => preset.tolerance_ms,
        _ => None,
    };
    Duration::milliseconds(tolerance_ms.unwrap_or(300_000))
}
