//! The rules of an [`Auth`]: what it must say before anything is authenticated by it.

use alloc::{format, string::String, vec::Vec};

use super::{
    auth::{
        Attested, Auth, Basic, Digest, Hmac, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs,
        StaticHeader,
    },
    mac::MacKey,
    scheme::{CheckedSecret, Form, MacScheme, NamedKey, Place, PresentedScheme, Scheme, TimestampPlace},
};
use crate::{
    config::{Environment, check_range},
    error::Error,
    secret::{
        NamedSecret, SecretRules, is_well_known,
        named::{self, ID_RULE, is_id},
    },
};

const DEFAULT_TOLERANCE_MS: i64 = 300_000;

impl Scheme {
    /// Checks everything that an `Auth` says. `environment` is where its secrets may be from; `None` for a sender, who has none.
    pub(super) fn new(auth: &Auth, environment: Option<Environment>) -> Result<Self, Error> {
        match auth {
            Auth::Hmac(hmac) => compile_hmac(hmac, environment).map(Self::Mac),
            Auth::Preset(preset) => compile_preset(preset, environment).map(Self::Mac),
            Auth::StaticHeader(StaticHeader { header, accept_unsigned_body, allow_short_secret, secrets }) => {
                check_header_name("header", header)?;
                accept_unsigned(*accept_unsigned_body)?;
                let secrets = checked_secrets(secrets, rules(*allow_short_secret), environment, VISIBLE)?;
                Ok(Self::Presented(PresentedScheme { place: Place::Header(header.clone()), secrets }))
            }
            Auth::Basic(Basic { accept_unsigned_body, allow_short_secret, secrets }) => {
                accept_unsigned(*accept_unsigned_body)?;
                let secrets = checked_secrets(secrets, rules(*allow_short_secret), environment, CREDENTIALS)?;
                Ok(Self::Presented(PresentedScheme { place: Place::Basic, secrets }))
            }
            Auth::SecretUrl(SecretUrl { place, accept_unsigned_body, allow_short_secret, secrets }) => {
                check_place(place)?;
                accept_unsigned(*accept_unsigned_body)?;
                let secrets = checked_secrets(secrets, rules(*allow_short_secret), environment, UNRESERVED)?;
                Ok(Self::Presented(PresentedScheme { place: Place::Url(place.clone()), secrets }))
            }
            Auth::Attested(Attested { by, accept_unsigned_body }) => {
                if !is_id(by) {
                    return Err(Error::config("by", ID_RULE));
                }
                accept_unsigned(*accept_unsigned_body)?;
                Ok(Self::Attested(by.clone()))
            }
        }
    }
}

fn compile_hmac(hmac: &Hmac, environment: Option<Environment>) -> Result<MacScheme, Error> {
    check_header_name("header", &hmac.header)?;
    if hmac.digest == Digest::Sha1 && !hmac.allow_sha1 {
        return Err(Error::config("digest", "sha1 needs allow_sha1; ask the sender for sha256 first"));
    }
    let prefix_is_plain = hmac.prefix.bytes().all(|byte| (byte.is_ascii_graphic() || byte == b' ') && byte != b',');
    if hmac.prefix.len() > 64 || hmac.prefix.starts_with(' ') || !prefix_is_plain {
        return Err(Error::config(
            "prefix",
            "must be at most 64 visible ASCII characters and spaces, not beginning with a space, without a comma",
        ));
    }
    let signs_id = hmac.signs == Signs::IdTimestampBody;
    let signs_timestamp = hmac.signs != Signs::Body;
    let id_header = signed_header("id_header", hmac.id_header.as_deref(), signs_id, &[&hmac.header])?;
    let taken = [hmac.header.as_str(), id_header.as_deref().unwrap_or_default()];
    let timestamp_header =
        signed_header("timestamp_header", hmac.timestamp_header.as_deref(), signs_timestamp, &taken)?;
    Ok(MacScheme {
        header: hmac.header.clone(),
        form: Form::Single(hmac.prefix.clone()),
        digest: hmac.digest,
        encoding: hmac.encoding,
        id_header,
        timestamp: timestamp_header.map(TimestampPlace::Header),
        tolerance_ms: check_tolerance(hmac.tolerance_ms, signs_timestamp)?,
        keys: keys(&hmac.secrets, hmac.digest, rules(hmac.allow_short_secret), environment)?,
    })
}

fn compile_preset(preset: &Preset, environment: Option<Environment>) -> Result<MacScheme, Error> {
    let (header, form, encoding, id_header, timestamp) = match preset.preset {
        PresetName::StandardWebhooks => (
            "webhook-signature",
            Form::Standard,
            SignatureEncoding::Base64,
            Some("webhook-id"),
            Some(TimestampPlace::Header("webhook-timestamp".into())),
        ),
        PresetName::StripeStyle => {
            ("Stripe-Signature", Form::Keyed, SignatureEncoding::Hex, None, Some(TimestampPlace::Keyed))
        }
        PresetName::XValifySignatureUnverified => {
            ("X-Valify-Signature", Form::Single(String::new()), SignatureEncoding::Hex, None, None)
        }
    };
    let rules = SecretRules { allow_short: false, whsec_prefix: preset.preset == PresetName::StandardWebhooks };
    Ok(MacScheme {
        header: header.into(),
        form,
        digest: Digest::Sha256,
        encoding,
        id_header: id_header.map(String::from),
        tolerance_ms: check_tolerance(preset.tolerance_ms, timestamp.is_some())?,
        timestamp,
        keys: keys(&preset.secrets, Digest::Sha256, rules, environment)?,
    })
}

/// A header whose value is signed: there exactly if the MAC covers it, and none of those that the scheme reads already.
fn signed_header(field: &str, name: Option<&str>, is_signed: bool, taken: &[&str]) -> Result<Option<String>, Error> {
    let refuse = |rule| Err(Error::config(field, rule));
    match name {
        Some(_) if !is_signed => {
            refuse("must not be given, since signs does not cover it: unsigned, it proves nothing")
        }
        None if is_signed => refuse("is required, since signs names it"),
        None => Ok(None),
        Some(name) if taken.iter().any(|other| name.eq_ignore_ascii_case(other)) => {
            refuse("must be another header than the others of this scheme")
        }
        Some(name) => check_header_name(field, name).map(|()| Some(name.into())),
    }
}

fn check_tolerance(tolerance_ms: Option<i64>, signs_timestamp: bool) -> Result<i64, Error> {
    match tolerance_ms {
        Some(_) if !signs_timestamp => {
            Err(Error::config("tolerance_ms", "must not be given, since no timestamp is signed"))
        }
        Some(tolerance_ms) => check_range("tolerance_ms", tolerance_ms, 1_000, 86_400_000).map(|()| tolerance_ms),
        None => Ok(DEFAULT_TOLERANCE_MS),
    }
}

/// A header name as RFC 9110 has it.
fn check_header_name(field: &str, name: &str) -> Result<(), Error> {
    let is_token = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte));
    if is_token && (1..=128).contains(&name.len()) {
        return Ok(());
    }
    Err(Error::config(field, "must be a header name of 1 to 128 characters"))
}

fn check_place(place: &SecretPlace) -> Result<(), Error> {
    match place {
        SecretPlace::Query(name) if name.is_empty() || name.len() > 64 || !is_unreserved(name.as_bytes()) => {
            Err(Error::config("query", "must be 1 to 64 of A-Z, a-z, 0-9, -, ., _ and ~"))
        }
        _ => Ok(()),
    }
}

fn accept_unsigned(accepted: bool) -> Result<(), Error> {
    if accepted {
        return Ok(());
    }
    Err(Error::config(
        "accept_unsigned_body",
        "must be true: this scheme does not sign the body, so that whoever learns the secret can say anything",
    ))
}

const fn rules(allow_short: bool) -> SecretRules {
    SecretRules { allow_short, whsec_prefix: false }
}

/// Decodes all secrets of a scheme under the rules that every scheme shares and one of its own.
fn checked_secrets(
    secrets: &[NamedSecret],
    rules: SecretRules,
    environment: Option<Environment>,
    (is_fit, rule): OwnRule,
) -> Result<Vec<CheckedSecret>, Error> {
    NamedSecret::check_list(secrets)?;
    let mut checked = Vec::with_capacity(secrets.len());
    for (index, NamedSecret { id, secret }) in secrets.iter().enumerate() {
        let at = named::path(index);
        let bytes = secret.decode(&at, rules)?;
        let refuse = |rule| Err(Error::config(format!("{at}.{}", secret.encoding_name()), rule));
        if environment == Some(Environment::Production) && is_well_known(&bytes) {
            return refuse("this is the local sandbox's own secret: it needs environment sandbox");
        }
        if !is_fit(&bytes) {
            return refuse(rule);
        }
        checked.push(CheckedSecret { id: id.clone(), bytes, secret: secret.clone() });
    }
    Ok(checked)
}

fn keys(
    secrets: &[NamedSecret],
    digest: Digest,
    rules: SecretRules,
    environment: Option<Environment>,
) -> Result<Vec<NamedKey>, Error> {
    let secrets = checked_secrets(secrets, rules, environment, KEY)?;
    let key = |secret: CheckedSecret| {
        let key =
            MacKey::new(digest, &secret.bytes).ok_or_else(|| Error::config("secrets", "cannot be used as a key"))?;
        Ok(NamedKey { id: secret.id, key, bytes: secret.bytes, secret: secret.secret })
    };
    secrets.into_iter().map(key).collect()
}

/// The rule that one scheme's secrets keep besides those that all keep.
type OwnRule = (fn(&[u8]) -> bool, &'static str);

/// A key is any bytes.
const KEY: OwnRule = (|_| true, "");
const VISIBLE: OwnRule = (is_visible, "must be visible ASCII without commas in this scheme");
const CREDENTIALS: OwnRule = (
    |bytes| is_visible(bytes) && bytes.contains(&b':'),
    "must be user:password in visible ASCII without commas in this scheme",
);
const UNRESERVED: OwnRule = (is_unreserved, "must be A-Z, a-z, 0-9, -, ., _ and ~ in this scheme");

fn is_visible(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_graphic() && *byte != b',')
}

/// The characters that stand for themselves anywhere in a URL (RFC 3986, unreserved).
fn is_unreserved(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~'))
}
