//! JSON pointers (RFC 6901), checked when a profile is made.

use alloc::{string::String, vec::Vec};

/// A checked pointer, its tokens decoded. The empty one is the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pointer(Vec<String>);

impl Pointer {
    /// The longest pointer, in bytes.
    pub(crate) const MAX_BYTES: usize = 512;

    /// Reads a pointer: empty, or `/`-led tokens in which `~` stands only in `~0` and `~1`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self(Vec::new()));
        }
        if text.len() > Self::MAX_BYTES {
            return None;
        }
        text.strip_prefix('/')?.split('/').map(decode).collect::<Option<_>>().map(Self)
    }

    pub(super) fn tokens(&self) -> &[String] {
        &self.0
    }

    /// A token as an array index: digits without a leading zero.
    pub(super) fn index(token: &str) -> Option<usize> {
        let plain = token.bytes().all(|b| b.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
        plain.then(|| token.parse().ok())?
    }
}

fn decode(token: &str) -> Option<String> {
    let mut decoded = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        decoded.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            other => other,
        });
    }
    Some(decoded)
}
