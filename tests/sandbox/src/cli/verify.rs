//! `valify-sandbox verify`: the receiver's side.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use valify_link_core::{Error, Event, Verifier};

use super::delivery::{self, Received};

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
    #[command(flatten)]
    received: Received,
    /// The verifier document (JSON).
    #[arg(long, value_name = "FILE")]
    verifier: Option<PathBuf>,
}

/// The verifier of a document, or the one that fits the sandbox.
pub(super) fn verifier(document: Option<&Path>) -> anyhow::Result<Verifier> {
    let document = match document {
        Some(path) => delivery::read(path)?,
        None => DEFAULT.into(),
    };
    Verifier::from_document(&document).context("--verifier")
}

impl Verify {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let verifier = verifier(self.verifier.as_deref())?;
        let (body, headers) = self.received.read()?;
        Ok(match verifier.verify(&self.received.delivery(&body, &headers), self.received.time()) {
            Ok(event) => self.accepted(&event)?,
            Err(error) => self.refused(&error),
        })
    }

    fn accepted(&self, event: &Event) -> anyhow::Result<ExitCode> {
        if self.received.json {
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
        if self.received.json {
            println!("{}", json!({ "error": { "kind": error.kind.as_str(), "next": error.kind.next().as_str() } }));
        } else {
            eprintln!("refused: {error}");
        }
        ExitCode::FAILURE
    }
}
