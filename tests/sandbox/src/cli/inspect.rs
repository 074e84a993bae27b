//! `valify-sandbox inspect`: the form of a delivery, without what it says.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use valify_link_core::{Auth, Environment, webhook::inspect};

use super::delivery::{self, Received};

pub(super) const HELP: &str = "\
Prints header names and the body's shape with every value masked, so that the first real delivery becomes configuration without
anybody's data leaving the machine. With --auth documents it tells which of them authenticates the delivery, and for one that does it
proposes a profile: where fields are, never what decisions mean.";

/// What to inspect, and by which schemes it may be authenticated.
#[derive(Args)]
pub(super) struct Inspect {
    #[command(flatten)]
    received: Received,
    /// An auth document (JSON) to try. May be given several times.
    #[arg(long = "auth", value_name = "FILE")]
    candidates: Vec<PathBuf>,
    /// Where the secrets of the candidates are from.
    #[arg(long, value_enum, default_value = "production")]
    environment: From,
}

/// The core's environments, as words of the command line.
#[derive(Clone, Copy, ValueEnum)]
enum From {
    Production,
    Sandbox,
}

impl Inspect {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let candidate = |path: &PathBuf| {
            let document = delivery::read(path)?;
            Auth::from_document(&document).with_context(|| format!("--auth {}", path.display()))
        };
        let candidates = self.candidates.iter().map(candidate).collect::<anyhow::Result<Vec<_>>>()?;
        let environment = match self.environment {
            From::Production => Environment::Production,
            From::Sandbox => Environment::Sandbox,
        };
        let (body, headers) = self.received.read()?;
        let delivery = self.received.delivery(&body, &headers);
        let inspection = inspect(&delivery, &candidates, environment, self.received.time())?;
        if self.received.json {
            println!("{}", serde_json::to_string(&inspection)?);
        } else {
            println!("{inspection}");
        }
        Ok(())
    }
}
