//! The command line.

use std::{
    io::{ErrorKind, Write},
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::{
    client::Request,
    process::{BINARY, Process},
    receiver::Endpoint,
    world::{link_body, link_request},
};

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    match child.stdin.take().unwrap().write_all(input) {
        // A program that is told a mistake in its arguments ends without reading.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn the_first_line_says_where_it_serves() {
    let process = Process::serve(&[]);
    assert_eq!(process.first_line, format!("valify-sandbox ready at http://{}\n", process.address));
    assert_eq!(Request::new("GET", "/healthz").send(&process.address).status, 200);
    let address: std::net::SocketAddr = process.address.parse().unwrap();
    assert!(address.ip().is_loopback() && address.port() != 0);
}

#[test]
fn it_stops_cleanly_on_either_signal_whoever_is_connected() {
    for signal in ["TERM", "INT"] {
        let mut process = Process::serve(&[]);
        let _idle = std::net::TcpStream::connect(&process.address).unwrap();
        let mut watching = std::net::TcpStream::connect(&process.address).unwrap();
        write!(watching, "GET /_sandbox/events HTTP/1.1\r\nHost: {}\r\n\r\n", process.address).unwrap();
        process.signal(signal);
        assert_eq!(process.end(), (Some(0), String::new()), "{signal}");
    }
}

#[test]
fn strict_says_so_at_start() {
    let mut process = Process::serve(&["--strict"]);
    process.signal("TERM");
    assert!(process.end().1.contains("no webhook is sent"));
}

#[test]
fn what_is_signed_is_verified_and_what_is_changed_is_not() {
    let body = br#"{"data": {"reference_id": "user-1", "token": "0-token-0", "status": "approved"}}"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("body.json");
    std::fs::write(&path, body).unwrap();
    let signed = run(&["sign", path.to_str().unwrap()], b"");
    assert!(signed.status.success());
    let header = text(&signed.stdout).trim().to_owned();
    assert!(header.starts_with("X-Valify-Signature: "), "{header}");
    let same: Value = serde_json::from_slice(&run(&["sign", "-", "--json"], body).stdout).unwrap();
    assert_eq!(header, format!("X-Valify-Signature: {}", same["headers"][0][1].as_str().unwrap()));

    let verified = run(&["verify", "-", "--header", &header, "--json"], body);
    assert_eq!(verified.status.code(), Some(0), "{}", text(&verified.stderr));
    let event: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!((&event["outcome"], &event["reference_id"]), (&json!("passed"), &json!("user-1")));

    let changed = run(&["verify", "-", "--header", &header, "--json"], b"{}");
    assert_eq!(changed.status.code(), Some(1));
    let verdict: Value = serde_json::from_slice(&changed.stdout).unwrap();
    assert_eq!(verdict["error"]["kind"], "signature_mismatch");
    let plain = run(&["verify", "-"], body);
    assert_eq!(plain.status.code(), Some(1));
    assert!(text(&plain.stderr).contains("signature_missing"));
}

#[test]
fn a_scheme_of_ones_own_signs_and_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let auth =
        r#"{"preset": "standard_webhooks", "secrets": [{"id": "a", "base64": "b2J2aW91c2x5LWEtZmFrZS1zZWNyZXQ="}]}"#;
    let (auth_file, verifier_file) = (folder.path().join("auth.json"), folder.path().join("verifier.json"));
    std::fs::write(&auth_file, auth).unwrap();
    let profile =
        r#"{"reference_id": ["/id"], "decision": ["/ok"], "matches_by": "reference_id", "reference_per_link": true}"#;
    std::fs::write(&verifier_file, format!(r#"{{"auth": {auth}, "profile": {profile}}}"#)).unwrap();
    let (auth_file, verifier_file) = (auth_file.to_str().unwrap(), verifier_file.to_str().unwrap());
    let at = "2026-01-14T07:57:54.972Z";
    let signed = text(&run(&["sign", "-", "--auth", auth_file, "--id", "msg_1", "--now", at], b"{}").stdout);
    let mut arguments = vec!["verify", "-", "--verifier", verifier_file, "--now", at];
    for line in signed.lines() {
        arguments.extend(["-H", line]);
    }
    assert_eq!(run(&arguments, b"{}").status.code(), Some(0));
    arguments[5] = "2026-01-14T09:00:00.000Z";
    assert_eq!(run(&arguments, b"{}").status.code(), Some(1), "out of tolerance");
    let without_id = run(&["sign", "-", "--auth", auth_file], b"{}");
    assert!(!without_id.status.success() && text(&without_id.stderr).contains("id"));
}

#[test]
fn what_the_sandbox_sends_is_verified_by_the_command() {
    let endpoint = Endpoint::new();
    let process = Process::serve(&["--webhook-url", &endpoint.url]);
    let token = link_request(&link_body()).send(&process.address).json()["session_token"].as_str().unwrap().to_owned();
    Request::new("POST", &format!("/_sandbox/sessions/{token}/complete"))
        .json(&json!({ "outcome": "failed" }))
        .send(&process.address);
    let received = endpoint.next();
    let header = format!("x-valify-signature: {}", received.header("x-valify-signature"));
    let verified = run(&["verify", "-", "-H", &header], &received.body);
    assert_eq!(verified.status.code(), Some(0));
    assert!(text(&verified.stdout).contains("outcome: failed"));
}

#[test]
fn help_teaches_and_mistakes_are_two() {
    let help = text(&run(&["--help"], b"").stdout);
    for word in ["serve", "sign", "verify", "Examples"] {
        assert!(help.contains(word), "{word}");
    }
    assert!(text(&run(&["serve", "--help"], b"").stdout).contains("[[flows]]"));
    assert_eq!(run(&["serve", "--nonsense"], b"").status.code(), Some(2));
    assert_eq!(run(&["verify"], b"").status.code(), Some(2));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sandbox.toml");
    std::fs::write(&path, "\n\ncolour = 1\n").unwrap();
    let wrong = run(&["serve", "--listen", "127.0.0.1:0", "--config", path.to_str().unwrap()], b"");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("sandbox.toml: line 3: "), "{}", text(&wrong.stderr));
}

/// What `sign` prints for a body, as the arguments of the other commands.
fn signed(body: &[u8]) -> String {
    text(&run(&["sign", "-"], body).stdout).trim().to_owned()
}

#[test]
fn diagnose_names_the_mistake_and_nothing_of_the_body() {
    let body = br#"{"data": {"reference_id": "CANARY", "token": "CANARY-0123456789", "status": "approved"}}"#;
    let header = signed(body);
    let good = run(&["diagnose", "-", "--header", &header], body);
    assert!(good.status.success(), "{}", text(&good.stdout));

    let compact = text(body).replace(": ", ":");
    let found = run(&["diagnose", "-", "--header", &header, "--json"], compact.as_bytes());
    assert_eq!(found.status.code(), Some(1));
    let diagnosis: Value = serde_json::from_slice(&found.stdout).unwrap();
    assert_eq!(diagnosis["findings"][0]["mistake"], "body_reserialised", "{diagnosis}");
    assert_eq!(diagnosis["refused"], "signature_mismatch");
    assert!(!text(&found.stdout).contains("CANARY"));
}

#[test]
fn diagnose_tries_older_secrets_and_tells_a_verdict_from_a_mistake_of_the_caller() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let older = json!([{ "id": "2026-10", "utf8": "an-obviously-fake-older-secret" }]);
    let auth = json!({ "preset": "x_valify_signature_unverified", "secrets": older });
    let (auth, older) = (file("auth.json", auth.to_string()), file("older.json", older.to_string()));
    let header = text(&run(&["sign", "-", "--auth", &auth], b"{}").stdout).trim().to_owned();
    let diagnose = |further: &[&str]| {
        let output = run(&[&["diagnose", "-", "--header", &header], further].concat(), b"{}");
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, said, _) = diagnose(&["--older", &older]);
    assert!(code == Some(1) && said.contains("older_secret") && said.contains("2026-10"), "{said}");
    let (code, said, _) = diagnose(&[]);
    assert!(code == Some(1) && said.contains("unknown"), "{said}");

    let (not_json, short) = (file("not.json", "nonsense".into()), file("short.json", "[]".into()));
    for mistake in [["--older", &not_json], ["--older", &short], ["--older", "/nowhere"], ["--verifier", &auth]] {
        let (code, said, error) = diagnose(&mistake);
        assert_eq!((code, said.as_str()), (Some(2), ""), "{mistake:?}: {error}");
        assert!(error.contains(mistake[0]) || error.contains(mistake[1]), "{error}");
        assert!(!error.contains("fake-older-secret"));
    }
    assert_eq!(run(&["verify", "-", "--verifier", &auth], b"{}").status.code(), Some(2));
}

#[test]
fn inspect_masks_values_and_proposes_only_what_is_authentic() {
    let body = br#"{"data": {"reference_id": "CANARY", "token": "CANARY-0123456789", "status": "approved"}}"#;
    let folder = tempfile::tempdir().unwrap();
    let auth = folder.path().join("auth.json");
    let secret = json!([{ "id": "a", "utf8": "sandbox-secret-not-for-production" }]);
    std::fs::write(&auth, json!({ "preset": "x_valify_signature_unverified", "secrets": secret }).to_string()).unwrap();
    let auth = auth.to_str().unwrap();
    let inspect = |body: &[u8], header: &str| {
        let output =
            run(&["inspect", "-", "--header", header, "--auth", auth, "--environment", "sandbox", "--json"], body);
        assert!(output.status.success() && !text(&output.stdout).contains("CANARY"), "{}", text(&output.stdout));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let header = signed(body);
    let authentic = inspect(body, &header);
    assert_eq!(authentic["proposal"]["profile"]["session_token"], json!(["/data/token"]), "{authentic}");
    let forged = inspect(b"{\"data\": {\"token\": \"CANARY-9876543210\"}}", &header);
    assert_eq!(forged["proposal"], Value::Null, "{forged}");
}
