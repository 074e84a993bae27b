//! The hosted page: what opens at the link. Plain forms; script only adds comfort.

mod digits;
mod steps;
mod view;
mod words;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::Request,
    response::Response,
};

use self::{
    steps::{Mistake, Step},
    words::Words,
};
use crate::{
    app::{App, NotCompleted},
    form::{Form, parameter},
    guard::{LastStep, is_foreign},
    home,
    provenance::{Behaviour, Emulation},
    server::AcceptedHost,
    session::{CheckResult, Lang, Module, Outcome, Session, Standing, overall},
    store::NotSaved,
    text,
    token::Token,
};

/// A visit: which session, in which language.
struct Visit {
    session: Session,
    lang: Lang,
    /// Whether the language was chosen at the page rather than by the link.
    chosen: bool,
}

impl Visit {
    fn words(&self) -> &'static Words {
        Words::of(self.lang)
    }

    fn modules<'a>(&self, app: &'a App) -> &'a [Module] {
        &app.settings.flows[usize::from(self.session.flow)].modules
    }

    /// The page's own address, with the language if it was chosen.
    fn address(&self) -> String {
        let lang = if self.chosen { format!("&lang={}", self.lang.name()) } else { String::new() };
        format!("/?token={}{lang}", self.session.token)
    }
}

/// `GET /`: the page of a token, or the home page.
pub(crate) async fn show(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if !query.split('&').any(|pair| pair == "token" || pair.starts_with("token=")) {
        return home::show(&app, &request);
    }
    match visit(&app, query).await {
        Ok(visit) => step_page(&app, &visit, None, 200),
        Err(answer) => *answer,
    }
}

/// Finds the session that a query names and marks it as opened; or gives the page that says why there is nothing to do.
async fn visit(app: &Arc<App>, query: &str) -> Result<Visit, Box<Response>> {
    let asked = parameter(query, "lang").as_deref().and_then(Lang::from_name);
    let lang = asked.unwrap_or(Lang::En);
    let session =
        parameter(query, "token").as_deref().and_then(Token::parse).and_then(|token| app.store.session(token));
    let Some(session) = session else {
        return Err(Box::new(closed(app, Behaviour::PageUnknown, 404, || view::unknown(Words::of(lang)))));
    };
    let lang = asked.unwrap_or(session.lang);
    let now = app.clock.now();
    match session.standing(now) {
        Standing::Ended(Outcome::Abandoned) => {
            Err(Box::new(closed(app, Behaviour::PageSingleUse, 410, || view::abandoned(Words::of(lang), &session))))
        }
        Standing::Ended(Outcome::Expired) | Standing::Expired => {
            Err(Box::new(closed(app, Behaviour::PageExpired, 410, || view::expired(Words::of(lang)))))
        }
        Standing::Ended(_) => Err(Box::new(closed(app, Behaviour::PageSingleUse, 410, || view::used(Words::of(lang))))),
        Standing::Issued => {
            let open = |session: &mut Session| {
                session.progress_mut(now);
                session.clone()
            };
            match app.store.edit_session(session.token, open).await {
                Ok(Some(session)) => Ok(Visit { session, lang, chosen: asked.is_some() }),
                Ok(None) => Err(Box::new(closed(app, Behaviour::PageUnknown, 404, || view::unknown(Words::of(lang))))),
                Err(NotSaved) => Err(Box::new(text::message(500, Words::of(lang).not_saved))),
            }
        }
        Standing::Opened => Ok(Visit { session, lang, chosen: asked.is_some() }),
    }
}

fn closed(app: &App, behaviour: Behaviour, status: u16, page: impl FnOnce() -> maud::Markup) -> Response {
    if app.emulation.allows(behaviour) {
        text::html(status, page())
    } else {
        text::message(501, &Emulation::refusal(behaviour))
    }
}

/// What to show of a form that has to be corrected.
struct Correction<'a> {
    mistake: Mistake,
    form: &'a Form,
}

fn step_page(app: &App, visit: &Visit, correction: Option<&Correction<'_>>, status: u16) -> Response {
    let modules = visit.modules(app);
    let Some(module) = visit.session.next_module(modules) else {
        // The last module ends the session with it; only a flow without modules, which no configuration has, gets here.
        return text::message(500, visit.words().not_saved);
    };
    let mut response = text::html(status, view::step(app, visit, module, correction));
    if modules.iter().filter(|one| visit.session.result(**one).is_none()).count() == 1 {
        response.extensions_mut().insert(LastStep);
    }
    response
}

/// `POST /?token=…`: one step's form.
pub(crate) async fn submit(State(app): State<Arc<App>>, request: Request<Body>) -> Response {
    let host = request.extensions().get::<AcceptedHost>().map_or("", |host| host.0.as_str());
    if is_foreign(request.headers(), host) {
        return text::message(403, "this form was sent by a page of another origin");
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let visit = match visit(&app, &query).await {
        Ok(visit) => visit,
        Err(answer) => return *answer,
    };
    let empty = Form::default();
    let again = |text: fn(&Words) -> &'static str, status| {
        step_page(&app, &visit, Some(&Correction { mistake: Mistake { field: "", text }, form: &empty }), status)
    };
    let form = match Form::read(request).await {
        Ok(form) => form,
        Err(bad) if bad.status() == 413 => return again(|w| w.large_form, 413),
        Err(bad) => return again(|w| w.bad_form, bad.status()),
    };
    let expected = visit.session.progress.as_ref().map_or("", |progress| progress.form_token.as_str());
    if expected.is_empty() || form.text("form_token") != expected {
        return again(|w| w.stale_form, 403);
    }
    match advance(&app, &visit, &form).await {
        Ok(response) => response,
        Err(NotSaved) => again(|w| w.not_saved, 500),
    }
}

async fn advance(app: &Arc<App>, visit: &Visit, form: &Form) -> Result<Response, NotSaved> {
    if form.text("do") == "abandon" && app.emulation.allows(Behaviour::PageAbandon) {
        return Ok(match app.complete(visit.session.token, Outcome::Abandoned).await {
            Err(NotCompleted::NotSaved(failed)) => return Err(failed),
            _ => text::see_other(&visit.address()),
        });
    }
    let modules = visit.modules(app);
    // A form of a step that is over (the back button, another tab) leads to where the session is.
    let Some(module) = visit.session.next_module(modules).filter(|module| module.name() == form.text("step")) else {
        return Ok(text::see_other(&visit.address()));
    };
    match steps::take(app, &visit.session, module, form).await? {
        Step::Ended(result) => end_module(app, visit, module, result).await,
        Step::Continues => Ok(text::see_other(&visit.address())),
        Step::Wrong(mistake) => {
            let session = app.store.session(visit.session.token).unwrap_or_else(|| visit.session.clone());
            let visit = Visit { session, ..*visit };
            Ok(step_page(app, &visit, Some(&Correction { mistake, form }), 422))
        }
    }
}

/// Records a module's end and, with the last one, the session's: one change, so that no crash falls between the two.
async fn end_module(app: &Arc<App>, visit: &Visit, module: Module, result: CheckResult) -> Result<Response, NotSaved> {
    let now = app.clock.now();
    let modules = visit.modules(app);
    let record = |session: &mut Session| {
        if session.result(module).is_none() && session.end.is_none() {
            let progress = session.progress_mut(now);
            progress.results.push((module, result));
            progress.otp = None;
        }
        if session.next_module(modules).is_some() {
            return (None, None);
        }
        let outcome = overall(&session.progress_mut(now).results);
        app.end(session, outcome)
    };
    // Without an end of its own making (there are more steps, or another tab was faster) the page says where things stand.
    let Some(ended) = app.store.edit_and_deliver(visit.session.token, record).await?.flatten() else {
        return Ok(text::see_other(&visit.address()));
    };
    Ok(text::see_other(&app.deliver(ended).await.return_url))
}

/// `GET /_sandbox/assets/{name}`: the style and the scripts.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "sandbox.css" => text::answer(200, "text/css; charset=utf-8", include_str!("../../assets/sandbox.css")),
        "page.js" => text::answer(200, "text/javascript; charset=utf-8", include_str!("../../assets/page.js")),
        "home.js" => text::answer(200, "text/javascript; charset=utf-8", include_str!("../../assets/home.js")),
        _ => text::message(404, "Not found: there is no such asset."),
    }
}
