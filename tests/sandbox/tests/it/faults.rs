//! Faults on order.

use serde_json::{Value, json};
use valify_sandbox::Options;

use crate::{
    receiver::Endpoint,
    webhooks::wait_for_state,
    world::{World, link_body, link_request},
};

fn ask(world: &World) -> Option<crate::client::Answer> {
    link_request(&link_body()).try_send(&world.address)
}

fn sessions(world: &World) -> Value {
    world.get("/_sandbox/sessions").json()["total"].clone()
}

#[test]
fn a_status_is_answered_without_acting_as_often_as_ordered() {
    let world = World::new();
    world.fault(&json!({ "on": "link", "action": "status", "status": 429, "retry_after": "7", "count": 2 }));
    for _ in 0..2 {
        let answer = ask(&world).unwrap();
        assert_eq!((answer.status, answer.header("retry-after")), (429, "7"));
    }
    assert_eq!(sessions(&world), 0);
    assert_eq!(ask(&world).unwrap().status, 200);
    world.fault(&json!({ "on": "link", "action": "status", "status": 422 }));
    assert_eq!(ask(&world).unwrap().json()["error_code"], 5001);
    world.fault(&json!({ "on": "link", "action": "status" }));
    assert_eq!(ask(&world).unwrap().status, 500);
}

#[test]
fn a_dropped_connection_tells_nothing_about_what_happened() {
    let world = World::new();
    world.fault(&json!({ "on": "link", "action": "drop_before" }));
    assert!(ask(&world).is_none());
    assert_eq!(sessions(&world), 0);
    world.fault(&json!({ "on": "link", "action": "drop_after" }));
    assert!(ask(&world).is_none());
    assert_eq!(sessions(&world), 1, "the session was made all the same");
}

#[test]
fn bodies_come_cut_malformed_or_slowly() {
    let world = World::new();
    world.fault(&json!({ "on": "link", "action": "truncate" }));
    assert!(ask(&world).is_none(), "the body ends before its length");
    world.fault(&json!({ "on": "link", "action": "malformed" }));
    let answer = ask(&world).unwrap();
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_slice::<Value>(&answer.body).is_err());
    for action in ["slow", "delay"] {
        world.fault(&json!({ "on": "link", "action": action, "delay_ms": 300 }));
        let begun = std::time::Instant::now();
        assert!(ask(&world).unwrap().json()["session_token"].is_string());
        assert!(begun.elapsed() >= std::time::Duration::from_millis(300), "{action}");
    }
    assert_eq!(sessions(&world), 4);
}

#[test]
fn an_order_that_makes_no_sense_is_refused_by_its_field() {
    let world = World::new();
    let wrong = [
        json!({ "on": "link", "action": "duplicate" }),
        json!({ "on": "link", "action": "delay", "status": 500 }),
        json!({ "on": "link", "action": "status", "status": 99 }),
        json!({ "on": "link", "action": "status", "status": 600 }),
        json!({ "on": "link", "action": "status", "retry_after": "a\r\nb" }),
        json!({ "on": "link", "action": "delay", "delay_ms": 600_001 }),
        json!({ "on": "link", "action": "delay", "count": 0 }),
        json!({ "on": "page", "action": "delay" }),
        json!({ "on": "link", "action": "explode" }),
        json!({ "on": "link" }),
        json!({ "on": "link", "action": "delay", "extra": 1 }),
    ];
    for order in wrong {
        assert_eq!(world.post("/_sandbox/faults", &order).status, 400, "{order}");
    }
    assert_eq!(world.get("/_sandbox/faults").json(), json!({ "faults": [] }));
}

fn webhook_world() -> (Endpoint, World) {
    let endpoint = Endpoint::new();
    let world = World::with(Options { webhook_url: Some(endpoint.url.clone()), ..Options::default() });
    (endpoint, world)
}

fn order_and_complete(world: &World, fault: &Value) -> String {
    world.fault(fault);
    let token = world.link();
    world.complete(&token, "passed");
    token
}

#[test]
fn a_webhook_comes_twice_late_or_never() {
    let (endpoint, world) = webhook_world();
    order_and_complete(&world, &json!({ "on": "webhook", "action": "duplicate" }));
    assert_eq!(endpoint.next().body, endpoint.next().body);
    let began = std::time::Instant::now();
    order_and_complete(&world, &json!({ "on": "webhook", "action": "delay", "delay_ms": 300 }));
    endpoint.next();
    assert!(began.elapsed() >= std::time::Duration::from_millis(300));
    wait_for_state(&world, "delivered");
    order_and_complete(&world, &json!({ "on": "webhook", "action": "never" }));
    let delivery = wait_for_state(&world, "withheld");
    assert_eq!(delivery["attempts"], json!([]));
    assert_eq!(endpoint.all().len(), 0);
}

#[test]
fn webhooks_come_out_of_order() {
    let (endpoint, world) = webhook_world();
    let held = order_and_complete(&world, &json!({ "on": "webhook", "action": "reorder" }));
    // The order is used up once the first delivery has taken it.
    while world.get("/_sandbox/faults").json() != json!({ "faults": [] }) {
        std::thread::yield_now();
    }
    let other = world.link();
    world.complete(&other, "passed");
    assert_eq!(endpoint.next().json()["data"]["token"], other.as_str());
    assert_eq!(endpoint.next().json()["data"]["token"], held.as_str());
}

#[test]
fn a_webhook_is_malformed_cut_dropped_or_slow() {
    let (endpoint, world) = webhook_world();
    order_and_complete(&world, &json!({ "on": "webhook", "action": "malformed" }));
    let malformed = endpoint.next();
    assert!(malformed.whole && serde_json::from_slice::<Value>(&malformed.body).is_err());
    wait_for_state(&world, "delivered");

    order_and_complete(&world, &json!({ "on": "webhook", "action": "truncate" }));
    assert!(!endpoint.next().whole);
    assert!(endpoint.next().whole, "a cut one is tried again");

    wait_for_state(&world, "delivered");
    order_and_complete(&world, &json!({ "on": "webhook", "action": "drop_after" }));
    assert_eq!(endpoint.next().body, endpoint.next().body, "without an answer it is sent again");
    let delivery = wait_for_state(&world, "delivered");
    assert!(delivery["attempts"][0]["error"].as_str().unwrap().contains("without waiting"));

    order_and_complete(&world, &json!({ "on": "webhook", "action": "drop_before" }));
    let delivery = wait_for_state(&world, "delivered");
    assert_eq!(delivery["attempts"][0]["fault"], "drop_before");
    endpoint.all();

    order_and_complete(&world, &json!({ "on": "webhook", "action": "slow", "delay_ms": 200 }));
    assert!(endpoint.next().whole);

    wait_for_state(&world, "delivered");
    order_and_complete(&world, &json!({ "on": "webhook", "action": "status", "status": 503 }));
    let delivery = wait_for_state(&world, "delivered");
    assert_eq!(delivery["attempts"].as_array().unwrap().len(), 2, "the answer was taken for a 503");
}
