//! The example against the local Valify: a link, and what the transport owes when things go wrong.

use std::{net::TcpListener, process::Command};

use chrono::{Duration, Utc};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use valify_example_rust::{create_link, send};
use valify_link_core::{
    Config, ConfigOptions, CreateLink, Environment, Error, ErrorKind, Link, LinkRequest, secret::SANDBOX_API_KEY,
};
use valify_sandbox::{Options, Sandbox};

/// A running sandbox; the runtime serves it from its own threads.
struct World {
    _runtime: Runtime,
    base_url: String,
}

impl World {
    fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let sandbox = runtime.block_on(Sandbox::start(Options::default())).expect("a sandbox");
        let base_url = sandbox.base_url();
        runtime.spawn(async move {
            // Kept running until the runtime ends.
            let _sandbox = sandbox;
            std::future::pending::<()>().await;
        });
        Self { _runtime: runtime, base_url }
    }

    fn fault(&self, fault: &Value) {
        let answer = ureq::post(format!("{}/_sandbox/faults", self.base_url)).send_json(fault).expect("a fault");
        assert!(answer.status().is_success());
    }

    fn sessions(&self) -> u64 {
        let sessions: Value = ureq::get(format!("{}/_sandbox/sessions", self.base_url))
            .call()
            .and_then(|mut answer| answer.body_mut().read_json())
            .expect("the sessions");
        sessions["total"].as_u64().expect("a number")
    }

    fn config(&self, options: ConfigOptions) -> Config {
        let options =
            ConfigOptions { environment: Environment::Sandbox, base_url: Some(self.base_url.clone()), ..options };
        Config::with_options(SANDBOX_API_KEY, options).expect("a configuration")
    }

    fn create(&self, options: ConfigOptions) -> Result<Link, Error> {
        create_link(&self.config(options), request())
    }

    fn kind(&self, options: ConfigOptions) -> ErrorKind {
        self.create(options).expect_err("an error").kind
    }
}

fn request() -> LinkRequest {
    LinkRequest::new("https://shop.example/back", "user-1", Utc::now() + Duration::minutes(30))
}

#[test]
fn the_example_prints_a_link() {
    let world = World::start();
    let run = |key: &str, arguments: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_valify-example-rust"))
            .env("VALIFY_API_KEY", key)
            .env("VALIFY_SANDBOX_URL", &world.base_url)
            .args(arguments)
            .output()
            .expect("the example runs")
    };
    let printed = run(SANDBOX_API_KEY, &["https://shop.example/back", "user-1"]);
    let text = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.status.success() && text.starts_with(&format!("{}/?token=", world.base_url)), "{text}");
    assert_eq!(world.sessions(), 1);

    let refused = run("undefined", &["https://shop.example/back", "user-1"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1));
    assert!(text.contains("api_key") && text.contains("fix_request"), "{text}");
    assert_eq!(run(SANDBOX_API_KEY, &["https://shop.example/back"]).status.code(), Some(2));
    assert_eq!(run("another-fake-key", &["https://shop.example/back", "user-1"]).status.code(), Some(1));
}

#[test]
fn nothing_listening_is_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let options = ConfigOptions {
        environment: Environment::Sandbox,
        base_url: Some(format!("http://{free}")),
        max_retries: 1,
        backoff_cap_ms: 0,
        ..ConfigOptions::default()
    };
    let config = Config::with_options(SANDBOX_API_KEY, options).expect("a configuration");
    assert_eq!(create_link(&config, request()).expect_err("nobody there").kind, ErrorKind::NotSent);
}

#[test]
fn a_rate_limit_is_waited_for_and_then_there_is_one_link() {
    let world = World::start();
    world.fault(&json!({ "on": "link", "action": "status", "status": 429, "retry_after": "0", "count": 2 }));
    world.create(ConfigOptions::default()).expect("a link at the third attempt");
    assert_eq!(world.sessions(), 1);
}

#[test]
fn whatever_may_have_been_processed_is_not_sent_again() {
    let world = World::start();
    for (fault, kind, created) in [
        (json!({ "on": "link", "action": "drop_before" }), ErrorKind::OutcomeUnknown, 0),
        (json!({ "on": "link", "action": "drop_after" }), ErrorKind::OutcomeUnknown, 1),
        (json!({ "on": "link", "action": "truncate" }), ErrorKind::OutcomeUnknown, 1),
        (json!({ "on": "link", "action": "malformed" }), ErrorKind::MalformedResponse, 1),
        (json!({ "on": "link", "action": "status", "status": 503 }), ErrorKind::ServerError, 0),
        (json!({ "on": "link", "action": "status", "status": 302 }), ErrorKind::Redirected, 0),
    ] {
        let before = world.sessions();
        world.fault(&fault);
        let error = world.create(ConfigOptions::default()).expect_err("an error");
        assert_eq!(error.kind, kind, "{fault}");
        assert_eq!(error.reference_id.as_deref(), Some("user-1"));
        assert_eq!(world.sessions() - before, created, "{fault}");
    }
}

#[test]
fn a_slow_answer_is_unknown_after_the_timeout() {
    let world = World::start();
    world.fault(&json!({ "on": "link", "action": "delay", "delay_ms": 30_000 }));
    assert_eq!(world.kind(ConfigOptions { timeout_ms: 1500, ..ConfigOptions::default() }), ErrorKind::OutcomeUnknown);
    world.fault(&json!({ "on": "link", "action": "slow", "delay_ms": 30_000 }));
    assert_eq!(world.kind(ConfigOptions { timeout_ms: 1500, ..ConfigOptions::default() }), ErrorKind::OutcomeUnknown);
}

#[test]
fn a_body_over_the_cap_is_not_read_whole() {
    let world = World::start();
    let options = ConfigOptions { max_response_bytes: 20, ..ConfigOptions::default() };
    assert_eq!(world.kind(options), ErrorKind::OutcomeUnknown);
    assert_eq!(world.sessions(), 1, "it was created all the same");
}

#[test]
fn the_answers_url_is_told() {
    let world = World::start();
    let config = world.config(ConfigOptions::default());
    let call = CreateLink::new(&config, request(), Utc::now(), 0).expect("a call");
    let asked = call.request();
    let response = send(&asked).expect("an answer");
    assert_eq!((response.status, response.final_url.as_str()), (200, asked.url.as_str()));
    assert!(call.parse(&response, Utc::now()).is_ok());
}
