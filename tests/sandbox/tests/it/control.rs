//! The control surface.

use serde_json::json;

use crate::{client::Request, world::World};

#[test]
fn a_session_is_completed_once_with_any_outcome_of_the_list() {
    let world = World::new();
    for outcome in ["passed", "failed", "review", "abandoned", "expired"] {
        let token = world.link();
        let answer = world.complete(&token, outcome);
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({ "redirect_to": "https://shop.example/back?order=1", "delivery_id": null }));
        let session = world.session(&token);
        assert_eq!((&session["status"], &session["outcome"]), (&json!(outcome), &json!(outcome)));
        assert_eq!(world.complete(&token, "passed").status, 409);
        assert_eq!(world.session(&token)["outcome"], outcome);
    }
    let token = world.link();
    assert_eq!(world.complete(&token, "indeterminate").status, 400);
    assert_eq!(world.session(&token)["status"], "issued");
    assert_eq!(world.complete("5a9d0b0e-0000-4000-8000-00000000dead", "passed").status, 404);
    assert_eq!(world.complete("nonsense", "passed").status, 404);
}

#[test]
fn writes_need_json() {
    let world = World::new();
    let token = world.link();
    let complete = format!("/_sandbox/sessions/{token}/complete");
    for target in ["/_sandbox/reset", "/_sandbox/faults", complete.as_str()] {
        // What a form on any page can send without being asked about it.
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
            let request =
                Request::new("POST", target).header("Content-Type", content_type).body("{\"outcome\":\"passed\"}");
            assert_eq!(request.send(&world.address).status, 415, "{target} {content_type}");
        }
        assert_eq!(Request::new("POST", target).send(&world.address).status, 415, "{target} without a type");
        for wrong in [json!({ "unknown": 1 }), json!([]), json!(["passed"]), json!(null)] {
            assert_eq!(world.post(target, &wrong).status, 400, "{target} {wrong}");
        }
    }
    assert_eq!(world.session(&token)["status"], "issued");
}

#[test]
fn reset_empties_everything() {
    let world = World::new();
    let token = world.link();
    world.fault(&json!({ "on": "link", "action": "status" }));
    assert_eq!(world.post("/_sandbox/reset", &json!({})).status, 200);
    assert_eq!(world.get("/_sandbox/sessions").json(), json!({ "total": 0, "sessions": [] }));
    assert_eq!(world.get("/_sandbox/faults").json(), json!({ "faults": [] }));
    assert_eq!(world.get(&format!("/_sandbox/sessions/{token}")).status, 404);
    let bare = Request::new("POST", "/_sandbox/reset").header("Content-Type", "application/json");
    assert_eq!(bare.send(&world.address).status, 200, "an empty body will do");
}

#[test]
fn sessions_are_listed_newest_first_in_pages() {
    let world = World::new();
    let tokens: Vec<_> = (0..5).map(|_| world.link()).collect();
    let page = |query: &str| {
        let answer = world.get(&format!("/_sandbox/sessions{query}")).json();
        assert_eq!(answer["total"], 5);
        let sessions = answer["sessions"].as_array().unwrap().clone();
        sessions.iter().map(|one| one["session_token"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page("?limit=2"), [tokens[4].clone(), tokens[3].clone()]);
    assert_eq!(page("?limit=2&skip=4"), [tokens[0].clone()]);
    assert_eq!(world.get("/_sandbox/sessions?limit=x").status, 400);
}

#[test]
fn every_emulated_behaviour_is_tagged() {
    let world = World::new();
    let table = world.get("/_sandbox/provenance").json();
    assert_eq!(table["strict"], false);
    let rows = table["behaviours"].as_array().unwrap().clone();
    let mut ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    for row in &rows {
        assert!(["documented", "observed", "assumed"].contains(&row["provenance"].as_str().unwrap()), "{row}");
        assert!(!row["does"].as_str().unwrap().is_empty() && !row["strict"].as_str().unwrap().is_empty());
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), rows.len(), "ids are unique");
    assert!(rows.iter().any(|row| row["id"] == "link.created" && row["provenance"] == "documented"));
    assert!(rows.iter().any(|row| row["id"] == "webhook.payload" && row["provenance"] == "assumed"));
}

#[test]
fn it_says_when_it_is_healthy_and_when_it_is_elsewhere() {
    let world = World::new();
    assert_eq!(world.get("/healthz").status, 200);
    assert_eq!(world.get("/nowhere").status, 404);
    assert_eq!(Request::new("DELETE", "/healthz").send(&world.address).status, 405);
}
