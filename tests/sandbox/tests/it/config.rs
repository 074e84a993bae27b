//! The configuration file: what it can say, and where its mistakes are.

use serde_json::json;
use valify_sandbox::{Options, settings::Settings};

use crate::{
    client::Request,
    receiver::Endpoint,
    world::{LINK, World, link_body, link_request},
};

const FLOW_A: &str = "00000000-0000-4000-8000-00000000000a";
const FLOW_B: &str = "00000000-0000-4000-8000-00000000000b";

/// A sandbox with this file.
fn world_with(text: &str) -> (tempfile::TempDir, World) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.toml");
    std::fs::write(&path, text).unwrap();
    let world = World::with(Options { config: Some(path), ..Options::default() });
    (folder, world)
}

fn ask(world: &World, key: &str, flow: Option<&str>) -> (u16, serde_json::Value) {
    let mut body = link_body();
    if let Some(flow) = flow {
        body["flow"] = flow.into();
    }
    let answer = Request::new("POST", LINK).header("X-Valify-Api-Key", key).json(&body).send(&world.address);
    (answer.status, answer.json())
}

#[test]
fn several_flows_keys_and_a_bundle() {
    let text = format!(
        r#"
        [[flows]]
        id = "{FLOW_A}"
        modules = ["liveness", "ocr"]
        bundle = 2

        [[flows]]
        id = "{FLOW_B}"
        modules = ["email_otp"]

        [[keys]]
        key = "key-for-both"

        [[keys]]
        key = "key-for-b"
        flows = ["{FLOW_B}"]

        [[keys]]
        key = "key-that-was-disabled"
        disabled = true
        "#
    );
    let (_folder, world) = world_with(&text);
    let (status, body) = ask(&world, "key-for-both", None);
    assert_eq!(status, 400, "several flows and none given");
    assert!(body["message"].as_str().unwrap().starts_with("flow"));
    let (status, body) = ask(&world, "key-for-both", Some(FLOW_A));
    assert_eq!(status, 200);
    assert_eq!(world.session(body["session_token"].as_str().unwrap())["modules"], json!(["liveness", "ocr"]));
    assert_eq!(ask(&world, "key-for-b", None).0, 200, "an account of one flow need not name it");
    assert_eq!(ask(&world, "key-for-b", Some(FLOW_A)).0, 422);
    assert_eq!(ask(&world, "key-that-was-disabled", Some(FLOW_A)).0, 403);
    assert_eq!(
        ask(&world, "sandbox-key-not-for-production", Some(FLOW_A)).0,
        401,
        "a file's keys replace the well-known ones"
    );
    assert_eq!(ask(&world, "key-for-both", Some(FLOW_A)).0, 200);
    let (status, body) = ask(&world, "key-for-both", Some(FLOW_A));
    assert_eq!((status, &body["error_code"]), (422, &json!(5001)), "the bundle is used up");
}

#[test]
fn a_flow_has_a_webhook_of_its_own_and_takes_the_rest_from_the_general_one() {
    let (general, own) = (Endpoint::new(), Endpoint::new());
    let text = format!(
        r#"
        [webhook]
        url = "{}"
        first_retry_ms = 10
        order = "webhook_first"
        auth = {{ preset = "standard_webhooks", secrets = [{{ id = "a", base64 = "b2J2aW91c2x5LWEtZmFrZS1zZWNyZXQ=" }}] }}

        [[flows]]
        id = "{FLOW_A}"
        modules = ["ocr"]

        [[flows]]
        id = "{FLOW_B}"
        modules = ["ocr"]
        [flows.webhook]
        url = "{}"
        images = "realistic"
        [flows.webhook.auth]
        scheme = "secret_url"
        query = "token"
        accept_unsigned_body = true
        secrets = [{{ id = "a", utf8 = "obviously-fake-token" }}]
        [flows.webhook.profile]
        decision = ["/result/ok"]
        decisions = [{{ value = true, outcome = "passed" }}]
        session_token = ["/result/id"]
        subject = {{ full_name = ["/result/name"] }}
        matches_by = "session_token"
        "#,
        general.url, own.url
    );
    let (_folder, world) = world_with(&text);
    let link = |flow| {
        ask(&world, "sandbox-key-not-for-production", Some(flow)).1["session_token"].as_str().unwrap().to_owned()
    };
    world.complete(&link(FLOW_A), "passed");
    let standard = general.next();
    assert!(standard.header("webhook-signature").starts_with("v1,"), "{:?}", standard.headers);
    assert!(!standard.header("webhook-id").is_empty() && !standard.header("webhook-timestamp").is_empty());

    let token = link(FLOW_B);
    world.complete(&token, "passed");
    let shaped = own.next();
    assert!(shaped.target.contains("token=obviously-fake-token"), "{}", shaped.target);
    assert_eq!((&shaped.json()["result"]["ok"], &shaped.json()["result"]["id"]), (&json!(true), &json!(token)));
    assert!(shaped.body.len() > 1 << 20, "realistic images weigh more than a mebibyte");
    assert_eq!(general.all().len(), 0);
}

#[test]
fn a_mistake_is_named_with_its_line_and_without_its_value() {
    let at = |text: &str| {
        let error = Settings::from_toml(text, &[], false).expect_err(text);
        (error.line, error.what)
    };
    let flow = format!("[[flows]]\nid = \"{FLOW_A}\"\nmodules = [\"ocr\"]\n");
    let cases: Vec<(String, usize, &str)> = vec![
        ("a = = 1".to_owned(), 1, ""),
        ("\n\nunknown = 1".to_owned(), 3, "unknown"),
        (format!("{flow}color = 1"), 4, "color"),
        ("[[flows]]\nid = \"x\"\nmodules = [\"ocr\"]".to_owned(), 2, "UUID"),
        (format!("[[flows]]\nid = \"{FLOW_A}\"\nmodules = [\n  \"ocr\",\n  \"face\"\n]"), 5, "face"),
        (format!("[[flows]]\nid = \"{FLOW_A}\"\nmodules = []"), 3, "modules"),
        (format!("[[flows]]\nid = \"{FLOW_A}\"\nmodules = [\"ocr\", \"ocr\"]"), 3, "once"),
        (format!("{flow}{flow}"), 5, "another flow"),
        ("[webhook]\nurl = \"https://example.com/\"".to_owned(), 2, "url"),
        ("[webhook]\n\nattempts = 0".to_owned(), 3, "1 to 20"),
        ("[webhook]\norder = \"sometimes\"".to_owned(), 2, "sometimes"),
        ("[webhook.auth]\nscheme = \"hmac\"\nheader = \"X\"\ndigest = \"md5\"".to_owned(), 4, "auth.digest"),
        ("[webhook.auth]\npreset = \"x_valify_signature_unverified\"\nsecrets = [{ id = \"a\", utf8 = \"tiny-fake\" }]".to_owned(), 3, "auth.secrets[0].utf8"),
        ("[webhook.profile]\nmatches_by = \"session_token\"\ndecision = \"/x\"".to_owned(), 3, "profile.decision"),
        ("[[keys]]\nkey = \"a b\"".to_owned(), 2, "key"),
        ("[[keys]]\nkey = \"a\"\n[[keys]]\nkey = \"a\"".to_owned(), 4, "twice"),
        (format!("[[keys]]\nkey = \"a\"\nflows = [\"{FLOW_B}\"]"), 3, "no flow"),
        ("return_schemes = [\n\"ok\",\n\"javascript\"]".to_owned(), 3, "return_schemes"),
    ];
    for (text, line, about) in cases {
        let (found, what) = at(&text);
        assert_eq!(found, line, "{text}\n{what}");
        assert!(what.contains(about), "{text}\n{what}");
        assert!(!what.contains("tiny-fake"), "a secret is never repeated: {what}");
    }
    assert!(
        Settings::from_toml(&format!("{flow}bundle = 1"), &[], true).expect_err("strict").what.contains("--strict")
    );
}

#[test]
fn a_listed_scheme_may_be_returned_to() {
    let (_folder, world) = world_with("return_schemes = [\"MyApp\"]");
    let mut body = link_body();
    body["return_url"] = "myapp://done".into();
    let answer = link_request(&body).send(&world.address);
    assert_eq!(answer.status, 200);
    let token = answer.json()["session_token"].as_str().unwrap().to_owned();
    assert_eq!(world.complete(&token, "passed").json()["redirect_to"], "myapp://done");
}

#[test]
fn the_webhook_comes_before_the_redirect_if_the_file_says_so() {
    let endpoint = Endpoint::new();
    let (_folder, world) = world_with(&format!("[webhook]\nurl = \"{}\"\norder = \"webhook_first\"", endpoint.url));
    world.complete(&world.link(), "passed");
    assert_eq!(endpoint.all().len(), 1, "it had arrived when the answer came");
    world.fault(&json!({ "on": "webhook", "action": "never" }));
    assert_eq!(world.complete(&world.link(), "passed").status, 200, "one that never comes holds nobody up");
}
