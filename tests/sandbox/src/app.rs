//! What every request sees.

use std::{net::SocketAddr, sync::Arc};

use tokio::sync::{Semaphore, watch};

use crate::{
    clock::{Clock, Millis},
    faults::Faults,
    guard::Hosts,
    provenance::{Behaviour, Emulation},
    session::{CheckResult, End, Module, Outcome, Session},
    settings::{Order, Settings},
    store::{NotSaved, Store},
    token::Token,
    upload::Uploads,
    webhook::{Courier, Delivery, DeliveryState, Facts, Outgoing, Target},
};

/// The running sandbox's state, shared by every connection.
#[derive(Debug)]
pub(crate) struct App {
    pub(crate) settings: Settings,
    pub(crate) emulation: Emulation,
    pub(crate) clock: Clock,
    pub(crate) store: Store,
    pub(crate) faults: Faults,
    pub(crate) hosts: Hosts,
    pub(crate) uploads: Uploads,
    pub(crate) courier: Courier,
    pub(crate) webhook_hosts: Vec<String>,
    /// Where it really listens.
    pub(crate) address: SocketAddr,
    /// The home page's forms carry it back.
    pub(crate) form_token: String,
    /// Bounds how many webhooks are on their way at once.
    pub(crate) senders: Arc<Semaphore>,
    /// Turns true when the sandbox stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// A session's end, with its webhook still to be sent.
pub(crate) struct Ended {
    return_url: String,
    flow: u16,
    outgoing: Option<Outgoing>,
}

/// How a session has just ended.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) return_url: String,
    pub(crate) delivery_id: Option<Token>,
}

/// Why a session could not be ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotCompleted {
    #[error("there is no session of this token")]
    Unknown,
    #[error("this session has already ended")]
    AlreadyEnded,
    #[error(transparent)]
    NotSaved(#[from] NotSaved),
}

pub(crate) const WEBHOOKS_AT_ONCE: usize = 32;

impl App {
    /// Ends a session, once, and sends its webhook as the flow's order says.
    pub(crate) async fn complete(self: &Arc<Self>, token: Token, outcome: Outcome) -> Result<Completed, NotCompleted> {
        let now = self.clock.now();
        let end = |session: &mut Session| {
            if session.end.is_none() {
                let modules = &self.settings.flows[usize::from(session.flow)].modules;
                finish_modules(session, modules, outcome, now);
            }
            self.end(session, outcome)
        };
        let ended = self.store.edit_and_deliver(token, end).await?.ok_or(NotCompleted::Unknown)?;
        let ended = ended.ok_or(NotCompleted::AlreadyEnded)?;
        Ok(self.deliver(ended).await)
    }

    /// Marks a session as ended and makes its delivery, if it has one; nothing if it had ended before.
    pub(crate) fn end(&self, session: &mut Session, outcome: Outcome) -> (Option<Ended>, Option<Delivery>) {
        if session.end.is_some() {
            return (None, None);
        }
        let target = self.target_for(session, outcome).cloned();
        let delivery_id = target.as_ref().map(|_| Token::random());
        let end = End { outcome, at: self.clock.now(), transaction_id: Token::random(), delivery_id };
        let outgoing = target.zip(delivery_id).map(|(target, id)| {
            let delivery = self.delivery(session, &end, target.url(), id);
            let order = self.settings.flows[usize::from(session.flow)].webhook.order;
            Outgoing { delivery, target, after_redirect: order == Order::RedirectFirst }
        });
        session.end = Some(Box::new(end));
        let delivery = outgoing.as_ref().map(|outgoing| outgoing.delivery.clone());
        (Some(Ended { return_url: session.return_url.clone().into(), flow: session.flow, outgoing }), delivery)
    }

    fn target_for(&self, session: &Session, outcome: Outcome) -> Option<&Target> {
        let webhook = &self.settings.flows[usize::from(session.flow)].webhook;
        let sends = webhook.outcomes.contains(&outcome) && self.emulation.allows(Behaviour::WebhookForm);
        webhook.target.as_ref().filter(|_| sends)
    }

    /// Sends the webhook of a session that has just ended, if it has one.
    pub(crate) async fn deliver(self: &Arc<Self>, ended: Ended) -> Completed {
        let delivery_id = ended.outgoing.as_ref().map(|outgoing| outgoing.delivery.id);
        if let Some(outgoing) = ended.outgoing {
            let first_ended = self.send(outgoing);
            if self.settings.flows[usize::from(ended.flow)].webhook.order == Order::WebhookFirst {
                // An error means that the sending ended without an attempt: nothing to wait for either.
                let _ = first_ended.await;
            }
        }
        Completed { return_url: ended.return_url, delivery_id }
    }

    /// Goes on with what was still to be delivered when the sandbox last ended.
    pub(crate) fn resume(self: &Arc<Self>) {
        for delivery in self.store.pending_deliveries() {
            if let Ok(target) = Target::parse(&delivery.url, &self.webhook_hosts) {
                self.send(Outgoing { delivery, target, after_redirect: false });
            }
        }
    }

    /// Sends in the background. What it gives is told when the first attempt has ended.
    pub(crate) fn send(self: &Arc<Self>, outgoing: Outgoing) -> tokio::sync::oneshot::Receiver<()> {
        let (tell, first_ended) = tokio::sync::oneshot::channel();
        let app = self.clone();
        tokio::spawn(async move {
            let mut stopping = app.stopping.clone();
            let Ok(_place) = app.senders.clone().acquire_owned().await else { return };
            let carried = app.courier.carry(&app, outgoing, || {
                let _ = tell.send(());
            });
            tokio::select! {
                () = carried => {}
                () = stopped(&mut stopping) => {}
            }
        });
        first_ended
    }

    fn delivery(&self, session: &Session, end: &End, url: &str, id: Token) -> Delivery {
        let flow = &self.settings.flows[usize::from(session.flow)];
        let facts = Facts {
            reference_id: &session.reference_id,
            session_token: session.token.to_string(),
            transaction_id: end.transaction_id.to_string(),
            occurred_at: crate::clock::to_text(end.at),
            flow: flow.id.to_string(),
            outcome: end.outcome,
            checks: session.progress.as_deref().map_or(&[], |progress| progress.results.as_slice()),
            subject: crate::persona::subject(session.progress.as_deref()),
        };
        Delivery {
            id,
            session_token: session.token,
            flow: session.flow,
            url: url.to_owned(),
            created_at: end.at,
            state: DeliveryState::Pending,
            body: flow.webhook.payload.render(&facts).into(),
            attempts: Vec::new(),
        }
    }
}

/// What the page would have recorded on the way to an outcome: open modules pass, but for the last one, which brings it about. A session
/// that was abandoned or has expired has only what was done before.
fn finish_modules(session: &mut Session, modules: &[Module], outcome: Outcome, now: Millis) {
    let last = match outcome {
        Outcome::Passed => CheckResult::Passed,
        Outcome::Failed => CheckResult::Failed,
        Outcome::Review => CheckResult::Review,
        Outcome::Abandoned | Outcome::Expired => return,
    };
    let open: Vec<_> = modules.iter().copied().filter(|module| session.result(*module).is_none()).collect();
    let results = &mut session.progress_mut(now).results;
    for (at, module) in open.iter().enumerate() {
        results.push((*module, if at + 1 == open.len() { last } else { CheckResult::Passed }));
    }
}

/// Waits until the sandbox stops. One that was dropped has stopped.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    let _ = stopping.wait_for(|stop| *stop).await;
}
