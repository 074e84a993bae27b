//! The user of the automatic run: fills in each step of the hosted page, with pictures and codes.

use std::io::Cursor;

use anyhow::{Context as _, bail};
use clap::ValueEnum;
use image::{ImageFormat, Rgb, RgbImage};
use valify_link_core::{Link, Status};

use crate::{
    browser::{Browser, Form, Landed},
    report::Report,
};

/// How the user's checks end.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wish {
    Passed,
    Failed,
    Review,
}

impl Wish {
    const fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Review => "review",
        }
    }

    pub(crate) const fn status(self) -> Status {
        match self {
            Self::Passed => Status::Passed,
            Self::Failed => Status::Failed,
            Self::Review => Status::Review,
        }
    }
}

/// No flow has more forms than this; a page that never ends is an error, not a loop.
const MOST_FORMS: usize = 20;

/// Opens the link, goes through every step, and follows the redirect at the end.
pub(crate) fn finish(link: &Link, base_url: &str, wish: Wish, report: &mut Report) -> anyhow::Result<()> {
    let browser = Browser::new(base_url);
    let mut landed = browser.open(&link.redirect_url)?;
    for _ in 0..MOST_FORMS {
        let page = match landed {
            Landed::Page(page) => page,
            Landed::Elsewhere(url) => {
                report.step("redirect", "the page is done with the user and sends the browser to return_url");
                ureq::get(&url).call().context("return_url does not answer")?;
                return Ok(());
            }
        };
        let mut form =
            page.forms.into_iter().find(|form| form.id == "step").context("the page has no step to fill in")?;
        let what = fill(&mut form, &link.session_token, base_url, wish)?;
        report.step("page", &format!("{}: {what}", page.heading));
        landed = browser.submit(&form)?;
    }
    bail!("the page asks for more than {MOST_FORMS} forms")
}

/// Fills in what the form asks for, and says what that was.
fn fill(form: &mut Form, session_token: &str, base_url: &str, wish: Wish) -> anyhow::Result<&'static str> {
    form.choose("outcome", wish.name());
    if let Some(code) = form.field("code") {
        code.value = last_code(session_token, base_url)?;
        return Ok("the code from the outbox");
    }
    if let Some(address) = form.field("address") {
        let is_email = address.kind == "email";
        address.value = if is_email { "salma@shop.example" } else { "+20 100 000 0000" }.into();
        return Ok("an address to send a code to");
    }
    let mut pictures = 0;
    for field in form.fields.iter_mut().filter(|field| field.kind == "file") {
        field.attach(picture(pictures)?);
        pictures += 1;
    }
    // Synthetic: its date, governorate and check digit are good, and it is nobody's.
    if let Some(number) = form.field("national_id") {
        number.value = "30101010100131".into();
    }
    match pictures {
        0 => bail!("the step asks for something that this demo does not know"),
        1 => Ok("one picture uploaded"),
        _ => Ok("pictures uploaded"),
    }
}

/// What the sandbox would have sent by e-mail or SMS last.
fn last_code(session_token: &str, base_url: &str) -> anyhow::Result<String> {
    let outbox: serde_json::Value = ureq::get(format!("{base_url}/_sandbox/outbox")).call()?.body_mut().read_json()?;
    let messages = outbox["messages"].as_array().context("the outbox has no messages")?;
    let own = messages.iter().find(|message| message["session_token"] == session_token);
    own.and_then(|message| message["code"].as_str()).map(String::from).context("no code has been sent")
}

/// A small picture of nothing, another one each time.
fn picture(number: u8) -> anyhow::Result<Vec<u8>> {
    let shade = 90 + 40 * number;
    let picture = RgbImage::from_fn(320, 200, |x, y| Rgb([shade, x.to_le_bytes()[0], y.to_le_bytes()[0]]));
    let mut bytes = Vec::new();
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)?;
    Ok(bytes)
}
