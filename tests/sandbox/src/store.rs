//! What exists: sessions, deliveries, outbox. Held in memory, and written to the journal where there is one.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use tokio::sync::broadcast;

use crate::{
    clock::Millis,
    journal::{Journal, Saving, Write},
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
    journal: Option<Journal>,
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

/// The change could not be written down. A new session is then not there; any other change may be lost with the process.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the sandbox could not write to its data folder")]
pub(crate) struct NotSaved;

impl Store {
    /// One that begins with what was loaded, and writes to the journal if there is one.
    pub(crate) fn new(
        journal: Option<Journal>,
        sessions: Vec<Session>,
        deliveries: Vec<Delivery>,
        outbox: Vec<Message>,
    ) -> Self {
        let mut inner = Inner { deliveries, outbox, ..Inner::default() };
        for session in sessions {
            inner.insert(session);
        }
        Self { inner: Mutex::new(inner), journal, changes: broadcast::channel(64).0 }
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
        // Nobody knows its token yet, so that it need not be there before it is saved.
        saved(self.write(|| Write::Session(session.clone()))).await?;
        self.lock().insert(session);
        self.tell(Change::Sessions);
        Ok(())
    }

    /// Changes a session, if there is one of this name.
    pub(crate) async fn edit_session<R>(
        &self,
        token: Token,
        edit: impl FnOnce(&mut Session) -> R,
    ) -> Result<Option<R>, NotSaved> {
        self.edit_and_deliver(token, |session| (edit(session), None)).await
    }

    /// Changes a session and adds the delivery that comes with it: both are saved, or neither is.
    pub(crate) async fn edit_and_deliver<R>(
        &self,
        token: Token,
        edit: impl FnOnce(&mut Session) -> (R, Option<Delivery>),
    ) -> Result<Option<R>, NotSaved> {
        let (result, saving) = {
            // Ordered under the lock, so that the journal has the order of the changes.
            let mut inner = self.lock();
            let Some(session) = inner.session_mut(token) else { return Ok(None) };
            let (result, delivery) = edit(session);
            let saving = self.write(|| match &delivery {
                Some(delivery) => Write::End(session.clone(), delivery.clone()),
                None => Write::Session(session.clone()),
            });
            if let Some(delivery) = delivery {
                inner.deliveries.push(delivery);
                let forgotten = inner.trim();
                if !forgotten.is_empty() {
                    self.write(|| Write::Forget(forgotten));
                }
                self.tell(Change::Deliveries);
            }
            (result, saving)
        };
        saved(saving).await?;
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

    /// Changes a delivery, if it is still kept.
    pub(crate) async fn edit_delivery(&self, id: Token, edit: impl FnOnce(&mut Delivery)) -> Result<(), NotSaved> {
        let saving = {
            let mut inner = self.lock();
            let Some(delivery) = inner.deliveries.iter_mut().rev().find(|one| one.id == id) else { return Ok(()) };
            edit(delivery);
            self.write(|| Write::Delivery(delivery.clone()))
        };
        saved(saving).await?;
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

    /// The deliveries that are still to be made.
    pub(crate) fn pending_deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.iter().filter(|one| !one.is_finished()).cloned().collect()
    }

    /// Puts a code into the outbox.
    pub(crate) async fn add_message(&self, message: Message) -> Result<(), NotSaved> {
        let saving = {
            let mut inner = self.lock();
            let saving = self.write(|| Write::Message(message.clone()));
            inner.outbox.push(message);
            let over = inner.outbox.len().saturating_sub(KEPT);
            inner.outbox.drain(..over);
            saving
        };
        saved(saving).await?;
        self.tell(Change::Outbox);
        Ok(())
    }

    /// Up to `limit` codes, newest first.
    pub(crate) fn messages(&self, limit: usize) -> Vec<Message> {
        self.lock().outbox.iter().rev().take(limit).cloned().collect()
    }

    /// Forgets everything, in the data folder too.
    pub(crate) async fn reset(&self) -> Result<(), NotSaved> {
        let saving = {
            let mut inner = self.lock();
            *inner = Inner::default();
            self.write(|| Write::Reset)
        };
        saved(saving).await?;
        for change in Change::ALL {
            self.tell(change);
        }
        Ok(())
    }

    fn write(&self, change: impl FnOnce() -> Write) -> Option<Saving> {
        self.journal.as_ref().map(|journal| journal.write(change()))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for the journal; in memory there is nothing to wait for.
async fn saved(saving: Option<Saving>) -> Result<(), NotSaved> {
    match saving {
        Some(saving) => saving.done().await,
        None => Ok(()),
    }
}

impl Inner {
    fn insert(&mut self, session: Session) {
        let flow = usize::from(session.flow);
        if self.of_flow.len() <= flow {
            self.of_flow.resize(flow + 1, 0);
        }
        self.of_flow[flow] += 1;
        let at =
            u32::try_from(self.sessions.len()).expect("a machine has no memory for four thousand million sessions");
        self.by_token.insert(session.token, at);
        self.sessions.push(session);
    }

    fn session_mut(&mut self, token: Token) -> Option<&mut Session> {
        let at = *self.by_token.get(&token)?;
        self.sessions.get_mut(at as usize)
    }

    /// Lets the oldest finished deliveries go where there are too many, and tells which.
    fn trim(&mut self) -> Vec<Token> {
        let mut bytes: usize = self.deliveries.iter().map(Delivery::weight).sum();
        let mut forgotten = Vec::new();
        while self.deliveries.len() > KEPT || bytes > KEPT_BYTES {
            let Some(oldest) = self.deliveries.iter().position(Delivery::is_finished) else { break };
            let delivery = self.deliveries.remove(oldest);
            bytes = bytes.saturating_sub(delivery.weight());
            forgotten.push(delivery.id);
        }
        forgotten
    }
}
