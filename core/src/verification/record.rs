//! The record itself: facts go in, in any order; copies are merged.

use alloc::{collections::BTreeMap, string::String};
use core::fmt;

use super::{
    identity::Identity,
    resolution::Resolution,
    slots::{Slot, Slots, Strength},
};
use crate::{
    config::{Config, Environment},
    error::{Error, ErrorKind},
    keys::{Hashed, Keys},
    link::{CheckedRequest, Link, LinkRequest},
    return_state::{BoundBrowser, Returned},
    time::{self, Instant},
    webhook::{Event, MatchesBy, Outcome},
};

/// How many tokens are kept apart while the record does not know its own.
pub(super) const PENDING_TOKENS: usize = 4;

/// What is known about one link. See the [module](crate::verification) for how to store it.
///
/// It holds no body, no personal data and no token in clear but the `reference_id`. `Debug` hides that too.
#[derive(Clone, PartialEq, Eq)]
pub struct Verification {
    pub(super) identity: Identity,
    /// The hashed session token, once the link is issued.
    pub(super) token: Option<Hashed>,
    /// The events that count.
    pub(super) slots: Slots,
    /// Events that name a token while the record has none yet: they count when it turns out to be theirs.
    pub(super) pending: BTreeMap<Hashed, Slots>,
    pub(super) returns: Returns,
    pub(super) resolution: Option<Resolution>,
}

/// Which answers about the bound browser have been given. A union of facts, like everything here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Returns {
    pub(super) yes: bool,
    pub(super) no: bool,
    pub(super) unknown: bool,
}

impl Verification {
    /// A record of a call that is about to be made. Store it **before** the call.
    ///
    /// Checks the request by the same rules as the call itself: `invalid_request` with the field.
    pub fn requested(config: &Config, request: &LinkRequest, now: Instant) -> Result<Self, Error> {
        let request = CheckedRequest::new(config, request.clone(), now)?;
        let requested_at =
            time::to_millisecond(now).ok_or_else(|| Error::misuse("the time must have a year from 0 to 9999"))?;
        Ok(Self {
            identity: Identity {
                environment: config.environment(),
                reference_id: request.reference_id,
                flow: request.flow,
                requested_at,
                expires_at: request.expires_at,
                expiry_grace_ms: config.options().expiry_grace_ms,
                nonce: None,
            },
            token: None,
            slots: Slots::default(),
            pending: BTreeMap::new(),
            returns: Returns::default(),
            resolution: None,
        })
    }

    /// The same record bound to the nonce of a return state: only that [`Returned`] counts for it. Before it is stored.
    pub fn bound_to(mut self, nonce: &str) -> Result<Self, Error> {
        if self.token.is_some() || self.identity.nonce.is_some() {
            return Err(Error::misuse("a record is bound to a nonce once, before it is stored"));
        }
        self.identity.nonce = Some(Hashed::nonce(nonce));
        Ok(self)
    }

    /// Adds that the link was issued. `record_mismatch` for the link of another attempt.
    pub fn issued(&self, link: &Link) -> Result<Self, Error> {
        let identity = &self.identity;
        let same = link.environment == identity.environment
            && link.reference_id == identity.reference_id
            && link.flow == identity.flow
            // A host's own dates may carry a link's instant back less exactly than they got it.
            && time::to_millisecond(link.expires_at) == Some(identity.expires_at);
        if !same {
            return Err(self.mismatch("the link is of another attempt"));
        }
        let issued = Self { token: Some(Hashed::token(&link.session_token)), ..self.empty() };
        self.merge(&issued)
    }

    /// Adds that the browser came back. It never sets an outcome. `record_mismatch` for the return of another attempt.
    pub fn returned(&self, returned: &Returned) -> Result<Self, Error> {
        let nonce = Hashed::nonce(returned.nonce());
        if returned.reference_id() != self.identity.reference_id || self.identity.nonce.is_some_and(|own| own != nonce)
        {
            return Err(self.mismatch("the return is of another attempt"));
        }
        let mut record = self.clone();
        match returned.returned_in_bound_browser() {
            BoundBrowser::Yes => record.returns.yes = true,
            BoundBrowser::No => record.returns.no = true,
            BoundBrowser::Unknown => record.returns.unknown = true,
        }
        Ok(record)
    }

    /// Adds what a webhook said. A row that was found by `reference_id` goes through [`route`](super::route) first: one user may have several
    /// attempts, and only all of them together tell which one is meant.
    ///
    /// While the record does not know its session (before [`Verification::issued`], or for good after an unknown outcome), an event that names
    /// one waits in it without counting; if the link was never issued to your knowledge, an operator resolves it.
    ///
    /// `record_mismatch` for an event of another attempt, user, flow or environment, and for one that cannot
    /// be told apart from such: keep the delivery.
    pub fn add(&self, event: &Event) -> Result<Self, Error> {
        let place = self.place_of(event).map_err(|why| self.mismatch(why))?;
        let view = event.view();
        let strength = if view.authenticated_by.body_signed { Strength::Strong } else { Strength::Weak };
        let slot = Slot::new(view.received_at, signed_occurrence(event), event.latest_decision_wins());
        let mut added = self.clone();
        match place {
            Place::Counted => added.slots.add(strength, view.outcome, slot),
            Place::Pending(token) => added.pending.entry(token).or_default().add(strength, view.outcome, slot),
        }
        added.settle();
        match place {
            Place::Pending(token) if !added.pending.contains_key(&token) => Err(self.mismatch(
                "the record does not know its token yet, and events of too many other tokens have come for its reference",
            )),
            _ => Ok(added),
        }
    }

    /// Where an event belongs in this record, or why it does not.
    pub(super) fn place_of(&self, event: &Event) -> Result<Place, &'static str> {
        let view = event.view();
        let identity = &self.identity;
        if view.environment != identity.environment {
            return Err("the event is of another environment");
        }
        if view.reference_id.as_ref().is_some_and(|reference| *reference != identity.reference_id) {
            return Err("the event is about another reference");
        }
        let other_flow = |flow: &String| identity.flow.as_ref().is_some_and(|own| !own.eq_ignore_ascii_case(flow));
        if view.flow.as_ref().is_some_and(other_flow) {
            return Err("the event is of another flow");
        }
        let token = view.session_token.as_deref().map(Hashed::token);
        match (self.token, token) {
            (Some(own), Some(token)) if own == token => Ok(Place::Counted),
            (Some(_), Some(_)) => Err("the event is about another session"),
            (None, Some(token)) if view.reference_id.is_some() => Ok(Place::Pending(token)),
            (None, Some(_)) => Err("the event names a session only, and the record does not know its own yet"),
            (_, None) => self.matches_by_reference(event),
        }
    }

    fn matches_by_reference(&self, event: &Event) -> Result<Place, &'static str> {
        if event.matches_by() != MatchesBy::ReferenceId || event.view().reference_id.is_none() {
            return Err("the event does not carry what its profile matches by");
        }
        if event.reference_per_link() {
            return Ok(Place::Counted);
        }
        match signed_occurrence(event) {
            Some(at) if at >= self.identity.requested_at => Ok(Place::Counted),
            Some(_) => Err("what the event tells occurred before this attempt was requested"),
            None => Err("the event does not say when it occurred, so that it may be about an earlier attempt"),
        }
    }

    /// Adds an operator's word. `at` orders it among resolutions and against events; `operator` is 1 to 48 bytes and `reason` at most
    /// 48 bytes of UTF-8, a ticket's number rather than its story, both without control characters: `invalid_request` otherwise. No personal
    /// data belongs into them.
    pub fn resolve(&self, outcome: Outcome, operator: &str, at: Instant, reason: &str) -> Result<Self, Error> {
        let resolution = Resolution::new(outcome, operator, at, reason)?;
        let mut record = self.clone();
        record.resolution = record.resolution.max(Some(resolution));
        Ok(record)
    }

    /// The union of two copies of the same record. `record_mismatch` where they are not the same attempt's.
    pub fn merge(&self, other: &Self) -> Result<Self, Error> {
        let tokens_differ = matches!((self.token, other.token), (Some(own), Some(theirs)) if own != theirs);
        if self.identity != other.identity || tokens_differ {
            return Err(self.mismatch("the records are of different attempts"));
        }
        let mut merged = self.clone();
        merged.token = self.token.or(other.token);
        merged.slots.join(&other.slots);
        for (token, slots) in &other.pending {
            merged.pending.entry(*token).or_default().join(slots);
        }
        merged.returns = Returns {
            yes: self.returns.yes || other.returns.yes,
            no: self.returns.no || other.returns.no,
            unknown: self.returns.unknown || other.returns.unknown,
        };
        merged.resolution = self.resolution.clone().max(other.resolution.clone());
        merged.settle();
        Ok(merged)
    }

    /// Once the token is known, its events count and all others are another attempt's; until then the four smallest tokens are kept.
    pub(super) fn settle(&mut self) {
        if let Some(token) = self.token {
            if let Some(own) = self.pending.remove(&token) {
                self.slots.join(&own);
            }
            self.pending.clear();
        }
        while self.pending.len() > PENDING_TOKENS {
            self.pending.pop_last();
        }
    }

    /// What to look this record up by.
    pub fn keys(&self) -> Keys {
        Keys::new(self.token, self.identity.nonce, Some(&self.identity.reference_id))
    }

    /// The environment that everything in this record belongs to.
    pub fn environment(&self) -> Environment {
        self.identity.environment
    }

    /// Whether the browser that came back is the one that started: `no` outweighs `yes`. A signal, not a gate: phones, in-app browsers
    /// and a QR hand-off lose the cookie.
    pub fn returned_in_bound_browser(&self) -> BoundBrowser {
        match self.returns {
            Returns { no: true, .. } => BoundBrowser::No,
            Returns { yes: true, .. } => BoundBrowser::Yes,
            _ => BoundBrowser::Unknown,
        }
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    pub(super) fn resolution(&self) -> Option<&Resolution> {
        self.resolution.as_ref()
    }

    pub(super) fn returned_at_all(&self) -> bool {
        self.returns != Returns::default()
    }

    pub(super) fn is_issued(&self) -> bool {
        self.token.is_some()
    }

    pub(super) fn is_past_expiry(&self, now: Instant) -> bool {
        let past_ms = now.signed_duration_since(self.identity.expires_at).num_milliseconds();
        past_ms > self.identity.expiry_grace_ms
    }

    /// This attempt with nothing known about it.
    fn empty(&self) -> Self {
        Self {
            identity: self.identity.clone(),
            token: None,
            slots: Slots::default(),
            pending: BTreeMap::new(),
            returns: Returns::default(),
            resolution: None,
        }
    }

    fn mismatch(&self, why: &str) -> Error {
        Error {
            reference_id: Some(String::from(&self.identity.reference_id)),
            ..Error::new(ErrorKind::RecordMismatch, why)
        }
    }
}

/// Where an event goes.
#[derive(Clone, Copy)]
pub(super) enum Place {
    Counted,
    Pending(Hashed),
}

/// When the event says that it occurred, where that is signed.
fn signed_occurrence(event: &Event) -> Option<Instant> {
    let view = event.view();
    view.occurred_at.filter(|_| view.authenticated_by.body_signed)
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification")
            .field("environment", &self.identity.environment)
            .field("requested_at", &self.identity.requested_at)
            .field("issued", &self.token.is_some())
            .field("slots", &self.slots)
            .field("returns", &self.returns)
            .finish_non_exhaustive()
    }
}
