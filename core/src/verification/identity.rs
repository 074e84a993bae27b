//! What makes one attempt this attempt and no other.

use alloc::string::String;

use crate::{config::Environment, keys::Hashed, time::Instant};

/// Written once, by `requested`, and equal in every copy of the record.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) environment: Environment,
    pub(super) reference_id: String,
    pub(super) flow: Option<String>,
    pub(super) requested_at: Instant,
    pub(super) expires_at: Instant,
    /// How long after `expires_at` the clock alone says nothing.
    pub(super) expiry_grace_ms: i64,
    /// The hashed nonce of the return state, if the attempt is bound to one.
    pub(super) nonce: Option<Hashed>,
}
