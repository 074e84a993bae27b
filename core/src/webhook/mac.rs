//! Keyed hashes and the one comparison of secrets in the core.

use alloc::vec::Vec;
use core::ops::{BitAnd, Deref};

use hmac::{Hmac, KeyInit as _, Mac};
use sha1::Sha1;
use sha2::{Digest as _, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

use super::auth::Digest;
use crate::encoding::Encoding;

/// Computes HMACs in the core's place, for a host whose own hash is faster than the core's as compiled for it.
///
/// The host only hashes: what is hashed, with which key, and what the outcome is compared with is the core's. It is trusted with the key
/// and with the truth of its answer, so it must be the host's own cryptography and nothing that comes from outside.
pub trait HostMac {
    /// The HMAC over the parts as if they were one text; `None` if the host would rather not, and the core computes it.
    fn tag(&self, digest: Digest, key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>>;
}

/// A key with its first blocks already hashed. Wiped on drop by the crates that hold it.
#[derive(Clone)]
pub(super) enum MacKey {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl MacKey {
    /// `None` for a key that the hash cannot take; HMAC takes any.
    pub(super) fn new(digest: Digest, key: &[u8]) -> Option<Self> {
        Some(match digest {
            Digest::Sha1 => Self::Sha1(Hmac::new_from_slice(key).ok()?),
            Digest::Sha256 => Self::Sha256(Hmac::new_from_slice(key).ok()?),
            Digest::Sha512 => Self::Sha512(Hmac::new_from_slice(key).ok()?),
        })
    }

    /// The MAC over the parts as if they were one text.
    pub(super) fn tag(&self, parts: &[&[u8]]) -> Tag {
        match self {
            Self::Sha1(state) => finish(state.clone(), parts),
            Self::Sha256(state) => finish(state.clone(), parts),
            Self::Sha512(state) => finish(state.clone(), parts),
        }
    }
}

fn finish(mut state: impl Mac, parts: &[&[u8]]) -> Tag {
    for part in parts {
        state.update(part);
    }
    Tag::of(&state.finalize().into_bytes())
}

/// A MAC of any digest, or what a delivery presents as one.
pub(super) struct Tag {
    bytes: [u8; Self::MOST_BYTES],
    length: usize,
}

impl Tag {
    /// Those of SHA-512.
    const MOST_BYTES: usize = 64;

    pub(super) fn of(mac: &[u8]) -> Self {
        let mut bytes = [0; Self::MOST_BYTES];
        if let Some(place) = bytes.get_mut(..mac.len()) {
            place.copy_from_slice(mac);
        }
        Self { bytes, length: mac.len() }
    }

    /// What is written into the place of a tag: `write` says how many bytes.
    pub(super) fn read(write: impl FnOnce(&mut [u8]) -> Option<usize>) -> Option<Self> {
        let mut bytes = [0; Self::MOST_BYTES];
        let length = write(&mut bytes)?;
        Some(Self { bytes, length })
    }
}

impl Deref for Tag {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl Digest {
    /// The length of a tag in bytes.
    pub(super) const fn tag_length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// Whether two tags are equal, in time that depends on their lengths alone. Every comparison with a secret goes through here.
pub(super) fn equal_tags(ours: &[u8], theirs: &[u8]) -> bool {
    let (our_words, our_rest) = ours.as_chunks();
    let (their_words, their_rest) = theirs.as_chunks();
    let same_length = ours.len().ct_eq(&theirs.len());
    let words = our_words.iter().zip(their_words).map(|(a, b)| u64::from_ne_bytes(*a).ct_eq(&u64::from_ne_bytes(*b)));
    words.fold(same_length & our_rest.ct_eq(their_rest), BitAnd::bitand).into()
}

/// Whether a presented secret is ours. Hashed first, so that not even our secret's length shows in the time.
pub(super) fn equal_secrets(ours: &[u8], theirs: &[u8]) -> bool {
    equal_tags(&Sha256::digest(ours), &Sha256::digest(theirs))
}

/// What guards the caller's side effects against a delivery that comes twice: a labelled hash of the signed id, or of the body.
pub(super) fn dedupe_key(signed_id: Option<&str>, body: &[u8]) -> alloc::string::String {
    let (label, content): (&[u8], &[u8]) = match signed_id {
        Some(id) => (b"id\n", id.as_bytes()),
        None => (b"body\n", body),
    };
    let hash =
        Sha256::new().chain_update(b"valify-link dedupe v1\n").chain_update(label).chain_update(content).finalize();
    Encoding::Hex.encode(&hash)
}

#[cfg(test)]
mod tests {
    use hmac::{
        EagerHash,
        digest::block_api::{Buffer, CoreProxy},
    };
    use zeroize::ZeroizeOnDrop;

    use super::{Hmac, Sha1, Sha256, Sha512};

    /// Does not compile if a feature is lost that wipes what an HMAC is made of: hash states that have taken in a key, and a buffer.
    #[test]
    fn keyed_state_is_wiped_on_drop() {
        fn is_wiped<T: ZeroizeOnDrop>() {}
        is_wiped::<<Sha1 as EagerHash>::Core>();
        is_wiped::<<Sha256 as EagerHash>::Core>();
        is_wiped::<<Sha512 as EagerHash>::Core>();
        is_wiped::<Buffer<<Hmac<Sha1> as CoreProxy>::Core>>();
        is_wiped::<Buffer<<Hmac<Sha256> as CoreProxy>::Core>>();
        is_wiped::<Buffer<<Hmac<Sha512> as CoreProxy>::Core>>();
    }
}
