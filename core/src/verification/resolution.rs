//! An operator's word on an attempt.

use alloc::string::String;

use crate::{
    error::Error,
    time::{self, Instant},
    webhook::Outcome,
};

const MAX_OPERATOR_BYTES: usize = 48;
const MAX_REASON_BYTES: usize = 48;

/// The greatest by time, operator, outcome and reason is the one that counts, so that two copies agree on it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Resolution {
    pub(super) at: Instant,
    pub(super) operator: String,
    pub(super) outcome: Outcome,
    pub(super) reason: String,
}

impl Resolution {
    pub(super) fn new(outcome: Outcome, operator: &str, at: Instant, reason: &str) -> Result<Self, Error> {
        let plain = |text: &str| !text.chars().any(char::is_control);
        if operator.is_empty() || operator.len() > MAX_OPERATOR_BYTES || !plain(operator) {
            return Err(Error::request("operator", "must be 1 to 48 bytes of UTF-8 without control characters"));
        }
        if reason.len() > MAX_REASON_BYTES || !plain(reason) {
            return Err(Error::request("reason", "must be at most 48 bytes of UTF-8 without control characters"));
        }
        let at = time::to_millisecond(at).ok_or_else(|| Error::request("at", "must have a year of four digits"))?;
        Ok(Self { at, operator: operator.into(), outcome, reason: reason.into() })
    }
}
