//! The columns by which a stored record is found.

use alloc::string::String;
use core::fmt;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// What to look a record's row up by: the token first, then the nonce, then the reference.
///
/// Hashes are lower-case hexadecimal SHA-256. `Debug` hides the reference.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Keys {
    /// The hash of the session token, where it is known.
    pub token_hash: Option<String>,
    /// The hash of the return state's nonce, where there is one: over `valify-link nonce v1`, newline, the nonce as text.
    pub nonce_hash: Option<String>,
    /// The reference, where it is known. It may have several rows: one for each attempt of that user.
    pub reference_id: Option<String>,
}

impl Keys {
    /// The keys of a return: no browser brings the token back.
    pub(crate) fn of_return(nonce: &str, reference_id: &str) -> Self {
        Self { token_hash: None, nonce_hash: Some(hash("nonce", nonce)), reference_id: Some(reference_id.into()) }
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

/// A hash that is of one kind of text alone.
fn hash(kind: &str, text: &str) -> String {
    let parts = ["valify-link ", kind, " v1\n", text];
    HEXLOWER.encode(&parts.iter().fold(Sha256::new(), Sha256::chain_update).finalize())
}
