//! What the form of a delivery shows without any secret.

use super::{
    super::verifier::{Delivery, check_encoding},
    Finding, Mistake,
};

/// Whether the body says that it is compressed, in a header or by its first bytes (gzip, zstd, zlib).
pub(super) fn is_compressed(delivery: &Delivery<'_>) -> bool {
    check_encoding(delivery.headers).is_err() || begins_compressed(delivery.body)
}

/// No JSON text begins with any of these.
pub(in super::super) fn begins_compressed(body: &[u8]) -> bool {
    const GZIP: [u8; 3] = [0x1f, 0x8b, 0x08];
    const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let zlib = matches!(body, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]);
    body.starts_with(&GZIP) || body.starts_with(&ZSTD) || zlib
}

/// What is wrong with the text of a timestamp, whoever has signed it.
pub(super) fn timestamp_form(text: &str) -> Option<Finding> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Finding::of(Mistake::TimestampForm));
    }
    // As seconds these would be after the year 5000.
    is_milliseconds(text).then(|| Finding::of(Mistake::TimestampInMilliseconds))
}

pub(super) fn is_milliseconds(text: &str) -> bool {
    (12..=14).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is wrong with a timestamp that a fitting MAC covers.
pub(super) fn signed_timestamp(text: &str, now_ms: i64, tolerance_ms: i64) -> Option<Finding> {
    let number = match (timestamp_form(text), text.parse::<i64>()) {
        (Some(Finding { mistake: Mistake::TimestampForm, .. }), _) | (_, Err(_)) => {
            return Some(Finding::of(Mistake::TimestampForm));
        }
        (_, Ok(number)) => number,
    };
    let (mistake, signed_ms) = if is_milliseconds(text) {
        (Mistake::TimestampInMilliseconds, number)
    } else {
        (Mistake::ClockSkew, number.saturating_mul(1000))
    };
    let off_by_ms = signed_ms.saturating_sub(now_ms);
    let is_off = off_by_ms.unsigned_abs() > tolerance_ms.unsigned_abs();
    (is_off || mistake == Mistake::TimestampInMilliseconds)
        .then(|| Finding { off_by_ms: Some(off_by_ms), ..Finding::of(mistake) })
}
