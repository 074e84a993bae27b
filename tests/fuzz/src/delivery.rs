//! A delivery as its sender made it, and what may happen to it on its way.

use arbitrary::{Result, Unstructured};
use valify_link_core::{
    Auth, Delivery, Headers, Instant, NamedSecret, Secret, sign,
    webhook::{
        Attested, Basic, Digest, Hmac, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs,
        StaticHeader,
    },
};

use crate::pieces;

/// The secrets that every scheme takes, as they are sent where they are sent.
pub(crate) const SECRETS: [&str; 3] =
    ["user:CANARY-fake-secret-0001", "user:CANARY-fake-secret-0002", "user:CANARY-fake-secret-0003"];
/// The same for a URL, which has no colon.
pub(crate) const URL_SECRETS: [&str; 2] = ["CANARY-fake-secret-0001", "CANARY-fake-secret-0002"];

/// A delivery that owns its parts.
#[derive(Clone, PartialEq, Eq)]
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

    pub(crate) fn with<T>(&self, use_it: impl FnOnce(&Delivery<'_>) -> T) -> T {
        let headers: Headers = self.headers.iter().map(|(name, value)| (name.as_str(), value)).collect();
        use_it(&Delivery { headers: &headers, body: &self.body, url: self.url.as_deref() })
    }

    /// One thing that happens on the way.
    pub(crate) fn mistreat(&mut self, u: &mut Unstructured<'_>) -> Result<()> {
        let line = if self.headers.is_empty() { 0 } else { u.choose_index(self.headers.len())? };
        match u.int_in_range(0..=8)? {
            0 => pieces::edit(u, &mut self.body)?,
            1 => self.body = pieces::json(u)?,
            2 if !self.headers.is_empty() => drop(self.headers.remove(line)),
            3 if !self.headers.is_empty() => {
                let again = self.headers.get(line).cloned();
                self.headers.extend(again);
            }
            4 | 5 => {
                if let Some((_, value)) = self.headers.get_mut(line) {
                    pieces::edit(u, value)?;
                }
            }
            6 => {
                let value = if u.ratio(1, 4)? { u.arbitrary()? } else { pieces::text(u, VALUES)?.into_bytes() };
                let line = ((*u.choose(&NAMES)?).to_string(), value);
                let at = u.int_in_range(0..=self.headers.len())?;
                self.headers.insert(at, line);
            }
            7 => self.url = u.arbitrary::<bool>()?.then(|| pieces::text(u, URLS)).transpose()?,
            _ => {
                let url = self.url.take().unwrap_or_default();
                self.url = Some(pieces::edited(u, &url)?);
            }
        }
        Ok(())
    }
}

const NAMES: [&str; 12] = [
    "X-Valify-Signature",
    "x-valify-signature",
    "X-Id",
    "X-Time",
    "Authorization",
    "X-Token",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "Stripe-Signature",
    "Content-Encoding",
    "X-Other",
];
const VALUES: &[&str] = &[
    "v1,",
    "v1=",
    "v0=",
    "v1a,",
    "t=1768377474",
    "t=",
    ",",
    " ",
    "=",
    "1768377474",
    "1768377474972",
    "1768377474x",
    "sha256=",
    "Basic ",
    "bearer ",
    "identity",
    "gzip",
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
    "ABEiM0RVZneImaq7zN3u/wARIjNEVWZ3iJmqu8zd7v8=",
    "\u{a0}",
    "\t",
];
const URLS: &[&str] = &["/hook", "https://shop.example", "?", "&", "key=", "key", "CANARY", "=", "#", "/", "%43", ";"];

/// A scheme with one to three secrets, the first of which signs.
pub(crate) fn auth(u: &mut Unstructured<'_>) -> Result<Auth> {
    let count = u.int_in_range(1..=3)?;
    let named = |texts: &[&str]| {
        let list = texts.iter().take(count).enumerate();
        list.map(|(index, text)| NamedSecret::new(format!("secret-{index}"), Secret::utf8(*text))).collect::<Vec<_>>()
    };
    let secrets = named(&SECRETS);
    let keys = || {
        let encoded =
            SECRETS.iter().take(count).map(|text| Secret::base64(data_encoding::BASE64.encode(text.as_bytes())));
        encoded
            .enumerate()
            .map(|(index, secret)| NamedSecret::new(format!("secret-{index}"), secret))
            .collect::<Vec<_>>()
    };
    let header = String::from("X-Token");
    Ok(match u.int_in_range(0..=9)? {
        0..=3 => {
            let signs = *u.choose(Signs::ALL)?;
            let signs_time = signs != Signs::Body;
            let keys = if u.arbitrary()? { keys() } else { secrets };
            Auth::Hmac(Hmac {
                prefix: (*u.choose(&["", "sha256=", "v1="])?).to_string(),
                id_header: (signs == Signs::IdTimestampBody).then(|| "X-Id".into()),
                timestamp_header: signs_time.then(|| "X-Time".into()),
                tolerance_ms: if signs_time { *u.choose(&[None, Some(1_000), Some(86_400_000)])? } else { None },
                allow_sha1: true,
                ..Hmac::new(
                    "X-Valify-Signature",
                    *u.choose(Digest::ALL)?,
                    *u.choose(SignatureEncoding::ALL)?,
                    signs,
                    keys,
                )
            })
        }
        4 | 5 => Auth::Preset(Preset::new(*u.choose(PresetName::ALL)?, keys())),
        6 => {
            Auth::StaticHeader(StaticHeader { header, accept_unsigned_body: true, allow_short_secret: false, secrets })
        }
        7 => Auth::Basic(Basic { accept_unsigned_body: true, allow_short_secret: false, secrets }),
        8 => Auth::SecretUrl(SecretUrl {
            place: if u.arbitrary()? { SecretPlace::PathSegment } else { SecretPlace::Query("key".into()) },
            accept_unsigned_body: true,
            allow_short_secret: false,
            secrets: named(&URL_SECRETS),
        }),
        _ => Auth::Attested(Attested { by: "mtls".into(), accept_unsigned_body: true }),
    })
}

/// Which parts a scheme's MAC covers, if it has one.
pub(crate) fn signs(auth: &Auth) -> Option<Signs> {
    match auth {
        Auth::Hmac(hmac) => Some(hmac.signs),
        Auth::Preset(Preset { preset: PresetName::StandardWebhooks, .. }) => Some(Signs::IdTimestampBody),
        Auth::Preset(Preset { preset: PresetName::StripeStyle, .. }) => Some(Signs::TimestampBody),
        Auth::Preset(Preset { preset: PresetName::XValifySignatureUnverified, .. }) => Some(Signs::Body),
        _ => None,
    }
}

pub(crate) fn tolerance_ms(auth: &Auth) -> i64 {
    match auth {
        Auth::Hmac(hmac) => hmac.tolerance_ms.unwrap_or(300_000),
        _ => 300_000,
    }
}
