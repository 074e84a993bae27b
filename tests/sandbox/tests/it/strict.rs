//! `--strict`: what is not documented is refused.

use serde_json::json;
use valify_sandbox::Options;

use crate::{
    client::Request,
    receiver::Endpoint,
    world::{KEY, World, link_body, link_request},
};

#[test]
fn no_webhook_is_sent_and_undocumented_input_is_refused() {
    let endpoint = Endpoint::new();
    let world = World::with(Options { strict: true, webhook_url: Some(endpoint.url.clone()), ..Options::default() });
    assert_eq!(world.get("/_sandbox/provenance").json()["strict"], true);
    let token = world.link();
    assert_eq!(world.complete(&token, "review").status, 400);
    assert_eq!(world.complete(&token, "passed").json()["delivery_id"], json!(null));
    assert_eq!(world.get("/_sandbox/deliveries").json(), json!({ "deliveries": [] }));
    assert_eq!(endpoint.all().len(), 0);

    let repeated = link_request(&link_body()).send(&world.address);
    assert_eq!(repeated.status, 400);
    assert!(repeated.json()["message"].as_str().unwrap().contains("link.repeated_reference"));
    let ask = |query: &str, key: &str, body: &serde_json::Value| {
        let target = format!("/api/link/v1/request/{query}");
        Request::new("POST", &target).header("X-Valify-Api-Key", key).json(body).send(&world.address).status
    };
    let mut fresh = link_body();
    fresh["reference_id"] = "user-2".into();
    assert_eq!(ask("?lang=ar", KEY, &fresh), 400);
    assert_eq!(ask("", KEY, &fresh), 400);
    assert_eq!(ask("?lang=en", "sandbox-key-disabled", &fresh), 401);
    let mut extra = fresh.clone();
    extra["extra"] = json!(1);
    assert_eq!(ask("?lang=en", KEY, &extra), 400);
    let mut other_flow = fresh.clone();
    other_flow["flow"] = json!("00000000-0000-4000-8000-000000000000");
    assert_eq!(ask("?lang=en", KEY, &other_flow), 400);
    assert_eq!(ask("?lang=en", KEY, &fresh), 200);

    assert_eq!(world.get("/?token=x").status, 501);
    assert_eq!(world.get(&format!("/?token={token}")).status, 501, "what a used link shows is not documented");
}

#[test]
fn faults_are_limited_to_documented_statuses() {
    let world = World::with(Options { strict: true, ..Options::default() });
    let order = |fault: serde_json::Value| world.post("/_sandbox/faults", &fault).status;
    assert_eq!(order(json!({ "on": "link", "action": "status", "status": 500 })), 200);
    assert_eq!(order(json!({ "on": "link", "action": "status", "status": 429 })), 400);
    assert_eq!(order(json!({ "on": "link", "action": "drop_before" })), 400);
    assert_eq!(order(json!({ "on": "webhook", "action": "delay" })), 400);
}

#[test]
fn the_page_offers_no_assumed_choices() {
    let world = World::with(Options { strict: true, ..Options::default() });
    let token = world.link();
    let page = world.get(&format!("/?token={token}")).text();
    for absent in ["name=\"outcome\"", "name=\"persona\"", "value=\"abandon\""] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(page.contains("name=\"front\""));
}
