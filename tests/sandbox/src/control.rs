//! The control surface under `/_sandbox/`: what exists, and what should happen next. JSON in and out.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::Request,
    response::Response,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{
    app::{App, NotCompleted},
    body::{self, NoBody},
    clock::to_text,
    faults::Fault,
    form::parameter,
    guard::{is_foreign, is_json},
    provenance::{Behaviour, Emulation, TABLE},
    server::AcceptedHost,
    session::{Outcome, Session},
    store::{Change, Message},
    text::{self, message},
    token::Token,
    webhook::{Attempt, Delivery},
};

/// The largest body of a write.
const MAX_BODY: usize = 64 << 10;
/// The most entries of a list, and how many it has when nobody asks.
const MAX_LISTED: usize = 1000;
const LISTED: usize = 100;
/// How much of a webhook's body a list shows.
const SHOWN: usize = 64 << 10;

/// Refuses a write by a page of another origin, and one that is not JSON: a form cannot send that.
async fn read<T: DeserializeOwned>(request: Request<Body>) -> Result<T, Box<Response>> {
    let host = request.extensions().get::<AcceptedHost>().map_or("", |host| host.0.as_str());
    if is_foreign(request.headers(), host) {
        return Err(Box::new(message(403, "writes from a page of another origin are refused")));
    }
    if !is_json(request.headers()) {
        return Err(Box::new(message(415, "Content-Type must be application/json")));
    }
    let body = body::read(request.into_body(), MAX_BODY).await.map_err(|why| {
        Box::new(match why {
            NoBody::TooLarge => message(413, "the body is larger than 64 KiB"),
            NoBody::TooSlow => message(408, "the body did not arrive in time"),
            NoBody::Broken => message(400, "the body did not arrive whole"),
        })
    })?;
    // The parser's own words name what it met and where, in a document that its author can see.
    let refuse = |error: serde_json::Error| Box::new(message(400, &format!("the body cannot be read: {error}")));
    let members: serde_json::Map<String, Value> = serde_json::from_slice(&body).map_err(refuse)?;
    // By way of an object, since a struct would also be read from an array.
    serde_json::from_value(Value::Object(members)).map_err(refuse)
}

/// `GET /_sandbox/sessions?limit=&skip=`: newest first.
pub(crate) async fn sessions(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let (skip, limit) = match (number(&request, "skip", 0, usize::MAX), number(&request, "limit", LISTED, MAX_LISTED)) {
        (Ok(skip), Ok(limit)) => (skip, limit),
        (Err(refused), _) | (_, Err(refused)) => return *refused,
    };
    let sessions: Vec<_> = app.store.sessions(skip, limit).iter().map(|session| session_json(&app, session)).collect();
    text::json(200, &json!({ "total": app.store.count_sessions(), "sessions": sessions }))
}

/// `GET /_sandbox/sessions/{token}`.
pub(crate) async fn session(State(app): State<Arc<App>>, Path(token): Path<String>) -> Response {
    match Token::parse(&token).and_then(|token| app.store.session(token)) {
        Some(session) => text::json(200, &session_json(&app, &session)),
        None => message(404, "there is no session of this token"),
    }
}

fn session_json(app: &App, session: &Session) -> Value {
    let flow = &app.settings.flows[usize::from(session.flow)];
    let checks: serde_json::Map<_, _> = session
        .progress
        .iter()
        .flat_map(|progress| &progress.results)
        .map(|(module, result)| (module.name().to_owned(), result.name().into()))
        .collect();
    json!({
        "session_token": session.token,
        "reference_id": session.reference_id,
        "return_url": session.return_url,
        "flow": flow.id,
        "modules": flow.modules,
        "lang": session.lang,
        "status": session.standing(app.clock.now()).name(),
        "created_at": to_text(session.created_at),
        "expires_at": to_text(session.expires_at),
        "opened_at": session.progress.as_ref().map(|progress| to_text(progress.opened_at)),
        "ended_at": session.end.as_ref().map(|end| to_text(end.at)),
        "outcome": session.end.as_ref().map(|end| end.outcome),
        "transaction_id": session.end.as_ref().map(|end| end.transaction_id),
        "delivery_id": session.end.as_ref().and_then(|end| end.delivery_id),
        "checks": checks,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Complete {
    outcome: Outcome,
}

/// `POST /_sandbox/sessions/{token}/complete`.
pub(crate) async fn complete(
    State(app): State<Arc<App>>,
    Path(token): Path<String>,
    request: Request<Body>,
) -> Response {
    let asked: Complete = match read(request).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    if let Err(why) = check_outcome(&app, asked.outcome) {
        return message(400, &why);
    }
    let Some(token) = Token::parse(&token) else { return message(404, "there is no session of this token") };
    match app.complete(token, asked.outcome).await {
        Ok(done) => text::json(200, &json!({ "redirect_to": done.return_url, "delivery_id": done.delivery_id })),
        Err(why @ NotCompleted::Unknown) => message(404, &why.to_string()),
        Err(why @ NotCompleted::AlreadyEnded) => message(409, &why.to_string()),
        Err(why @ NotCompleted::NotSaved(_)) => message(500, &why.to_string()),
    }
}

/// Whether a session may be ended so from outside the page.
pub(crate) fn check_outcome(app: &App, outcome: Outcome) -> Result<(), String> {
    let documented = matches!(outcome, Outcome::Passed | Outcome::Failed);
    if documented || app.emulation.allows(Behaviour::CompleteOutcome) {
        Ok(())
    } else {
        Err(Emulation::refusal(Behaviour::CompleteOutcome))
    }
}

/// `GET /_sandbox/deliveries?limit=`: newest first, long bodies cut.
pub(crate) async fn deliveries(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let limit = match number(&request, "limit", LISTED, MAX_LISTED) {
        Ok(limit) => limit,
        Err(refused) => return *refused,
    };
    let all: Vec<_> = app.store.deliveries(limit).iter().map(|delivery| delivery_json(delivery, SHOWN)).collect();
    text::json(200, &json!({ "deliveries": all }))
}

/// `GET /_sandbox/deliveries/{id}`: with its whole body.
pub(crate) async fn delivery(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    match Token::parse(&id).and_then(|id| app.store.delivery(id)) {
        Some(delivery) => text::json(200, &delivery_json(&delivery, usize::MAX)),
        None => message(404, "there is no delivery of this id"),
    }
}

fn delivery_json(delivery: &Delivery, shown: usize) -> Value {
    let body = String::from_utf8_lossy(&delivery.body[..delivery.body.len().min(shown)]);
    let attempts: Vec<_> = delivery.attempts.iter().map(|attempt| attempt_json(attempt, &body)).collect();
    json!({
        "id": delivery.id,
        "session_token": delivery.session_token,
        "url": delivery.url,
        "state": delivery.state,
        "created_at": to_text(delivery.created_at),
        "body_bytes": delivery.body.len(),
        "body_cut": delivery.body.len() > shown,
        "body": body,
        "attempts": attempts,
    })
}

fn attempt_json(attempt: &Attempt, body: &str) -> Value {
    let (response, error) = match &attempt.response {
        Ok(answer) => (json!({ "status": answer.status, "headers": answer.headers, "body": answer.body }), Value::Null),
        Err(why) => (Value::Null, why.as_str().into()),
    };
    json!({
        "at": to_text(attempt.at),
        "duration_ms": attempt.duration_ms,
        "fault": attempt.fault,
        "request": {
            "method": "POST",
            "url": attempt.url,
            "headers": attempt.request_headers,
            "body": attempt.altered_body.as_deref().unwrap_or(body),
        },
        "response": response,
        "error": error,
    })
}

/// `GET /_sandbox/outbox?limit=`: newest first.
pub(crate) async fn outbox(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let limit = match number(&request, "limit", LISTED, MAX_LISTED) {
        Ok(limit) => limit,
        Err(refused) => return *refused,
    };
    let json = |one: &Message| json!({ "session_token": one.session_token, "module": one.module, "to": one.to, "code": one.code, "sent_at": to_text(one.sent_at) });
    let all: Vec<_> = app.store.messages(limit).iter().map(json).collect();
    text::json(200, &json!({ "messages": all }))
}

/// `GET /_sandbox/faults`: those still open, oldest first.
pub(crate) async fn faults(State(app): State<Arc<App>>) -> Response {
    text::json(200, &json!({ "faults": app.faults.list() }))
}

/// `POST /_sandbox/faults`: orders one.
pub(crate) async fn add_fault(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let fault: Fault = match read(request).await {
        Ok(fault) => fault,
        Err(refused) => return *refused,
    };
    if let Err(why) = fault.check(app.emulation) {
        return message(400, &why);
    }
    app.faults.add(fault);
    app.store.tell(Change::Faults);
    faults(State(app)).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// `POST /_sandbox/reset`: empties everything. The body is `{}` or nothing, but its type must be JSON.
pub(crate) async fn reset(State(app): State<Arc<App>>, mut request: Request<Body>) -> Response {
    let length = request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length == Some(0) {
        *request.body_mut() = Body::from("{}");
    }
    match read::<Nothing>(request).await {
        Ok(Nothing {}) => erase(&app).await,
        Err(refused) => *refused,
    }
}

/// Erases sessions, deliveries, codes, faults and kept uploads.
pub(crate) async fn erase(app: &App) -> Response {
    app.faults.clear();
    match (app.store.reset().await, app.uploads.erase()) {
        (Ok(()), Ok(())) => text::json(200, &json!({})),
        _ => message(500, "not everything could be erased from the data folder"),
    }
}

/// `GET /_sandbox/provenance`.
pub(crate) async fn provenance(State(app): State<Arc<App>>) -> Response {
    text::json(200, &json!({ "strict": app.emulation.strict, "behaviours": TABLE }))
}

/// `GET /_sandbox/openapi.json`.
pub(crate) async fn openapi() -> Response {
    text::answer(200, "application/json", include_str!("../openapi.json"))
}

fn number(request: &Request<Body>, name: &str, default: usize, most: usize) -> Result<usize, Box<Response>> {
    let query = request.uri().query().unwrap_or_default();
    if !query.split('&').any(|pair| pair.split('=').next() == Some(name)) {
        return Ok(default);
    }
    let given = parameter(query, name)
        .filter(|text| text.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|text| text.parse().ok());
    given
        .map(|given: usize| given.min(most))
        .ok_or_else(|| Box::new(message(400, &format!("{name}: must be a number, given once"))))
}
