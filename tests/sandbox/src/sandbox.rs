//! Starting and stopping a sandbox.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use crate::{
    app::{App, WEBHOOKS_AT_ONCE},
    clock::Clock,
    faults::Faults,
    guard::Hosts,
    provenance::Emulation,
    server,
    settings::Settings,
    store::Store,
    token::form_token,
    upload::Uploads,
    webhook::{Courier, Target},
};

/// How to start. The default is one key, one flow with all five modules, in memory, on a free loopback port, without a webhook.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen; port 0 is any free one.
    pub listen: SocketAddr,
    /// Refuse whatever is not documented.
    pub strict: bool,
    /// The configuration file (TOML), if there is one.
    pub config: Option<PathBuf>,
    /// Where webhooks of all flows go, whatever the file says. Without either, none is sent.
    pub webhook_url: Option<String>,
    /// Host names besides loopback that requests may come to.
    pub allow_hosts: Vec<String>,
    /// Host names besides loopback that webhooks may go to.
    pub webhook_hosts: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            strict: false,
            config: None,
            webhook_url: None,
            allow_hosts: Vec::new(),
            webhook_hosts: Vec::new(),
        }
    }
}

/// A running sandbox. Dropping it stops it without waiting; [`Sandbox::shutdown`] waits.
#[derive(Debug)]
pub struct Sandbox {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Sandbox {
    /// Starts to serve on the current tokio runtime. Once this has returned, requests are answered.
    ///
    /// # Errors
    /// What was wrong with the options, or why the address cannot be listened on.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let webhook_hosts: Vec<_> = options.webhook_hosts.iter().map(|name| name.to_ascii_lowercase()).collect();
        let target = options.webhook_url.as_deref().map(|url| Target::parse(url, &webhook_hosts)).transpose();
        let target = target.context("--webhook-url")?;
        let mut settings = match &options.config {
            Some(path) => Settings::read(path, &webhook_hosts, options.strict)?,
            None => Settings::with_target(None),
        };
        if let Some(target) = target {
            settings.send_to(&target);
        }
        let listener =
            TcpListener::bind(options.listen).await.with_context(|| format!("cannot listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopping) = watch::channel(false);
        let app = Arc::new(App {
            settings,
            emulation: Emulation { strict: options.strict },
            clock: Clock,
            store: Store::in_memory(),
            faults: Faults::default(),
            hosts: Hosts::new(&options.allow_hosts),
            uploads: Uploads::new(None),
            courier: Courier::default(),
            webhook_hosts,
            address,
            form_token: form_token(),
            senders: Arc::new(Semaphore::new(WEBHOOKS_AT_ONCE)),
            stopping: stopping.clone(),
        });
        let serving = tokio::spawn(server::serve(listener, app, stopping));
        Ok(Self { address, stop, serving })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end: what a client's `base_url` is.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, after what is under way has had a moment to finish.
    pub async fn shutdown(self) {
        // The receivers live in the task that is waited for next.
        let _ = self.stop.send(true);
        let _ = self.serving.await;
    }
}
