//! `valify-sandbox diagnose`: why a delivery does not verify.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;

use super::{delivery::Received, verify};

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
}

impl Diagnose {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let verifier = verify::verifier(self.verifier.as_deref())?;
        let (body, headers) = self.received.read()?;
        let diagnosis = verifier.diagnose(&self.received.delivery(&body, &headers), self.received.time());
        if self.received.json {
            println!("{}", serde_json::to_string(&diagnosis)?);
        } else {
            println!("{diagnosis}");
        }
        Ok(if diagnosis.refused.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
