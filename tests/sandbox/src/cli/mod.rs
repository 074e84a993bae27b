//! The commands. Exit codes: 0 done, 1 refused or failed, 2 misused.

mod delivery;
mod serve;
mod sign;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

const EXAMPLES: &str = "\
Examples:
  valify-sandbox serve --webhook-url http://127.0.0.1:3000/webhooks/valify
      Serve on port 8484, and send webhooks to your application.

  valify-sandbox sign body.json
      Print the headers of a webhook with this body, as the sandbox signs it.

  valify-sandbox verify body.json --header 'X-Valify-Signature: 5f2b…' --json
      Tell whether a delivery is authentic, and what it says.";

/// A local Valify: the link API, the hosted page, the redirect and the webhook, with no account and no network.
#[derive(Parser)]
#[command(version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C or SIGTERM.
    #[command(after_help = serve::HELP)]
    Serve(serve::Serve),
    /// Print the headers that authenticate a webhook body.
    #[command(after_help = sign::HELP)]
    Sign(sign::Sign),
    /// Check a delivery and print what it says.
    #[command(after_help = verify::HELP)]
    Verify(verify::Verify),
}

/// Runs what the command line says.
pub(crate) fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => serve.run().map(|()| ExitCode::SUCCESS),
        Command::Sign(sign) => sign.run().map(|()| ExitCode::SUCCESS),
        Command::Verify(verify) => verify.run(),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
