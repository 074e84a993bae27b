//! The MACs of a state.
//!
//! A tag is four MACs under one derived key: three of 128 bits that commit to what the state does not show (reference, place, binding), and
//! a seal of 256 bits over version, key id, nonce, expiry and the three. The seal says whether a state is genuine before anything is said
//! about it; the commitments tell a state that was moved from a forged one, and another browser from no cookie. All are over the nonce, so
//! that two states of one person have nothing in common.

use alloc::{string::String, vec::Vec};

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Place, Token};
use crate::error::Error;

/// Keeps this use of a secret apart from any other that the integrator may make of it.
const LABEL: &[u8] = b"valify-link return-state v1";

type Commitment = [u8; 16];

/// The MACs of one state.
pub(super) struct Tag {
    reference: Commitment,
    place: Commitment,
    binding: Commitment,
    seal: [u8; 32],
}

impl Tag {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [self.reference.as_slice(), &self.place, &self.binding, &self.seal].concat()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (reference, rest) = bytes.split_first_chunk()?;
        let (place, rest) = rest.split_first_chunk()?;
        let (binding, rest) = rest.split_first_chunk()?;
        Some(Self { reference: *reference, place: *place, binding: *binding, seal: rest.try_into().ok()? })
    }
}

/// A MAC key under the id of the secret that it is derived from.
#[derive(Clone)]
pub(super) struct Key {
    id: String,
    /// One whole block of HMAC-SHA256.
    bytes: Zeroizing<[u8; 64]>,
}

impl Key {
    pub(super) fn derive(id: String, secret: &[u8]) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; 64]);
        Hkdf::<Sha256>::new(None, secret)
            .expand(LABEL, bytes.as_mut_slice())
            .map_err(|_| Error::config("secrets", "must be usable as key material of HKDF-SHA256"))?;
        Ok(Self { id, bytes })
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn tag(&self, token: &Token, place: &Place<'_>, reference: &str, binding_hash: &[u8]) -> Tag {
        let unsealed = Tag {
            reference: self.commit_to_reference(token, reference),
            place: self.commit_to_place(token, place),
            binding: self.commit_to_binding(token, binding_hash),
            seal: [0; 32],
        };
        Tag { seal: self.seal(token, &unsealed), ..unsealed }
    }

    pub(super) fn has_sealed(&self, token: &Token, tag: &Tag) -> bool {
        self.seal(token, tag).ct_eq(&tag.seal).into()
    }

    pub(super) fn is_of_reference(&self, token: &Token, tag: &Tag, reference: &str) -> bool {
        self.commit_to_reference(token, reference).ct_eq(&tag.reference).into()
    }

    pub(super) fn is_of_place(&self, token: &Token, tag: &Tag, place: &Place<'_>) -> bool {
        self.commit_to_place(token, place).ct_eq(&tag.place).into()
    }

    pub(super) fn is_of_binding(&self, token: &Token, tag: &Tag, binding_hash: &[u8]) -> bool {
        self.commit_to_binding(token, binding_hash).ct_eq(&tag.binding).into()
    }

    fn seal(&self, token: &Token, tag: &Tag) -> [u8; 32] {
        let [version, key_id, nonce] = token.sealed_fields();
        let expires_at = token.expires_at().timestamp_millis().to_be_bytes();
        self.mac("seal", &[version, key_id, nonce, &expires_at, &tag.reference, &tag.place, &tag.binding])
    }

    fn commit_to_reference(&self, token: &Token, reference: &str) -> Commitment {
        half(self.mac("reference", &[token.nonce(), reference.as_bytes()]))
    }

    fn commit_to_place(&self, token: &Token, place: &Place<'_>) -> Commitment {
        half(self.mac("place", &[token.nonce(), place.origin.as_bytes(), place.path.as_bytes()]))
    }

    fn commit_to_binding(&self, token: &Token, binding_hash: &[u8]) -> Commitment {
        half(self.mac("binding", &[token.nonce(), binding_hash]))
    }

    /// Each field goes in behind its length, so that no two lists of fields are the same bytes.
    fn mac(&self, purpose: &str, fields: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(&(*self.bytes).into());
        for field in core::iter::once(&purpose.as_bytes()).chain(fields) {
            mac.update(&u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            mac.update(field);
        }
        mac.finalize().into_bytes().into()
    }
}

fn half(mac: [u8; 32]) -> Commitment {
    let mut half = [0; 16];
    half.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    half
}
