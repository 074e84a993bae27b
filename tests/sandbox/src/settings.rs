//! What the sandbox plays: keys, flows and webhooks. The default needs no file.

use std::{sync::Arc, time::Duration};

use serde::{Deserialize, Serialize};
use valify_link_core::secret::SANDBOX_API_KEY;

use crate::{
    session::{Module, Outcome, names},
    token::Token,
    webhook::{Payload, Signer, Target},
};

/// The key that answers 403 where the configuration lists no keys of its own (assumed).
pub const DISABLED_API_KEY: &str = "sandbox-key-disabled";

/// The default flow, with all five modules.
pub const DEFAULT_FLOW: &str = "5a9d0b0e-0000-4000-8000-000000000001";

/// Everything that a configuration file can say.
#[derive(Debug)]
pub struct Settings {
    /// The accounts' keys.
    pub keys: Vec<Key>,
    /// The flows, each reachable by its index from a session.
    pub flows: Vec<Flow>,
    /// Schemes besides http and https that a `return_url` may have, in lower case.
    pub return_schemes: Vec<String>,
}

/// One API key.
#[derive(Debug)]
pub struct Key {
    /// Its text, as the header carries it.
    pub text: String,
    /// Whether it answers 403 (assumed).
    pub disabled: bool,
    /// The indexes of its account's flows.
    pub flows: Vec<u16>,
}

/// One flow.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its UUID.
    pub id: Token,
    /// What the home page calls it.
    pub name: String,
    /// Its steps in order.
    pub modules: Vec<Module>,
    /// How many links it may give before 422, if that is bounded.
    pub bundle: Option<u64>,
    /// Its webhook.
    pub webhook: Arc<Webhook>,
}

names! {
    /// Which of the webhook and the redirect comes first (assumed; the contract does not say).
    Order {
        /// Neither waits for the other.
        Race = "race",
        /// The redirect waits until the webhook's first attempt has ended.
        WebhookFirst = "webhook_first",
        /// The webhook leaves a moment after the redirect.
        RedirectFirst = "redirect_first",
    }
}

/// Where results are sent, and how.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Where to. Without one none is sent.
    pub target: Option<Target>,
    /// How it is authenticated.
    pub signer: Signer,
    /// What it says.
    pub payload: Payload,
    /// Before or after the redirect.
    pub order: Order,
    /// The outcomes that call it.
    pub outcomes: Vec<Outcome>,
    /// How often one delivery is tried.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each one after, up to a minute.
    pub first_retry: Duration,
    /// One attempt's time, connecting included.
    pub timeout: Duration,
}

impl Default for Webhook {
    fn default() -> Self {
        Self {
            target: None,
            signer: Signer::default(),
            payload: Payload::default(),
            order: Order::Race,
            outcomes: Outcome::ALL.to_vec(),
            attempts: 5,
            first_retry: Duration::from_secs(1),
            timeout: Duration::from_secs(10),
        }
    }
}

impl Settings {
    /// One key, one flow with all five modules, and webhooks to `target` if there is one.
    pub(crate) fn with_target(target: Option<Target>) -> Self {
        let flow = Flow {
            id: Token::parse(DEFAULT_FLOW).expect("the default flow is a UUID"),
            name: "default".to_owned(),
            modules: Module::ALL.to_vec(),
            bundle: None,
            webhook: Arc::new(Webhook { target, ..Webhook::default() }),
        };
        Self { keys: default_keys(1), flows: vec![flow], return_schemes: Vec::new() }
    }
}

impl Settings {
    /// Sends the webhooks of all flows to one target.
    pub(crate) fn send_to(&mut self, target: &Target) {
        for flow in &mut self.flows {
            let webhook = Webhook { target: Some(target.clone()), ..Webhook::clone(&flow.webhook) };
            flow.webhook = Arc::new(webhook);
        }
    }
}

impl Settings {
    /// The index of a flow by its id. One that is unknown is added: a session in the data folder keeps its flow when the file changes.
    pub(crate) fn index_of(&mut self, id: Token, modules: &[Module]) -> anyhow::Result<u16> {
        let at = self.flows.iter().position(|flow| flow.id == id).unwrap_or_else(|| {
            let name = format!("{id} (no longer configured)");
            self.flows.push(Flow { id, name, modules: modules.to_vec(), bundle: None, webhook: Arc::default() });
            self.flows.len() - 1
        });
        u16::try_from(at).map_err(|_| anyhow::anyhow!("there are more than 65536 flows"))
    }
}

/// The well-known keys, for an account that has the first `flows` flows.
pub(crate) fn default_keys(flows: usize) -> Vec<Key> {
    let key = |text: &str, disabled| Key {
        text: text.to_owned(),
        disabled,
        flows: (0..flows).filter_map(|at| u16::try_from(at).ok()).collect(),
    };
    vec![key(SANDBOX_API_KEY, false), key(DISABLED_API_KEY, true)]
}
