//! As much of a browser as a page of plain forms needs: it reads forms out of HTML, fills them in and sends them.

use anyhow::{Context as _, bail};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use ureq::{
    Agent,
    http::{Response, header::LOCATION},
    unversioned::multipart::{Form as Multipart, Part},
};

pub(crate) struct Browser {
    agent: Agent,
    origin: String,
}

/// A page, or the address outside of this origin that the last form led to.
pub(crate) enum Landed {
    Page(Page),
    Elsewhere(String),
}

pub(crate) struct Page {
    pub(crate) heading: String,
    pub(crate) forms: Vec<Form>,
}

#[derive(Default)]
pub(crate) struct Form {
    action: String,
    pub(crate) id: String,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) value: String,
    /// Whether it is sent: an unchecked choice is not.
    active: bool,
    file: Option<Vec<u8>>,
}

impl Browser {
    /// A browser that stays on one origin, `http://host:port`, and says when it is led away from it.
    pub(crate) fn new(origin: &str) -> Self {
        let config =
            Agent::config_builder().max_redirects(0).max_redirects_will_error(false).http_status_as_error(false);
        Self { agent: config.proxy(None).build().into(), origin: origin.to_owned() }
    }

    pub(crate) fn open(&self, url: &str) -> anyhow::Result<Landed> {
        let response = self.agent.get(url).call().context("the page does not answer")?;
        self.land(response)
    }

    /// Sends a form as a browser does, files included.
    pub(crate) fn submit(&self, form: &Form) -> anyhow::Result<Landed> {
        let mut parts = Multipart::new();
        for field in form.fields.iter().filter(|field| field.active) {
            parts = match &field.file {
                Some(picture) => {
                    parts.part(&field.name, Part::bytes(picture).file_name("picture.png").mime_str("image/png")?)
                }
                None => parts.text(&field.name, &field.value),
            };
        }
        let url = format!("{}{}", self.origin, form.action);
        let response =
            self.agent.post(&url).header("Origin", &self.origin).send(parts).context("the form is not answered")?;
        self.land(response)
    }

    fn land(&self, mut response: Response<ureq::Body>) -> anyhow::Result<Landed> {
        if response.status().is_redirection() {
            let to =
                response.headers().get(LOCATION).and_then(|to| to.to_str().ok()).context("a redirect to nowhere")?;
            let to = if to.starts_with('/') { format!("{}{to}", self.origin) } else { to.to_owned() };
            return if to.starts_with(&format!("{}/", self.origin)) {
                self.open(&to)
            } else {
                Ok(Landed::Elsewhere(to))
            };
        }
        let status = response.status();
        let html = response.body_mut().read_to_string().context("the page cannot be read")?;
        let page = Page::read(&html);
        if !status.is_success() {
            bail!("the page says {status}: {}", page.heading);
        }
        Ok(Landed::Page(page))
    }
}

impl Form {
    /// The field of this name, if the form has one.
    pub(crate) fn field(&mut self, name: &str) -> Option<&mut Field> {
        self.fields.iter_mut().find(|field| field.name == name)
    }

    /// Chooses one of a group of radio buttons.
    pub(crate) fn choose(&mut self, name: &str, value: &str) {
        for field in self.fields.iter_mut().filter(|field| field.name == name && field.kind == "radio") {
            field.active = field.value == value;
        }
    }
}

impl Field {
    pub(crate) fn attach(&mut self, picture: Vec<u8>) {
        self.file = Some(picture);
    }
}

impl Page {
    fn read(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let mut page = Self { heading: String::new(), forms: Vec::new() };
        let (mut form, mut in_heading) = (None, false);
        for Ok(token) in Tokenizer::new_with_emitter(html, emitter) {
            match token {
                Token::StartTag(tag) => {
                    let get = |name: &str| {
                        let value = tag.attributes.iter().find(|(key, _)| key.as_slice() == name.as_bytes());
                        value.map(|(_, value)| String::from_utf8_lossy(value).into_owned())
                    };
                    match (tag.name.as_slice(), &mut form) {
                        (b"h1", _) => in_heading = true,
                        (b"form", open) => {
                            let (action, id) = (get("action").unwrap_or_default(), get("id").unwrap_or_default());
                            *open = Some(Form { action, id, fields: Vec::new() });
                        }
                        (b"input" | b"select" | b"button", Some(form)) => {
                            let default = if tag.name.as_slice() == b"button" { "submit" } else { "text" };
                            let kind = get("type").unwrap_or_else(|| default.into());
                            let choice = matches!(kind.as_str(), "radio" | "checkbox");
                            // The first button is the one that Enter presses.
                            let pressed = kind != "submit" || !form.fields.iter().any(|field| field.kind == "submit");
                            if let Some(name) = get("name") {
                                let active = if choice { get("checked").is_some() } else { pressed };
                                let file = (kind == "file").then(Vec::new);
                                form.fields.push(Field {
                                    name,
                                    value: get("value").unwrap_or_default(),
                                    active,
                                    file,
                                    kind,
                                });
                            }
                        }
                        _ => {}
                    }
                }
                Token::EndTag(tag) if tag.name.as_slice() == b"form" => page.forms.extend(form.take()),
                Token::EndTag(tag) if tag.name.as_slice() == b"h1" => in_heading = false,
                Token::String(text) if in_heading => page.heading.push_str(&String::from_utf8_lossy(&text)),
                _ => {}
            }
        }
        page
    }
}
