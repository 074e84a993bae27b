//! The strict JSON profile: everything from outside is read through it, once, and alike in every host.
//!
//! UTF-8 without a byte order mark, at most 64 containers deep, no duplicate keys, no lone surrogates, nothing but RFC 8259.
//! A [`Value`] is a slice of validated text: no tree is built, no number becomes a host's number, and memory is bounded by the keys of the
//! open objects. Reading takes one pass, and O(n log n) at worst (if keys' hashes collide on purpose), and never recurses.

mod keys;
mod number;
mod paths;
mod pointer;
mod reader;
mod text;
mod tokens;
mod walk;

pub(crate) use number::{Number, is_exact};
pub(crate) use paths::{Found, Paths, Slot};
pub(crate) use pointer::Pointer;
pub(crate) use text::write_string;
pub(crate) use tokens::{Token, tokens};
pub(crate) use walk::{Kind, Value};

/// The most containers that may be open at once, the root included.
pub(crate) const MAX_DEPTH: usize = 64;

/// The text is outside the profile. Where and how is left out on purpose: it would be outside data in an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// Checks `bytes` against the whole profile and gives the root value.
pub(crate) fn read(bytes: &[u8]) -> Result<Value<'_>, Malformed> {
    read_text(core::str::from_utf8(bytes).map_err(|_| Malformed)?)
}

/// Checks a text against the rest of the profile and gives the root value.
pub(crate) fn read_text(text: &str) -> Result<Value<'_>, Malformed> {
    reader::read(text, &Paths::NONE).map(|(root, _)| root)
}

/// [`read_text`] that also finds what each pointer names, on its way.
pub(crate) fn find<'a>(text: &'a str, paths: &Paths) -> Result<(Value<'a>, Found<'a>), Malformed> {
    reader::read(text, paths)
}

/// The root value of a text that has been accepted before.
pub(crate) fn reread(text: &str) -> Value<'_> {
    Value::root(text)
}

#[cfg(test)]
mod tests;
