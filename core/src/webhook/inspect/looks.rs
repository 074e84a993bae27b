//! What a value looks like, from a fixed list of words, and how long it is, from a fixed list of ranges.

use crate::{
    encoding::Encoding,
    error::closed_set,
    json::{self, Value},
    national_id::NationalId,
    time::{self, Instant},
};

closed_set! {
    /// What a text or a number looks like. A guess: the first that fits.
    LooksLike {
        /// Nothing at all.
        Empty = "empty",
        /// 8-4-4-4-12 hexadecimal digits.
        Uuid = "uuid",
        /// An Egyptian national ID number, or 14 digits.
        NationalId = "national_id",
        /// RFC 3339 with date and time.
        DateTime = "date_time",
        /// Digits with slashes or hyphens: day, month and year in any order, or year and month.
        Date = "date",
        /// 10 digits: perhaps seconds since 1970.
        UnixSeconds = "unix_seconds",
        /// 13 digits: perhaps milliseconds since 1970.
        UnixMilliseconds = "unix_milliseconds",
        /// Another number, written as a number or as text.
        Number = "number",
        /// 7 to 15 digits with a plus sign, spaces, hyphens or brackets.
        Phone = "phone",
        /// One `@` between other characters.
        Email = "email",
        /// Begins with a scheme and `://`.
        Url = "url",
        /// Base64 or a `data:` URL that begins like JPEG, PNG or WebP.
        Image = "image",
        /// Hexadecimal or base64 of 20, 32 or 64 bytes, a prefix before it or not: a MAC or a hash.
        Signature = "signature",
        /// 16 or more hexadecimal digits.
        Hex = "hex",
        /// 16 or more characters of base64 or base64url.
        Base64 = "base64",
        /// JSON inside a string.
        Json = "json",
        /// Up to 32 ASCII letters, hyphens and underscores.
        Word = "word",
        /// Anything else that is text.
        Text = "text",
        /// Not text.
        Bytes = "bytes",
    }
}

/// A length as a range, so that it gives nobody away.
pub(super) const fn length(length: usize) -> &'static str {
    match length {
        0 => "0",
        1..=8 => "1-8",
        9..=16 => "9-16",
        17..=32 => "17-32",
        33..=64 => "33-64",
        65..=256 => "65-256",
        257..=1024 => "257-1024",
        1025..=65_536 => "1025-65536",
        _ => "over 65536",
    }
}

pub(super) fn header_value(value: &[u8], now: Instant) -> LooksLike {
    core::str::from_utf8(value).map_or(LooksLike::Bytes, |value| text(value.trim_matches([' ', '\t']), now))
}

pub(super) fn number(value: Value<'_>) -> LooksLike {
    match value.integer().map(str::len) {
        Some(14) => LooksLike::NationalId,
        Some(13) => LooksLike::UnixMilliseconds,
        Some(10) => LooksLike::UnixSeconds,
        _ => LooksLike::Number,
    }
}

pub(super) fn text(text: &str, now: Instant) -> LooksLike {
    let is_number = || json::read_text(text).is_ok_and(|value| value.kind() == json::Kind::Number);
    match text {
        "" => LooksLike::Empty,
        _ if is_uuid(text) => LooksLike::Uuid,
        _ if NationalId::parse(text, now).is_ok() => LooksLike::NationalId,
        _ if time::parse(text).is_some() => LooksLike::DateTime,
        _ if is_date(text) => LooksLike::Date,
        _ if text.len() <= 40 && is_number() => number(json::reread(text)),
        _ if is_phone(text) => LooksLike::Phone,
        _ if is_email(text) => LooksLike::Email,
        _ if is_image(text) => LooksLike::Image,
        _ if is_url(text) => LooksLike::Url,
        _ if is_signature(text) => LooksLike::Signature,
        _ if text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) => LooksLike::Hex,
        _ if text.len() <= 32 && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte)) => {
            LooksLike::Word
        }
        _ if is_base64(text) => LooksLike::Base64,
        _ if text.starts_with(['{', '[']) && json::read_text(text).is_ok() => LooksLike::Json,
        _ => LooksLike::Text,
    }
}

fn is_uuid(text: &str) -> bool {
    let mut lengths = text.split('-').map(str::len);
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-') && lengths.by_ref().eq([8, 4, 4, 4, 12])
}

/// In the three scripts of digits that people in Egypt write.
fn is_date(text: &str) -> bool {
    let is_part = |part: &str| (1..=4).contains(&part.chars().count()) && part.chars().all(char::is_numeric);
    let parts = |mark| text.split(mark).count();
    text.len() <= 24 && ['/', '-'].iter().any(|mark| matches!(parts(*mark), 2 | 3) && text.split(*mark).all(is_part))
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(|character| character.is_numeric()).count();
    text.len() <= 40
        && (7..=15).contains(&digits)
        && text.chars().all(|character| character.is_numeric() || "+ -()".contains(character))
}

fn is_email(text: &str) -> bool {
    let mut parts = text.split('@');
    let part = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    text.len() <= 320 && part(parts.next()) && part(parts.next()) && parts.next().is_none()
}

fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.len() <= 16 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_image(text: &str) -> bool {
    const BEGINNINGS: [&str; 4] = ["/9j/", "iVBORw0KGgo", "UklGR", "data:image/"];
    text.len() >= 32 && BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
}

fn is_signature(text: &str) -> bool {
    let value = text.rsplit([',', ' ']).next().unwrap_or(text);
    let bare = value
        .trim_end_matches('=')
        .rsplit_once('=')
        .map_or(value, |(prefix, _)| value.get(prefix.len().saturating_add(1)..).unwrap_or(value));
    let is_hex = bare.bytes().all(|byte| byte.is_ascii_hexdigit()) && matches!(bare.len(), 40 | 64 | 128);
    let is_tag = |bytes: Option<alloc::vec::Vec<u8>>| {
        bytes.is_some_and(|bytes: alloc::vec::Vec<u8>| matches!(bytes.len(), 20 | 32 | 64))
    };
    is_hex
        || (bare.len() <= 88
            && (is_tag(Encoding::Base64.decode(bare)) || is_tag(Encoding::Base64UrlNoPad.decode(bare))))
}

fn is_base64(text: &str) -> bool {
    let bare = text.trim_end_matches('=');
    text.len() >= 16 && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte))
}
