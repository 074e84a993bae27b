//! What ties a state to the browser that started the attempt.

use alloc::string::String;
use core::fmt;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{encoding::Encoding, error::Error};

/// 128 random bits that one browser keeps in a cookie. The state holds a MAC of their hash alone; `Debug` hides them.
#[derive(Clone)]
pub struct Binding(Zeroizing<[u8; 16]>);

impl Binding {
    /// From 16 bytes of the system's random source, drawn for this and nothing else.
    pub fn new(random: [u8; 16]) -> Self {
        Self(Zeroizing::new(random))
    }

    /// Reads the cookie of an earlier attempt; `invalid_request` at `binding` where the text is not one of [`Binding::to_cookie`].
    pub fn from_cookie(text: &str) -> Result<Self, Error> {
        let refuse =
            || Error::request("binding", "must be 22 characters of canonical base64url, as a binding is written");
        let bytes = Zeroizing::new(Encoding::Base64UrlNoPad.decode(text).ok_or_else(refuse)?);
        let bytes = bytes.as_slice().try_into().map_err(|_| refuse())?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// The cookie's value: 22 characters of base64url. It belongs into the cookie alone, never into a URL, a page or a log.
    pub fn to_cookie(&self) -> String {
        Encoding::Base64UrlNoPad.encode(self.0.as_slice())
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }

    pub(super) fn is(&self, bytes: [u8; 16]) -> bool {
        *self.0 == bytes
    }
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binding(hidden)")
    }
}
