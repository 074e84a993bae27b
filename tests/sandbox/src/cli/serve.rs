//! `valify-sandbox serve`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Args;
use valify_sandbox::{Options, Sandbox};

pub(super) const HELP: &str = "\
The first line on standard output says where it serves, once it does. Open that address in a browser for the key, a form that
creates links, the sessions, the webhook deliveries, the codes that were \"sent\" and the faults on order.

A configuration file, with every field but `id` and `modules` optional:

  [webhook]
  url = \"http://127.0.0.1:3000/webhooks/valify\"
  order = \"race\"            # or webhook_first, redirect_first
  images = \"none\"           # or realistic: over a mebibyte of pictures
  auth = { preset = \"standard_webhooks\", secrets = [{ id = \"a\", base64 = \"…\" }] }

  [[flows]]
  id = \"5a9d0b0e-0000-4000-8000-000000000001\"
  name = \"full\"
  modules = [\"ocr\", \"face_match\", \"liveness\", \"email_otp\", \"phone_otp\"]

  [[keys]]
  key = \"an-obviously-fake-key\"
  flows = [\"5a9d0b0e-0000-4000-8000-000000000001\"]";

/// How to serve.
#[derive(Args)]
pub(super) struct Serve {
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
    /// Send all webhooks here. A loopback http URL, or one on a host named by --webhook-host.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// Answer to this host name too (name or name:port). May be given several times.
    #[arg(long = "allow-host", value_name = "NAME")]
    allow_hosts: Vec<String>,
    /// Allow webhooks to this host name too. May be given several times.
    #[arg(long = "webhook-host", value_name = "NAME")]
    webhook_hosts: Vec<String>,
}

impl Serve {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("cannot start")?;
        runtime.block_on(async {
            let stop = Stop::listen().context("cannot listen for signals")?;
            let strict = self.strict;
            let sandbox = Sandbox::start(Options {
                listen: self.listen,
                config: self.config,
                data: self.data,
                keep_uploads: self.keep_uploads,
                strict,
                webhook_url: self.webhook_url,
                allow_hosts: self.allow_hosts,
                webhook_hosts: self.webhook_hosts,
            })
            .await?;
            println!("valify-sandbox ready at {}", sandbox.base_url());
            if strict {
                eprintln!(
                    "--strict: only what is documented is emulated, so no webhook is sent; see /_sandbox/provenance"
                );
            }
            stop.asked_for().await?;
            sandbox.shutdown().await;
            Ok(())
        })
    }
}

/// Ctrl-C and, where there is one, SIGTERM. Listened for before anybody is told that it serves: whoever is told may stop it at once.
struct Stop {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl Stop {
    fn listen() -> anyhow::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self { signals: [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?] })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    async fn asked_for(self) -> anyhow::Result<()> {
        #[cfg(unix)]
        {
            let [mut interrupt, mut terminate] = self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        #[cfg(not(unix))]
        tokio::signal::ctrl_c().await?;
        Ok(())
    }
}
