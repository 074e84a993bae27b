//! Starting and stopping a sandbox.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::Arc,
};

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
    journal::Journal,
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
    /// Keep everything in this folder. Without it, everything is in memory.
    pub data: Option<PathBuf>,
    /// Keep uploaded pictures, encoded anew, in the folder `uploads` below [`Options::data`].
    pub keep_uploads: bool,
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
            data: None,
            keep_uploads: false,
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
        let store = open_store(options.data.as_deref(), &mut settings)?;
        let uploads = uploads_folder(&options)?;
        let listener =
            TcpListener::bind(options.listen).await.with_context(|| format!("cannot listen on {}", options.listen))?;
        let address = listener.local_addr()?;
        let (stop, stopping) = watch::channel(false);
        let app = Arc::new(App {
            settings,
            emulation: Emulation { strict: options.strict },
            clock: Clock,
            store,
            faults: Faults::default(),
            hosts: Hosts::new(&options.allow_hosts),
            uploads: Uploads::new(uploads),
            courier: Courier::default(),
            webhook_hosts,
            address,
            form_token: form_token(),
            senders: Arc::new(Semaphore::new(WEBHOOKS_AT_ONCE)),
            stopping: stopping.clone(),
        });
        app.resume();
        let serving = tokio::spawn(server::serve(listener, app, stopping));
        Ok(Self { address, stop, serving })
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end: what a client's `base_url` is. One that listens on all addresses is named by
    /// the loopback one, since it answers to loopback names.
    pub fn base_url(&self) -> String {
        let loopback = match self.address {
            SocketAddr::V4(address) if address.ip().is_unspecified() => Some(Ipv4Addr::LOCALHOST.into()),
            SocketAddr::V6(address) if address.ip().is_unspecified() => Some(Ipv6Addr::LOCALHOST.into()),
            _ => None,
        };
        let ip: IpAddr = loopback.unwrap_or(self.address.ip());
        format!("http://{}", SocketAddr::new(ip, self.address.port()))
    }

    /// Stops, after what is under way has had a moment to finish.
    pub async fn shutdown(self) {
        // The receivers live in the task that is waited for next.
        let _ = self.stop.send(true);
        let _ = self.serving.await;
    }
}

/// The store, with what the data folder holds. Flows that the settings no longer have are added to them, without keys or webhook.
fn open_store(folder: Option<&Path>, settings: &mut Settings) -> anyhow::Result<Store> {
    let Some(folder) = folder else { return Ok(Store::new(None, Vec::new(), Vec::new(), Vec::new())) };
    let (connection, loaded) = Journal::open(folder)?;
    let mut sessions = Vec::with_capacity(loaded.sessions.len());
    for (mut session, (id, modules)) in loaded.sessions {
        session.flow = settings.index_of(id, &modules)?;
        sessions.push(session);
    }
    let mut deliveries = Vec::with_capacity(loaded.deliveries.len());
    for (mut delivery, id) in loaded.deliveries {
        delivery.flow = settings.index_of(id, &[])?;
        deliveries.push(delivery);
    }
    let flows = settings.flows.iter().map(|flow| (flow.id, flow.modules.clone())).collect();
    Ok(Store::new(Some(Journal::start(connection, flows)), sessions, deliveries, loaded.messages))
}

fn uploads_folder(options: &Options) -> anyhow::Result<Option<PathBuf>> {
    if !options.keep_uploads {
        return Ok(None);
    }
    let folder =
        options.data.as_deref().context("--keep-uploads needs --data, the folder to keep them in")?.join("uploads");
    std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(Some(folder))
}
