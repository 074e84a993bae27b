//! What happens when a step's form is sent.

use std::sync::Arc;

use super::{digits, words::Words};
use crate::{
    app::App,
    clock::Millis,
    form::Form,
    persona::{PERSONAS, default_result},
    provenance::Behaviour,
    session::{CheckResult, Module, Otp, Session},
    store::{Message, NotSaved},
    token::{Token, otp_code},
    upload::BadPicture,
};

/// How long a code lives (assumed).
const CODE_LIFE: Millis = 10 * 60 * 1000;
/// After how many wrong codes the module has failed (assumed).
const MAX_WRONG: u8 = 5;

/// What a form has led to.
pub(super) enum Step {
    /// The module has ended.
    Ended(CheckResult),
    /// The same step goes on, with another form.
    Continues,
    /// A field has to be corrected.
    Wrong(Mistake),
}

/// Which field, and what to do about it.
#[derive(Clone, Copy)]
pub(super) struct Mistake {
    pub(super) field: &'static str,
    pub(super) text: fn(&Words) -> &'static str,
}

fn wrong(field: &'static str, text: fn(&Words) -> &'static str) -> Step {
    Step::Wrong(Mistake { field, text })
}

/// Reads the form of `module` and does what it asks for, up to the module's end, which the caller records.
pub(super) async fn take(app: &Arc<App>, session: &Session, module: Module, form: &Form) -> Result<Step, NotSaved> {
    match module {
        Module::Ocr => national_id(app, session, form).await,
        Module::FaceMatch => photo(app, session, form, module, "selfie").await,
        Module::Liveness => photo(app, session, form, module, "liveness").await,
        Module::EmailOtp | Module::PhoneOtp => otp(app, session, form, module).await,
    }
}

/// The module's end: as the person chose, else as the persona's story goes.
fn ended(app: &App, form: &Form, persona: Option<usize>, module: Module) -> Step {
    if !app.emulation.allows(Behaviour::PageOutcome) {
        return Step::Ended(CheckResult::Passed);
    }
    let chosen = CheckResult::from_name(form.text("outcome"));
    Step::Ended(chosen.unwrap_or_else(|| default_result(persona, module)))
}

async fn national_id(app: &Arc<App>, session: &Session, form: &Form) -> Result<Step, NotSaved> {
    let persona = form.text("persona").parse::<usize>().ok().filter(|at| *at < PERSONAS.len());
    let persona = persona.filter(|_| app.emulation.allows(Behaviour::PagePersona));
    let name = form.text("full_name");
    if name.chars().count() > 200 {
        return Ok(wrong("full_name", |w| w.bad_name));
    }
    let number = match form.text("national_id") {
        "" => None,
        text => match digits::only(text).filter(|digits| digits.len() == 14) {
            Some(number) => Some(number),
            None => return Ok(wrong("national_id", |w| w.bad_national_id)),
        },
    };
    if persona.is_none() {
        for side in ["front", "back"] {
            if let Err(bad) = app.uploads.accept(form.file(side)).await {
                return Ok(wrong(side, explain(bad)));
            }
        }
    }
    let name = (!name.is_empty()).then(|| name.to_owned());
    let now = app.clock.now();
    let remember = |session: &mut Session| {
        let progress = session.progress_mut(now);
        progress.persona = persona;
        progress.full_name = name;
        progress.national_id = number;
    };
    app.store.edit_session(session.token, remember).await?;
    Ok(ended(app, form, persona, Module::Ocr))
}

async fn photo(
    app: &Arc<App>,
    session: &Session,
    form: &Form,
    module: Module,
    field: &'static str,
) -> Result<Step, NotSaved> {
    let sample = !form.text("sample").is_empty() && app.emulation.allows(Behaviour::PagePersona);
    if !sample && let Err(bad) = app.uploads.accept(form.file(field)).await {
        return Ok(wrong(field, explain(bad)));
    }
    Ok(ended(app, form, session.progress.as_ref().and_then(|progress| progress.persona), module))
}

fn explain(bad: BadPicture) -> fn(&Words) -> &'static str {
    match bad {
        BadPicture::Missing => |w| w.missing_file,
        BadPicture::TooLarge => |w| w.large_file,
        BadPicture::Unreadable => |w| w.bad_file,
    }
}

async fn otp(app: &Arc<App>, session: &Session, form: &Form, module: Module) -> Result<Step, NotSaved> {
    let waiting =
        session.progress.as_ref().and_then(|progress| progress.otp.clone()).filter(|otp| otp.module == module);
    match (form.text("do"), waiting) {
        ("change", Some(_)) => {
            let now = app.clock.now();
            let keep_count = |session: &mut Session| {
                if let Some(otp) = &mut session.progress_mut(now).otp {
                    otp.address.clear();
                }
            };
            app.store.edit_session(session.token, keep_count).await?;
            Ok(Step::Continues)
        }
        ("again", Some(otp)) if !otp.address.is_empty() => {
            send_code(app, session.token, module, otp.address, otp.wrong).await
        }
        ("check", Some(otp)) if !otp.address.is_empty() => check_code(app, session, form, &otp).await,
        (_, waiting) => {
            let wrong_so_far = waiting.map_or(0, |otp| otp.wrong);
            match (module, form.text("address")) {
                (Module::EmailOtp, text) => match email(text) {
                    Some(address) => send_code(app, session.token, module, address, wrong_so_far).await,
                    None => Ok(wrong("address", |w| w.bad_email)),
                },
                (_, text) => match phone(text) {
                    Some(address) => send_code(app, session.token, module, address, wrong_so_far).await,
                    None => Ok(wrong("address", |w| w.bad_phone)),
                },
            }
        }
    }
}

fn email(text: &str) -> Option<String> {
    let (user, domain) = text.rsplit_once('@')?;
    let plain = |part: &str| !part.is_empty() && !part.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@');
    (text.len() <= 254 && plain(user) && plain(domain) && domain.contains('.')).then(|| text.to_owned())
}

fn phone(text: &str) -> Option<String> {
    let plain: String = text.chars().filter(|c| !matches!(c, '(' | ')' | '.')).collect();
    let (plus, rest) = plain.strip_prefix('+').map_or(("", plain.as_str()), |rest| ("+", rest));
    digits::only(rest).filter(|digits| (8..=15).contains(&digits.len())).map(|digits| format!("{plus}{digits}"))
}

async fn send_code(app: &Arc<App>, token: Token, module: Module, address: String, wrong: u8) -> Result<Step, NotSaved> {
    let sent_at = app.clock.now();
    let code = otp_code();
    let message = Message { session_token: token, module, to: address.clone(), code: code.clone(), sent_at };
    let remember = |session: &mut Session| {
        session.progress_mut(sent_at).otp = Some(Otp { module, address, code, sent_at, wrong });
    };
    app.store.edit_session(token, remember).await?;
    app.store.add_message(message).await?;
    Ok(Step::Continues)
}

async fn check_code(app: &Arc<App>, session: &Session, form: &Form, otp: &Otp) -> Result<Step, NotSaved> {
    let now = app.clock.now();
    let given = digits::only(form.text("code")).unwrap_or_default();
    if given == otp.code {
        if now - otp.sent_at > CODE_LIFE {
            return Ok(wrong("code", |w| w.old_code));
        }
        return Ok(ended(app, form, session.progress.as_ref().and_then(|progress| progress.persona), otp.module));
    }
    // Counted under the store's lock, so that many guesses at once are as many guesses.
    let count = |session: &mut Session| {
        session.progress_mut(now).otp.as_mut().map_or(0, |otp| {
            otp.wrong = otp.wrong.saturating_add(1);
            otp.wrong
        })
    };
    let wrong_so_far = app.store.edit_session(session.token, count).await?.unwrap_or_default();
    Ok(if wrong_so_far >= MAX_WRONG { Step::Ended(CheckResult::Failed) } else { wrong("code", |w| w.wrong_code) })
}
