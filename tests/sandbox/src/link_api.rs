//! `POST /api/link/v1/request/`: the contract, with every documented status on input that deserves it.

use std::{borrow::Cow, fmt::Write as _, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, Request, header},
    response::Response,
};
use serde::Deserialize;

use crate::{
    app::{App, stopped},
    body::{self, NoBody},
    clock,
    faults::{Action, Fault, On},
    provenance::{Behaviour, Emulation},
    server::{AcceptedHost, Drop},
    session::{Lang, Session},
    settings::Key,
    store::Change,
    text::{self, message},
    token::Token,
};

/// The documented path, its last slash included.
pub(crate) const PATH: &str = "/api/link/v1/request/";

/// The largest body (assumed).
const MAX_BODY: usize = 64 << 10;

/// The code for a flow that the account does not have: a number that has never been seen (assumed).
const UNKNOWN_FLOW_CODE: u32 = 9001;
/// Bundle exhausted (observed).
const BUNDLE_CODE: u32 = 5001;

/// Answers, with whatever fault is ordered for it.
pub(crate) async fn request_link(app: Arc<App>, request: Request<Body>) -> Response {
    let Some(fault) = app.faults.take(On::Link) else { return answer(&app, request).await };
    app.store.tell(Change::Faults);
    match fault.action {
        Action::Status => faulty_status(&fault),
        Action::DropBefore => dropped(),
        Action::Never => {
            let mut stopping = app.stopping.clone();
            stopped(&mut stopping).await;
            dropped()
        }
        Action::Delay => {
            tokio::time::sleep(fault.delay()).await;
            answer(&app, request).await
        }
        Action::DropAfter => {
            answer(&app, request).await;
            dropped()
        }
        _ => spoil_body(answer(&app, request).await, &fault).await,
    }
}

fn faulty_status(fault: &Fault) -> Response {
    let status = fault.answered_status();
    let mut response = if status == 422 {
        rejected(BUNDLE_CODE, "Bundle exhausted.")
    } else {
        message(status, "This answer was ordered as a fault.")
    };
    if let Some(Ok(value)) = fault.retry_after.as_deref().map(HeaderValue::from_str) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Drop);
    response
}

async fn spoil_body(response: Response, fault: &Fault) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, usize::MAX).await else { return dropped() };
    let body = match fault.action {
        Action::Malformed => Body::from(body.slice(..body.len() / 2)),
        Action::Slow => Body::new(crate::webhook::slow(body, fault.delay())),
        _ => {
            parts.headers.insert(header::CONTENT_LENGTH, body.len().into());
            Body::new(crate::webhook::cut(&body))
        }
    };
    Response::from_parts(parts, body)
}

/// A refusal in the contract's form: status, message, and the code of a 422.
pub(crate) struct Refusal(pub(crate) u16, pub(crate) Cow<'static, str>, Option<u32>);

impl Refusal {
    fn input(why: &'static str) -> Self {
        Self(400, why.into(), None)
    }

    fn strict(behaviour: Behaviour) -> Self {
        Self(400, Emulation::refusal(behaviour).into(), None)
    }

    fn not_saved() -> Self {
        Self(500, "the session could not be written to the data folder".into(), None)
    }
}

fn rejected(code: u32, why: &str) -> Response {
    text::json(422, &serde_json::json!({ "message": why, "error_code": code }))
}

async fn answer(app: &Arc<App>, request: Request<Body>) -> Response {
    match issue(app, request).await {
        Ok(response) => response,
        Err(Refusal(_, why, Some(code))) => rejected(code, &why),
        Err(Refusal(status, why, None)) => message(status, &why),
    }
}

async fn issue(app: &Arc<App>, request: Request<Body>) -> Result<Response, Refusal> {
    if request.method() != Method::POST {
        return Err(Refusal(404, "Not found: this endpoint takes POST.".into(), None));
    }
    let (parts, body) = request.into_parts();
    let key = check_key(app, &parts.headers)?;
    if !crate::guard::is_json(&parts.headers) {
        return Err(Refusal(415, "Unsupported media type: Content-Type must be application/json.".into(), None));
    }
    let lang = check_lang(app, parts.uri.query().unwrap_or_default())?;
    let body = body::read(body, MAX_BODY).await.map_err(|why| match why {
        NoBody::TooLarge => Refusal::input("The body is larger than 64 KiB."),
        NoBody::TooSlow | NoBody::Broken => Refusal::input("The body did not arrive whole."),
    })?;
    let asked = Asked::read(&body, app.emulation)?;
    let token = store(app, asked, key, lang).await?;
    let host = parts.extensions.get::<AcceptedHost>().map_or("", |host| host.0.as_str());
    Ok(link(token, host))
}

/// Makes the session that is asked for.
pub(crate) async fn store(app: &App, asked: Asked<'_>, key: &Key, lang: Lang) -> Result<Token, Refusal> {
    let session = asked.session(app, key, lang)?;
    let token = session.token;
    if app.emulation.strict && app.store.has_reference(&session.reference_id) {
        return Err(Refusal::strict(Behaviour::LinkRepeatedReference));
    }
    app.store.add_session(session).await.map_err(|_| Refusal::not_saved())?;
    Ok(token)
}

/// The 200 body, its second key printed with the space that Valify's page prints.
fn link(token: Token, host: &str) -> Response {
    let mut body = String::with_capacity(160);
    // The accepted host and a UUID hold nothing that JSON would have escaped.
    let _ = write!(body, r#"{{"session_token": "{token}", "redirect_url ": "http://{host}/?token={token}"}}"#);
    text::answer(200, "application/json", body)
}

fn check_key<'a>(app: &'a App, headers: &HeaderMap) -> Result<&'a Key, Refusal> {
    let mut lines = headers.get_all("x-valify-api-key").iter();
    let given = match (lines.next(), lines.next()) {
        (Some(one), None) => one.as_bytes(),
        (Some(_), Some(_)) => return Err(Refusal(401, "Unauthorized: X-Valify-Api-Key was given twice.".into(), None)),
        (None, _) => return Err(Refusal(401, "Unauthorized: X-Valify-Api-Key is missing.".into(), None)),
    };
    let key = app.settings.keys.iter().find(|key| key.text.as_bytes() == given);
    match key {
        Some(key) if !key.disabled => Ok(key),
        Some(_) if app.emulation.allows(Behaviour::LinkKeyDisabled) => {
            Err(Refusal(403, "Forbidden: the access token may not use this.".into(), None))
        }
        _ => Err(Refusal(401, "Unauthorized: the API key is invalid.".into(), None)),
    }
}

fn check_lang(app: &App, query: &str) -> Result<Lang, Refusal> {
    let mut given = query.split('&').filter_map(|pair| pair.strip_prefix("lang="));
    let (lang, behaviour) = match (given.next(), given.next()) {
        (Some("en"), None) => return Ok(Lang::En),
        (Some("ar"), None) => (Lang::Ar, Behaviour::LinkLangAr),
        (None, _) => (Lang::En, Behaviour::LinkLangAbsent),
        _ => return Err(Refusal::input("lang: must be en or ar, given once.")),
    };
    if app.emulation.allows(behaviour) { Ok(lang) } else { Err(Refusal::strict(behaviour)) }
}

/// The body as it came; every check names its field.
pub(crate) struct Asked<'a> {
    pub(crate) return_url: Cow<'a, str>,
    pub(crate) reference_id: Cow<'a, str>,
    pub(crate) expires_at: Cow<'a, str>,
    pub(crate) flow: Option<Token>,
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Members<'a>(#[serde(borrow)] std::collections::BTreeMap<Cow<'a, str>, serde_json::Value>);

impl<'a> Asked<'a> {
    fn read(body: &'a [u8], emulation: Emulation) -> Result<Self, Refusal> {
        let members: Members<'a> = serde_json::from_slice(body)
            .map_err(|_| Refusal::input("Invalid JSON: the body must be one JSON object."))?;
        let mut members = members.0;
        let mut take = |name: &str, missing, wrong| match members.remove(name) {
            Some(serde_json::Value::String(text)) if !text.is_empty() => Ok(Cow::Owned(text)),
            None => Err(Refusal::input(missing)),
            Some(_) => Err(Refusal::input(wrong)),
        };
        let return_url =
            take("return_url", "return_url: is required.", "return_url: must be a string that is not empty.")?;
        let reference_id =
            take("reference_id", "reference_id: is required.", "reference_id: must be a string that is not empty.")?;
        let expires_at = take("expires_at", "expires_at: is required.", "expires_at: must be a date-time.")?;
        let flow = match members.remove("flow") {
            None | Some(serde_json::Value::Null) => None,
            Some(value) => {
                let flow = value.as_str().and_then(Token::parse);
                Some(flow.ok_or_else(|| Refusal::input("flow: must be a UUID."))?)
            }
        };
        if !members.is_empty() && !emulation.allows(Behaviour::LinkUnknownField) {
            return Err(Refusal::strict(Behaviour::LinkUnknownField));
        }
        Ok(Self { return_url, reference_id, expires_at, flow })
    }

    fn session(self, app: &App, key: &Key, lang: Lang) -> Result<Session, Refusal> {
        check_return_url(&self.return_url, &app.settings.return_schemes)?;
        let now = app.clock.now();
        let expires_at = clock::from_text(&self.expires_at)
            .ok_or_else(|| Refusal::input("expires_at: must be a date-time like 2026-01-14T07:57:54.972Z."))?;
        if expires_at <= now {
            return Err(Refusal::input("expires_at: must be in the future."));
        }
        let flow = find_flow(app, key, self.flow)?;
        Ok(Session {
            token: Token::random(),
            reference_id: self.reference_id.into(),
            return_url: self.return_url.into(),
            expires_at,
            created_at: now,
            flow,
            lang,
            progress: None,
            end: None,
        })
    }
}

fn check_return_url(url: &str, schemes: &[String]) -> Result<(), Refusal> {
    let uri =
        fluent_uri::Uri::parse(url).map_err(|_| Refusal::input("return_url: must be an absolute RFC 3986 URL."))?;
    let scheme = uri.scheme().as_str().to_ascii_lowercase();
    let is_web = matches!(scheme.as_str(), "http" | "https");
    if !is_web && !schemes.contains(&scheme) {
        return Err(Refusal::input("return_url: must be http or https, or of a scheme that the configuration lists."));
    }
    if is_web && uri.authority().is_none_or(|authority| authority.host().is_empty()) {
        return Err(Refusal::input("return_url: must have a host."));
    }
    Ok(())
}

fn find_flow(app: &App, key: &Key, asked: Option<Token>) -> Result<u16, Refusal> {
    let flow_of = |at: &u16| &app.settings.flows[usize::from(*at)];
    let at = match asked {
        Some(id) => key.flows.iter().copied().find(|at| flow_of(at).id == id).ok_or_else(|| {
            let behaviour = Behaviour::LinkFlowUnknown;
            let rejected = Refusal(422, "The flow does not belong to this account.".into(), Some(UNKNOWN_FLOW_CODE));
            if app.emulation.allows(behaviour) { rejected } else { Refusal::strict(behaviour) }
        })?,
        None => match key.flows.as_slice() {
            [only] => *only,
            _ => return Err(Refusal::input("flow: is required, since this account has several.")),
        },
    };
    let flow = flow_of(&at);
    if flow.bundle.is_some_and(|bundle| app.store.count_of_flow(at) >= bundle) {
        return Err(Refusal(422, "Bundle exhausted.".into(), Some(BUNDLE_CODE)));
    }
    Ok(at)
}
