//! `valify-sandbox verify`: the receiver's side.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use valify_link_core::{Delivery, Error, Event, Headers, Instant, Verifier};

use super::delivery;

pub(super) const HELP: &str = "\
Without --verifier it expects what the sandbox sends by default. A verifier document:

  {\"environment\": \"production\",
   \"auth\": {\"scheme\": \"hmac\", \"header\": \"X-Valify-Signature\", \"digest\": \"sha256\", \"encoding\": \"hex\", \"signs\": \"body\",
            \"secrets\": [{\"id\": \"2026-11\", \"utf8\": \"…\"}]},
   \"profile\": {\"session_token\": [\"/data/token\"], \"decision\": [\"/data/status\"],
               \"decisions\": [{\"value\": \"approved\", \"outcome\": \"passed\"}], \"matches_by\": \"session_token\"}}

Exit code: 0 authentic, 1 refused, 2 misused. The subject and the token of the event are not printed.";

/// What the sandbox sends by default, as a receiver reads it.
const DEFAULT: &str = r#"{"environment": "sandbox",
    "auth": {"preset": "x_valify_signature_unverified", "secrets": [{"id": "sandbox", "utf8": "sandbox-secret-not-for-production"}]},
    "profile": {"reference_id": ["/data/reference_id"], "session_token": ["/data/token"], "transaction_id": ["/data/transaction_id"],
        "occurred_at": ["/data/occurred_at"], "decision": ["/data/status"], "matches_by": "session_token",
        "decisions": [{"value": "approved", "outcome": "passed"}, {"value": "rejected", "outcome": "failed"},
            {"value": "review", "outcome": "review"}, {"value": "abandoned", "outcome": "abandoned"},
            {"value": "expired", "outcome": "expired"}]}}"#;

/// What to verify, and how.
#[derive(Args)]
pub(super) struct Verify {
    /// The body, byte for byte as it was received; - is standard input.
    file: PathBuf,
    /// A header as it was received, "Name: value". May be given several times.
    #[arg(long = "header", short = 'H', value_name = "LINE", value_parser = parse_header)]
    headers: Vec<(String, String)>,
    /// The URL that it came to, for secrets in the URL.
    #[arg(long)]
    url: Option<String>,
    /// The verifier document (JSON).
    #[arg(long, value_name = "FILE")]
    verifier: Option<PathBuf>,
    /// When it was received, like 2026-01-14T07:57:54.972Z; by default now.
    #[arg(long, value_name = "TIME", value_parser = delivery::parse_time)]
    now: Option<Instant>,
    /// Print the event, or {"error": {"kind": …}}, as JSON.
    #[arg(long)]
    json: bool,
}

fn parse_header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once(':').ok_or("must be \"Name: value\"")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let document = match &self.verifier {
            Some(path) => delivery::read(path)?,
            None => DEFAULT.into(),
        };
        let verifier = Verifier::from_document(&document).context("--verifier")?;
        let body = delivery::read(&self.file)?;
        let headers: Headers = self.headers.iter().cloned().collect();
        let received = Delivery { headers: &headers, body: &body, url: self.url.as_deref() };
        let verdict = verifier.verify(&received, delivery::time(self.now));
        Ok(match verdict {
            Ok(event) => self.accepted(&event)?,
            Err(error) => self.refused(&error),
        })
    }

    fn accepted(&self, event: &Event) -> anyhow::Result<ExitCode> {
        if self.json {
            println!("{}", serde_json::to_string(event)?);
        } else {
            let view = event.view();
            println!("authentic, by secret {}", view.authenticated_by.secret);
            println!("outcome: {}", view.outcome.as_str());
            if let Some(problem) = view.problem {
                println!("problem: {}", problem.as_str());
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    fn refused(&self, error: &Error) -> ExitCode {
        if self.json {
            println!("{}", json!({ "error": { "kind": error.kind.as_str(), "next": error.kind.next().as_str() } }));
        } else {
            eprintln!("refused: {error}");
        }
        ExitCode::FAILURE
    }
}
