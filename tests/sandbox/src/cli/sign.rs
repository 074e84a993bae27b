//! `valify-sandbox sign`: the sender's side.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use valify_link_core::{
    Auth, Instant, Secret,
    secret::{NamedSecret, SANDBOX_WEBHOOK_SECRET},
    sign,
    webhook::{Preset, PresetName},
};

use super::delivery;

pub(super) const HELP: &str = "\
Without --auth it signs as the sandbox does: X-Valify-Signature with the well-known secret. An auth document, as a verifier takes it:

  {\"preset\": \"standard_webhooks\", \"secrets\": [{\"id\": \"a\", \"base64\": \"…\"}]}

Sign and send in one line:

  curl -H \"$(valify-sandbox sign body.json)\" -H 'Content-Type: application/json' --data-binary @body.json http://127.0.0.1:3000/hook";

/// What to sign, and how.
#[derive(Args)]
pub(super) struct Sign {
    /// The body; - is standard input.
    file: PathBuf,
    /// The auth document (JSON).
    #[arg(long, value_name = "FILE")]
    auth: Option<PathBuf>,
    /// The delivery's id, for schemes that sign one.
    #[arg(long)]
    id: Option<String>,
    /// The time to sign, like 2026-01-14T07:57:54.972Z; by default now.
    #[arg(long, value_name = "TIME", value_parser = delivery::parse_time)]
    now: Option<Instant>,
    /// Print {"headers": [[name, value]], "url": path and query or null}.
    #[arg(long)]
    json: bool,
}

impl Sign {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let auth = match &self.auth {
            Some(path) => Auth::from_document(&delivery::read(path)?).context("--auth")?,
            None => sandbox_auth(),
        };
        let body = delivery::read(&self.file)?;
        let signed = sign(&auth, &body, self.id.as_deref(), delivery::time(self.now))?;
        let headers: Vec<_> =
            signed.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect();
        if self.json {
            println!("{}", json!({ "headers": headers, "url": signed.url }));
            return Ok(());
        }
        for (name, value) in headers {
            println!("{name}: {value}");
        }
        if let Some(url) = signed.url {
            println!("{url}");
        }
        Ok(())
    }
}

/// As the sandbox signs without a configuration.
fn sandbox_auth() -> Auth {
    let secret = NamedSecret::new("sandbox", Secret::utf8(SANDBOX_WEBHOOK_SECRET));
    Auth::Preset(Preset::new(PresetName::XValifySignatureUnverified, vec![secret]))
}
