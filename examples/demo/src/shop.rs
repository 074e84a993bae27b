//! The integrator's side: a small backend with a return page and a webhook, and the record of the attempt.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Html,
    routing::{get, post},
};
use chrono::Utc;
use tokio::net::TcpListener;
use valify_link_core::{
    Auth, Delivery, Environment, Event, Headers, LinkRequest, NamedSecret, Outcome, Profile, ReturnState, Secret,
    Verification, Verifier,
    return_state::Binding,
    secret::SANDBOX_WEBHOOK_SECRET,
    webhook::{Limits, MatchesBy, Preset, PresetName, ValueMeaning},
};

/// The user of this shop who is to be verified.
const USER: &str = "demo-user-1";
/// How long the return is waited for once there is an outcome.
const RETURN_AFTER_OUTCOME: Duration = Duration::from_secs(5);

pub(crate) struct Shop {
    address: SocketAddr,
    visits: Receiver<Arrival>,
}

/// What came to the backend.
enum Arrival {
    /// The URL that the browser used.
    Return(String),
    Webhook(Box<Event>),
}

/// What came, once the record knows of it.
pub(crate) enum Visit<'a> {
    Return,
    Webhook(&'a Event),
}

struct Backend {
    origin: String,
    verifier: Verifier,
    visits: Sender<Arrival>,
}

impl Shop {
    /// Listens on a free loopback port.
    pub(crate) async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (sender, visits) = channel();
        let backend = Backend { origin: format!("http://{address}"), verifier: verifier()?, visits: sender };
        let routes = Router::new()
            .route("/back", get(back))
            .route("/webhooks/valify", post(webhook))
            .with_state(Arc::new(backend));
        tokio::spawn(async { axum::serve(listener, routes).await });
        Ok(Self { address, visits })
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn webhook_url(&self) -> String {
        format!("{}/webhooks/valify", self.origin())
    }

    /// What is asked for, its return URL carrying a state that only this backend can make.
    pub(crate) fn request(&self) -> anyhow::Result<(LinkRequest, ReturnState)> {
        let states = ReturnState::new(vec![NamedSecret::new(
            "demo",
            Secret::hex(format!("{:016x}{:016x}", getrandom::u64()?, getrandom::u64()?)),
        )])?;
        let expires_at = Utc::now() + chrono::Duration::minutes(30);
        let (mut nonce, mut binding) = ([0; 16], [0; 16]);
        getrandom::fill(&mut nonce)?;
        getrandom::fill(&mut binding)?;
        let back = format!("{}/back", self.origin());
        let issued = states.issue(&back, USER, expires_at, nonce, &Binding::new(binding), Utc::now())?;
        Ok((LinkRequest::new(issued.return_url, USER, expires_at), states))
    }
}

/// The sandbox's webhooks as this shop believes them: their authentication and their fields are configuration, never a guess.
fn verifier() -> anyhow::Result<Verifier> {
    let secrets = vec![NamedSecret::new("sandbox", Secret::utf8(SANDBOX_WEBHOOK_SECRET))];
    let preset = Preset { preset: PresetName::XValifySignatureUnverified, secrets, tolerance_ms: None };
    let meanings = [
        ("approved", Outcome::Passed),
        ("rejected", Outcome::Failed),
        ("review", Outcome::Review),
        ("abandoned", Outcome::Abandoned),
        ("expired", Outcome::Expired),
    ];
    let profile = Profile {
        reference_id: vec!["/data/reference_id".into()],
        session_token: vec!["/data/token".into()],
        occurred_at: vec!["/data/occurred_at".into()],
        decision: vec!["/data/status".into()],
        decisions: meanings.into_iter().map(|(value, outcome)| ValueMeaning::text(value, outcome)).collect(),
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    Ok(Verifier::new(Environment::Sandbox, &Auth::Preset(preset), &profile, Limits::default())?)
}

async fn back(State(backend): State<Arc<Backend>>, target: Uri) -> Html<&'static str> {
    // Built from the configured origin, never from the Host header.
    let url = format!("{}{target}", backend.origin);
    // The demo may have ended already; the page is shown all the same.
    let _ = backend.visits.send(Arrival::Return(url));
    Html(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Demo shop</title><p>Thank you. You may close this page.",
    )
}

async fn webhook(State(backend): State<Arc<Backend>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let headers: Headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    match backend.verifier.verify(&Delivery { headers: &headers, body: &body, url: None }, Utc::now()) {
        Ok(event) => {
            let _ = backend.visits.send(Arrival::Webhook(Box::new(event)));
            StatusCode::OK
        }
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}

/// Adds what comes to the record until the browser is back and an outcome is there, in whichever order.
///
/// Whoever leaves the page without finishing does not come back: after an outcome, the return is waited for a moment only.
pub(crate) fn follow(
    shop: &Shop,
    states: &ReturnState,
    mut record: Verification,
    patience: Option<Duration>,
    mut tell: impl FnMut(Visit<'_>, &Verification),
) -> Result<Verification, RecvTimeoutError> {
    let (mut returned, mut decided) = (false, false);
    let mut deadline = patience.map(|patience| Instant::now() + patience);
    while !(returned && decided) {
        let arrival = match deadline {
            None => shop.visits.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(deadline) => shop.visits.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        };
        match arrival {
            Err(RecvTimeoutError::Timeout) if decided => break,
            Err(error) => return Err(error),
            Ok(Arrival::Return(url)) => {
                // A return that cannot be placed means: wait for the webhook.
                if let Ok(next) = states.check(&url, USER, None, Utc::now()).and_then(|back| record.returned(&back)) {
                    record = next;
                    returned = true;
                    tell(Visit::Return, &record);
                }
            }
            Ok(Arrival::Webhook(event)) => {
                // An event of another attempt is kept for a human; here there is no other.
                if let Ok(next) = record.add(&event) {
                    record = next;
                    decided = true;
                    deadline = Some(Instant::now() + RETURN_AFTER_OUTCOME);
                    tell(Visit::Webhook(&event), &record);
                }
            }
        }
    }
    Ok(record)
}
