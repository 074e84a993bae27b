//! What a record says: a function of its slots and of the time.

use super::{
    record::Verification,
    slots::{Slot, Strength},
};
use crate::{error::closed_set, time::Instant, webhook::Outcome};

closed_set! {
    /// What is known about an attempt.
    Status {
        /// The call for a link is to be made, is being made, or ended without anybody knowing how.
        Requested = "requested",
        /// There is a link.
        Issued = "issued",
        /// The browser has come back, which proves nothing about the outcome.
        Returned = "returned",
        /// Verified.
        Passed = "passed",
        /// Not verified.
        Failed = "failed",
        /// A person at Valify is to decide.
        Review = "review",
        /// The user gave up.
        Abandoned = "abandoned",
        /// The link has expired. A later event still decides.
        Expired = "expired",
        /// Something authenticated has come that the profile does not understand.
        Indeterminate = "indeterminate",
        /// Passed and failed both: a person must resolve it.
        Conflicting = "conflicting",
    }
}

impl From<Outcome> for Status {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed => Self::Failed,
            Outcome::Review => Self::Review,
            Outcome::Abandoned => Self::Abandoned,
            Outcome::Expired => Self::Expired,
            Outcome::Indeterminate => Self::Indeterminate,
        }
    }
}

impl Verification {
    /// What is known now: the first of these that holds.
    ///
    /// | | |
    /// | --- | --- |
    /// | an operator's resolution, and no other decision first received after it | its outcome |
    /// | passed and failed both, unless every profile lets the latest decision win and their signed times differ | conflicting |
    /// | an event; the first in the order of [`Outcome`] | its outcome |
    /// | the browser has returned | returned |
    /// | the clock is past the expiry and its grace | expired |
    /// | the link was issued | issued |
    /// | nothing else | requested |
    ///
    /// Events whose body was not signed count only while no signed one says passed or failed.
    pub fn status(&self, now: Instant) -> Status {
        self.resolved()
            .or_else(|| self.said_by_events())
            .or_else(|| self.returned_at_all().then_some(Status::Returned))
            .or_else(|| self.is_past_expiry(now).then_some(Status::Expired))
            .or_else(|| self.is_issued().then_some(Status::Issued))
            .unwrap_or(Status::Requested)
    }

    /// True for `passed` alone.
    pub fn may_proceed(&self, now: Instant) -> bool {
        self.status(now) == Status::Passed
    }

    /// The operator's word, unless another decision has first arrived after it.
    fn resolved(&self) -> Option<Status> {
        let resolution = self.resolution()?;
        let contradicted = [Outcome::Passed, Outcome::Failed].into_iter().any(|decision| {
            decision != resolution.outcome
                && self.counted(decision).is_some_and(|slot| slot.first_received_ms > resolution.at.timestamp_millis())
        });
        (!contradicted).then(|| resolution.outcome.into())
    }

    fn said_by_events(&self) -> Option<Status> {
        if let (Some(passed), Some(failed)) = (self.counted(Outcome::Passed), self.counted(Outcome::Failed)) {
            return Some(latest(passed, failed));
        }
        Outcome::ALL.iter().find(|outcome| self.counted(**outcome).is_some()).map(|outcome| (*outcome).into())
    }

    /// The slot of an outcome, of the strength that counts: weak ones only while there is no strong decision.
    fn counted(&self, outcome: Outcome) -> Option<Slot> {
        let strong = |outcome| self.slots().get(Strength::Strong, outcome);
        let strong_decision = strong(Outcome::Passed).is_some() || strong(Outcome::Failed).is_some();
        let weak = if strong_decision { None } else { self.slots().get(Strength::Weak, outcome) };
        // Both are there only for what is no decision, of which nothing but its being there is asked.
        strong(outcome).or(weak)
    }
}

/// Both decisions are there: conflicting, unless every event lets the latest win and their signed times differ.
fn latest(passed: Slot, failed: Slot) -> Status {
    match (passed.last_occurred_ms, failed.last_occurred_ms) {
        (Some(passed_at), Some(failed_at)) if passed.latest_wins && failed.latest_wins && passed_at != failed_at => {
            if passed_at > failed_at {
                Status::Passed
            } else {
                Status::Failed
            }
        }
        _ => Status::Conflicting,
    }
}
