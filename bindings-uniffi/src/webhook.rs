//! Believing a delivery: the verifier, its events, the sender's side.

use core::fmt;
use std::{collections::HashMap, sync::Arc};

use core_api::{
    Auth, Delivery, Environment, Event, Headers, Instant, Keys, Profile, UnverifiedEvent, Verifier,
    national_id::SubjectWarning,
    webhook::{self, EventView, MatchesBy, Subject, UnverifiedEventView},
};

use crate::{
    diagnosis::{self, DiagnosisView},
    document,
    error::Outcome,
    http::{self, HeaderLine},
    secret::SecretById,
    verification,
};

/// What came with a body. No text shows header values or the URL.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct Received {
    /// The header lines as raw pairs, repeated ones included.
    pub(crate) headers: Vec<HeaderLine>,
    /// The request target or absolute URL, undecoded. Only a secret in the URL needs it.
    pub(crate) url: Option<String>,
    /// The time of receipt.
    pub(crate) at: Instant,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("headers", &self.headers).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Received {
    pub(crate) fn into_parts(self) -> (Headers, Option<String>, Instant) {
        (http::to_core(self.headers), self.url, self.at)
    }
}

/// Authenticates deliveries and reads them by a profile: the only maker of events. Make it once and share it between threads.
#[derive(uniffi::Object)]
#[uniffi::export(Debug)]
pub(crate) struct VerifierHandle(Verifier);

#[uniffi::export]
impl VerifierHandle {
    /// Reads a `verifier` document in JSON.
    #[uniffi::constructor]
    pub(crate) fn from_document(json: String) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(document::read(json, Verifier::from_document)?)))
    }

    /// Authenticates one delivery and says what it says. The body is the raw body as received; the event does not keep it.
    pub(crate) fn verify(&self, body: &[u8], received: Received) -> Outcome<Arc<EventHandle>> {
        let (headers, url, now) = received.into_parts();
        // The host has the bytes anyway, and its collector does not see what an event holds.
        let event = self.0.verify_detached(&Delivery { headers: &headers, body, url: url.as_deref() }, now, None)?;
        Ok(Arc::new(EventHandle(event)))
    }

    /// Says which mistake makes this delivery fail, for the log and never for the answer. `older` are secrets to try besides.
    pub(crate) fn diagnose(&self, body: &[u8], received: Received, older: Vec<SecretById>) -> Outcome<DiagnosisView> {
        let (headers, url, now) = received.into_parts();
        diagnosis::diagnose(&self.0, &Delivery { headers: &headers, body, url: url.as_deref() }, now, &older)
    }

    /// The largest body in bytes: read no more of a stream, and answer 413.
    pub(crate) fn max_body_bytes(&self) -> Outcome<i64> {
        Ok(i64::try_from(self.0.max_body_bytes()).unwrap_or(i64::MAX))
    }

    /// The environment that every event of this verifier carries.
    pub(crate) fn environment(&self) -> Outcome<Environment> {
        Ok(self.0.environment())
    }
}

impl fmt::Debug for VerifierHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What an authenticated delivery says. Only a verifier makes one. No text shows a value of the body.
#[derive(uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub(crate) struct EventHandle(pub(crate) Event);

#[uniffi::export]
impl EventHandle {
    /// All fields at once.
    pub(crate) fn view(&self) -> Outcome<EventView> {
        Ok(self.0.view().clone())
    }

    /// The personal fields that the profile names, by its names for them.
    pub(crate) fn subject(&self) -> Outcome<HashMap<String, String>> {
        Ok(fields(self.0.subject()))
    }

    /// What does not fit among the personal fields. It never changes an outcome.
    pub(crate) fn subject_warnings(&self, now: Instant) -> Outcome<Vec<SubjectWarning>> {
        Ok(self.0.subject().warnings(now))
    }

    /// The columns to look the attempt's record up by.
    pub(crate) fn keys(&self) -> Outcome<Keys> {
        Ok(self.0.keys())
    }

    /// By what the profile matches events to attempts.
    pub(crate) fn matches_by(&self) -> Outcome<MatchesBy> {
        Ok(self.0.matches_by())
    }

    /// What guards the caller's own side effects against a delivery that comes twice: 64 hexadecimal digits. `body` is the delivery's.
    pub(crate) fn dedupe_key(&self, body: &[u8]) -> Outcome<String> {
        Ok(self.0.dedupe_key_of(body))
    }

    /// The event as JSON text: everything but `session_token`, `subject` and the body. `body` is the delivery's.
    pub(crate) fn to_json(&self, body: &[u8]) -> Outcome<String> {
        document::write(&self.0.serialisable_with(body))
    }
}

impl fmt::Debug for EventHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for EventHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

fn fields(subject: &Subject) -> HashMap<String, String> {
    subject.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// One value of a body as its exact JSON text, so that no number is rounded on the way. Personal data.
///
/// Nothing if nothing stands there or the body cannot be read; `misuse` for what is not a JSON pointer (RFC 6901).
#[uniffi::export]
pub(crate) fn raw_at(body: &[u8], pointer: String) -> Outcome<Option<String>> {
    Ok(webhook::raw_at(body, &pointer)?.map(str::to_owned))
}

/// What a body claims that nobody has authenticated. From it, nothing leads to passed. No text shows a value of the body.
#[derive(uniffi::Object)]
#[uniffi::export(Debug, Display)]
pub(crate) struct UnverifiedEventHandle(UnverifiedEvent);

#[uniffi::export]
impl UnverifiedEventHandle {
    /// All fields at once.
    pub(crate) fn view(&self) -> Outcome<UnverifiedEventView> {
        Ok(self.0.view().clone())
    }

    /// The personal fields that the profile names, by its names for them.
    pub(crate) fn subject(&self) -> Outcome<HashMap<String, String>> {
        Ok(fields(self.0.subject()))
    }

    /// What does not fit among the personal fields.
    pub(crate) fn subject_warnings(&self, now: Instant) -> Outcome<Vec<SubjectWarning>> {
        Ok(self.0.subject().warnings(now))
    }
}

impl fmt::Debug for UnverifiedEventHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for UnverifiedEventHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Reads a body that nobody has authenticated, for support and for setting up. `profile` is a `profile` document in JSON.
#[uniffi::export]
pub(crate) fn read_unverified(profile: String, body: &[u8]) -> Outcome<Arc<UnverifiedEventHandle>> {
    let profile = document::read(profile, Profile::from_document)?;
    Ok(Arc::new(UnverifiedEventHandle(core_api::read_unverified(&profile, body)?)))
}

/// What makes a delivery authentic. No text shows header values or the URL.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct Signed {
    /// The headers to send, besides those of HTTP itself.
    pub(crate) headers: Vec<HeaderLine>,
    /// Path and query to send to, for a secret in the URL alone.
    pub(crate) url: Option<String>,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("headers", &self.headers).finish_non_exhaustive()
    }
}

/// Makes what a verifier with this `auth` document accepts, with the first of its secrets: for tests.
#[uniffi::export]
pub(crate) fn sign(auth: String, body: &[u8], id: Option<String>, now: Instant) -> Outcome<Signed> {
    let auth = document::read(auth, Auth::from_document)?;
    let signed = core_api::sign(&auth, body, id.as_deref(), now)?;
    Ok(Signed { headers: http::from_core(&signed.headers), url: signed.url })
}

/// Says which record an event is about: the one with its token; without such a one, the only one that would take it.
#[uniffi::export]
pub(crate) fn route(
    event: Arc<EventHandle>,
    records: Vec<Arc<verification::VerificationHandle>>,
) -> Outcome<verification::RouteView> {
    Ok(verification::route(&event.0, &records))
}
