//! A sandbox of one's own, and the everyday requests to it.

use serde_json::{Value, json};
use valify_sandbox::{Options, Sandbox};

use crate::client::{Answer, Request};

pub(crate) const KEY: &str = "sandbox-key-not-for-production";
pub(crate) const LINK: &str = "/api/link/v1/request/?lang=en";

pub(crate) struct World {
    pub(crate) address: String,
    // Dropped last: with it the sandbox ends.
    _runtime: tokio::runtime::Runtime,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Self {
        Self::try_with(options).expect("the sandbox starts")
    }

    pub(crate) fn try_with(options: Options) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let sandbox = runtime.block_on(Sandbox::start(options))?;
        let address = sandbox.base_url().trim_start_matches("http://").to_owned();
        // Lives as long as the runtime.
        std::mem::forget(sandbox);
        Ok(Self { address, _runtime: runtime })
    }

    pub(crate) fn get(&self, target: &str) -> Answer {
        Request::new("GET", target).send(&self.address)
    }

    pub(crate) fn post(&self, target: &str, body: &Value) -> Answer {
        Request::new("POST", target).json(body).send(&self.address)
    }

    /// Asks for a link as the contract says, and gives the session's token.
    pub(crate) fn link(&self) -> String {
        let answer = link_request(&link_body()).send(&self.address);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["session_token"].as_str().expect("a token").to_owned()
    }

    pub(crate) fn session(&self, token: &str) -> Value {
        self.get(&format!("/_sandbox/sessions/{token}")).json()
    }

    pub(crate) fn complete(&self, token: &str, outcome: &str) -> Answer {
        self.post(&format!("/_sandbox/sessions/{token}/complete"), &json!({ "outcome": outcome }))
    }

    pub(crate) fn fault(&self, fault: &Value) {
        let answer = self.post("/_sandbox/faults", fault);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

pub(crate) fn link_request(body: &Value) -> Request {
    Request::new("POST", LINK).header("X-Valify-Api-Key", KEY).json(body)
}

pub(crate) fn link_body() -> Value {
    json!({ "return_url": "https://shop.example/back?order=1", "reference_id": "user-1", "expires_at": "2099-01-14T07:57:54.972Z" })
}
