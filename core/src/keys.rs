//! The columns by which a stored record is looked up.

use alloc::string::String;
use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::encoding::Encoding;

/// What to look a record's row up by: the token first, then the nonce, then the reference.
///
/// Hashes are 32 lower-case hexadecimal digits: the first half of SHA-256 over a label such as `valify-link token v1`, newline, and the
/// text. `Debug` hides the reference.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi::export(Debug))]
#[non_exhaustive]
pub struct Keys {
    /// The hash of the session token, where it is known.
    pub token_hash: Option<String>,
    /// The hash of the return state's nonce, where there is one: over its text, with the label `valify-link nonce v1`.
    pub nonce_hash: Option<String>,
    /// The reference, where it is known. It may have several rows: one for each attempt of that user.
    pub reference_id: Option<String>,
}

impl Keys {
    pub(crate) fn new(token: Option<Hashed>, nonce: Option<Hashed>, reference_id: Option<&str>) -> Self {
        Self {
            token_hash: token.map(Hashed::hex),
            nonce_hash: nonce.map(Hashed::hex),
            reference_id: reference_id.map(Into::into),
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys")
            .field("token_hash", &self.token_hash)
            .field("nonce_hash", &self.nonce_hash)
            .finish_non_exhaustive()
    }
}

/// A text of one attempt, hashed under the label of its kind, so that no two kinds can meet.
///
/// 128 bits: what is hashed has at least as much chance in it or comes from the service, and a record must stay small.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hashed([u8; 16]);

impl Hashed {
    pub(crate) fn token(token: &str) -> Self {
        Self::labelled("valify-link token v1\n", token)
    }

    pub(crate) fn nonce(nonce: &str) -> Self {
        Self::labelled("valify-link nonce v1\n", nonce)
    }

    fn labelled(label: &str, text: &str) -> Self {
        let digest = Sha256::new().chain_update(label).chain_update(text).finalize();
        let mut half = [0; 16];
        half.iter_mut().zip(digest).for_each(|(own, byte)| *own = byte);
        Self(half)
    }

    /// The form of [`Keys`].
    fn hex(self) -> String {
        Encoding::Hex.encode(&self.0)
    }

    /// The shorter form inside a record.
    pub(crate) fn text(self) -> String {
        Encoding::Base64UrlNoPad.encode(&self.0)
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        Encoding::Base64UrlNoPad.decode(text)?.try_into().ok().map(Self)
    }
}
