//! What a checked return tells.

use alloc::string::String;
use core::fmt;

use crate::{
    error::closed_set,
    keys::{Hashed, Keys},
    time::Instant,
};

closed_set! {
    /// Whether the browser that came back is the one that started the attempt. A signal, not a gate: people change browsers honestly.
    BoundBrowser {
        /// It brought the cookie of this attempt.
        Yes = "yes",
        /// It brought another one.
        No = "no",
        /// It brought none.
        Unknown = "unknown",
    }
}

/// A browser has come back from this attempt. It is not an outcome, and must never log anyone in.
///
/// Only [`ReturnState::check`](super::ReturnState::check) makes one. `Debug` hides reference and nonce.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Returned {
    reference_id: String,
    nonce: String,
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::time::serialize"))]
    expires_at: Instant,
    #[cfg_attr(feature = "serde", serde(rename = "returned_in_bound_browser"))]
    bound_browser: BoundBrowser,
}

impl Returned {
    pub(super) fn new(reference_id: &str, nonce: String, expires_at: Instant, bound_browser: BoundBrowser) -> Self {
        Self { reference_id: reference_id.into(), nonce, expires_at, bound_browser }
    }

    /// The reference that the state was issued for, which is the one that was expected.
    pub fn reference_id(&self) -> &str {
        &self.reference_id
    }

    /// The state's nonce: 22 characters of base64url, for [single use](super#single-use).
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// When the state expires; a kept nonce may go then.
    pub fn expires_at(&self) -> Instant {
        self.expires_at
    }

    /// Whether this is the browser that started the attempt.
    pub fn returned_in_bound_browser(&self) -> BoundBrowser {
        self.bound_browser
    }

    /// The columns to find the attempt's record by.
    pub fn keys(&self) -> Keys {
        Keys::new(None, Some(Hashed::nonce(&self.nonce)), Some(&self.reference_id))
    }
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned")
            .field("expires_at", &self.expires_at)
            .field("returned_in_bound_browser", &self.bound_browser)
            .finish_non_exhaustive()
    }
}
