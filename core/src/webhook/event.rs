//! What a delivery says, once it is authenticated; and the other type for what has not been.

use alloc::{collections::BTreeMap, string::String, vec::Vec};
use core::fmt;

use super::{
    mac::dedupe_key,
    outcome::{Checks, Outcome, Problem, SchemeName},
    profile::{MatchesBy, Matching, Plan, Profile},
    reading::{Raw, Reading},
    scheme::Proof,
    verifier::{Limits, check_size},
};
use crate::{
    config::Environment,
    error::Error,
    json::{self, Pointer, Value},
    keys::{Hashed, Keys},
    national_id::{SubjectWarning, subject_warnings},
    time::Instant,
};

/// What an authenticated delivery says. Only [`Verifier::verify`](super::Verifier::verify) makes one: to queue an event, queue the delivery
/// and verify it again with its time of receipt.
///
/// `Debug` and `Display` show the outcome and how it was authenticated, and no value of the body. Serialised form (feature `serde`): the
/// [`EventView`] without `session_token`, and `dedupe_key`.
pub struct Event {
    view: EventView,
    subject: Subject,
    /// `None` once it has been taken out.
    raw: Option<Raw>,
    signed_id: Option<String>,
    matching: Matching,
}

/// The fields of an [`Event`].
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi::export(Debug))]
#[non_exhaustive]
pub struct EventView {
    /// The verifier's environment.
    pub environment: Environment,
    /// What the event says. Only a record knows what that means for an attempt.
    pub outcome: Outcome,
    /// The outcome of each module that the profile names and the event tells of.
    pub checks: Checks,
    /// Why the event says less than it might.
    pub problem: Option<Problem>,
    /// The integrator's reference of the user. Hidden in text.
    pub reference_id: Option<String>,
    /// The session that the event is about. Hidden in text and left out of the serialised form.
    #[cfg_attr(feature = "serde", serde(skip_serializing))]
    pub session_token: Option<String>,
    /// The flow that the event is about, as received.
    pub flow: Option<String>,
    /// Valify's id of the transaction.
    pub transaction_id: Option<String>,
    /// When it occurred, by the event's own word, in whole milliseconds. Proven only if `authenticated_by.body_signed`.
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialize_optional"))]
    pub occurred_at: Option<Instant>,
    /// The `now` of `verify`, in whole milliseconds.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::time::serialize"))]
    pub received_at: Instant,
    /// What has been proven about the delivery, and with which secret.
    pub authenticated_by: AuthenticatedBy,
}

/// What has been proven about a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[non_exhaustive]
pub struct AuthenticatedBy {
    /// The kind of scheme.
    pub scheme: SchemeName,
    /// The id of the secret, or of what attests. Not secret.
    pub secret: String,
    /// Whether the sender signed the body. If not, whoever learns the secret can say anything.
    pub body_signed: bool,
    /// Whether a signed timestamp was within the tolerance. If not, an old delivery can be sent again.
    pub fresh: bool,
}

impl Event {
    pub(super) fn read(environment: Environment, plan: &Plan, body: &[u8], received_at: Instant, proof: Proof) -> Self {
        let (reading, raw) = Reading::of(body, plan);
        Self::new(environment, plan, reading, Some(raw), received_at, proof)
    }

    /// Without the body: the caller keeps it.
    pub(super) fn read_detached(
        environment: Environment,
        plan: &Plan,
        body: &[u8],
        received_at: Instant,
        proof: Proof,
    ) -> Self {
        Self::new(environment, plan, Reading::of_borrowed(body, plan), None, received_at, proof)
    }

    fn new(
        environment: Environment,
        plan: &Plan,
        reading: Reading,
        raw: Option<Raw>,
        received_at: Instant,
        proof: Proof,
    ) -> Self {
        let view = EventView {
            environment,
            outcome: reading.outcome,
            checks: reading.checks,
            problem: reading.problem,
            reference_id: reading.reference_id,
            session_token: reading.session_token,
            flow: reading.flow,
            transaction_id: reading.transaction_id,
            occurred_at: reading.occurred_at,
            received_at,
            authenticated_by: proof.by,
        };
        Self { view, subject: Subject(reading.subject), raw, signed_id: proof.signed_id, matching: plan.matching }
    }

    /// All fields at once.
    pub fn view(&self) -> &EventView {
        &self.view
    }

    /// 64 lower-case hexadecimal digits, the same for the same delivery: guards the caller's own side effects. Records need no such guard.
    ///
    /// Where no id is signed, each call hashes the whole body. `misuse` if the body would be needed and has been taken out of the event.
    pub fn dedupe_key(&self) -> Result<String, Error> {
        if self.raw.is_none() && self.signed_id.is_none() {
            return Err(Error::misuse("the body has been taken out of this event: give it to dedupe_key_of"));
        }
        Ok(self.dedupe_key_of(self.raw()))
    }

    /// [`dedupe_key`](Self::dedupe_key) for hosts that keep the body themselves: `raw` is what [`detach_raw`](Self::detach_raw) gave.
    pub fn dedupe_key_of(&self, raw: &[u8]) -> String {
        dedupe_key(self.signed_id.as_deref(), raw)
    }

    /// The serialised form, for hosts that keep the body themselves: `raw` is what [`detach_raw`](Self::detach_raw) gave.
    #[cfg(feature = "serde")]
    pub fn serialisable_with(&self, raw: &[u8]) -> impl serde::Serialize + '_ {
        EventForm { view: &self.view, dedupe_key: self.dedupe_key_of(raw) }
    }

    /// The exact bytes of the body; none once they have been taken out. Personal data.
    pub fn raw(&self) -> &[u8] {
        self.raw.as_ref().map_or(&[], Raw::bytes)
    }

    /// One value of the body as its exact JSON text, so that no number is rounded on the way. Personal data.
    ///
    /// `None` if nothing stands there or the body cannot be read; `misuse` for what is not a JSON pointer (RFC 6901).
    pub fn raw_at(&self, pointer: &str) -> Result<Option<&str>, Error> {
        named(self.raw.as_ref().and_then(Raw::root), pointer)
    }

    /// Takes the body out of the event, which keeps everything else: for hosts that have the bytes anyway, and whose garbage collector does
    /// not see what an event holds. [`raw_at`] and [`dedupe_key_of`](Self::dedupe_key_of) read the host's copy.
    pub fn detach_raw(&mut self) -> Vec<u8> {
        self.raw.take().map(Raw::into_bytes).unwrap_or_default()
    }

    /// The personal fields that the profile names.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The columns to look the attempt's record up by.
    pub fn keys(&self) -> Keys {
        let token = self.view.session_token.as_deref().map(Hashed::token);
        Keys::new(token, None, self.view.reference_id.as_deref())
    }

    /// By what the profile matches events to attempts.
    pub fn matches_by(&self) -> MatchesBy {
        self.matching.by
    }

    /// The integrator's word that each link has a reference of its own.
    pub fn reference_per_link(&self) -> bool {
        self.matching.reference_per_link
    }

    /// Whether, of a passed and a failed event of one attempt, the one that occurred later decides.
    pub fn latest_decision_wins(&self) -> bool {
        self.matching.latest_decision_wins
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let EventView { environment, outcome, problem, authenticated_by, .. } = &self.view;
        write!(f, "{environment} event: {outcome}")?;
        if let Some(problem) = problem {
            write!(f, " ({problem})")?;
        }
        write!(f, ", authenticated by {} with {}", authenticated_by.scheme, authenticated_by.secret)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("view", &self.view)
            .field("subject", &self.subject)
            .field("raw_bytes", &self.raw().len())
            .field("matches_by", &self.matching.by)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Event {
    /// Fails where [`dedupe_key`](Event::dedupe_key) does.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let dedupe_key = self.dedupe_key().map_err(serde::ser::Error::custom)?;
        EventForm { view: &self.view, dedupe_key }.serialize(serializer)
    }
}

/// The serialised form of an event.
#[cfg(feature = "serde")]
#[derive(serde::Serialize)]
struct EventForm<'a> {
    #[serde(flatten)]
    view: &'a EventView,
    dedupe_key: String,
}

impl fmt::Debug for EventView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventView")
            .field("environment", &self.environment)
            .field("outcome", &self.outcome)
            .field("checks", &self.checks)
            .field("problem", &self.problem)
            .field("reference_id", &hidden(self.reference_id.as_ref()))
            .field("session_token", &hidden(self.session_token.as_ref()))
            .field("flow", &hidden(self.flow.as_ref()))
            .field("transaction_id", &hidden(self.transaction_id.as_ref()))
            .field("occurred_at", &self.occurred_at)
            .field("received_at", &self.received_at)
            .field("authenticated_by", &self.authenticated_by)
            .finish()
    }
}

/// Personal fields by the profile's names for them. `Debug` and `Display` show how many there are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Subject(BTreeMap<String, String>);

impl Subject {
    /// One field: a string as it is, a number as its text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All fields that were found, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What does not fit among these fields, for a rule or a person of the integrator's: see [`subject_warnings`], which names the fields
    /// that it looks at. It never changes an outcome.
    pub fn warnings(&self, now: Instant) -> Vec<SubjectWarning> {
        subject_warnings(&self.0, now)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} hidden)", self.0.len())
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject{self}")
    }
}

/// What a body claims that nobody has authenticated: for support and for setting up, never for a decision.
///
/// It has no outcome, and nothing takes it where an [`Event`] is needed.
pub struct UnverifiedEvent {
    view: UnverifiedEventView,
    subject: Subject,
    raw: Raw,
}

/// The fields of an [`UnverifiedEvent`]. All of them may be forged.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi::export(Debug))]
#[non_exhaustive]
pub struct UnverifiedEventView {
    /// Why an event of this body would say less than it might.
    pub problem: Option<Problem>,
    /// The reference that the body claims. Hidden in text.
    pub reference_id: Option<String>,
    /// The session that the body claims. Hidden in text and left out of the serialised form.
    #[cfg_attr(feature = "serde", serde(skip_serializing))]
    pub session_token: Option<String>,
    /// The flow that the body claims.
    pub flow: Option<String>,
    /// The transaction that the body claims.
    pub transaction_id: Option<String>,
    /// When it occurred, by the body's own word, in whole milliseconds.
    #[cfg_attr(feature = "serde", serde(serialize_with = "serialize_optional"))]
    pub occurred_at: Option<Instant>,
}

/// Reads a body that nobody has authenticated. Bodies over 128 MiB are `body_too_large`; a profile that is refused is `invalid_config`.
pub fn read_unverified(profile: &Profile, body: &[u8]) -> Result<UnverifiedEvent, Error> {
    let plan = Plan::new(profile)?;
    check_size(body, Limits::MOST_BODY_BYTES)?;
    let (reading, raw) = Reading::of(body, &plan);
    let view = UnverifiedEventView {
        problem: reading.problem,
        reference_id: reading.reference_id,
        session_token: reading.session_token,
        flow: reading.flow,
        transaction_id: reading.transaction_id,
        occurred_at: reading.occurred_at,
    };
    Ok(UnverifiedEvent { view, subject: Subject(reading.subject), raw })
}

impl UnverifiedEvent {
    /// All fields at once.
    pub fn view(&self) -> &UnverifiedEventView {
        &self.view
    }

    /// The exact bytes of the body. Personal data.
    pub fn raw(&self) -> &[u8] {
        self.raw.bytes()
    }

    /// One value of the body as its exact JSON text, as [`Event::raw_at`].
    pub fn raw_at(&self, pointer: &str) -> Result<Option<&str>, Error> {
        named(self.raw.root(), pointer)
    }

    /// The personal fields that the profile names.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }
}

impl fmt::Display for UnverifiedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unverified body of {} bytes", self.raw().len())
    }
}

impl fmt::Debug for UnverifiedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedEvent")
            .field("view", &self.view)
            .field("subject", &self.subject)
            .field("raw_bytes", &self.raw().len())
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for UnverifiedEvent {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.view.serialize(serializer)
    }
}

impl fmt::Debug for UnverifiedEventView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedEventView")
            .field("problem", &self.problem)
            .field("reference_id", &hidden(self.reference_id.as_ref()))
            .field("session_token", &hidden(self.session_token.as_ref()))
            .field("flow", &hidden(self.flow.as_ref()))
            .field("transaction_id", &hidden(self.transaction_id.as_ref()))
            .field("occurred_at", &self.occurred_at)
            .finish()
    }
}

/// One value of a body as its exact JSON text, as [`Event::raw_at`]: for hosts that keep the body themselves.
pub fn raw_at<'a>(body: &'a [u8], pointer: &str) -> Result<Option<&'a str>, Error> {
    named(json::read(body).ok(), pointer)
}

fn named<'a>(root: Option<Value<'a>>, pointer: &str) -> Result<Option<&'a str>, Error> {
    let pointer = Pointer::parse(pointer)
        .ok_or_else(|| Error::misuse("what was given is not a JSON pointer (RFC 6901) of at most 512 bytes"))?;
    Ok(root.and_then(|root| root.at(&pointer)).map(Value::text))
}

/// Whether there is a value: what it is may be personal, or somebody else's text in a log.
fn hidden(value: Option<&String>) -> Option<&'static str> {
    value.map(|_| "(hidden)")
}

#[cfg(feature = "serde")]
#[expect(clippy::ref_option, reason = "the signature that serde calls")]
fn serialize_optional<S: serde::Serializer>(instant: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
    match instant {
        Some(instant) => crate::time::serialize(instant, serializer),
        None => serializer.serialize_none(),
    }
}
