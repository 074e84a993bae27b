//! The home page's markup.

use maud::{DOCTYPE, Markup, html};

use crate::{
    app::App,
    clock::to_text,
    faults::{Action, On},
    provenance::{Behaviour, Provenance, TABLE},
    session::{Outcome, Session, Standing},
    store::Change,
    webhook::{Attempt, Delivery, DeliveryState},
};

/// How many entries each part shows.
const SHOWN: usize = 50;
/// How much of a body is shown; the control surface has the whole.
const SHOWN_BODY: usize = 4096;

fn layout(title: &str, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" dir="ltr" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Valify sandbox" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/_sandbox/assets/sandbox.css";
                script src="/_sandbox/assets/home.js" defer {}
            }
            body.home {
                a.skip href="#main" { "Skip to content" }
                aside.banner aria-label="Notice" { p { "Sandbox: a local Valify for tests. Unofficial; nothing leaves this machine." } }
                (main)
            }
        }
    }
}

/// Where links made here lead back to.
pub(super) fn returned() -> Markup {
    layout(
        "Returned",
        &html! {
            main #main tabindex="-1" {
                section.card.closing {
                    h1 { "You are back" }
                    p { "Here your own application would take over. That the browser came back proves nothing: the webhook tells the outcome." }
                    p { a.button href="/#deliveries" { "See the deliveries" } }
                }
            }
        },
    )
}

/// The whole page. `mistake` is what was wrong with a form that was sent.
pub(super) fn page(app: &App, host: &str, mistake: Option<&str>) -> Markup {
    let sections = [
        ("links", "New link"),
        ("sessions", "Sessions"),
        ("deliveries", "Deliveries"),
        ("outbox", "Outbox"),
        ("faults", "Faults"),
        ("provenance", "Provenance"),
    ];
    layout(
        "Home",
        &html! {
            header.top {
                h1 { "Valify sandbox" }
                nav aria-label="Sections" {
                    @for (id, name) in sections { a href={ "#" (id) } { (name) } }
                }
                p.live #live role="status" { "Reload the page to see what is new." }
            }
            main #main tabindex="-1" {
                @if let Some(mistake) = mistake {
                    div.summary #summary role="alert" tabindex="-1" { h2 { "That did not work" } p { (mistake) } }
                }
                (introduction(app, host))
                section.card #links { h2 { "New link" } (link_form(app, host)) }
                (live("sessions", "Sessions", &part(app, Change::Sessions)))
                (live("deliveries", "Deliveries", &part(app, Change::Deliveries)))
                (live("outbox", "Outbox", &part(app, Change::Outbox)))
                section.card #faults {
                    h2 { "Faults" }
                    p.lead { "What goes wrong with the next calls of the link API or the next webhooks." }
                    (fault_form(app))
                    div data-live="faults" { (part(app, Change::Faults)) }
                }
                section.card #provenance {
                    h2 { "Provenance" }
                    p.lead { "What is emulated, and how it is known. Nothing here is a promise of Valify's." }
                    details { summary { "All " (TABLE.len()) " behaviours" } (provenance_table()) }
                }
                section.card {
                    h2 { "Reset" }
                    form method="post" action="/_sandbox/home/reset" {
                        (token(app))
                        button.danger { "Erase every session, delivery, code and fault" }
                    }
                }
            }
        },
    )
}

/// One live part.
pub(super) fn part(app: &App, change: Change) -> Markup {
    match change {
        Change::Sessions => sessions(app),
        Change::Deliveries => deliveries(app),
        Change::Outbox => outbox(app),
        Change::Faults => faults(app),
    }
}

fn live(id: &str, title: &str, content: &Markup) -> Markup {
    html! { section.card id=(id) { h2 { (title) } div data-live=(id) { (content) } } }
}

fn token(app: &App) -> Markup {
    html! { input type="hidden" name="form_token" value=(app.form_token); }
}

fn introduction(app: &App, host: &str) -> Markup {
    let key = app.settings.keys.iter().find(|key| !key.disabled).map_or("", |key| key.text.as_str());
    let call = format!(
        "curl 'http://{host}/api/link/v1/request/?lang=en' \\\n  -H 'Content-Type: application/json' -H 'X-Valify-Api-Key: {key}' \\\n  \
         -d '{{\"return_url\": \"http://{host}/_sandbox/returned\", \"reference_id\": \"user-1\", \"expires_at\": \"{}\"}}'",
        to_text(app.clock.now() + 3_600_000)
    );
    let targets = app.settings.flows.iter().filter_map(|flow| flow.webhook.target.as_ref());
    html! {
        section.card #about {
            h2 { "What this is" }
            p { "The link API, the page that a link opens, the way back and the webhook, all on this machine. Point your integration at it:" }
            dl {
                dt { "Base URL" } dd { code { "http://" (host) } }
                dt { "API key" } dd { code { (key) } }
                dt { "Webhooks" } dd {
                    @if app.emulation.strict { "none: --strict emulates only what is documented" }
                    @else {
                        @let targets: Vec<_> = targets.map(ToString::to_string).collect();
                        @if targets.is_empty() { "none: start with " code { "--webhook-url URL" } }
                        @for target in targets { code { (target) } " " }
                    }
                }
            }
            pre tabindex="0" aria-label="A call that creates a link" { (call) }
        }
    }
}

fn link_form(app: &App, host: &str) -> Markup {
    html! {
        form.grid method="post" action="/_sandbox/home/links" {
            (token(app))
            div.field { label for="reference_id" { "Reference" } input id="reference_id" name="reference_id" value="user-1" required maxlength="256"; }
            div.field { label for="return_url" { "Return URL" } input id="return_url" name="return_url" type="url" dir="ltr" value={ "http://" (host) "/_sandbox/returned" }; }
            div.field { label for="minutes" { "Expires after, in minutes" } input id="minutes" name="minutes" inputmode="numeric" value="30" required; }
            div.field {
                label for="lang" { "Language" }
                select id="lang" name="lang" {
                    option value="en" { "English" }
                    @if app.emulation.allows(Behaviour::LinkLangAr) { option value="ar" { "Arabic" } }
                }
            }
            div.field {
                label for="flow" { "Flow" }
                select id="flow" name="flow" {
                    @for flow in &app.settings.flows { option value=(flow.id) { (flow.name) } }
                }
            }
            button.primary { "Create link" }
        }
    }
}

fn sessions(app: &App) -> Markup {
    let total = app.store.count_sessions();
    let shown = app.store.sessions(0, SHOWN);
    html! {
        @if total == 0 { p.empty { "No session yet. Create a link above, or call the link API." } }
        @else {
            @if total > shown.len() { p.hint { "The newest " (shown.len()) " of " (total) "." } }
            ul.entries { @for session in &shown { (session_entry(app, session)) } }
        }
    }
}

fn session_entry(app: &App, session: &Session) -> Markup {
    let standing = session.standing(app.clock.now());
    let is_open = matches!(standing, Standing::Issued | Standing::Opened);
    let flow = &app.settings.flows[usize::from(session.flow)];
    html! {
        li {
            div.row {
                span class={ "state " (standing.name()) } { (standing.name()) }
                bdi.reference { (session.reference_id) }
                span.when { (to_text(session.created_at)) }
            }
            div.row {
                span.hint { (flow.name) " · " (session.lang.name()) " · " code { (session.token) } }
            }
            @if let Some(progress) = &session.progress && !progress.results.is_empty() {
                div.row { @for (module, result) in &progress.results { span class={ "state " (result.name()) } { (module.name()) ": " (result.name()) } } }
            }
            @if is_open {
                div.row.actions {
                    a href={ "/?token=" (session.token) } target="_blank" { "Open the page" span.hidden { " of " (session.reference_id) } }
                    form.inline method="post" action="/_sandbox/home/complete" {
                        (token(app))
                        input type="hidden" name="token" value=(session.token);
                        label { span.hidden { "Outcome for " (session.reference_id) }
                            select name="outcome" { @for outcome in Outcome::ALL { option { (outcome.name()) } } }
                        }
                        button { "End it" }
                    }
                }
            }
        }
    }
}

fn deliveries(app: &App) -> Markup {
    let all = app.store.deliveries(SHOWN);
    html! {
        @if all.is_empty() { p.empty { "No webhook yet. One is sent when a session ends, if there is a webhook URL." } }
        ul.entries { @for delivery in &all { (delivery_entry(delivery)) } }
    }
}

fn delivery_entry(delivery: &Delivery) -> Markup {
    let state = match delivery.state {
        DeliveryState::Pending => "pending",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
        DeliveryState::Withheld => "withheld",
    };
    html! {
        li {
            div.row {
                span class={ "state " (state) } { (state) }
                code { (delivery.url) }
                span.when { (to_text(delivery.created_at)) }
            }
            div.row { span.hint { "session " code { (delivery.session_token) } } }
            @for (at, attempt) in delivery.attempts.iter().enumerate() {
                details id={ "attempt-" (delivery.id) "-" (at) } {
                    summary { "Attempt " (at + 1) ": " (summary_of(attempt)) }
                    (exchange(delivery, attempt))
                }
            }
        }
    }
}

fn summary_of(attempt: &Attempt) -> String {
    let answer = match &attempt.response {
        Ok(answer) => format!("{} after {} ms", answer.status, attempt.duration_ms),
        Err(why) => why.clone(),
    };
    attempt.fault.map_or_else(|| answer.clone(), |fault| format!("{answer} (fault: {})", fault.name()))
}

fn exchange(delivery: &Delivery, attempt: &Attempt) -> Markup {
    let sent = attempt.altered_body.clone().unwrap_or_else(|| String::from_utf8_lossy(&delivery.body).into_owned());
    let lines = |headers: &[(String, String)]| {
        headers.iter().fold(String::new(), |all, (name, value)| all + name + ": " + value + "\n")
    };
    html! {
        div.exchange {
            div { h3 { "Request" } pre tabindex="0" aria-label="Request" { "POST " (attempt.url) "\n" (lines(&attempt.request_headers)) "\n" (cut(&sent)) } }
            div { h3 { "Response" } pre tabindex="0" aria-label="Response" {
                @match &attempt.response {
                    Ok(answer) => { (answer.status) "\n" (lines(&answer.headers)) "\n" (cut(&answer.body)) }
                    Err(why) => { (why) }
                }
            } }
        }
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN_BODY) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes in all)", &text[..end], text.len()),
    }
}

fn outbox(app: &App) -> Markup {
    let all = app.store.messages(SHOWN);
    html! {
        @if all.is_empty() { p.empty { "No code yet. The page of a link sends one in its e-mail and phone steps." } }
        ul.entries {
            @for message in &all {
                li { div.row {
                    strong.code { (message.code) }
                    span { (message.module.name()) " to " bdi dir="ltr" { (message.to) } }
                    span.when { (to_text(message.sent_at)) }
                } div.row { span.hint { "session " code { (message.session_token) } } } }
            }
        }
    }
}

fn fault_form(app: &App) -> Markup {
    html! {
        form.grid method="post" action="/_sandbox/home/faults" {
            (token(app))
            div.field { label for="on" { "For" } select id="on" name="on" { @for on in On::ALL { option { (on.name()) } } } }
            div.field { label for="action" { "What goes wrong" } select id="action" name="action" { @for action in Action::ALL { option { (action.name()) } } } }
            div.field { label for="status" { "Status, for status" } input id="status" name="status" inputmode="numeric"; }
            div.field { label for="delay_ms" { "Milliseconds, for delay, slow and reorder" } input id="delay_ms" name="delay_ms" inputmode="numeric"; }
            div.field { label for="count" { "How many times" } input id="count" name="count" inputmode="numeric" value="1" required; }
            button.primary { "Order fault" }
        }
    }
}

fn faults(app: &App) -> Markup {
    let open = app.faults.list();
    html! {
        @if open.is_empty() { p.empty { "No fault is waiting." } }
        ul.entries {
            @for fault in &open {
                li { div.row {
                    span.state { (fault.on.name()) }
                    span { (fault.action.name()) @if let Some(status) = fault.status { " " (status) } @if let Some(delay) = fault.delay_ms { " " (delay) " ms" } }
                    span.when { (fault.count) " left" }
                } }
            }
        }
    }
}

fn provenance_table() -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="Provenance" {
            table {
                thead { tr { th scope="col" { "Behaviour" } th scope="col" { "Known how" } th scope="col" { "What it does" } th scope="col" { "Under --strict" } } }
                tbody {
                    @for row in TABLE {
                        tr {
                            th scope="row" { code { (row.id) } }
                            td { @match row.provenance { Provenance::Documented => "documented", Provenance::Observed => "observed", Provenance::Assumed => "assumed" } }
                            td { (row.does) }
                            td { (row.strict) }
                        }
                    }
                }
            }
        }
    }
}
