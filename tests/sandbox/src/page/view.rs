//! The page's markup.

use maud::{DOCTYPE, Markup, html};

use super::{Correction, Visit, words::Words};
use crate::{
    app::App,
    form::Form,
    persona::PERSONAS,
    provenance::Behaviour,
    session::{Lang, Module, Otp, Session},
};

fn layout(words: &Words, title: &str, switch: Option<&str>, main: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(words.code) dir=(words.direction) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Valify sandbox" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/_sandbox/assets/sandbox.css";
                script src="/_sandbox/assets/page.js" defer {}
            }
            body.page {
                a.skip href="#main" { (words.skip) }
                aside.banner aria-label=(words.notice) { p { (words.banner) } }
                header.top {
                    span.brand { (words.title) }
                    @if let Some(address) = switch {
                        a.switch href=(address) lang=(words.other_code) hreflang=(words.other_code) { (words.other_name) }
                    }
                }
                main #main tabindex="-1" { (main) }
            }
        }
    }
}

/// The page of a link that leads nowhere (any more).
fn closing(words: &Words, title: &str, lead: &str, back: Option<&str>) -> Markup {
    let main = html! {
        section.card.closing {
            h1 { (title) }
            p { (lead) }
            @if let Some(back) = back {
                p { a.button href=(back) rel="noreferrer" { (words.go_back) } }
            }
        }
    };
    layout(words, title, None, &main)
}

pub(super) fn unknown(words: &Words) -> Markup {
    closing(words, words.unknown_title, words.unknown_text, None)
}

pub(super) fn expired(words: &Words) -> Markup {
    closing(words, words.expired_title, words.expired_text, None)
}

pub(super) fn used(words: &Words) -> Markup {
    closing(words, words.used_title, words.used_text, None)
}

pub(super) fn abandoned(words: &Words, session: &Session) -> Markup {
    closing(words, words.abandoned_title, words.abandoned_text, Some(&session.return_url))
}

/// The page of one step.
pub(super) fn step(app: &App, visit: &Visit, module: Module, correction: Option<&Correction<'_>>) -> Markup {
    let words = visit.words();
    let modules = visit.modules(app);
    let token = visit.session.token;
    let other = if visit.lang == Lang::En { Lang::Ar } else { Lang::En };
    let switch = format!("/?token={token}&lang={}", other.name());
    let name = words.step(module).name;
    let fields = Fields { words, correction };
    let form_token = visit.session.progress.as_ref().map_or("", |progress| progress.form_token.as_str());
    let position = modules.iter().position(|one| *one == module).unwrap_or_default() + 1;
    let main = html! {
        nav.progress aria-label=(words.progress) {
            p.count { (words.step) " " (words.number(position)) " " (words.of) " " (words.number(modules.len())) }
            ol {
                @for one in modules {
                    @let done = visit.session.result(*one).is_some();
                    li.done[done] aria-current=[(*one == module).then_some("step")] {
                        span { (words.step(*one).name) @if done { span.hidden { ", " (words.done) } } }
                    }
                }
            }
        }
        section.card {
            h1 { (name) }
            p.lead { (words.step(module).lead) }
            (fields.summary(module))
            form #step method="post" action=(visit.address()) enctype="multipart/form-data" novalidate {
                input type="hidden" name="form_token" value=(form_token);
                input type="hidden" name="step" value=(module.name());
                @match module {
                    Module::Ocr => { (fields.card(app, visit)) }
                    Module::FaceMatch => { (fields.photo(app, "selfie", words.selfie)) }
                    Module::Liveness => { (fields.photo(app, "liveness", words.liveness_photo)) }
                    Module::EmailOtp | Module::PhoneOtp => { (fields.otp(visit, module)) }
                }
                @if app.emulation.allows(Behaviour::PageOutcome) { (outcome_choice(words)) }
            }
        }
        @if app.emulation.allows(Behaviour::PageAbandon) {
            form.leave method="post" action=(visit.address()) {
                input type="hidden" name="form_token" value=(form_token);
                button.quiet name="do" value="abandon" { (words.abandon) }
            }
        }
    };
    layout(words, name, Some(&switch), &main)
}

fn outcome_choice(words: &Words) -> Markup {
    let choices = [
        ("", words.outcome_auto),
        ("passed", words.outcome_passed),
        ("failed", words.outcome_failed),
        ("review", words.outcome_review),
    ];
    html! {
        details.controls {
            summary { (words.controls) }
            fieldset {
                legend { (words.outcome) }
                @for (value, label) in choices {
                    label.choice {
                        input type="radio" name="outcome" value=(value) checked[value.is_empty()];
                        span { (label) }
                    }
                }
            }
        }
    }
}

/// The fields of a step, with what was typed and what was wrong with it.
struct Fields<'a> {
    words: &'static Words,
    correction: Option<&'a Correction<'a>>,
}

impl Fields<'_> {
    fn typed(&self, field: &str) -> &str {
        self.correction.map_or("", |correction| Form::text(correction.form, field))
    }

    fn mistake(&self, field: &str) -> Option<&'static str> {
        let mistake = self.correction.map(|correction| correction.mistake)?;
        (mistake.field == field).then(|| (mistake.text)(self.words))
    }

    /// What was wrong, on top, for whoever cannot see the field; it leads to the field.
    fn summary(&self, module: Module) -> Markup {
        let Some(mistake) = self.correction.map(|correction| correction.mistake) else { return html! {} };
        let text = (mistake.text)(self.words);
        html! {
            div.summary #summary role="alert" tabindex="-1" {
                h2 { (self.words.error_title) }
                p {
                    @match self.words.label(mistake.field, module) {
                        Some(label) => { a href={ "#" (mistake.field) } { (label) ": " (text) } }
                        None => { (text) }
                    }
                 }
            }
        }
    }

    fn error(&self, field: &str) -> Markup {
        html! {
            @if let Some(text) = self.mistake(field) { p.error id={ (field) "-error" } { (text) } }
        }
    }

    fn described(&self, field: &str) -> String {
        if self.mistake(field).is_some() { format!("{field}-hint {field}-error") } else { format!("{field}-hint") }
    }

    fn file(&self, field: &str, label: &str) -> Markup {
        html! {
            div.field.wrong[self.mistake(field).is_some()] {
                label for=(field) { (label) }
                p.hint id={ (field) "-hint" } { (self.words.choose_file) ". " (self.words.file_hint) }
                (self.error(field))
                input id=(field) name=(field) type="file" accept="image/png,image/jpeg,image/webp"
                    aria-describedby=(self.described(field)) aria-invalid=[self.mistake(field).map(|_| "true")] data-preview;
            }
        }
    }

    /// A text field; `dir` is its own direction, since numbers and addresses run left to right in Arabic too.
    fn text(&self, field: &str, label: &str, hint: &str, attributes: &Text<'_>) -> Markup {
        html! {
            div.field.wrong[self.mistake(field).is_some()] {
                label for=(field) {
                    (label)
                    @if attributes.optional { " " span.optional { "(" (self.words.optional) ")" } }
                }
                p.hint id={ (field) "-hint" } { (hint) }
                (self.error(field))
                input id=(field) name=(field) type=(attributes.kind) value=(self.typed(field)) dir=(attributes.dir)
                    inputmode=[attributes.inputmode] autocomplete=(attributes.autocomplete) maxlength=(attributes.length)
                    aria-describedby=(self.described(field)) aria-invalid=[self.mistake(field).map(|_| "true")];
            }
        }
    }

    fn card(&self, app: &App, visit: &Visit) -> Markup {
        let words = self.words;
        let chosen = self.typed("persona");
        html! {
            @if app.emulation.allows(Behaviour::PagePersona) {
                div.field {
                    label for="persona" { (words.persona) }
                    p.hint id="persona-hint" { (words.persona_hint) }
                    select id="persona" name="persona" aria-describedby="persona-hint" data-replaces="photos" {
                        option value="" { (words.no_persona) }
                        @for (at, persona) in PERSONAS.iter().enumerate() {
                            @let (name, story) = match visit.lang {
                                Lang::En => (persona.name_en, persona.story_en),
                                Lang::Ar => (persona.name_ar, persona.story_ar),
                            };
                            option value=(at) selected[chosen == at.to_string()] { (name) ": " (story) }
                        }
                    }
                }
            }
            div #photos {
                (self.file("front", words.front))
                (self.file("back", words.back))
            }
            (self.text("full_name", words.full_name, "", &Text { optional: true, autocomplete: "name", dir: "auto", length: 200, ..TEXT }))
            (self.text("national_id", words.national_id, words.national_id_hint,
                &Text { optional: true, inputmode: Some("numeric"), length: 32, ..TEXT }))
            (self.submit(visit, app))
        }
    }

    fn photo(&self, app: &App, field: &str, label: &str) -> Markup {
        html! {
            (self.file(field, label))
            button.primary { (self.words.next) }
            @if app.emulation.allows(Behaviour::PagePersona) {
                button.secondary name="sample" value="1" { (self.words.sample) }
            }
        }
    }

    fn submit(&self, visit: &Visit, app: &App) -> Markup {
        let last = visit.modules(app).len() == 1;
        html! { button.primary { @if last { (self.words.finish) } @else { (self.words.next) } } }
    }

    fn otp(&self, visit: &Visit, module: Module) -> Markup {
        let words = self.words;
        let waiting = visit.session.progress.as_ref().and_then(|progress| progress.otp.as_ref());
        if let Some(otp) = waiting.filter(|otp| otp.module == module && !otp.address.is_empty()) {
            return self.code(otp);
        }
        let (label, hint, attributes) = match module {
            Module::EmailOtp => (
                words.email,
                "name@example.com",
                Text { kind: "email", inputmode: Some("email"), autocomplete: "email", length: 254, ..TEXT },
            ),
            _ => (
                words.phone,
                words.phone_hint,
                Text { kind: "tel", inputmode: Some("tel"), autocomplete: "tel", length: 32, ..TEXT },
            ),
        };
        html! {
            (self.text("address", label, hint, &attributes))
            button.primary name="do" value="send" { (words.send_code) }
        }
    }

    fn code(&self, otp: &Otp) -> Markup {
        let words = self.words;
        html! {
            p.sent { (words.sent_to) " " bdi dir="ltr" { (otp.address) } "." }
            p.hint { (words.not_sent) " " a href="/#outbox" target="_blank" rel="noreferrer" { (words.outbox) } "." }
            (self.text("code", words.code_label, words.code_hint,
                &Text { inputmode: Some("numeric"), autocomplete: "one-time-code", length: 12, ..TEXT }))
            button.primary name="do" value="check" { (words.check_code) }
            button.secondary name="do" value="again" { (words.send_again) }
            button.quiet name="do" value="change" { (words.change_address) }
        }
    }
}

/// What differs between text fields.
struct Text<'a> {
    kind: &'a str,
    dir: &'a str,
    inputmode: Option<&'a str>,
    autocomplete: &'a str,
    length: u32,
    optional: bool,
}

const TEXT: Text<'static> =
    Text { kind: "text", dir: "ltr", inputmode: None, autocomplete: "off", length: 254, optional: false };
