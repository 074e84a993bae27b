//! Everything in a delivery's headers that has the form of a signature, wherever it stands and however it is written.

use alloc::vec::Vec;

use super::super::{
    auth::{Digest, SignatureEncoding},
    verifier::Delivery,
};
use crate::encoding::Encoding;

/// The most lines that are looked at.
const MAX_LINES: usize = 64;
/// The most bytes of one value that are looked at.
const MAX_VALUE_BYTES: usize = 8 * 1024;
/// The most entries of one value.
const MAX_ENTRIES: usize = 32;

/// Something that may be a signature.
pub(super) struct Tag<'a> {
    pub(super) header: &'a str,
    /// The whole value, and the part of it that was decoded.
    pub(super) value: &'a str,
    pub(super) text: &'a str,
    /// What it is written in; the first is its name and the second the configuration's, where there is one.
    pub(super) written: (&'static str, Option<SignatureEncoding>),
    pub(super) bytes: Vec<u8>,
}

const WAYS: [(&str, Option<SignatureEncoding>, Encoding); 5] = [
    ("hex", Some(SignatureEncoding::Hex), Encoding::Hex),
    ("base64", Some(SignatureEncoding::Base64), Encoding::Base64),
    ("base64url", Some(SignatureEncoding::Base64Url), Encoding::Base64UrlNoPad),
    ("base64 without padding", None, Encoding::Base64NoPad),
    ("base64url with padding", None, Encoding::Base64Url),
];

/// The readable values of a delivery: the first lines, in ASCII, not too long.
pub(super) fn lines<'a>(delivery: &Delivery<'a>) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let readable = |(name, value): (&'a str, &'a [u8])| {
        let text = core::str::from_utf8(value).ok()?;
        (text.is_ascii() && text.len() <= MAX_VALUE_BYTES).then(|| (name, text.trim_matches([' ', '\t'])))
    };
    delivery.headers.iter().take(MAX_LINES).filter_map(readable)
}

/// All tags, those of `header` first, and among these what stands right after `prefix`.
pub(super) fn read<'a>(delivery: &Delivery<'a>, header: &str, prefix: &str) -> Vec<Tag<'a>> {
    let mut tags: Vec<Tag<'a>> = Vec::new();
    for (name, value) in lines(delivery) {
        tags.extend(value.strip_prefix(prefix).and_then(|text| tag(name, value, text)));
        let entries = value.split([',', ' ', ';']).filter(|entry| !entry.is_empty()).take(MAX_ENTRIES);
        for entry in entries {
            // What stands after a prefix such as `sha256=`; the padding's own `=` is no separator.
            let after_prefix = entry.trim_end_matches('=').find(['=', ':']).and_then(|at| entry.get(at..)?.get(1..));
            tags.extend([Some(entry), after_prefix].into_iter().flatten().filter_map(|text| tag(name, value, text)));
        }
    }
    let (mut own, others): (Vec<_>, Vec<_>) = tags.into_iter().partition(|tag| tag.header.eq_ignore_ascii_case(header));
    own.extend(others);
    own
}

fn tag<'a>(header: &'a str, value: &'a str, text: &'a str) -> Option<Tag<'a>> {
    WAYS.iter().find_map(|(name, encoding, way)| {
        let bytes = way.decode(text)?;
        let is_tag = Digest::ALL.iter().any(|digest| digest.tag_length() == bytes.len());
        is_tag.then_some(Tag { header, value, text, written: (name, *encoding), bytes })
    })
}

/// Whether there is anything that a MAC of this hash function could be.
pub(super) fn of_length(tags: &[Tag<'_>], digest: Digest) -> bool {
    tags.iter().any(|tag| tag.bytes.len() == digest.tag_length())
}
