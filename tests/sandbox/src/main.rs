//! `valify-sandbox`: a local Valify on the command line.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use valify_sandbox::{Options, Sandbox};

/// A local Valify: the link API, the hosted page, the redirect and the webhook, with no account and no network.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve until Ctrl-C or SIGTERM.
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8484")]
    listen: SocketAddr,
    /// Flows, keys and webhooks from this TOML file.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Keep everything in this folder, for its owner alone. Without it everything is in memory.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Keep uploaded pictures too, encoded anew, in DIR/uploads.
    #[arg(long, requires = "data")]
    keep_uploads: bool,
    /// Refuse whatever is not documented; so no webhook is sent.
    #[arg(long)]
    strict: bool,
    /// Send webhooks here. A loopback http URL, or one on a host named by --webhook-host.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Answer to this host name too (name or name:port). May be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_hosts: Vec<String>,
    /// Allow webhooks to this host name too. May be given several times.
    #[arg(long = "webhook-host", value_name = "NAME")]
    webhook_hosts: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve(arguments) => serve(arguments),
    }
}

fn serve(arguments: Serve) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
    runtime.block_on(async {
        let strict = arguments.strict;
        let sandbox = Sandbox::start(Options {
            listen: arguments.listen,
            strict,
            config: arguments.config,
            data: arguments.data,
            keep_uploads: arguments.keep_uploads,
            webhook_url: arguments.webhook_url,
            allow_hosts: arguments.allow_hosts,
            webhook_hosts: arguments.webhook_hosts,
        })
        .await?;
        println!("valify-sandbox ready at {}", sandbox.base_url());
        if strict {
            eprintln!("strict: only what is documented is emulated, so no webhook is sent; see /_sandbox/provenance");
        }
        stop_asked_for().await?;
        sandbox.shutdown().await;
        Ok(())
    })
}

async fn stop_asked_for() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted?,
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await?;
    Ok(())
}
