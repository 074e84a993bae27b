//! Asking for a link: the configuration, the request, the machine.

use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use core_api::{Config, CreateLink, Environment, Input, Instant, Link, LinkRequest, TransportFailure};

use crate::{
    document,
    error::Outcome,
    http::{HttpRequest, HttpResponse},
};

/// Checked settings of an account. No text shows the key.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct ConfigHandle(pub(crate) Config);

#[uniffi::export]
impl ConfigHandle {
    /// Reads a `config` document in JSON.
    #[uniffi::constructor]
    pub(crate) fn from_document(json: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(document::read(json, Config::from_document)?)))
    }

    /// Where links are asked for.
    pub(crate) fn environment(&self) -> Outcome<Environment> {
        Ok(self.0.environment())
    }

    /// The service's origin.
    pub(crate) fn base_url(&self) -> Outcome<String> {
        Ok(self.0.base_url().to_owned())
    }
}

impl fmt::Debug for ConfigHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A request for a link: plain data, checked by the call that takes it. No text shows reference and return URL.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct LinkRequestHandle(pub(crate) LinkRequest);

#[uniffi::export]
impl LinkRequestHandle {
    /// Reads a `request` document in JSON.
    #[uniffi::constructor]
    pub(crate) fn from_document(json: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(document::read(json, LinkRequest::from_document)?)))
    }

    /// When the link expires.
    pub(crate) fn expires_at(&self) -> Outcome<Instant> {
        Ok(self.0.expires_at)
    }

    /// The integrator's own unique id of this end user.
    pub(crate) fn reference_id(&self) -> Outcome<String> {
        Ok(self.0.reference_id.clone())
    }
}

impl fmt::Debug for LinkRequestHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What the machine tells a host.
#[derive(uniffi::Enum)]
pub(crate) enum Step {
    /// Send this, then come back with the answer or the failure.
    Send {
        /// The request as it stands.
        request: HttpRequest,
    },
    /// Sleep, then come back.
    Wait {
        /// How long, in milliseconds.
        delay_ms: i64,
    },
    /// The link. The call has ended.
    Done {
        /// The link, checked.
        link: Link,
    },
}

impl From<core_api::Step> for Step {
    fn from(step: core_api::Step) -> Self {
        match step {
            core_api::Step::Send(request) => Self::Send { request: request.into() },
            core_api::Step::Wait(delay) => {
                Self::Wait { delay_ms: i64::try_from(delay.as_millis()).unwrap_or(i64::MAX) }
            }
            core_api::Step::Done(link) => Self::Done { link },
        }
    }
}

/// One call for a link, without its I/O: feed it one input at a time and do what it answers. An input out of order is `misuse` and changes
/// nothing.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct CreateLinkHandle(Mutex<CreateLink>);

#[uniffi::export]
impl CreateLinkHandle {
    /// Checks the request: an error here has cost no I/O. `seed` is 64 random bits, for the jitter of the back-off alone; `timeout_ms`
    /// replaces the configuration's for this call.
    #[uniffi::constructor]
    pub(crate) fn new(
        config: Arc<ConfigHandle>,
        request: Arc<LinkRequestHandle>,
        now: Instant,
        seed: i64,
        timeout_ms: Option<i64>,
    ) -> Outcome<Arc<Self>> {
        let call = CreateLink::new(&config.0, request.0.clone(), now, seed.cast_unsigned())?;
        let call = match timeout_ms {
            Some(timeout_ms) => call.timeout_ms(timeout_ms)?,
            None => call,
        };
        Ok(Arc::new(Self(Mutex::new(call))))
    }

    /// The request of this call, for those who want no loop.
    pub(crate) fn request(&self) -> Outcome<HttpRequest> {
        Ok(self.lock().request().into())
    }

    /// What one answer to `request` means, for those who want no loop. No retry rule is applied.
    pub(crate) fn parse(&self, response: HttpResponse, now: Instant) -> Outcome<Link> {
        let response = response.into_core();
        Ok(self.lock().parse(&response, now)?)
    }

    /// Begin. Once, and first.
    pub(crate) fn start(&self, now: Instant) -> Outcome<Step> {
        self.advance(Input::Start, now)
    }

    /// The transport brought an answer, read whole.
    pub(crate) fn respond(&self, response: HttpResponse, now: Instant) -> Outcome<Step> {
        self.advance(Input::Response(response.into_core()), now)
    }

    /// The transport failed: not sent if not one byte of the request has left this machine, otherwise maybe sent.
    pub(crate) fn fail(&self, failure: TransportFailure, now: Instant) -> Outcome<Step> {
        self.advance(Input::Failure(failure), now)
    }

    /// The delay has passed.
    pub(crate) fn waited(&self, now: Instant) -> Outcome<Step> {
        self.advance(Input::Waited, now)
    }

    /// What a client's exception says, fit for an error: without what the request holds, on one line of at most 200 characters.
    pub(crate) fn clean(&self, text: String) -> Outcome<String> {
        Ok(self.lock().request().clean(&text))
    }
}

impl CreateLinkHandle {
    fn advance(&self, input: Input, now: Instant) -> Outcome<Step> {
        Ok(self.lock().advance(input, now)?.into())
    }

    /// The machine never leaves a step half done, so that a poisoned lock means nothing.
    fn lock(&self) -> MutexGuard<'_, CreateLink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CreateLinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.lock(), f)
    }
}

/// The link as JSON text, secrets included.
#[uniffi::export]
pub(crate) fn link_to_json(link: Link) -> Outcome<String> {
    document::write(&link)
}
