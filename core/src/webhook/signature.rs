//! The form of signatures in headers: strictly decoded, bounded, and nothing believed yet.

use alloc::{format, string::String, vec::Vec};

use super::{
    auth::{Digest, SignatureEncoding},
    mac::Tag,
};
use crate::{
    encoding::Encoding,
    error::{Error, ErrorKind},
    http::Headers,
};

/// The most signatures that are read of one delivery.
const MAX_ENTRIES: usize = 16;
/// The most bytes of a header that is read, its repetitions together.
const MAX_HEADER_BYTES: usize = 8 * 1024;

impl SignatureEncoding {
    const fn form(self) -> Encoding {
        match self {
            Self::Hex => Encoding::Hex,
            Self::Base64 => Encoding::Base64,
            Self::Base64Url => Encoding::Base64UrlNoPad,
        }
    }

    /// How the core writes a signature: hex in lower case.
    pub(super) fn write(self, tag: &[u8]) -> String {
        self.form().encode(tag)
    }

    /// Reads a signature of exactly the digest's length.
    fn read(self, digest: Digest, text: &str) -> Option<Tag> {
        Tag::read(|place| self.form().decode_into(text, place)).filter(|tag| tag.len() == digest.tag_length())
    }
}

pub(super) fn missing(what: &str) -> Error {
    Error::new(ErrorKind::SignatureMissing, format!("the delivery has no {what}"))
}

pub(super) fn malformed(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::SignatureMalformed, detail)
}

/// The only value of a header; `None` if it is absent. Twice, with a comma (twice to a proxy), too long and not ASCII are malformed.
pub(super) fn single<'a>(headers: &'a Headers, name: &'a str) -> Result<Option<&'a str>, Error> {
    let mut values = headers.get_all(name);
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() || value.contains(&b',') {
        return Err(malformed(format!("the header {name} must have a single value, without a comma")));
    }
    ascii(name, value).map(Some)
}

/// A value that can be read at all.
fn ascii<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, Error> {
    if value.len() > MAX_HEADER_BYTES {
        return Err(malformed(format!("the header {name} must have at most 8192 bytes")));
    }
    match core::str::from_utf8(value) {
        Ok(text) if text.is_ascii() => Ok(text),
        _ => Err(malformed(format!("the header {name} must be ASCII"))),
    }
}

/// All values of a header that may be repeated, together within the bound. At least one.
fn list<'a>(headers: &'a Headers, name: &'a str) -> Result<Vec<&'a str>, Error> {
    let mut bytes = 0_usize;
    let mut values = Vec::new();
    for value in headers.get_all(name) {
        bytes = bytes.saturating_add(value.len());
        if bytes > MAX_HEADER_BYTES {
            return Err(malformed(format!("the header {name} must have at most 8192 bytes")));
        }
        values.push(ascii(name, value)?);
    }
    if values.is_empty() { Err(missing(&format!("header {name}"))) } else { Ok(values) }
}

/// One signature of a list.
enum Entry {
    Signature(Tag),
    /// Well-formed, and of a version that this scheme does not have.
    OtherVersion,
    Malformed,
}

/// The signatures that can be read; a malformed one is passed over as long as there is another.
fn well_formed(entries: impl Iterator<Item = Entry>) -> Result<Vec<Tag>, Error> {
    let mut signatures = Vec::new();
    let mut any = false;
    for entry in entries.take(MAX_ENTRIES) {
        match entry {
            Entry::Signature(signature) => signatures.push(signature),
            Entry::OtherVersion => {}
            Entry::Malformed => continue,
        }
        any = true;
    }
    if any {
        Ok(signatures)
    } else {
        Err(malformed("no signature of the header can be read: is this its scheme and encoding?"))
    }
}

/// A single signature after an optional prefix.
pub(super) fn read_single(
    headers: &Headers,
    name: &str,
    prefix: &str,
    encoding: SignatureEncoding,
    digest: Digest,
) -> Result<Tag, Error> {
    let value = single(headers, name)?.ok_or_else(|| missing(&format!("header {name}")))?;
    let text = value.strip_prefix(prefix).ok_or_else(|| malformed(format!("the header {name} lacks the prefix")))?;
    let signature = encoding.read(digest, text);
    signature.ok_or_else(|| malformed(format!("the header {name} is not a {digest} signature in canonical {encoding}")))
}

/// The list of Standard Webhooks: `v1,<base64>` entries with spaces between them.
pub(super) fn read_standard(headers: &Headers, name: &str) -> Result<Vec<Tag>, Error> {
    let values = list(headers, name)?;
    // Who joins repeated headers into one, as fetch and proxies do, leaves a comma behind each but the last.
    let entries =
        values.iter().flat_map(|value| value.split(' ')).map(|entry| entry.strip_suffix(',').unwrap_or(entry));
    let entries = entries.filter(|entry| !entry.is_empty());
    well_formed(entries.map(|entry| match entry.split_once(',') {
        Some(("v1", text)) => {
            SignatureEncoding::Base64.read(Digest::Sha256, text).map_or(Entry::Malformed, Entry::Signature)
        }
        Some((version, text)) if !version.is_empty() && !text.is_empty() => Entry::OtherVersion,
        _ => Entry::Malformed,
    }))
}

/// What a header in Stripe's style holds: `t=<timestamp>` once, and `v1=<hex>` entries, with commas between them.
pub(super) struct Keyed<'a> {
    pub(super) signatures: Vec<Tag>,
    pub(super) timestamp: Option<&'a str>,
}

pub(super) fn read_keyed<'a>(headers: &'a Headers, name: &'a str) -> Result<Keyed<'a>, Error> {
    let values = list(headers, name)?;
    // A proxy that joins repeated headers puts a space after its comma.
    let items = || values.iter().flat_map(|value| value.split(',')).map(|item| item.trim_matches([' ', '\t']));
    let timestamps = || items().filter_map(|item| item.strip_prefix("t="));
    if timestamps().nth(1).is_some() {
        return Err(malformed(format!("the header {name} must have a single t=")));
    }
    let entries = items().filter(|item| !item.is_empty() && !item.starts_with("t="));
    let signatures = well_formed(entries.map(|item| match item.split_once('=') {
        Some(("v1", text)) => {
            SignatureEncoding::Hex.read(Digest::Sha256, text).map_or(Entry::Malformed, Entry::Signature)
        }
        Some((version, text)) if !version.is_empty() && !text.is_empty() => Entry::OtherVersion,
        _ => Entry::Malformed,
    }))?;
    Ok(Keyed { signatures, timestamp: timestamps().next() })
}
