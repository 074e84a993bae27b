//! Faults on order: what goes wrong with the next requests or webhooks.

use std::{sync::Mutex, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    provenance::{Behaviour, Emulation},
    session::names,
};

names! {
    /// What a fault is for.
    On {
        /// The link API.
        Link = "link",
        /// The webhook.
        Webhook = "webhook",
    }
}

names! {
    /// What goes wrong.
    Action {
        /// The answer has this status: the link API gives it without acting; a webhook's answer is taken for it.
        Status = "status",
        /// It comes late.
        Delay = "delay",
        /// The body ends before its Content-Length.
        Truncate = "truncate",
        /// The body is whole and no JSON. A webhook's is signed all the same.
        Malformed = "malformed",
        /// The connection is closed before anything has happened.
        DropBefore = "drop_before",
        /// It has happened, and then the connection is closed without an answer, or without waiting for one.
        DropAfter = "drop_after",
        /// The body comes in small pieces.
        Slow = "slow",
        /// The webhook is sent twice.
        Duplicate = "duplicate",
        /// The webhook waits until another one has been sent.
        Reorder = "reorder",
        /// It never comes.
        Never = "never",
    }
}

/// An order for a fault, as `POST /_sandbox/faults` takes it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What it is for.
    pub on: On,
    /// What goes wrong.
    pub action: Action,
    /// For `status`: 100 to 599, by default 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For `delay`, `slow` and `reorder`: how long, in milliseconds; at most ten minutes, by default 3000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// For `status`: a Retry-After header, as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<String>,
    /// How many times it happens: 1 to 1,000,000.
    #[serde(default = "one")]
    pub count: u32,
}

fn one() -> u32 {
    1
}

/// Statuses of the link API that Valify's page documents.
const DOCUMENTED_STATUSES: [u16; 8] = [200, 400, 401, 403, 404, 415, 422, 500];

const MAX_DELAY_MS: u64 = 600_000;

impl Fault {
    /// Refuses what cannot be done, and what `--strict` does not emulate.
    pub fn check(&self, emulation: Emulation) -> Result<(), String> {
        let refuse = |why: &str| Err(why.to_owned());
        match (self.on, self.action) {
            (On::Link, Action::Duplicate | Action::Reorder) => {
                return refuse("action: duplicate and reorder are for webhooks");
            }
            (_, Action::Status) => {}
            _ if self.status.is_some() || self.retry_after.is_some() => {
                return refuse("status, retry_after: only with action status");
            }
            _ => {}
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return refuse("status: must be from 200 to 599");
        }
        if self
            .retry_after
            .as_deref()
            .is_some_and(|text| text.len() > 64 || !text.bytes().all(|b| b == b' ' || b.is_ascii_graphic()))
        {
            return refuse("retry_after: must be at most 64 visible ASCII characters");
        }
        if self.delay_ms.is_some_and(|delay| delay > MAX_DELAY_MS) {
            return refuse("delay_ms: must be at most 600000");
        }
        if !(1..=1_000_000).contains(&self.count) {
            return refuse("count: must be from 1 to 1000000");
        }
        let behaviour = self.behaviour();
        if emulation.allows(behaviour) { Ok(()) } else { Err(Emulation::refusal(behaviour)) }
    }

    fn behaviour(&self) -> Behaviour {
        match (self.on, self.action) {
            (On::Webhook, _) => Behaviour::WebhookFaults,
            (On::Link, Action::Status) if DOCUMENTED_STATUSES.contains(&self.answered_status()) => {
                Behaviour::LinkInternal
            }
            (On::Link, Action::Status) => Behaviour::LinkOtherStatus,
            (On::Link, _) => Behaviour::LinkTransportFaults,
        }
    }

    /// The status of a `status` fault.
    pub fn answered_status(&self) -> u16 {
        self.status.unwrap_or(500)
    }

    /// The time of a fault that takes time.
    pub fn delay(&self) -> Duration {
        Duration::from_millis(self.delay_ms.unwrap_or(3000))
    }
}

/// The orders that are still open, each used up in the order given.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    /// Adds an order.
    pub fn add(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// Takes one use of the oldest order for this.
    pub fn take(&self, on: On) -> Option<Fault> {
        let mut open = self.lock();
        let at = open.iter().position(|fault| fault.on == on)?;
        open[at].count -= 1;
        if open[at].count == 0 { Some(open.remove(at)) } else { Some(open[at].clone()) }
    }

    /// All open orders, oldest first.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Forgets them.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Fault>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
