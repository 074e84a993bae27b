//! The text of a state: `version.key-id.nonce.expiry.tag`.
//!
//! Key id, nonce and tag are base64url without padding, the expiry is decimal milliseconds since 1970. So it is made of characters that no
//! form or URL encoder touches. Each state has one text alone: any other spelling is refused.

use alloc::{format, string::String};

use chrono::DateTime;

use super::seal::Tag;
use crate::{encoding::Encoding, time::Instant};

/// The only version there is.
const VERSION: &str = "1";

/// What a state says besides its tag.
pub(super) struct Token {
    key_id: String,
    nonce: [u8; 16],
    expires_at: Instant,
}

impl Token {
    /// `expires_at` is rounded to the millisecond already.
    pub(super) fn new(key_id: &str, nonce: [u8; 16], expires_at: Instant) -> Self {
        Self { key_id: key_id.into(), nonce, expires_at }
    }

    /// Reads a state. `None` where the text is not exactly what [`Token::to_text`] writes.
    pub(super) fn read(text: &str) -> Option<(Self, Tag)> {
        let mut parts = text.split('.');
        let mut part = || parts.next();
        if part()? != VERSION {
            return None;
        }
        let key_id = String::from_utf8(decode(part()?)?).ok()?;
        let nonce = decode(part()?)?.try_into().ok()?;
        let expires_at = milliseconds(part()?)?;
        let tag = Tag::from_bytes(&decode(part()?)?)?;
        parts.next().is_none().then_some((Self { key_id, nonce, expires_at }, tag))
    }

    pub(super) fn to_text(&self, tag: &Tag) -> String {
        let key_id = Encoding::Base64UrlNoPad.encode(self.key_id.as_bytes());
        let tag = Encoding::Base64UrlNoPad.encode(&tag.to_bytes());
        format!("{VERSION}.{key_id}.{}.{}.{tag}", self.nonce_text(), self.expires_at.timestamp_millis())
    }

    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    pub(super) fn nonce(&self) -> &[u8; 16] {
        &self.nonce
    }

    pub(super) fn nonce_text(&self) -> String {
        Encoding::Base64UrlNoPad.encode(&self.nonce)
    }

    pub(super) fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// What the seal covers of the token itself.
    pub(super) fn sealed_fields(&self) -> [&[u8]; 3] {
        [VERSION.as_bytes(), self.key_id.as_bytes(), &self.nonce]
    }
}

fn decode(text: &str) -> Option<alloc::vec::Vec<u8>> {
    Encoding::Base64UrlNoPad.decode(text)
}

/// Only in the spelling that is written: no sign, no leading zero.
fn milliseconds(text: &str) -> Option<Instant> {
    let number: i64 = text.parse().ok()?;
    let is_canonical = format!("{number}") == text;
    DateTime::from_timestamp_millis(number).filter(|_| is_canonical)
}
