//! The headers that authenticate a webhook, made by the core.

use valify_link_core::{
    Auth, Secret,
    secret::{NamedSecret, SANDBOX_WEBHOOK_SECRET},
    sign,
    webhook::{Preset, PresetName},
};

use crate::clock::{Millis, instant};

/// Signs one delivery after another.
#[derive(Clone, Debug)]
pub struct Signer {
    auth: Auth,
}

/// What signing adds to a request.
pub(crate) struct Signed {
    pub(crate) headers: Vec<(String, String)>,
    /// Another path and query, where the secret travels in the URL.
    pub(crate) path_and_query: Option<String>,
}

impl Default for Signer {
    /// `X-Valify-Signature` (observed, confirmed by nobody) with the sandbox's well-known secret.
    fn default() -> Self {
        let secret = NamedSecret::new("sandbox", Secret::utf8(SANDBOX_WEBHOOK_SECRET));
        Self { auth: Auth::Preset(Preset::new(PresetName::XValifySignatureUnverified, vec![secret])) }
    }
}

impl Signer {
    /// Signs by `auth`.
    ///
    /// # Errors
    /// Why the core would refuse to sign by it.
    pub fn new(auth: Auth) -> Result<Self, valify_link_core::Error> {
        sign(&auth, b"", Some("trial"), instant(0))?;
        Ok(Self { auth })
    }

    pub(crate) fn sign(&self, body: &[u8], id: &str, at: Millis) -> Signed {
        let signed = sign(&self.auth, body, Some(id), instant(at)).expect("it signed when it was made");
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = signed.headers.iter().map(|(name, value)| (name.to_owned(), text(value))).collect();
        Signed { headers, path_and_query: signed.url }
    }
}
