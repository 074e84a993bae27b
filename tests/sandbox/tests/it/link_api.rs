//! The link API: the contract's answers, on input that deserves each.

use serde_json::{Value, json};

use crate::{
    client::Request,
    world::{KEY, LINK, World, link_body, link_request},
};

#[test]
fn the_documented_request_gives_a_link_whose_key_has_its_space() {
    let world = World::new();
    let answer = link_request(&link_body()).send(&world.address);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let token = answer.json()["session_token"].as_str().unwrap().to_owned();
    assert_eq!(token.len(), 36);
    // Byte for byte as the page prints it: a space inside the quotes.
    assert!(
        answer.text().contains(&format!(r#""redirect_url ": "http://{}/?token={token}""#, world.address)),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json().as_object().unwrap().len(), 2);
    let session = world.session(&token);
    assert_eq!(session["reference_id"], "user-1");
    assert_eq!(session["return_url"], "https://shop.example/back?order=1");
    assert_eq!(session["expires_at"], "2099-01-14T07:57:54.972Z");
    assert_eq!((&session["status"], &session["lang"]), (&json!("issued"), &json!("en")));
    assert_eq!(session["modules"], json!(["ocr", "face_match", "liveness", "email_otp", "phone_otp"]));
}

#[test]
fn the_link_is_on_the_host_that_was_asked() {
    let world = World::new();
    let port = world.address.rsplit(':').next().unwrap();
    let host = format!("localhost:{port}");
    let answer = link_request(&link_body()).header("Host", &host).send(&world.address);
    assert!(answer.json()["redirect_url "].as_str().unwrap().starts_with(&format!("http://{host}/?token=")));
}

/// Sends what `change` makes of a good body; gives status and message.
fn refused(change: impl Fn(&mut Value)) -> (u16, String) {
    let world = World::new();
    let mut body = link_body();
    change(&mut body);
    let answer = link_request(&body).send(&world.address);
    assert_eq!(world.get("/_sandbox/sessions").json()["total"], 0, "a refused request makes no session");
    (answer.status, answer.json()["message"].as_str().expect("every refusal has a message").to_owned())
}

#[test]
fn each_missing_or_invalid_field_is_400_and_named() {
    for field in ["return_url", "reference_id", "expires_at"] {
        for wrong in [None, Some(Value::Null), Some(json!(7)), Some(json!("")), Some(json!({}))] {
            let (status, message) = refused(|body| match &wrong {
                None => drop(body.as_object_mut().unwrap().remove(field)),
                Some(value) => body[field] = value.clone(),
            });
            assert_eq!(status, 400, "{field} {wrong:?}");
            assert!(message.starts_with(field), "{message}");
        }
    }
    let wrong = [
        ("expires_at", "tomorrow"),
        ("expires_at", "2020-01-01T00:00:00.000Z"),
        ("flow", "not-a-uuid"),
        ("flow", "{5a9d0b0e-0000-4000-8000-000000000001}"),
        ("return_url", "/back"),
        ("return_url", "javascript:alert(1)"),
        ("return_url", "JaVaScRiPt:alert(1)"),
        ("return_url", "data:text/html,x"),
        ("return_url", "myapp://back"),
        ("return_url", "https:///back"),
        ("return_url", "https://shop.example/\u{e9}"),
        ("return_url", "https://shop.example/a b"),
        ("return_url", "https://shop.example/\r\nSet-Cookie: a=b"),
    ];
    for (field, value) in wrong {
        let (status, message) = refused(|body| body[field] = value.into());
        assert_eq!(status, 400, "{field} {value}");
        assert!(message.starts_with(field), "{message}");
        assert!(!message.contains(value), "the value is not repeated: {message}");
    }
}

#[test]
fn what_is_no_json_object_is_400() {
    let world = World::new();
    for body in ["", "{", "[]", "null", "\"x\"", "{\"a\":1}}", "\u{feff}{}", "{'a':1}"] {
        let answer = link_request(&json!({})).body(body).send(&world.address);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["message"].is_string());
    }
    let not_utf8 = link_request(&json!({})).body(b"{\"return_url\":\"\xff\"}".to_vec()).send(&world.address);
    assert_eq!(not_utf8.status, 400);
    let huge = format!("{{\"reference_id\":\"{}\"}}", "x".repeat(100_000));
    assert_eq!(link_request(&json!({})).body(huge).send(&world.address).status, 400);
}

#[test]
fn keys_media_types_and_endpoints_have_their_statuses() {
    let world = World::new();
    let good = Request::new("POST", LINK).json(&link_body());
    let status = |request: Request| {
        let answer = request.send(&world.address);
        assert!(answer.json()["message"].is_string());
        answer.status
    };
    assert_eq!(status(good.clone()), 401);
    assert_eq!(status(good.clone().header("X-Valify-Api-Key", "")), 401);
    assert_eq!(status(good.clone().header("X-Valify-Api-Key", "sandbox-key")), 401);
    assert_eq!(status(good.clone().header("X-Valify-Api-Key", KEY).header("X-Valify-Api-Key", KEY)), 401);
    assert_eq!(status(good.clone().header("X-Valify-Api-Key", "sandbox-key-disabled")), 403);
    let keyed = good.header("X-Valify-Api-Key", KEY);
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        assert_eq!(status(keyed.clone().without("Content-Type").header("Content-Type", wrong)), 415, "{wrong}");
    }
    assert_eq!(status(keyed.clone().without("Content-Type")), 415);
    let with_charset = keyed.clone().without("Content-Type").header("Content-Type", "Application/JSON; charset=utf-8");
    assert_eq!(with_charset.send(&world.address).status, 200);
    for target in ["/api/link/v1/request?lang=en", "/api/link/v2/request/?lang=en", "/api", "/api/link/v1/request/x"] {
        assert_eq!(
            status(Request::new("POST", target).header("X-Valify-Api-Key", KEY).json(&link_body())),
            404,
            "{target}"
        );
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        assert_eq!(status(Request::new(method, LINK).header("X-Valify-Api-Key", KEY)), 404, "{method}");
    }
}

#[test]
fn a_flow_that_the_account_does_not_have_is_422_with_a_number() {
    let world = World::new();
    let mut body = link_body();
    body["flow"] = json!("00000000-0000-4000-8000-000000000000");
    let answer = link_request(&body).send(&world.address);
    assert_eq!(answer.status, 422);
    assert_eq!(answer.json()["error_code"], 9001);
    body["flow"] = json!("5A9D0B0E-0000-4000-8000-000000000001");
    assert_eq!(link_request(&body).send(&world.address).status, 200, "a UUID is the same in either case");
}

#[test]
fn lang_is_en_or_ar() {
    let world = World::new();
    let ask = |query: &str| {
        let target = format!("/api/link/v1/request/{query}");
        Request::new("POST", &target).header("X-Valify-Api-Key", KEY).json(&link_body()).send(&world.address)
    };
    let arabic = ask("?lang=ar").json()["session_token"].as_str().unwrap().to_owned();
    assert_eq!(world.session(&arabic)["lang"], "ar");
    assert_eq!(ask("").status, 200);
    for wrong in ["?lang=fr", "?lang=", "?lang=en&lang=ar", "?lang=EN"] {
        assert_eq!(ask(wrong).status, 400, "{wrong}");
    }
}
