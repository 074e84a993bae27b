//! What is known about one attempt.

use core::fmt;
use std::sync::Arc;

use core_api::{
    Environment, Event, Instant, Keys, Link, Outcome as EventOutcome, Route, Status, Verification,
    return_state::BoundBrowser,
};

use crate::{
    error::Outcome,
    link::{ConfigHandle, LinkRequestHandle},
    return_state::ReturnedHandle,
    webhook::EventHandle,
};

/// What is known about one attempt, whatever the order it arrived in. Immutable: what adds a fact returns a new record.
///
/// Store the record of `requested` before the call for a link, and make every later write an atomic merge, never a put. No text shows the
/// reference.
#[derive(uniffi::Object)]
#[uniffi::export(Debug, Eq)]
pub(crate) struct VerificationHandle(Verification);

#[uniffi::export]
impl VerificationHandle {
    /// A record of a call that is about to be made.
    #[uniffi::constructor]
    pub(crate) fn requested(
        config: Arc<ConfigHandle>,
        request: Arc<LinkRequestHandle>,
        now: Instant,
    ) -> Outcome<Arc<Self>> {
        Self::of(Verification::requested(&config.0, &request.0, now))
    }

    /// Reads what `to_text` wrote, its keys in any order, as a `jsonb` column gives it back.
    #[uniffi::constructor]
    pub(crate) fn from_text(text: String) -> Outcome<Arc<Self>> {
        Self::of(Verification::from_text(&text))
    }

    /// The same record bound to the nonce of a return state: only that return counts for it. Before it is stored.
    pub(crate) fn bound_to(&self, nonce: String) -> Outcome<Arc<Self>> {
        Self::of(self.0.clone().bound_to(&nonce))
    }

    /// Adds that the link was issued.
    pub(crate) fn issued(&self, link: Link) -> Outcome<Arc<Self>> {
        Self::of(self.0.issued(&link))
    }

    /// Adds that the browser came back. It never sets an outcome.
    pub(crate) fn returned(&self, returned: Arc<ReturnedHandle>) -> Outcome<Arc<Self>> {
        Self::of(self.0.returned(&returned.0))
    }

    /// Adds what a webhook said. `record_mismatch` for an event of another attempt: keep the delivery.
    pub(crate) fn add(&self, event: Arc<EventHandle>) -> Outcome<Arc<Self>> {
        Self::of(self.0.add(&event.0))
    }

    /// The union of two copies of the same record.
    pub(crate) fn merge(&self, other: Arc<Self>) -> Outcome<Arc<Self>> {
        Self::of(self.0.merge(&other.0))
    }

    /// Adds an operator's word: who, and why in a few characters. No personal data belongs into either.
    pub(crate) fn resolve(
        &self,
        outcome: EventOutcome,
        operator: String,
        at: Instant,
        reason: String,
    ) -> Outcome<Arc<Self>> {
        Self::of(self.0.resolve(outcome, &operator, at, &reason))
    }

    /// What is known at this time.
    pub(crate) fn status(&self, now: Instant) -> Outcome<Status> {
        Ok(self.0.status(now))
    }

    /// True for passed alone.
    pub(crate) fn may_proceed(&self, now: Instant) -> Outcome<bool> {
        Ok(self.0.may_proceed(now))
    }

    /// Whether the browser that came back is the one that started. A signal, not a gate.
    pub(crate) fn returned_in_bound_browser(&self) -> Outcome<BoundBrowser> {
        Ok(self.0.returned_in_bound_browser())
    }

    /// The environment that everything in this record belongs to.
    pub(crate) fn environment(&self) -> Outcome<Environment> {
        Ok(self.0.environment())
    }

    /// The columns to look this record up by.
    pub(crate) fn keys(&self) -> Outcome<Keys> {
        Ok(self.0.keys())
    }

    /// The canonical JSON text to store: the same bytes for the same record in every host, under 2 kB.
    pub(crate) fn to_text(&self) -> Outcome<String> {
        Ok(self.0.to_text())
    }
}

impl VerificationHandle {
    fn of(record: Result<Verification, core_api::Error>) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(record?)))
    }
}

impl PartialEq for VerificationHandle {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for VerificationHandle {}

impl fmt::Debug for VerificationHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The answer of `route`.
#[derive(Clone, Copy, Debug, uniffi::Record)]
pub(crate) struct RouteView {
    /// The record's place in the list, where it is one record. Keep the delivery for a human where it is none.
    pub(crate) index: Option<i32>,
    /// Whether several records fit equally: keep the delivery for a human.
    pub(crate) ambiguous: bool,
}

pub(crate) fn route(event: &Event, records: &[Arc<VerificationHandle>]) -> RouteView {
    let records: Vec<_> = records.iter().map(|record| record.0.clone()).collect();
    match core_api::route(event, &records) {
        Route::One(index) => RouteView { index: i32::try_from(index).ok(), ambiguous: false },
        Route::None => RouteView { index: None, ambiguous: false },
        Route::Ambiguous => RouteView { index: None, ambiguous: true },
    }
}
