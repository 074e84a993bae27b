//! How a delivery proves itself: the integrator's choice, as plain data. Nothing is checked before [`Verifier::new`](super::Verifier::new)
//! or [`sign`](super::sign).
//!
//! Which scheme Valify uses is unknown. Those here are what regional peers use, and everything in them is *assumed*.

use alloc::{string::String, vec::Vec};

use crate::{error::closed_set, secret::NamedSecret};

/// One scheme. There is no default, and a verifier has exactly one.
#[derive(Clone, Debug)]
pub enum Auth {
    /// A MAC over the body: the only kind of scheme that proves what the body says.
    Hmac(Hmac),
    /// A header whose value is the secret. The body is not signed.
    StaticHeader(StaticHeader),
    /// HTTP Basic credentials. The body is not signed.
    Basic(Basic),
    /// A secret in the webhook's URL. The body is not signed.
    SecretUrl(SecretUrl),
    /// Something in front has authenticated the sender. The body is not signed.
    Attested(Attested),
    /// A known HMAC scheme by name.
    Preset(Preset),
}

/// An HMAC in a header.
#[derive(Clone, Debug)]
pub struct Hmac {
    /// The header that carries the signature.
    pub header: String,
    /// The hash function.
    pub digest: Digest,
    /// How the signature is written.
    pub encoding: SignatureEncoding,
    /// What stands before the signature in the header, such as `sha256=`: at most 64 visible ASCII characters and spaces, not beginning
    /// with a space, without a comma. Compared exactly.
    pub prefix: String,
    /// What the MAC is computed over.
    pub signs: Signs,
    /// The header of the signed id: required with [`Signs::IdTimestampBody`], refused otherwise, since an unsigned id proves nothing.
    pub id_header: Option<String>,
    /// The header of the signed timestamp (seconds since 1970): required if `signs` has one, refused otherwise.
    pub timestamp_header: Option<String>,
    /// How far the signed timestamp may be from now, in milliseconds, both ways: 1,000 to 86,400,000, by default 300,000. Refused if
    /// `signs` has no timestamp.
    pub tolerance_ms: Option<i64>,
    /// Accept SHA-1, for a sender that has nothing better.
    pub allow_sha1: bool,
    /// Accept secrets of fewer than 16 bytes, for a sender that has no longer ones.
    pub allow_short_secret: bool,
    /// 1 to 16 secrets. Any of them may sign; the first signs in [`sign`](super::sign).
    pub secrets: Vec<NamedSecret>,
}

impl Hmac {
    /// The parts that have no default. Set the others on the result.
    pub fn new(
        header: impl Into<String>,
        digest: Digest,
        encoding: SignatureEncoding,
        signs: Signs,
        secrets: Vec<NamedSecret>,
    ) -> Self {
        Self {
            header: header.into(),
            digest,
            encoding,
            prefix: String::new(),
            signs,
            id_header: None,
            timestamp_header: None,
            tolerance_ms: None,
            allow_sha1: false,
            allow_short_secret: false,
            secrets,
        }
    }
}

/// A header whose value is the secret.
#[derive(Clone, Debug)]
pub struct StaticHeader {
    /// The header's name.
    pub header: String,
    /// Must be true: whoever learns the secret can say anything.
    pub accept_unsigned_body: bool,
    /// Accept secrets of fewer than 16 bytes.
    pub allow_short_secret: bool,
    /// 1 to 16 secrets of visible ASCII without commas.
    pub secrets: Vec<NamedSecret>,
}

/// HTTP Basic credentials (RFC 7617).
#[derive(Clone, Debug)]
pub struct Basic {
    /// Must be true: whoever learns the secret can say anything.
    pub accept_unsigned_body: bool,
    /// Accept secrets of fewer than 16 bytes.
    pub allow_short_secret: bool,
    /// 1 to 16 secrets, each `user:password` in visible ASCII without commas.
    pub secrets: Vec<NamedSecret>,
}

/// A secret in the webhook's URL. URLs are logged by proxies: choose this last.
#[derive(Clone, Debug)]
pub struct SecretUrl {
    /// Where in the URL.
    pub place: SecretPlace,
    /// Must be true: whoever learns the secret can say anything.
    pub accept_unsigned_body: bool,
    /// Accept secrets of fewer than 16 bytes.
    pub allow_short_secret: bool,
    /// 1 to 16 secrets of RFC 3986 unreserved characters.
    pub secrets: Vec<NamedSecret>,
}

/// Where a secret stands in a URL. Compared as raw text, without decoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretPlace {
    /// The value of the query parameter of this name: 1 to 64 RFC 3986 unreserved characters.
    Query(String),
    /// The last segment of the path.
    PathSegment,
}

/// Something in front has authenticated the sender: mutual TLS, an address list.
#[derive(Clone, Debug)]
pub struct Attested {
    /// What it is, for the record: 1 to 64 visible ASCII characters.
    pub by: String,
    /// Must be true: the body is not signed.
    pub accept_unsigned_body: bool,
}

/// A known HMAC scheme by name.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Which one.
    pub preset: PresetName,
    /// How far the signed timestamp may be from now, in milliseconds, both ways: 1,000 to 86,400,000, by default 300,000. Refused for a
    /// preset that signs none.
    pub tolerance_ms: Option<i64>,
    /// 1 to 16 secrets of at least 16 bytes.
    pub secrets: Vec<NamedSecret>,
}

impl Preset {
    /// A preset with the default tolerance.
    pub fn new(preset: PresetName, secrets: Vec<NamedSecret>) -> Self {
        Self { preset, tolerance_ms: None, secrets }
    }
}

closed_set! {
    /// The hash function of an HMAC.
    Digest {
        /// SHA-256.
        Sha256 = "sha256",
        /// SHA-512.
        Sha512 = "sha512",
        /// SHA-1, only with `allow_sha1`.
        Sha1 = "sha1",
    }
}

closed_set! {
    /// How a signature is written.
    SignatureEncoding {
        /// Hexadecimal digits of either case.
        Hex = "hex",
        /// Standard base64 with padding, canonical.
        Base64 = "base64",
        /// URL-safe base64 without padding, canonical.
        Base64Url = "base64url",
    }
}

closed_set! {
    /// What a MAC is computed over, the parts joined with full stops.
    Signs {
        /// The raw body. It can be replayed for ever.
        Body = "body",
        /// The timestamp as received, and the raw body.
        TimestampBody = "timestamp.body",
        /// The id, the timestamp as received, and the raw body.
        IdTimestampBody = "id.timestamp.body",
    }
}

closed_set! {
    /// The HMAC schemes that have a name.
    PresetName {
        /// The Standard Webhooks specification, version `v1`: headers `webhook-id`, `webhook-timestamp` and `webhook-signature`,
        /// HMAC-SHA256 in base64. Whether Valify uses it is unknown. A base64 secret may begin with `whsec_`.
        StandardWebhooks = "standard_webhooks",
        /// The header `Stripe-Signature` with `t=` and `v1=`, HMAC-SHA256 in hex over `timestamp.body`. Whether Valify uses it is unknown.
        StripeStyle = "stripe_style",
        /// *Unverified*: the header `X-Valify-Signature`, HMAC-SHA256 in hex over the raw body. Seen twice in public receivers' code and
        /// confirmed by nobody: ask Valify before you rely on it.
        XValifySignatureUnverified = "x_valify_signature_unverified",
    }
}
