//! Beside a browser: which Host, which Origin, which headers.

use serde_json::json;
use valify_sandbox::Options;

use crate::{
    client::{Answer, Request, exchange},
    world::{World, link_body, link_request},
};

#[test]
fn only_loopback_names_are_answered() {
    let world = World::new();
    let port = world.address.rsplit(':').next().unwrap().to_owned();
    for host in
        ["localhost", "LOCALHOST:80", "127.0.0.1", "127.1.2.3:9", "[::1]", "[::1]:8484", &format!("localhost:{port}")]
    {
        assert_eq!(Request::new("GET", "/healthz").header("Host", host).send(&world.address).status, 200, "{host}");
    }
    let foreign = [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.nip.io",
        "evil.example:80",
        "10.0.0.1",
        "[::2]",
        "0.0.0.0",
        "localhost:0",
        "localhost:x",
        "localhost:1:2",
        "[::1]x",
        "",
        "user@localhost",
        "2130706433",
        "127.1",
    ];
    for host in foreign {
        let answer = Request::new("GET", "/healthz").header("Host", host).try_send(&world.address);
        // What is no Host at all is refused by the HTTP library, before anyone looks at it.
        assert!(answer.is_none_or(|answer| matches!(answer.status, 421 | 400)), "{host}");
    }
    let rebound = link_request(&link_body()).header("Host", "evil.example").send(&world.address);
    assert_eq!(rebound.status, 421);
    assert_eq!(world.get("/_sandbox/sessions").json()["total"], 0);
}

#[test]
fn a_second_host_or_one_hidden_in_the_target_is_not_answered() {
    let world = World::new();
    let ask = |bytes: &str| Answer::parse(&exchange(&world.address, bytes.as_bytes())).map(|answer| answer.status);
    let twice = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
    assert!(matches!(ask(twice), Some(421 | 400)));
    let absolute = "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert_eq!(ask(absolute), Some(421));
    let none = "GET /healthz HTTP/1.0\r\n\r\n";
    assert_eq!(ask(none), Some(421));
}

#[test]
fn another_name_is_answered_once_it_is_allowed() {
    let world = World::with(Options {
        allow_hosts: vec!["Valify.Test".to_owned(), "other.test:81".to_owned()],
        ..Options::default()
    });
    let status = |host: &str| Request::new("GET", "/healthz").header("Host", host).send(&world.address).status;
    assert_eq!(status("valify.test:8484"), 200);
    assert_eq!(status("other.test:81"), 200);
    assert_eq!(status("other.test:82"), 421);
    assert_eq!(status("localhost"), 200);
}

#[test]
fn one_that_listens_everywhere_is_named_by_loopback_and_still_answers_no_other_name() {
    let world = World::with(Options { listen: ([0, 0, 0, 0], 0).into(), ..Options::default() });
    assert!(world.address.starts_with("127.0.0.1:"), "{}", world.address);
    assert_eq!(world.get("/healthz").status, 200);
    assert_eq!(Request::new("GET", "/healthz").header("Host", "192.168.1.5:8484").send(&world.address).status, 421);
}

#[test]
fn a_page_of_another_origin_cannot_write() {
    let world = World::new();
    let token = world.link();
    let complete = format!("/_sandbox/sessions/{token}/complete");
    let write = Request::new("POST", &complete).json(&json!({ "outcome": "passed" }));
    for origin in ["https://evil.example", "null", "http://localhost:1", "http://evil.example#http://localhost", ""] {
        assert_eq!(write.clone().header("Origin", origin).send(&world.address).status, 403, "{origin}");
    }
    assert_eq!(write.clone().header("Sec-Fetch-Site", "cross-site").send(&world.address).status, 403);
    assert_eq!(write.clone().header("Sec-Fetch-Site", "same-site").send(&world.address).status, 403);
    assert_eq!(world.session(&token)["status"], "issued");
    let own = format!("http://{}", world.address);
    assert_eq!(write.header("Origin", &own).header("Sec-Fetch-Site", "same-origin").send(&world.address).status, 200);
}

#[test]
fn every_answer_forbids_framing_sniffing_and_inline_script_and_none_allows_other_origins() {
    let world = World::new();
    let token = world.link();
    let page = format!("/?token={token}");
    for target in [
        "/",
        page.as_str(),
        "/_sandbox/sessions",
        "/nowhere",
        "/?token=x",
        "/_sandbox/assets/sandbox.css",
        "/_sandbox/assets/../../Cargo.toml",
    ] {
        let answer = Request::new("GET", target).header("Origin", "https://evil.example").send(&world.address);
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{target}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{target}: {policy}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{target}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{target}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{target}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{target}");
        assert!(!answer.headers.iter().any(|(name, _)| name.starts_with("access-control-")), "{target}");
    }
    let preflight = Request::new("OPTIONS", "/_sandbox/reset")
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "POST")
        .send(&world.address);
    assert!(!preflight.headers.iter().any(|(name, _)| name.starts_with("access-control-")));
}
