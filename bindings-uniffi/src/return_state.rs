//! The way back: the state in `return_url`.

use core::fmt;
use std::sync::Arc;

use core_api::{
    Error, ErrorKind, Instant, Keys, ReturnState, Returned,
    return_state::{Binding, BoundBrowser},
};

use crate::{document, error::Outcome};

/// Issues and checks the state that `return_url` carries. The first secret issues, all of them check.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct ReturnStateHandle(ReturnState);

#[uniffi::export]
impl ReturnStateHandle {
    /// Reads a `return_state` document in JSON.
    #[uniffi::constructor]
    pub(crate) fn from_document(json: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(document::read(json, ReturnState::from_document)?)))
    }

    /// Puts a state into `return_url`. Let it live a little longer than the link, for the way back. `nonce` is 16 random bytes.
    pub(crate) fn issue(
        &self,
        return_url: String,
        reference_id: String,
        expires_at: Instant,
        nonce: Vec<u8>,
        binding: Arc<BindingHandle>,
        now: Instant,
    ) -> Outcome<IssuedState> {
        let nonce = sixteen(&nonce)?;
        let issued = self.0.issue(&return_url, &reference_id, expires_at, nonce, &binding.0, now)?;
        Ok(IssuedState { return_url: issued.return_url, nonce: issued.nonce })
    }

    /// Checks the state of a return. Any error means: wait for the webhook.
    ///
    /// `url` is the absolute URL that the browser used: the configured public origin followed by the request's undecoded target, never
    /// built from the Host header. `reference_id` is what the caller's own session expects, `binding` the cookie's text.
    pub(crate) fn check(
        &self,
        url: String,
        reference_id: String,
        binding: Option<String>,
        now: Instant,
    ) -> Outcome<Arc<ReturnedHandle>> {
        Ok(Arc::new(ReturnedHandle(self.0.check(&url, &reference_id, binding.as_deref(), now)?)))
    }
}

impl fmt::Debug for ReturnStateHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

fn sixteen(bytes: &[u8]) -> Result<[u8; 16], Error> {
    bytes.try_into().map_err(|_| Error::refused(ErrorKind::Misuse, None, "random bytes must be 16"))
}

/// 128 random bits that one browser keeps in a cookie. No text shows them.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct BindingHandle(Binding);

#[uniffi::export]
impl BindingHandle {
    /// From 16 bytes of the system's random source.
    #[uniffi::constructor]
    pub(crate) fn new(random: Vec<u8>) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(Binding::new(sixteen(&random)?))))
    }

    /// Reads the cookie of an earlier attempt: take it over instead of setting a new one, so that two tabs do not undo each other.
    #[uniffi::constructor]
    pub(crate) fn from_cookie(text: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(Binding::from_cookie(&text)?)))
    }

    /// The cookie's value. It belongs into the cookie alone, never into a URL, a page or a log.
    pub(crate) fn to_cookie(&self) -> Outcome<String> {
        Ok(self.0.to_cookie())
    }
}

impl fmt::Debug for BindingHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A state that has been issued. No text shows it.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct IssuedState {
    /// The URL to ask the link with.
    pub(crate) return_url: String,
    /// The nonce as text, the same that the return gives.
    pub(crate) nonce: String,
}

impl fmt::Debug for IssuedState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IssuedState(hidden)")
    }
}

/// A browser has come back from this attempt. It is not an outcome, and must never log anyone in. Only a checked state makes one.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct ReturnedHandle(pub(crate) Returned);

#[uniffi::export]
impl ReturnedHandle {
    /// All fields at once.
    pub(crate) fn view(&self) -> Outcome<ReturnedView> {
        Ok(ReturnedView {
            reference_id: self.0.reference_id().to_owned(),
            nonce: self.0.nonce().to_owned(),
            expires_at: self.0.expires_at(),
            returned_in_bound_browser: self.0.returned_in_bound_browser(),
        })
    }

    /// The columns to find the attempt's record by.
    pub(crate) fn keys(&self) -> Outcome<Keys> {
        Ok(self.0.keys())
    }
}

impl fmt::Debug for ReturnedHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The fields of a return. No text shows reference and nonce.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct ReturnedView {
    /// The reference that the state was issued for, which is the one that was expected.
    pub(crate) reference_id: String,
    /// The state's nonce: 22 characters of base64url. A replay is the caller's to refuse, by this.
    pub(crate) nonce: String,
    /// When the state expires; a kept nonce may go then.
    pub(crate) expires_at: Instant,
    /// Whether this is the browser that started the attempt. A signal, not a gate.
    pub(crate) returned_in_bound_browser: BoundBrowser,
}

impl fmt::Debug for ReturnedView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnedView")
            .field("expires_at", &self.expires_at)
            .field("returned_in_bound_browser", &self.returned_in_bound_browser)
            .finish_non_exhaustive()
    }
}
