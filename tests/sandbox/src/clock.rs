//! The one source of time, in milliseconds since 1970, so that a clock of another kind can take its place.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, SecondsFormat, Utc};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

/// Tells the time.
#[derive(Clone, Debug, Default)]
pub struct Clock;

impl Clock {
    /// Now.
    pub fn now(&self) -> Millis {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(Millis::MAX)
    }
}

/// `2026-01-14T07:57:54.972Z`, the form of the contract.
pub fn to_text(at: Millis) -> String {
    instant(at).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The instant as the core's type; one outside the calendar is the calendar's end.
pub fn instant(at: Millis) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Reads an RFC 3339 date-time.
pub fn from_text(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}
