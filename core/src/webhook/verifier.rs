//! Deliveries in, events out.

use core::fmt;

use super::{
    auth::Auth,
    event::Event,
    mac::HostMac,
    profile::{Plan, Profile},
    scheme::{Proof, Scheme},
};
use crate::{
    config::{self, Environment, check_range},
    document::Document,
    error::{Error, ErrorKind},
    http::Headers,
    time::{self, Instant},
};

/// What a webhook brought, exactly as it was received.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// The header lines as raw pairs, repeated ones included.
    pub headers: &'a Headers,
    /// The unconsumed, unparsed body.
    pub body: &'a [u8],
    /// The request target or absolute URL, undecoded. Only [`SecretUrl`](super::SecretUrl) reads it.
    pub url: Option<&'a str>,
}

impl fmt::Debug for Delivery<'_> {
    /// Header names and the body's length: everything else may hold secrets and personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("headers", self.headers)
            .field("body_bytes", &self.body.len())
            .field("url", &self.url.map(|_| "(hidden)"))
            .finish()
    }
}

/// Bounds on what is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest body in bytes: 1 to 134,217,728, by default 8,388,608. Three base64 images exceed 1 MiB.
    pub max_body_bytes: i64,
}

impl Limits {
    /// The largest body that any limit allows.
    pub(super) const MOST_BODY_BYTES: i64 = 134_217_728;
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_body_bytes: 8_388_608 }
    }
}

const CONTENT_ENCODING: &str = "Content-Encoding";

/// Authenticates deliveries and reads them by a profile: the only maker of [`Event`]s.
///
/// Make it once and share it: keys are prepared at construction, and wiped when it is dropped.
#[derive(Clone)]
pub struct Verifier {
    environment: Environment,
    scheme: Scheme,
    plan: Plan,
    max_body_bytes: i64,
}

impl Verifier {
    /// Checks the configuration: `invalid_config` with the field, as in its own document.
    pub fn new(environment: Environment, auth: &Auth, profile: &Profile, limits: Limits) -> Result<Self, Error> {
        check_range("max_body_bytes", limits.max_body_bytes, 1, Limits::MOST_BODY_BYTES)?;
        let scheme = Scheme::new(auth, Some(environment))?;
        let plan = Plan::new(profile)?;
        plan.check_matching(scheme.signs_body())?;
        Ok(Self { environment, scheme, plan, max_body_bytes: limits.max_body_bytes })
    }

    /// Reads a `verifier` document: `{"environment"?, "auth": {…}, "profile": {…}, "limits"?: {"max_body_bytes"?}}`, its parts as
    /// [`Auth::from_document`] and [`Profile::from_document`] have them. Fields of the parts are named as in their own documents.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        let mut document = Document::read(json, ErrorKind::InvalidConfig)?;
        let environment = config::environment(&mut document)?;
        let auth = document.document("auth")?.ok_or_else(|| document.missing("auth"))?;
        let profile = document.document("profile")?.ok_or_else(|| document.missing("profile"))?;
        let limits = document.document("limits")?.map(Limits::read).transpose()?.unwrap_or_default();
        document.finish()?;
        Self::new(environment, &Auth::read(auth)?, &Profile::read(profile)?, limits)
    }

    /// Authenticates one delivery and says what it says. `now` is the time of its receipt.
    ///
    /// See the [module](super) for what is promised. An error here means: answer 401 with an empty body (413 for `body_too_large`, 415 for
    /// `encoded_body`), and believe nothing of the delivery.
    pub fn verify(&self, delivery: &Delivery<'_>, now: Instant) -> Result<Event, Error> {
        let now = checked_now(now)?;
        let proof = self.authenticate(delivery, now, None)?;
        Ok(Event::read(self.environment, &self.plan, delivery.body, now, proof))
    }

    /// [`verify`](Self::verify) for a host that keeps the body itself: the event is as after [`Event::detach_raw`], and nothing is copied.
    /// `mac` hashes in the core's place, where the host is faster at it.
    pub fn verify_detached(
        &self,
        delivery: &Delivery<'_>,
        now: Instant,
        mac: Option<&dyn HostMac>,
    ) -> Result<Event, Error> {
        let now = checked_now(now)?;
        let proof = self.authenticate(delivery, now, mac)?;
        Ok(Event::read_detached(self.environment, &self.plan, delivery.body, now, proof))
    }

    /// Everything that can refuse a delivery.
    pub(super) fn authenticate(
        &self,
        delivery: &Delivery<'_>,
        now: Instant,
        host: Option<&dyn HostMac>,
    ) -> Result<Proof, Error> {
        check_size(delivery.body, self.max_body_bytes)?;
        check_encoding(delivery.headers)?;
        self.scheme.authenticate(delivery, now.timestamp_millis(), host)
    }

    pub(super) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// The largest body in bytes, for hosts that read a stream: stop there and answer 413.
    pub fn max_body_bytes(&self) -> usize {
        usize::try_from(self.max_body_bytes).unwrap_or(usize::MAX)
    }

    /// The names of all headers that are read. A host for which copying is dear hands over these lines alone, all their repetitions included.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        core::iter::once(CONTENT_ENCODING).chain(self.scheme.header_names())
    }

    /// The environment that every event of this verifier carries.
    pub fn environment(&self) -> Environment {
        self.environment
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("environment", &self.environment)
            .field("scheme", &self.scheme.name())
            .field("max_body_bytes", &self.max_body_bytes)
            .finish_non_exhaustive()
    }
}

/// The time in whole milliseconds, if it can be written.
pub(super) fn checked_now(now: Instant) -> Result<Instant, Error> {
    time::to_millisecond(now).ok_or_else(|| Error::misuse("the time must have a year from 0 to 9999"))
}

pub(super) fn check_size(body: &[u8], max_bytes: i64) -> Result<(), Error> {
    if i64::try_from(body.len()).is_ok_and(|length| length <= max_bytes) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::BodyTooLarge, alloc::format!("the body has more than {max_bytes} bytes")))
}

pub(super) fn check_encoding(headers: &Headers) -> Result<(), Error> {
    if headers.get_all(CONTENT_ENCODING).all(|value| value.eq_ignore_ascii_case(b"identity")) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::EncodedBody,
        "the body has a content encoding, so that its bytes are not those that were signed: have it sent plain",
    ))
}
