//! Sending webhooks: each attempt over a connection of its own to an address that was checked, recorded whole, and tried again.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited, StreamBody, combinators::UnsyncBoxBody};
use hyper::{Request, body::Frame, header};
use hyper_util::rt::TokioIo;
use serde::{Deserialize, Serialize};
use tokio::{net::TcpStream, sync::Notify};

use super::Target;
use crate::{
    app::App,
    clock::Millis,
    faults::{Action, Fault, On},
    store::Change,
    token::Token,
};

/// One webhook and every attempt to deliver it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its name, also the id that signing schemes with an id carry.
    pub id: Token,
    /// The session that it is about.
    pub session_token: Token,
    /// The index of the session's flow.
    pub flow: u16,
    /// Where to.
    pub url: String,
    /// Since when.
    pub created_at: Millis,
    /// What has become of it.
    pub state: DeliveryState,
    /// The body, the same for every attempt.
    pub body: Bytes,
    /// All attempts, in order.
    pub attempts: Vec<Attempt>,
}

/// What has become of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Not there yet; it will be tried (again).
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Given up after the last attempt, or its target was refused.
    Failed,
    /// A fault kept it back.
    Withheld,
}

/// One attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Millis,
    /// How long it took.
    pub duration_ms: u64,
    /// Every header as it was sent.
    pub request_headers: Vec<(String, String)>,
    /// The URL as it was called.
    pub url: String,
    /// The fault that struck it.
    pub fault: Option<Action>,
    /// The body, where a fault made it another one than the delivery's.
    pub altered_body: Option<String>,
    /// The answer, or why there is none.
    pub response: Result<Exchange, String>,
}

/// An answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Exchange {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// The first 64 KiB of its body, as text.
    pub body: String,
}

/// How much of an answer is kept.
const MAX_ANSWER: usize = 64 << 10;
const MAX_BACKOFF: Duration = Duration::from_secs(60);
/// How much later than the redirect a webhook leaves that must not come first.
const AFTER_REDIRECT: Duration = Duration::from_millis(500);

impl Delivery {
    pub(crate) fn is_finished(&self) -> bool {
        self.state != DeliveryState::Pending
    }

    /// Roughly its bytes in memory.
    pub(crate) fn weight(&self) -> usize {
        self.body.len()
            + self.attempts.iter().filter_map(|one| one.response.as_ref().ok()).map(|one| one.body.len()).sum::<usize>()
    }
}

impl Attempt {
    fn succeeded(&self) -> bool {
        let forced = self.fault == Some(Action::Status);
        !forced && self.response.as_ref().is_ok_and(|answer| (200..300).contains(&answer.status))
    }
}

/// Knows when first attempts end, so that another delivery can be held until then.
#[derive(Debug, Default)]
pub(crate) struct Courier {
    attempted: Notify,
}

/// A delivery that is about to be sent.
pub(crate) struct Outgoing {
    pub(crate) delivery: Delivery,
    pub(crate) target: Target,
    /// Whether it leaves a moment after the redirect.
    pub(crate) after_redirect: bool,
}

impl Courier {
    /// Sends until it is delivered or given up. Ends early when the sandbox stops; what is pending then stays so.
    pub(crate) async fn carry(&self, app: &Arc<App>, outgoing: Outgoing, first_ended: impl FnOnce()) {
        let Outgoing { delivery, target, after_redirect } = outgoing;
        let webhook = app.settings.flows[usize::from(delivery.flow)].webhook.clone();
        if after_redirect {
            tokio::time::sleep(AFTER_REDIRECT).await;
        }
        let mut first_ended = Some(first_ended);
        let mut wait = webhook.first_retry;
        let mut tried = u32::try_from(delivery.attempts.len()).unwrap_or(u32::MAX);
        loop {
            let fault = app.faults.take(On::Webhook);
            if fault.is_some() {
                app.store.tell(Change::Faults);
            }
            let action = fault.as_ref().map(|fault| fault.action);
            if action == Some(Action::Never) {
                self.finish(app, delivery.id, DeliveryState::Withheld).await;
                return;
            }
            self.hold_back(fault.as_ref()).await;
            let mut delivered = false;
            for _ in 0..if action == Some(Action::Duplicate) { 2 } else { 1 } {
                let attempt = attempt(app, &delivery, &target, webhook.timeout, fault.as_ref()).await;
                delivered |= attempt.succeeded();
                let state = if delivered { DeliveryState::Delivered } else { DeliveryState::Pending };
                let _ = app
                    .store
                    .edit_delivery(delivery.id, |kept| {
                        kept.attempts.push(attempt);
                        kept.state = state;
                    })
                    .await;
            }
            self.attempted.notify_waiters();
            if let Some(first_ended) = first_ended.take() {
                first_ended();
            }
            tried = tried.saturating_add(1);
            if delivered {
                return;
            }
            if tried >= webhook.attempts {
                self.finish(app, delivery.id, DeliveryState::Failed).await;
                return;
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(MAX_BACKOFF);
        }
    }

    async fn hold_back(&self, fault: Option<&Fault>) {
        let Some(fault) = fault else { return };
        match fault.action {
            Action::Delay => tokio::time::sleep(fault.delay()).await,
            // If no other delivery comes, it is not held for ever.
            Action::Reorder => {
                let longest = fault.delay_ms.map_or(MAX_BACKOFF, Duration::from_millis);
                let _ = tokio::time::timeout(longest, self.attempted.notified()).await;
            }
            _ => {}
        }
    }

    async fn finish(&self, app: &App, id: Token, state: DeliveryState) {
        // A store that cannot write has nowhere to tell it; the next start tries the delivery again.
        let _ = app.store.edit_delivery(id, |kept| kept.state = state).await;
    }
}

async fn attempt(app: &App, delivery: &Delivery, target: &Target, timeout: Duration, fault: Option<&Fault>) -> Attempt {
    let action = fault.map(|fault| fault.action);
    let body = match action {
        Some(Action::Malformed) => delivery.body.slice(..delivery.body.len() * 2 / 3),
        _ => delivery.body.clone(),
    };
    let at = app.clock.now();
    let webhook = &app.settings.flows[usize::from(delivery.flow)].webhook;
    let signed = webhook.signer.sign(&body, &delivery.id.to_string(), at);
    let target = signed.path_and_query.map_or_else(|| target.clone(), |path| target.with_path_and_query(&path));
    let mut headers = vec![
        ("Host".to_owned(), target.host_header()),
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("Content-Length".to_owned(), body.len().to_string()),
        ("User-Agent".to_owned(), "valify-sandbox".to_owned()),
        ("Connection".to_owned(), "close".to_owned()),
    ];
    headers.extend(signed.headers);
    let altered_body = (action == Some(Action::Malformed)).then(|| String::from_utf8_lossy(&body).into_owned());
    let begun = Instant::now();
    let sending = send(app, &target, &headers, body, fault);
    let response = match tokio::time::timeout(timeout, sending).await {
        Ok(response) => response,
        Err(_) => Err(format!("no answer within {} ms", timeout.as_millis())),
    };
    Attempt {
        at,
        duration_ms: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        request_headers: headers,
        url: target.url().to_owned(),
        fault: action,
        altered_body,
        response,
    }
}

async fn send(
    app: &App,
    target: &Target,
    headers: &[(String, String)],
    body: Bytes,
    fault: Option<&Fault>,
) -> Result<Exchange, String> {
    let action = fault.map(|fault| fault.action);
    let addresses = target.resolve(&app.webhook_hosts, app.address).await.map_err(|refused| refused.to_string())?;
    let stream = connect(&addresses).await?;
    if action == Some(Action::DropBefore) {
        return Err("closed before the request was sent, by a fault".to_owned());
    }
    let failed = |error: hyper::Error| format!("the connection failed: {error}");
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .title_case_headers(false)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(failed)?;
    let driver = tokio::spawn(connection);
    let mut request = Request::post(target.path_and_query());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let body = match (action, fault) {
        (Some(Action::Truncate), _) => cut(&body),
        (Some(Action::Slow), Some(fault)) => slow(body, fault.delay()),
        _ => UnsyncBoxBody::new(Full::new(body).map_err(|never| match never {})),
    };
    let request = request.body(body).map_err(|_| "the request could not be built".to_owned())?;
    if action == Some(Action::DropAfter) {
        // Long enough for the bytes to leave; the answer is not waited for.
        let _ = tokio::time::timeout(Duration::from_millis(200), sender.send_request(request)).await;
        driver.abort();
        return Err("closed without waiting for the answer, by a fault".to_owned());
    }
    let answer = sender.send_request(request).await.map_err(failed)?;
    let status = answer.status().as_u16();
    let text = |value: &header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let body = match Limited::new(answer.into_body(), MAX_ANSWER).collect().await {
        Ok(body) => String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        Err(_) => "(the body was longer than 64 KiB or was cut)".to_owned(),
    };
    driver.abort();
    Ok(Exchange { status, headers, body })
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let mut last = "no address".to_owned();
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = format!("could not connect to {address}: {}", error.kind()),
        }
    }
    Err(last)
}

pub(crate) type Body = UnsyncBoxBody<Bytes, std::io::Error>;

/// Half the body, then the end of the connection.
pub(crate) fn cut(body: &Bytes) -> Body {
    let half = body.slice(..body.len() / 2);
    let pieces = futures_util::stream::unfold(Some(half), |rest| async move {
        let Some(half) = rest else {
            // The half has to leave before the connection ends, or nothing would.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return Some((Err(std::io::Error::other("cut by a fault")), None));
        };
        Some((Ok(Frame::data(half)), None))
    });
    UnsyncBoxBody::new(StreamBody::new(pieces))
}

/// The whole body in up to twenty pieces spread over `time`.
pub(crate) fn slow(body: Bytes, time: Duration) -> Body {
    let size = body.len().div_ceil(20).max(1);
    let pause = time / u32::try_from(body.len().div_ceil(size).max(1)).unwrap_or(u32::MAX);
    let pieces = futures_util::stream::unfold(body, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece = rest.split_to(size.min(rest.len()));
        Some((Ok::<_, Infallible>(Frame::data(piece)), rest))
    });
    UnsyncBoxBody::new(StreamBody::new(pieces).map_err(|never| match never {}))
}
