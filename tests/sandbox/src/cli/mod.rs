//! The commands. Exit codes: 0 done, 1 refused or failed, 2 misused.

mod delivery;
mod diagnose;
mod inspect;
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
      Tell whether a delivery is authentic, and what it says.

  valify-sandbox diagnose body.json --header 'X-Valify-Signature: 5f2b…' --verifier verifier.json
      Tell which mistake makes it fail.

  valify-sandbox inspect body.json --header 'X-Valify-Signature: 5f2b…' --auth auth.json
      Describe a delivery without what it says, and propose a profile for it.";

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
    /// Tell which mistake makes a delivery fail.
    #[command(after_help = diagnose::HELP)]
    Diagnose(diagnose::Diagnose),
    /// Describe a delivery without what it says.
    #[command(after_help = inspect::HELP)]
    Inspect(inspect::Inspect),
}

/// Runs what the command line says.
pub(crate) fn run() -> ExitCode {
    let command = Cli::parse().command;
    // To these two, 1 is what they say about the delivery.
    let failed = match command {
        Command::Verify(_) | Command::Diagnose(_) => ExitCode::from(2),
        Command::Serve(_) | Command::Sign(_) | Command::Inspect(_) => ExitCode::FAILURE,
    };
    let done = match command {
        Command::Serve(serve) => serve.run().map(|()| ExitCode::SUCCESS),
        Command::Sign(sign) => sign.run().map(|()| ExitCode::SUCCESS),
        Command::Verify(verify) => verify.run(),
        Command::Diagnose(diagnose) => diagnose.run(),
        Command::Inspect(inspect) => inspect.run().map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        failed
    })
}
