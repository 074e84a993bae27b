//! The sender's side, for tests and for the sandbox.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use super::{
    auth::{Auth, SecretPlace},
    scheme::{
        AUTHORIZATION, DELIVERY_ID_RULE, Form, MacScheme, Place, PresentedScheme, Scheme, SignedParts, TimestampPlace,
        is_delivery_id,
    },
    verifier::checked_now,
};
use crate::{encoding::Encoding, error::Error, http::Headers, time::Instant};

/// What makes a delivery authentic. `Debug` shows header names only.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The headers to send, besides those of HTTP itself.
    pub headers: Headers,
    /// Path and query to send to, for [`SecretUrl`](super::SecretUrl) alone.
    pub url: Option<String>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("headers", &self.headers)
            .field("url", &self.url.as_ref().map(|_| "(hidden)"))
            .finish()
    }
}

/// Makes what a verifier with this `auth` accepts, with the first of its secrets. [`Attested`](super::Attested) takes nothing.
///
/// `id` is the delivery's: 1 to 128 of `A-Z a-z 0-9 - _`, needed where the scheme signs one (else `misuse`) and not looked at otherwise.
/// An `auth` that is refused is `invalid_config`, but that the sandbox's own secret serves here everywhere.
pub fn sign(auth: &Auth, body: &[u8], id: Option<&str>, now: Instant) -> Result<Signed, Error> {
    let now = checked_now(now)?;
    match &Scheme::new(auth, None)? {
        Scheme::Mac(scheme) => Ok(Signed { headers: sign_body(scheme, body, id, now)?, url: None }),
        Scheme::Presented(scheme) => Ok(present(scheme)),
        Scheme::Attested(_) => Ok(Signed { headers: Headers::new(), url: None }),
    }
}

fn sign_body(scheme: &MacScheme, body: &[u8], id: Option<&str>, now: Instant) -> Result<Headers, Error> {
    let mut headers = Headers::new();
    let id = match (&scheme.id_header, id) {
        (None, _) => None,
        (Some(name), Some(id)) if is_delivery_id(id) => {
            headers.push(name, id);
            Some(id)
        }
        (Some(_), _) => return Err(Error::misuse(format!("this scheme signs an id, which {DELIVERY_ID_RULE}"))),
    };
    let seconds = now.timestamp();
    if scheme.timestamp.is_some() && seconds < 0 {
        return Err(Error::misuse("no timestamp can be written for a time before 1970"));
    }
    let timestamp = seconds.to_string();
    if let Some(TimestampPlace::Header(name)) = &scheme.timestamp {
        headers.push(name, &timestamp);
    }
    let parts = SignedParts { id, timestamp: scheme.timestamp.as_ref().map(|_| timestamp.as_str()), body };
    let tags = scheme.keys.first().map(|named| parts.tag(&named.key));
    let signature = scheme.encoding.write(tags.as_deref().unwrap_or_default());
    let value = match &scheme.form {
        Form::Single(prefix) => format!("{prefix}{signature}"),
        Form::Standard => format!("v1,{signature}"),
        Form::Keyed => format!("t={timestamp},v1={signature}"),
    };
    headers.push(&scheme.header, value);
    Ok(headers)
}

fn present(scheme: &PresentedScheme) -> Signed {
    let secret: Vec<u8> = scheme.secrets.first().map(|secret| secret.bytes.to_vec()).unwrap_or_default();
    let mut headers = Headers::new();
    let mut url = None;
    match &scheme.place {
        Place::Header(name) => headers.push(name, secret),
        Place::Basic => headers.push(AUTHORIZATION, format!("Basic {}", Encoding::Base64.encode(&secret))),
        Place::Url(place) => {
            // Checked to be ASCII, so that nothing is lost.
            let secret = String::from_utf8_lossy(&secret);
            url = Some(match place {
                SecretPlace::Query(name) => format!("/?{name}={secret}"),
                SecretPlace::PathSegment => format!("/{secret}"),
            });
        }
    }
    Signed { headers, url }
}
