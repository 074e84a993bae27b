//! The whole job on one machine: a local Valify, a shop's backend, a user. Real HTTP over loopback between the three.

mod browser;
mod report;
mod shop;
mod walk;

use std::{
    process::ExitCode,
    sync::mpsc::RecvTimeoutError,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use chrono::Utc;
use clap::Parser;
use report::Report;
use shop::{Shop, Visit};
use tokio::runtime::Runtime;
use valify_link_core::{Config, Lang, Verification, secret::SANDBOX_API_KEY};
use valify_sandbox::{Options, Sandbox};
use walk::Wish;

/// How long the pieces of the automatic run may take before it is called stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs one whole verification on this machine, with no account and no network.
///
/// Starts a local Valify and a shop's backend, creates a link over real HTTP, walks the hosted page as a user would, follows the redirect
/// back, receives the webhook, verifies it and prints the verdict.
#[derive(Parser)]
#[command(name = "cargo demo", version, after_help = EXIT_STATUS)]
struct Arguments {
    /// Print the link and wait for you to finish it in a browser, then go on.
    #[arg(long)]
    interactive: bool,
    /// The language of the page: en or ar.
    #[arg(long, default_value = "en", value_parser = lang)]
    lang: Lang,
    /// How the user's checks end in the automatic run.
    #[arg(long, value_enum, default_value = "passed", conflicts_with = "interactive")]
    outcome: Wish,
}

const EXIT_STATUS: &str = "Exit status: 0 when the verdict is the one that was wished for (with --interactive: when there is one), \
                           1 when not, 2 for a wrong word.";

fn lang(text: &str) -> Result<Lang, &'static str> {
    Lang::from_name(text).ok_or("must be en or ar")
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("the demo stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    let began = Instant::now();
    let runtime = Runtime::new().context("no runtime for the servers")?;
    let mut report = Report::new();
    report.title("One whole verification on this machine, with no account and no network");

    let shop = runtime.block_on(Shop::open()).context("the shop's backend cannot listen on loopback")?;
    let options = Options { webhook_url: Some(shop.webhook_url()), ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(options)).context("the sandbox does not start")?;
    report.step("sandbox", &format!("a local Valify serves at {}", sandbox.base_url()));
    report.step("shop", &format!("a backend listens at {} for the return and the webhook", shop.origin()));

    let config = Config::sandbox(SANDBOX_API_KEY, sandbox.base_url())?.lang(arguments.lang);
    let (request, states) = shop.request()?;
    let record = Verification::requested(&config, &request, Utc::now())?;
    report.step("record", "requested: written before anything is sent, so that nothing can come too early");

    let link = valify_example_rust::create_link(&config, request)?;
    let record = record.issued(&link)?;
    report.step("link", "asked for over HTTP, and checked before anyone is sent there");
    report.detail(&link.redirect_url);

    if arguments.interactive {
        report.step("you", "open the link in a browser and finish the steps; Ctrl-C ends the demo");
        report.detail(&format!("codes for e-mail and phone: {}/#outbox", sandbox.base_url()));
    } else {
        walk::finish(&link, &sandbox.base_url(), arguments.outcome, &mut report)?;
    }

    let patience = (!arguments.interactive).then_some(PATIENCE);
    let followed = shop::follow(&shop, &states, record, patience, |visit, record| {
        match visit {
            Visit::Return => report.step("return", "the browser is back, which proves nothing about the outcome"),
            Visit::Webhook(event) => report.step("webhook", &format!("received and verified: {event}")),
        }
        report.detail(&format!("record: {}", record.status(Utc::now())));
    });
    let record = match followed {
        Ok(record) => record,
        Err(RecvTimeoutError::Timeout) => bail!("the return and the webhook did not both come within {PATIENCE:?}"),
        Err(RecvTimeoutError::Disconnected) => bail!("the shop's backend has stopped"),
    };
    runtime.block_on(sandbox.shutdown());

    let verdict = record.status(Utc::now());
    report.verdict(verdict, record.may_proceed(Utc::now()), began.elapsed());
    Ok(arguments.interactive || verdict == arguments.outcome.status())
}
