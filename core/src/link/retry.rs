//! How long to wait before the same request is sent again.

use crate::{
    http::{Headers, RETRY_AFTER},
    time::{self, Instant},
};

/// The first back-off, in milliseconds; each further one doubles it up to the configured cap.
const FIRST_BACKOFF_MS: u64 = 500;

/// The longest wait that is told apart, in milliseconds: the greatest integer that every host's numbers hold exactly.
const LONGEST_MS: i64 = 9_007_199_254_740_991;

/// Full jitter from a seed: the same seed gives the same delays in every host.
#[derive(Clone)]
pub(super) struct Backoff {
    state: u64,
    ceiling_ms: u64,
    cap_ms: u64,
}

impl Backoff {
    pub(super) fn new(seed: u64, cap_ms: i64) -> Self {
        let cap_ms = u64::try_from(cap_ms).unwrap_or_default();
        Self { state: seed, ceiling_ms: FIRST_BACKOFF_MS.min(cap_ms), cap_ms }
    }

    /// A delay between nothing and the ceiling, both included, in milliseconds.
    pub(super) fn next_ms(&mut self) -> i64 {
        let choices = self.ceiling_ms.saturating_add(1);
        self.ceiling_ms = self.ceiling_ms.saturating_mul(2).min(self.cap_ms);
        let delay = self.random().checked_rem(choices).unwrap_or_default();
        i64::try_from(delay).unwrap_or_default()
    }

    /// `SplitMix64`: well spread from any seed, small seeds included.
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// `Retry-After` in milliseconds from now: seconds, or an HTTP date (the form that RFC 9110 tells senders to use).
/// An unreadable one is as if it were not there; a date that has passed is no wait.
pub(super) fn retry_after_ms(headers: &Headers, now: Instant) -> Option<i64> {
    let text = core::str::from_utf8(headers.get_all(RETRY_AFTER).next()?).ok()?;
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds = text.parse::<i64>().unwrap_or(i64::MAX);
        return Some(seconds.saturating_mul(1000).min(LONGEST_MS));
    }
    Some(time::parse_http(text)?.signed_duration_since(now).num_milliseconds().max(0))
}
