//! The configuration file (TOML). A mistake is named with its line.

use std::{ops::Range, path::Path, sync::Arc, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};
use toml::Spanned;
use valify_link_core::{Auth, Config, ConfigOptions, Environment, Profile};

use crate::{
    session::{Module, Outcome},
    settings::{Flow, Key, Order, Settings, Webhook, default_keys},
    token::Token,
    webhook::{Images, Payload, Signer, Target},
};

/// What was wrong, and in which line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ConfigError {
    /// Counted from one.
    pub line: usize,
    /// The rule, and the field where it is known.
    pub what: String,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    return_schemes: Vec<Spanned<String>>,
    #[serde(default)]
    keys: Vec<Spanned<KeyTable>>,
    #[serde(default)]
    flows: Vec<Spanned<FlowTable>>,
    webhook: Option<Spanned<WebhookTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyTable {
    key: Spanned<String>,
    #[serde(default)]
    disabled: bool,
    /// The ids of its flows; all, if left out.
    flows: Option<Vec<Spanned<Token>>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowTable {
    id: Spanned<Token>,
    name: Option<String>,
    modules: Spanned<Vec<Module>>,
    bundle: Option<Spanned<u64>>,
    webhook: Option<Spanned<WebhookTable>>,
}

/// A webhook; what a flow's own leaves out is as in the file's general one.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookTable {
    url: Option<Spanned<String>>,
    auth: Option<Spanned<toml::Table>>,
    profile: Option<Spanned<toml::Table>>,
    images: Option<Images>,
    order: Option<Order>,
    outcomes: Option<Vec<Outcome>>,
    #[serde(default, deserialize_with = "attempts")]
    attempts: Option<u32>,
    #[serde(default, deserialize_with = "milliseconds")]
    first_retry_ms: Option<u64>,
    #[serde(default, deserialize_with = "milliseconds")]
    timeout_ms: Option<u64>,
}

fn attempts<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let value = u32::deserialize(from)?;
    if (1..=20).contains(&value) { Ok(Some(value)) } else { Err(D::Error::custom("must be from 1 to 20")) }
}

fn milliseconds<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    let value = u64::deserialize(from)?;
    if (1..=600_000).contains(&value) {
        Ok(Some(value))
    } else {
        Err(D::Error::custom("must be from 1 to 600000 milliseconds"))
    }
}

/// Where a mistake is, before it is known in which line that is.
struct Mistake {
    at: Range<usize>,
    what: String,
}

impl Mistake {
    fn at<T>(place: &Spanned<T>, what: impl Into<String>) -> Self {
        Self { at: place.span(), what: what.into() }
    }

    fn in_text(self, text: &str) -> ConfigError {
        let before = text.get(..self.at.start).unwrap_or(text);
        ConfigError { line: before.matches('\n').count() + 1, what: self.what }
    }
}

impl Settings {
    /// Reads the file at `path`. `webhook_hosts` are the names of `--webhook-host`.
    ///
    /// # Errors
    /// That it cannot be read, or what is wrong in which line.
    pub fn read(path: &Path, webhook_hosts: &[String], strict: bool) -> anyhow::Result<Self> {
        let read = std::fs::read_to_string(path);
        let text = read.map_err(|error| anyhow::anyhow!("cannot read {}: {error}", path.display()))?;
        Self::from_toml(&text, webhook_hosts, strict).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong, in which line.
    pub fn from_toml(text: &str, webhook_hosts: &[String], strict: bool) -> Result<Self, ConfigError> {
        let file: File = toml::from_str(text).map_err(|error| {
            Mistake { at: error.span().unwrap_or_default(), what: error.message().to_owned() }.in_text(text)
        })?;
        Reader { text, webhook_hosts, strict }.settings(&file).map_err(|mistake| mistake.in_text(text))
    }
}

struct Reader<'a> {
    text: &'a str,
    webhook_hosts: &'a [String],
    strict: bool,
}

impl Reader<'_> {
    fn settings(&self, file: &File) -> Result<Settings, Mistake> {
        let general = file.webhook.as_ref().map(Spanned::get_ref);
        let mut flows: Vec<Flow> = Vec::new();
        for table in &file.flows {
            let flow = self.flow(table, general)?;
            if flows.iter().any(|other| other.id == flow.id) {
                return Err(Mistake::at(&table.get_ref().id, "id: another flow has this id"));
            }
            flows.push(flow);
        }
        if flows.is_empty() {
            let mut settings = Settings::with_target(None);
            settings.flows[0].webhook = Arc::new(self.webhook(general, None)?);
            flows = settings.flows;
        }
        if flows.len() > usize::from(u16::MAX) {
            return Err(Mistake { at: 0..0, what: "flows: at most 65535".to_owned() });
        }
        let keys = if file.keys.is_empty() { default_keys(flows.len()) } else { keys(&file.keys, &flows)? };
        let return_schemes = file.return_schemes.iter().map(scheme).collect::<Result<_, _>>()?;
        Ok(Settings { keys, flows, return_schemes })
    }

    fn flow(&self, table: &Spanned<FlowTable>, general: Option<&WebhookTable>) -> Result<Flow, Mistake> {
        let flow = table.get_ref();
        let modules = flow.modules.get_ref();
        if modules.is_empty() {
            return Err(Mistake::at(&flow.modules, "modules: must name at least one"));
        }
        if modules.iter().enumerate().any(|(at, module)| modules[..at].contains(module)) {
            return Err(Mistake::at(&flow.modules, "modules: each at most once"));
        }
        if let Some(bundle) = flow.bundle.as_ref().filter(|_| self.strict) {
            return Err(Mistake::at(
                bundle,
                "bundle: not emulated under --strict: link.bundle_exhausted is not documented",
            ));
        }
        Ok(Flow {
            id: *flow.id.get_ref(),
            name: flow.name.clone().unwrap_or_else(|| flow.id.get_ref().to_string()),
            modules: modules.clone(),
            bundle: flow.bundle.as_ref().map(|bundle| *bundle.get_ref()),
            webhook: Arc::new(self.webhook(flow.webhook.as_ref().map(Spanned::get_ref), general)?),
        })
    }

    fn webhook(&self, own: Option<&WebhookTable>, general: Option<&WebhookTable>) -> Result<Webhook, Mistake> {
        fn pick<'a, T>(
            own: Option<&'a WebhookTable>,
            general: Option<&'a WebhookTable>,
            field: impl Fn(&'a WebhookTable) -> Option<&'a T>,
        ) -> Option<&'a T> {
            own.and_then(&field).or_else(|| general.and_then(&field))
        }
        let default = Webhook::default();
        let target = pick(own, general, |table| table.url.as_ref());
        let target = target.map(|url| {
            Target::parse(url.get_ref(), self.webhook_hosts).map_err(|error| Mistake::at(url, format!("url: {error}")))
        });
        let signer = pick(own, general, |table| table.auth.as_ref()).map(|auth| {
            let document = json(auth);
            let made = Auth::from_document(&document).and_then(Signer::new);
            made.map_err(|error| self.refused("auth", auth, &error))
        });
        let profile = pick(own, general, |table| table.profile.as_ref()).map(|profile| {
            Profile::from_document(&json(profile)).map_err(|error| self.refused("profile", profile, &error))
        });
        let images = pick(own, general, |table| table.images.as_ref()).copied().unwrap_or_default();
        let number =
            |field: fn(&WebhookTable) -> Option<&u64>| pick(own, general, field).copied().map(Duration::from_millis);
        Ok(Webhook {
            target: target.transpose()?,
            signer: signer.transpose()?.unwrap_or_default(),
            payload: Payload::new(profile.transpose()?, images),
            order: pick(own, general, |table| table.order.as_ref()).copied().unwrap_or(default.order),
            outcomes: pick(own, general, |table| table.outcomes.as_ref()).cloned().unwrap_or(default.outcomes),
            attempts: pick(own, general, |table| table.attempts.as_ref()).copied().unwrap_or(default.attempts),
            first_retry: number(|table| table.first_retry_ms.as_ref()).unwrap_or(default.first_retry),
            timeout: number(|table| table.timeout_ms.as_ref()).unwrap_or(default.timeout),
        })
    }

    /// The text of a table. The parser's span of a `[table]` is its header alone: what follows, up to the next header, is its body.
    fn body_of(&self, span: Range<usize>) -> &str {
        let rest = self.text.get(span.start..).unwrap_or_default();
        if !rest.starts_with('[') {
            return self.text.get(span).unwrap_or_default();
        }
        let next_header =
            rest.match_indices('\n').map(|(at, _)| at).find(|at| rest[at + 1..].trim_start().starts_with('['));
        next_header.map_or(rest, |end| &rest[..end])
    }

    /// A refusal of the core, at the line of the field that it names, or of the table where that is not found.
    fn refused(&self, name: &str, table: &Spanned<toml::Table>, error: &valify_link_core::Error) -> Mistake {
        let field = error.field.as_deref().unwrap_or_default();
        let last = field.rsplit('.').next().unwrap_or_default().split('[').next().unwrap_or_default();
        let inside = self.body_of(table.span());
        let is_key = |at: &usize| {
            let rest = inside[at + last.len()..].trim_start_matches([' ', '\t', '"']);
            rest.starts_with('=') || rest.starts_with(']')
        };
        let found = inside.match_indices(last).map(|(at, _)| at).find(|at| !last.is_empty() && is_key(at));
        let start = table.span().start + found.unwrap_or_default();
        let path = if field.is_empty() { name.to_owned() } else { format!("{name}.{field}") };
        Mistake { at: start..start, what: format!("{path}: {}", error.detail) }
    }
}

fn keys(tables: &[Spanned<KeyTable>], flows: &[Flow]) -> Result<Vec<Key>, Mistake> {
    let mut keys: Vec<Key> = Vec::new();
    for table in tables {
        let KeyTable { key, disabled, flows: names } = table.get_ref();
        let text = key.get_ref();
        if text.is_empty() || text.len() > 512 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Mistake::at(key, "key: must be 1 to 512 visible ASCII characters without spaces"));
        }
        if keys.iter().any(|other| other.text == *text) {
            return Err(Mistake::at(key, "key: given twice"));
        }
        let index = |at: usize| u16::try_from(at).ok();
        let flows = match names {
            None => (0..flows.len()).filter_map(index).collect(),
            Some(names) => {
                let find = |name: &Spanned<Token>| {
                    let at = flows.iter().position(|flow| flow.id == *name.get_ref()).and_then(index);
                    at.ok_or_else(|| Mistake::at(name, "flows: there is no flow of this id"))
                };
                names.iter().map(find).collect::<Result<_, _>>()?
            }
        };
        keys.push(Key { text: text.clone(), disabled: *disabled, flows });
    }
    Ok(keys)
}

/// A scheme that the core would let a client return to; in lower case, as URLs are compared.
fn scheme(text: &Spanned<String>) -> Result<String, Mistake> {
    let options = ConfigOptions {
        base_url: Some("http://127.0.0.1".to_owned()),
        environment: Environment::Sandbox,
        return_schemes: vec![text.get_ref().clone()],
        ..ConfigOptions::default()
    };
    match Config::with_options("any-key", options) {
        Ok(_) => Ok(text.get_ref().to_ascii_lowercase()),
        Err(error) => Err(Mistake::at(text, format!("return_schemes: {}", error.detail))),
    }
}

/// A table as the JSON document that the core reads.
fn json(table: &Spanned<toml::Table>) -> Vec<u8> {
    serde_json::to_vec(table.get_ref()).expect("a TOML table without dates can be written as JSON, and dates as text")
}
