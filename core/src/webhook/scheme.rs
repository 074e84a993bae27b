//! The checked form of an [`Auth`](super::Auth), and the authentication of a delivery by it.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use zeroize::Zeroizing;

use super::{
    auth::{Digest, SecretPlace, SignatureEncoding},
    event::AuthenticatedBy,
    mac::{HostMac, MacKey, Tag, equal_tags},
    outcome::SchemeName,
    signature::{self, malformed, missing, single},
    verifier::Delivery,
};
use crate::{
    error::{Error, ErrorKind},
    http::Headers,
    secret::Secret,
};

/// A checked scheme.
#[derive(Clone)]
pub(super) enum Scheme {
    Mac(MacScheme),
    Presented(PresentedScheme),
    /// Named by what attests.
    Attested(String),
}

/// A signature over the body, and over the id and timestamp if there are any.
#[derive(Clone)]
pub(super) struct MacScheme {
    pub(super) header: String,
    pub(super) form: Form,
    pub(super) digest: Digest,
    pub(super) encoding: SignatureEncoding,
    pub(super) id_header: Option<String>,
    pub(super) timestamp: Option<TimestampPlace>,
    pub(super) tolerance_ms: i64,
    pub(super) keys: Vec<NamedKey>,
}

/// How the signature header is written.
#[derive(Clone)]
pub(super) enum Form {
    /// One signature after a prefix.
    Single(String),
    /// `v1,<signature>` with spaces between.
    Standard,
    /// `t=<timestamp>,v1=<signature>`.
    Keyed,
}

#[derive(Clone)]
pub(super) enum TimestampPlace {
    Header(String),
    /// In the signature header itself.
    Keyed,
}

#[derive(Clone)]
pub(super) struct NamedKey {
    pub(super) id: String,
    pub(super) key: MacKey,
    /// The key itself, for a host that hashes.
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// What the key was made from: a diagnosis tries what else it may have been meant to be.
    pub(super) secret: Secret,
}

/// The secret itself is presented.
#[derive(Clone)]
pub(super) struct PresentedScheme {
    pub(super) place: Place,
    pub(super) secrets: Vec<CheckedSecret>,
}

#[derive(Clone)]
pub(super) enum Place {
    Header(String),
    Basic,
    Url(SecretPlace),
}

/// A decoded secret that keeps its scheme's rules.
#[derive(Clone)]
pub(super) struct CheckedSecret {
    pub(super) id: String,
    pub(super) bytes: Zeroizing<Vec<u8>>,
    /// What the bytes were made from: a diagnosis tries what else it may have been meant to be.
    pub(super) secret: Secret,
}

/// The header of HTTP Basic credentials.
pub(super) const AUTHORIZATION: &str = "Authorization";

impl Scheme {
    pub(super) fn signs_body(&self) -> bool {
        matches!(self, Self::Mac(_))
    }

    pub(super) const fn name(&self) -> SchemeName {
        match self {
            Self::Mac(_) => SchemeName::Hmac,
            Self::Presented(PresentedScheme { place: Place::Header(_), .. }) => SchemeName::StaticHeader,
            Self::Presented(PresentedScheme { place: Place::Basic, .. }) => SchemeName::Basic,
            Self::Presented(PresentedScheme { place: Place::Url(_), .. }) => SchemeName::SecretUrl,
            Self::Attested(_) => SchemeName::Attested,
        }
    }

    pub(super) fn header_names(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Mac(scheme) => {
                let timestamp = match &scheme.timestamp {
                    Some(TimestampPlace::Header(name)) => Some(name),
                    Some(TimestampPlace::Keyed) | None => None,
                };
                [Some(&scheme.header), scheme.id_header.as_ref(), timestamp].map(|name| name.map(String::as_str))
            }
            Self::Presented(PresentedScheme { place: Place::Header(name), .. }) => [Some(name.as_str()), None, None],
            Self::Presented(PresentedScheme { place: Place::Basic, .. }) => [Some(AUTHORIZATION), None, None],
            Self::Presented(PresentedScheme { place: Place::Url(_), .. }) | Self::Attested(_) => [None; 3],
        };
        names.into_iter().flatten()
    }

    /// Authenticates a delivery: nothing of its body is read, it is only hashed.
    pub(super) fn authenticate(
        &self,
        delivery: &Delivery<'_>,
        now_ms: i64,
        host: Option<&dyn HostMac>,
    ) -> Result<Proof, Error> {
        let (secret, signed_id) = match self {
            Self::Mac(scheme) => scheme.authenticate(delivery, now_ms, host)?,
            Self::Presented(scheme) => (scheme.authenticate(delivery)?.to_string(), None),
            Self::Attested(by) => (by.clone(), None),
        };
        let fresh = matches!(self, Self::Mac(MacScheme { timestamp: Some(_), .. }));
        let by = AuthenticatedBy { scheme: self.name(), secret, body_signed: self.signs_body(), fresh };
        Ok(Proof { by, signed_id })
    }
}

/// What authentication has shown.
pub(super) struct Proof {
    pub(super) by: AuthenticatedBy,
    pub(super) signed_id: Option<String>,
}

impl MacScheme {
    fn authenticate(
        &self,
        delivery: &Delivery<'_>,
        now_ms: i64,
        host: Option<&dyn HostMac>,
    ) -> Result<(String, Option<String>), Error> {
        let headers = delivery.headers;
        let (single_signature, list);
        let (signatures, keyed_timestamp): (&[Tag], _) = match &self.form {
            Form::Single(prefix) => {
                single_signature = signature::read_single(headers, &self.header, prefix, self.encoding, self.digest)?;
                (core::slice::from_ref(&single_signature), None)
            }
            Form::Standard => {
                list = signature::read_standard(headers, &self.header)?;
                (&list, None)
            }
            Form::Keyed => {
                let keyed = signature::read_keyed(headers, &self.header)?;
                list = keyed.signatures;
                (&list, keyed.timestamp)
            }
        };
        let id = self.id_header.as_deref().map(|name| read_id(headers, name)).transpose()?;
        let timestamp = match &self.timestamp {
            None => None,
            Some(TimestampPlace::Header(name)) => Some(Timestamp::read(single(headers, name)?)?),
            Some(TimestampPlace::Keyed) => Some(Timestamp::read(keyed_timestamp)?),
        };
        let signed =
            SignedParts { id, timestamp: timestamp.as_ref().map(|timestamp| timestamp.text), body: delivery.body };
        let key = self.keys.iter().find(|named| {
            let by_host = host.and_then(|host| host.tag(self.digest, &named.bytes, &signed.parts()));
            let tag = by_host.map_or_else(|| signed.tag(&named.key), |mac| Tag::of(&mac));
            // No early end among the signatures: how many were compared says nothing then.
            signatures.iter().fold(false, |found, signature| equal_tags(&tag, signature) | found)
        });
        let Some(key) = key else {
            return Err(Error::new(
                ErrorKind::SignatureMismatch,
                "no secret gives this signature: is it the right secret, in its right encoding, and the body byte for byte as received?",
            ));
        };
        if let Some(timestamp) = timestamp {
            timestamp.check(now_ms, self.tolerance_ms)?;
        }
        Ok((key.id.clone(), id.map(String::from)))
    }
}

/// What a MAC is computed over: whatever is there, joined with full stops.
pub(super) struct SignedParts<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) timestamp: Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl SignedParts<'_> {
    pub(super) fn tag(&self, key: &MacKey) -> Tag {
        key.tag(&self.parts())
    }

    fn parts(&self) -> [&[u8]; 5] {
        let [id, after_id] = with_stop(self.id);
        let [timestamp, after_timestamp] = with_stop(self.timestamp);
        [id, after_id, timestamp, after_timestamp, self.body]
    }
}

/// A part of what is signed and the full stop after it, or nothing.
fn with_stop(part: Option<&str>) -> [&[u8]; 2] {
    part.map_or([b"", b""], |part| [part.as_bytes(), b"."])
}

/// A timestamp of a header: its text is signed, its number is compared.
struct Timestamp<'a> {
    text: &'a str,
    seconds: i64,
}

impl<'a> Timestamp<'a> {
    fn read(text: Option<&'a str>) -> Result<Self, Error> {
        let text =
            text.ok_or_else(|| Error::new(ErrorKind::TimestampMissing, "the delivery has no signed timestamp"))?;
        let digits = (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(seconds) if digits => Ok(Self { text, seconds }),
            _ => {
                Err(Error::new(ErrorKind::TimestampMalformed, "a timestamp must be 1 to 15 digits: seconds since 1970"))
            }
        }
    }

    fn check(&self, now_ms: i64, tolerance_ms: i64) -> Result<(), Error> {
        let apart = self.seconds.saturating_mul(1000).abs_diff(now_ms);
        if apart <= tolerance_ms.unsigned_abs() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::TimestampOutOfTolerance,
            "the signed timestamp is too far from now: an old delivery, a clock that is wrong, or milliseconds for seconds",
        ))
    }
}

fn read_id<'a>(headers: &'a Headers, name: &'a str) -> Result<&'a str, Error> {
    let id = single(headers, name)?.ok_or_else(|| missing(&format!("header {name}")))?;
    if is_delivery_id(id) { Ok(id) } else { Err(malformed(format!("the header {name} {DELIVERY_ID_RULE}"))) }
}

pub(super) const DELIVERY_ID_RULE: &str = "must be 1 to 128 of A-Z, a-z, 0-9, - and _";

pub(super) fn is_delivery_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
