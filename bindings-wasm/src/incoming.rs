//! What comes in: instants, header lines, bytes.

use chrono::DateTime;
use valify_link_core::{Headers, Instant, NamedSecret, Secret};

/// An instant of JavaScript's `Date`. What no `Date` can hold is the farthest one, which the core's range rules refuse.
pub(crate) fn instant(milliseconds: f64) -> Instant {
    // A `Date` holds whole milliseconds within ±8.64e15.
    #[allow(clippy::cast_possible_truncation)]
    let whole = milliseconds as i64;
    if milliseconds.is_finite() { DateTime::from_timestamp_millis(whole) } else { None }
        .unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
}

/// Header lines from names and values in turn.
pub(crate) fn headers(lines: Vec<String>) -> Headers {
    let mut headers = Headers::new();
    let mut lines = lines.into_iter();
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        headers.push(name, value);
    }
    headers
}

/// A secret whose encoding is `utf8`, `base64` or `hex`.
pub(crate) fn secret(encoding: &str, text: String) -> Secret {
    match encoding {
        "utf8" => Secret::utf8(text),
        "base64" => Secret::base64(text),
        _ => Secret::hex(text),
    }
}

/// Secrets from ids, encodings and texts in turn.
pub(crate) fn named_secrets(parts: Vec<String>) -> Vec<NamedSecret> {
    let mut secrets = Vec::new();
    let mut parts = parts.into_iter();
    while let (Some(id), Some(encoding), Some(text)) = (parts.next(), parts.next(), parts.next()) {
        secrets.push(NamedSecret::new(id, secret(&encoding, text)));
    }
    secrets
}
