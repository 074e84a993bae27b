//! The home page: what this is, and everything that has happened, live.

mod events;
mod view;

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    http::Request,
    response::Response,
};

pub(crate) use self::events::events;
use crate::{
    app::App,
    clock, control,
    faults::Fault,
    form::Form,
    guard::is_foreign,
    link_api::{self, Asked},
    provenance::{Behaviour, Emulation},
    server::AcceptedHost,
    session::{Lang, Outcome},
    store::Change,
    text,
    token::Token,
};

/// `GET /` without a token.
pub(crate) fn show(app: &App, request: &Request<Body>) -> Response {
    text::html(200, view::page(app, host(request), None))
}

fn host(request: &Request<Body>) -> &str {
    request.extensions().get::<AcceptedHost>().map_or("", |host| host.0.as_str())
}

/// `GET /_sandbox/home/{part}`: one live part of the page, for the script to put in place.
pub(crate) async fn part(State(app): State<Arc<App>>, Path(part): Path<String>) -> Response {
    match Change::ALL.into_iter().find(|change| change.name() == part) {
        Some(change) => text::html(200, view::part(&app, change)),
        None => text::message(404, "Not found: there is no such part of the page."),
    }
}

/// `GET /_sandbox/returned`: where links made on the home page lead back to.
pub(crate) async fn returned() -> Response {
    text::html(200, view::returned())
}

/// `POST /_sandbox/home/{action}`: the page's own forms.
pub(crate) async fn act(State(app): State<Arc<App>>, Path(action): Path<String>, request: Request<Body>) -> Response {
    let host = host(&request).to_owned();
    if is_foreign(request.headers(), &host) {
        return text::message(403, "this form was sent by a page of another origin");
    }
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(bad) => return text::message(bad.status(), "the form could not be read"),
    };
    if form.text("form_token") != app.form_token {
        let again = "This page was older than the sandbox that answers now. Please try again.";
        return text::html(403, view::page(&app, &host, Some(again)));
    }
    let done = match action.as_str() {
        "links" => create_link(&app, &host, &form).await,
        "faults" => add_fault(&app, &form),
        "complete" => complete(&app, &form).await,
        "reset" => reset(&app).await,
        _ => return text::message(404, "Not found: there is no such action."),
    };
    match done {
        Ok(anchor) => text::see_other(&format!("/#{anchor}")),
        Err(why) => text::html(422, view::page(&app, &host, Some(&why))),
    }
}

/// What a form of the page leads to: a section of it, or what was wrong.
type Done = Result<&'static str, Cow<'static, str>>;

async fn create_link(app: &App, host: &str, form: &Form) -> Done {
    let flow = Token::parse(form.text("flow"));
    let has_flow = |at: &u16| Some(app.settings.flows[usize::from(*at)].id) == flow;
    let key = app.settings.keys.iter().find(|key| !key.disabled && key.flows.iter().any(has_flow));
    let key = key.ok_or("flow: no enabled key has this flow.")?;
    let minutes: i64 = form
        .text("minutes")
        .parse()
        .ok()
        .filter(|minutes| (1..=525_600).contains(minutes))
        .ok_or("minutes: must be from 1 to 525600.")?;
    let reference_id = form.text("reference_id");
    if reference_id.is_empty() {
        return Err("reference_id: must not be empty.".into());
    }
    let return_url = match form.text("return_url") {
        "" => format!("http://{host}/_sandbox/returned"),
        url => url.to_owned(),
    };
    let lang = Lang::from_name(form.text("lang")).unwrap_or(Lang::En);
    if lang == Lang::Ar && !app.emulation.allows(Behaviour::LinkLangAr) {
        return Err(Emulation::refusal(Behaviour::LinkLangAr).into());
    }
    let asked = Asked {
        return_url: return_url.into(),
        reference_id: reference_id.to_owned().into(),
        expires_at: clock::to_text(app.clock.now() + minutes * 60_000).into(),
        flow,
    };
    link_api::store(app, asked, key, lang).await.map(|_| "sessions").map_err(|refused| refused.1)
}

fn add_fault(app: &App, form: &Form) -> Done {
    let text = |name: &str| Some(form.text(name)).filter(|text| !text.is_empty());
    let number = |name: &str| {
        let digits = text(name).map(str::parse::<u64>).transpose();
        digits.map_err(|_| Cow::from(format!("{name}: must be a number.")))
    };
    let mut order = serde_json::Map::new();
    for name in ["on", "action"] {
        order.insert(name.to_owned(), form.text(name).into());
    }
    for name in ["status", "delay_ms", "count"] {
        if let Some(value) = number(name)? {
            order.insert(name.to_owned(), value.into());
        }
    }
    let fault: Fault = serde_json::from_value(order.into()).map_err(|error| format!("fault: {error}"))?;
    fault.check(app.emulation)?;
    app.faults.add(fault);
    app.store.tell(Change::Faults);
    Ok("faults")
}

async fn complete(app: &Arc<App>, form: &Form) -> Done {
    let token = Token::parse(form.text("token")).ok_or("token: there is no such session.")?;
    let outcome = Outcome::from_name(form.text("outcome")).ok_or("outcome: must be one of the list.")?;
    control::check_outcome(app, outcome)?;
    app.complete(token, outcome).await.map(|_| "sessions").map_err(|why| why.to_string().into())
}

async fn reset(app: &App) -> Done {
    let answer = control::erase(app).await;
    if answer.status().is_success() { Ok("sessions") } else { Err("Not everything could be erased.".into()) }
}
