//! Webhooks: where they go, how they are signed, what is recorded.

use serde_json::json;
use valify_sandbox::Options;

use crate::{receiver::Endpoint, world::World};

fn world_for(endpoint: &Endpoint) -> World {
    World::with(Options { webhook_url: Some(endpoint.url.clone()), ..Options::default() })
}

/// Asks until the newest delivery has this state.
pub(crate) fn wait_for_state(world: &World, state: &str) -> serde_json::Value {
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    loop {
        let newest = world.get("/_sandbox/deliveries").json()["deliveries"][0].clone();
        if newest["state"] == state {
            return newest;
        }
        assert!(std::time::Instant::now() < end, "the delivery does not become {state}: {newest}");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn completing_sends_one_signed_webhook_and_records_it() {
    let endpoint = Endpoint::new();
    let world = world_for(&endpoint);
    let token = world.link();
    let answer = world.complete(&token, "review").json();
    let received = endpoint.next();
    assert_eq!(received.target, "/hooks/valify?x=1");
    assert_eq!(received.header("content-type"), "application/json");
    let data = received.json()["data"].clone();
    assert_eq!(data["reference_id"], "user-1");
    assert_eq!(data["token"], token.as_str());
    assert_eq!(data["status"], "review");
    let checks = json!({"ocr": "approved", "face_match": "approved", "liveness": "approved", "email_otp": "approved", "phone_otp": "review"});
    assert_eq!(data["checks"], checks, "as the page would have ended it");
    assert_eq!(data["transaction_id"], world.session(&token)["transaction_id"]);
    assert_eq!(data["occurred_at"], world.session(&token)["ended_at"]);
    assert_eq!(received.header("x-valify-signature"), hmac_hex(&received.body));

    let delivery = wait_for_state(&world, "delivered");
    assert_eq!(delivery["id"], answer["delivery_id"]);
    assert_eq!(delivery["session_token"], token.as_str());
    let attempt = &delivery["attempts"][0];
    assert_eq!(attempt["request"]["url"], endpoint.url.as_str());
    assert_eq!(attempt["request"]["body"].as_str().unwrap().as_bytes(), received.body);
    assert_eq!((&attempt["response"]["status"], &attempt["response"]["body"]), (&json!(200), &json!("ok")));
    assert!(
        attempt["request"]["headers"]
            .as_array()
            .unwrap()
            .contains(&json!(["X-Valify-Signature", hmac_hex(&received.body)]))
    );
}

#[test]
fn a_verifier_of_the_core_believes_it() {
    use valify_link_core::{Delivery, Headers, Outcome, Verifier};
    let endpoint = Endpoint::new();
    let world = world_for(&endpoint);
    let token = world.link();
    world.complete(&token, "passed");
    let received = endpoint.next();
    let verifier = Verifier::from_document(br#"{"environment": "sandbox",
        "auth": {"preset": "x_valify_signature_unverified", "secrets": [{"id": "s", "utf8": "sandbox-secret-not-for-production"}]},
        "profile": {"session_token": ["/data/token"], "occurred_at": ["/data/occurred_at"], "decision": ["/data/status"],
                    "decisions": [{"value": "approved", "outcome": "passed"}], "matches_by": "session_token"}}"#)
    .unwrap();
    let headers: Headers = received.headers.iter().cloned().collect();
    let now = "2026-01-14T07:57:54.972Z".parse().unwrap();
    let event = verifier.verify(&Delivery { headers: &headers, body: &received.body, url: None }, now).unwrap();
    assert_eq!((event.view().outcome, event.view().session_token.as_deref()), (Outcome::Passed, Some(token.as_str())));
}

fn hmac_hex(body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"sandbox-secret-not-for-production").unwrap();
    mac.update(body);
    data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes())
}

#[test]
fn an_abandoned_session_has_the_checks_that_were_done() {
    let endpoint = Endpoint::new();
    let world = world_for(&endpoint);
    world.complete(&world.link(), "abandoned");
    let data = endpoint.next().json()["data"].clone();
    assert_eq!((&data["status"], &data["checks"]), (&json!("abandoned"), &json!({})));
}

#[test]
fn anything_but_2xx_is_tried_again_and_redirects_are_not_followed() {
    let endpoint = Endpoint::new();
    let elsewhere = Endpoint::new();
    let world = world_for(&endpoint);
    endpoint.answer(&format!("307 Temporary Redirect\r\nLocation: {}", elsewhere.url));
    let token = world.link();
    world.complete(&token, "passed");
    let (first, second) = (endpoint.next(), endpoint.next());
    assert_eq!(first.body, second.body, "every attempt has the same body");
    let delivery = wait_for_state(&world, "delivered");
    assert_eq!(delivery["attempts"][0]["response"]["status"], 307);
    assert_eq!(delivery["attempts"][1]["response"]["status"], 200);
    assert_eq!(elsewhere.all().len(), 0);
}

#[test]
fn a_name_goes_only_where_it_was_allowed_to() {
    let endpoint = Endpoint::new();
    let port = endpoint.url.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    // A name that no resolver knows (RFC 6761): that it is looked up at all is what the option allows.
    let url = format!("http://hooks.invalid:{port}/");
    assert!(World::try_with(Options { webhook_url: Some(url.clone()), ..Options::default() }).is_err());
    let allowed = vec!["hooks.invalid".to_owned()];
    let world = World::with(Options { webhook_url: Some(url), webhook_hosts: allowed, ..Options::default() });
    let token = world.link();
    world.complete(&token, "passed");
    let attempt = loop {
        let newest = world.get("/_sandbox/deliveries").json()["deliveries"][0]["attempts"][0].clone();
        if newest.is_object() {
            break newest;
        }
    };
    assert!(attempt["error"].as_str().unwrap().contains("could not be resolved"), "{attempt}");
}

#[test]
fn only_loopback_is_a_target_and_never_the_sandbox_itself() {
    for url in ["http://example.com/", "http://10.1.2.3/", "https://127.0.0.1/", "ftp://127.0.0.1/", "nonsense"] {
        let refused = World::try_with(Options { webhook_url: Some(url.to_owned()), ..Options::default() });
        assert!(refused.is_err_and(|error| error.to_string().contains("--webhook-url")), "{url}");
    }
    // A port that is free now and will be the sandbox's own.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let world = World::with(Options {
        listen: ([127, 0, 0, 1], port).into(),
        webhook_url: Some(format!("http://localhost:{port}/_sandbox/reset")),
        ..Options::default()
    });
    let token = world.link();
    world.complete(&token, "passed");
    let delivery = loop {
        let newest = world.get("/_sandbox/deliveries").json()["deliveries"][0].clone();
        if newest["attempts"][0].is_object() {
            break newest;
        }
    };
    assert!(delivery["attempts"][0]["error"].as_str().unwrap().contains("itself"), "{delivery}");
    assert_eq!(world.session(&token)["outcome"], "passed");
}
