//! Secrets that stand alone.

use core::fmt;
use std::sync::Arc;

use core_api::Secret;

use crate::error::Outcome;

/// A secret and the encoding of its text. Nothing shows the text.
#[derive(uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub(crate) struct SecretHandle(pub(crate) Secret);

#[uniffi::export]
impl SecretHandle {
    /// The bytes of the text itself, in UTF-8.
    #[uniffi::constructor]
    pub(crate) fn utf8(text: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(Secret::utf8(text))))
    }

    /// Standard base64 with padding, canonical.
    #[uniffi::constructor]
    pub(crate) fn base64(text: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(Secret::base64(text))))
    }

    /// Hexadecimal digits of either case.
    #[uniffi::constructor]
    pub(crate) fn hex(text: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(Secret::hex(text))))
    }
}

impl fmt::Debug for SecretHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for SecretHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A secret by its id.
#[derive(uniffi::Record)]
pub(crate) struct SecretById {
    /// The id. Not secret.
    pub(crate) id: String,
    /// The secret.
    pub(crate) secret: Arc<SecretHandle>,
}
