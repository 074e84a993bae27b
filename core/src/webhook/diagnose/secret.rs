//! What else a secret's text may have been meant to be.

use alloc::{format, string::String, vec::Vec};

use zeroize::Zeroizing;

use super::Mistake;
use crate::{encoding::Encoding, secret::Secret};

/// A text read in another way than the configuration says.
pub(super) struct Misread {
    pub(super) key: Zeroizing<Vec<u8>>,
    pub(super) mistake: Mistake,
    pub(super) found: &'static str,
}

/// Every other reading of a secret that is worth trying, the likeliest first: 14 at most.
pub(super) fn misreadings(secret: &Secret) -> Vec<Misread> {
    let text = secret.text();
    let bare = text.strip_prefix("whsec_").unwrap_or(text);
    let mut readings = Readings { list: Vec::with_capacity(14), secret };
    readings.encoding("utf8", Some(text.as_bytes().to_vec()));
    readings.encoding("base64", Encoding::Base64.decode(bare));
    readings.encoding("hex", Encoding::Hex.decode(bare));
    readings.encoding("base64 without padding", Encoding::Base64NoPad.decode(bare));
    readings.encoding("base64url", Encoding::Base64Url.decode(bare));
    readings.encoding("base64url without padding", Encoding::Base64UrlNoPad.decode(bare));
    if bare.len() < text.len() {
        readings.encoding("utf8 without whsec_", Some(bare.as_bytes().to_vec()));
    }
    let cut = "only a part of the secret";
    let around = "the secret without something around it";
    readings.part("the secret with a line break", Some(&Zeroizing::new(format!("{text}\n"))));
    for quote in ['"', '\''] {
        readings.part(around, text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)));
    }
    // Where a shell, a file of variables or a URL ends a value.
    readings.part(cut, text.split(['#', '$', '&', ' ', '%']).next());
    readings.part(cut, Some(text.trim_end_matches('=')));
    for length in [64, 32, 16] {
        readings.part(cut, text.get(..length));
    }
    readings.list
}

struct Readings<'a> {
    list: Vec<Misread>,
    secret: &'a Secret,
}

impl Readings<'_> {
    fn encoding(&mut self, found: &'static str, key: Option<Vec<u8>>) {
        let key = key.map(Zeroizing::new).filter(|_| found != self.secret.encoding_name());
        self.add(Mistake::SecretEncoding, found, key);
    }

    /// Parts of a text are tried where the text itself is the key.
    fn part(&mut self, found: &'static str, text: Option<&str>) {
        let is_text = self.secret.encoding_name() == "utf8";
        let text = text.filter(|text| is_text && *text != self.secret.text());
        let key = text.map(|text| Zeroizing::new(String::from(text).into_bytes()));
        self.add(Mistake::SecretTruncated, found, key);
    }

    fn add(&mut self, mistake: Mistake, found: &'static str, key: Option<Zeroizing<Vec<u8>>>) {
        let is_new = |key: &Zeroizing<Vec<u8>>| !key.is_empty() && self.list.iter().all(|other| other.key != *key);
        if let Some(key) = key.filter(is_new) {
            self.list.push(Misread { key, mistake, found });
        }
    }
}
