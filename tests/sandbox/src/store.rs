//! What exists: sessions, deliveries, outbox. Held in memory.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::{
    clock::Millis,
    session::{Module, Session},
    token::Token,
    webhook::Delivery,
};

/// What has changed, for pages that watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A session.
    Sessions,
    /// A webhook delivery.
    Deliveries,
    /// A code was sent.
    Outbox,
    /// A fault was ordered or used.
    Faults,
}

impl Change {
    /// All kinds.
    pub(crate) const ALL: [Self; 4] = [Self::Sessions, Self::Deliveries, Self::Outbox, Self::Faults];

    /// The name of the event.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::Deliveries => "deliveries",
            Self::Outbox => "outbox",
            Self::Faults => "faults",
        }
    }
}

/// A code that the sandbox "sent".
#[derive(Clone, Debug, Serialize, serde::Deserialize)]
pub(crate) struct Message {
    /// Whose.
    pub(crate) session_token: Token,
    /// `email_otp` or `phone_otp`.
    pub(crate) module: Module,
    /// The address or number as it was typed.
    pub(crate) to: String,
    /// The six digits.
    pub(crate) code: String,
    /// When, in milliseconds since 1970.
    pub(crate) sent_at: Millis,
}

/// The most deliveries and messages that are kept; the oldest finished ones go first.
const KEPT: usize = 10_000;
/// The most bytes of webhook bodies that are kept.
const KEPT_BYTES: usize = 256 << 20;

/// Everything that the sandbox remembers.
#[derive(Debug)]
pub(crate) struct Store {
    inner: Mutex<Inner>,
    changes: broadcast::Sender<Change>,
}

#[derive(Debug, Default)]
struct Inner {
    sessions: Vec<Session>,
    by_token: HashMap<Token, u32>,
    /// How many sessions each flow has, by the flow's index.
    of_flow: Vec<u64>,
    deliveries: Vec<Delivery>,
    outbox: Vec<Message>,
}

/// The change could not be written down, so it has not happened.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the sandbox could not write to its data folder")]
pub(crate) struct NotSaved;

impl Store {
    /// An empty one in memory.
    pub(crate) fn in_memory() -> Self {
        Self { inner: Mutex::default(), changes: broadcast::channel(64).0 }
    }

    /// Watches for changes.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Tells those who watch.
    pub(crate) fn tell(&self, change: Change) {
        // Nobody watching is no mistake.
        let _ = self.changes.send(change);
    }

    /// Adds a session. Once this has returned it survives whatever the store survives.
    pub(crate) async fn add_session(&self, session: Session) -> Result<(), NotSaved> {
        {
            let mut inner = self.lock();
            let at = u32::try_from(inner.sessions.len()).map_err(|_| NotSaved)?;
            inner.insert(session, at);
        }
        self.tell(Change::Sessions);
        Ok(())
    }

    /// Changes a session, if there is one of this name.
    pub(crate) async fn edit_session<R>(
        &self,
        token: Token,
        edit: impl FnOnce(&mut Session) -> R,
    ) -> Result<Option<R>, NotSaved> {
        let result = {
            let mut inner = self.lock();
            let Some(session) = inner.session_mut(token) else { return Ok(None) };
            edit(session)
        };
        self.tell(Change::Sessions);
        Ok(Some(result))
    }

    /// A copy of a session.
    pub(crate) fn session(&self, token: Token) -> Option<Session> {
        let inner = self.lock();
        let at = *inner.by_token.get(&token)?;
        inner.sessions.get(at as usize).cloned()
    }

    /// Whether a session of this reference exists. Looks at every session: only `--strict` asks.
    pub(crate) fn has_reference(&self, reference_id: &str) -> bool {
        self.lock().sessions.iter().any(|session| *session.reference_id == *reference_id)
    }

    /// How many sessions a flow has.
    pub(crate) fn count_of_flow(&self, flow: u16) -> u64 {
        self.lock().of_flow.get(usize::from(flow)).copied().unwrap_or_default()
    }

    /// How many sessions there are.
    pub(crate) fn count_sessions(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Up to `limit` sessions, newest first, older than the `skip` newest.
    pub(crate) fn sessions(&self, skip: usize, limit: usize) -> Vec<Session> {
        self.lock().sessions.iter().rev().skip(skip).take(limit).cloned().collect()
    }

    /// Adds a delivery.
    pub(crate) async fn add_delivery(&self, delivery: Delivery) -> Result<(), NotSaved> {
        {
            let mut inner = self.lock();
            inner.deliveries.push(delivery);
            inner.trim();
        }
        self.tell(Change::Deliveries);
        Ok(())
    }

    /// Changes a delivery, if it is still kept.
    pub(crate) async fn edit_delivery(&self, id: Token, edit: impl FnOnce(&mut Delivery)) -> Result<(), NotSaved> {
        {
            let mut inner = self.lock();
            let Some(delivery) = inner.deliveries.iter_mut().rev().find(|one| one.id == id) else { return Ok(()) };
            edit(delivery);
        }
        self.tell(Change::Deliveries);
        Ok(())
    }

    /// A copy of a delivery.
    pub(crate) fn delivery(&self, id: Token) -> Option<Delivery> {
        self.lock().deliveries.iter().rev().find(|one| one.id == id).cloned()
    }

    /// Up to `limit` deliveries, newest first.
    pub(crate) fn deliveries(&self, limit: usize) -> Vec<Delivery> {
        self.lock().deliveries.iter().rev().take(limit).cloned().collect()
    }

    /// Puts a code into the outbox.
    pub(crate) async fn add_message(&self, message: Message) -> Result<(), NotSaved> {
        {
            let mut inner = self.lock();
            inner.outbox.push(message);
            let over = inner.outbox.len().saturating_sub(KEPT);
            inner.outbox.drain(..over);
        }
        self.tell(Change::Outbox);
        Ok(())
    }

    /// Up to `limit` codes, newest first.
    pub(crate) fn messages(&self, limit: usize) -> Vec<Message> {
        self.lock().outbox.iter().rev().take(limit).cloned().collect()
    }

    /// Forgets everything.
    pub(crate) async fn reset(&self) -> Result<(), NotSaved> {
        *self.lock() = Inner::default();
        for change in Change::ALL {
            self.tell(change);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn insert(&mut self, session: Session, at: u32) {
        let flow = usize::from(session.flow);
        if self.of_flow.len() <= flow {
            self.of_flow.resize(flow + 1, 0);
        }
        self.of_flow[flow] += 1;
        self.by_token.insert(session.token, at);
        self.sessions.push(session);
    }

    fn session_mut(&mut self, token: Token) -> Option<&mut Session> {
        let at = *self.by_token.get(&token)?;
        self.sessions.get_mut(at as usize)
    }

    fn trim(&mut self) {
        let mut bytes: usize = self.deliveries.iter().map(Delivery::weight).sum();
        while self.deliveries.len() > KEPT || bytes > KEPT_BYTES {
            let Some(oldest) = self.deliveries.iter().position(Delivery::is_finished) else { break };
            bytes = bytes.saturating_sub(self.deliveries.remove(oldest).weight());
        }
    }
}
