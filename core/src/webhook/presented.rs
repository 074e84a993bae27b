//! Schemes that present the secret itself: in a header, as HTTP Basic credentials, in the URL.

use alloc::{format, vec::Vec};

use zeroize::Zeroizing;

use super::{
    auth::SecretPlace,
    mac::equal_secrets,
    scheme::{AUTHORIZATION, Place, PresentedScheme},
    signature::{malformed, missing, single},
    verifier::Delivery,
};
use crate::{
    encoding::Encoding,
    error::{Error, ErrorKind},
    http::Headers,
};

impl PresentedScheme {
    /// The id of the secret that the delivery presents.
    pub(super) fn authenticate(&self, delivery: &Delivery<'_>) -> Result<&str, Error> {
        let headers = delivery.headers;
        let presented = match &self.place {
            Place::Header(name) => {
                let value = single(headers, name)?.ok_or_else(|| missing(&format!("header {name}")))?;
                if value.is_empty() {
                    return Err(malformed(format!("the header {name} is empty")));
                }
                value.as_bytes().to_vec()
            }
            Place::Basic => read_basic(headers)?,
            Place::Url(place) => read_url(delivery.url, place)?.as_bytes().to_vec(),
        };
        let presented = Zeroizing::new(presented);
        let secret = self.secrets.iter().find(|secret| equal_secrets(&secret.bytes, &presented));
        let mismatch = || Error::new(ErrorKind::SignatureMismatch, "what the delivery presents is none of the secrets");
        Ok(&secret.ok_or_else(mismatch)?.id)
    }
}

fn read_basic(headers: &Headers) -> Result<Vec<u8>, Error> {
    let value = single(headers, AUTHORIZATION)?.ok_or_else(|| missing("header Authorization"))?;
    let credentials = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let decoded = credentials.and_then(|(_, text)| Encoding::Base64.decode(text.trim_start_matches(' ')));
    decoded
        .filter(|decoded| !decoded.is_empty())
        .ok_or_else(|| malformed("the header Authorization must be Basic and canonical base64 of user:password"))
}

/// The raw text that stands in the secret's place. Both forms of a request target serve: `/path?query` and an absolute URL.
fn read_url<'a>(url: Option<&'a str>, place: &SecretPlace) -> Result<&'a str, Error> {
    let url = url.ok_or_else(|| Error::misuse("secret_url needs the URL that the delivery came to"))?;
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let target = after_authority(url).ok_or_else(|| malformed("the URL must begin with / or be absolute"))?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let secret = match place {
        SecretPlace::PathSegment => path.rsplit_once('/').map(|(_, last)| last).filter(|last| !last.is_empty()),
        SecretPlace::Query(name) => {
            let parameters = query.split('&').map(|parameter| parameter.split_once('=').unwrap_or((parameter, "")));
            let mut values = parameters.filter(|(other, _)| other == name).map(|(_, value)| value);
            let first = values.next();
            if values.next().is_some() {
                return Err(malformed("the URL has the secret's parameter more than once"));
            }
            first
        }
    };
    let secret = secret.ok_or_else(|| missing("secret in its URL"))?;
    if secret.is_empty() || !secret.is_ascii() {
        return Err(malformed("the secret in the URL is empty or not ASCII"));
    }
    Ok(secret)
}

/// The path and query of an absolute URL or of an origin-form target.
fn after_authority(url: &str) -> Option<&str> {
    if url.starts_with('/') {
        return Some(url);
    }
    let (scheme, rest) = url.split_once("://")?;
    let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let authority_ends = rest.find(['/', '?']).unwrap_or(rest.len());
    if is_scheme { rest.get(authority_ends..) } else { None }
}
