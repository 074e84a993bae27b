//! `valify-sandbox diagnose`: why a delivery does not verify.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::Args;
use valify_link_core::{Auth, NamedSecret};

use super::{
    delivery::{self, Received},
    verify,
};

pub(super) const HELP: &str = "\
Takes what verify takes. Tries the usual mistakes: a body that was parsed and written again, a newline lost or added, a secret or a
signature in another encoding, another header, a clock that is off, an older secret. No secret and nothing of the body is printed.

Exit code: 0 it verifies, 1 it does not, 2 misused.";

/// What to diagnose, and against which verifier.
#[derive(Args)]
pub(super) struct Diagnose {
    #[command(flatten)]
    received: Received,
    /// The verifier document (JSON). Without it: what the sandbox sends by default.
    #[arg(long, value_name = "FILE")]
    verifier: Option<PathBuf>,
    /// Older secrets to try as well: a list (JSON) like that of an auth document.
    #[arg(long, value_name = "FILE")]
    older: Option<PathBuf>,
}

impl Diagnose {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let verifier = verify::verifier(self.verifier.as_deref())?;
        let (body, headers) = self.received.read()?;
        let (delivery, now) = (self.received.delivery(&body, &headers), self.received.time());
        let diagnosis = match &self.older {
            Some(path) => verifier.diagnose_with_older(&delivery, now, &older(path)?).context("--older")?,
            None => verifier.diagnose(&delivery, now),
        };
        if self.received.json {
            println!("{}", serde_json::to_string(&diagnosis)?);
        } else {
            println!("{diagnosis}");
        }
        Ok(if diagnosis.refused.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The secrets of a list. Only auth documents have lists of secrets, so one is made around it.
fn older(path: &Path) -> anyhow::Result<Vec<NamedSecret>> {
    let mut document = br#"{"preset": "x_valify_signature_unverified", "secrets": "#.to_vec();
    document.append(&mut delivery::read(path)?);
    document.push(b'}');
    match Auth::from_document(&document).context("--older")? {
        Auth::Preset(preset) => Ok(preset.secrets),
        _ => bail!("--older: must be a list of secrets"),
    }
}
