//! Hostile use: it answers with a status, keeps serving, and loses no session.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{
    client::{Answer, Request, exchange},
    process::Process,
    world::{World, link_body, link_request},
};

/// That everything is as it was: it serves, and the session is there.
fn is_well(world: &World, token: &str) {
    assert_eq!(world.get("/healthz").status, 200);
    assert_eq!(world.session(token)["session_token"], token);
}

#[test]
fn paths_lead_nowhere_but_to_what_there_is() {
    let world = World::new();
    let token = world.link();
    let tricks = [
        "/..",
        "/../../etc/passwd",
        "/_sandbox/assets/..%2f..%2fCargo.toml",
        "/_sandbox/assets/%2e%2e/Cargo.toml",
        "/_sandbox//sessions",
        "/_sandbox/assets/sandbox.css%00.html",
        "/_sandbox/sessions/%00",
        "/_sandbox/sessions/..",
        "/_sandbox/sessions/%ff%fe",
        "//evil.example/x",
        "/_sandbox\\sessions",
        "/%5f%5fsandbox",
        "/_sandbox/home/../../etc",
        "/_sandbox/deliveries/*",
    ];
    for target in tricks {
        let answer = Request::new("GET", target).send(&world.address);
        assert!(matches!(answer.status, 400 | 404), "{target}: {}", answer.status);
        assert!(!answer.text().contains("[package]") && !answer.text().contains("root:"), "{target}");
    }
    is_well(&world, &token);
}

#[test]
fn what_is_no_http_gets_a_status_or_nothing() {
    let world = World::new();
    let token = world.link();
    let long_line = format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(200_000));
    let many_headers = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-A: b\r\n".repeat(20_000));
    let smuggled = "POST /_sandbox/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let split = "GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nConnection: close\r\n\r\n";
    let bad: [&[u8]; 8] = [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\r\n\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long_line.as_bytes(),
        many_headers.as_bytes(),
        smuggled.as_bytes(),
        split.as_bytes(),
    ];
    for bytes in bad {
        // The other direction is closed, so that a server which waits for more sees that there is none.
        let mut stream = TcpStream::connect(&world.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let status = Answer::parse(&answer).map(|answer| answer.status);
        assert!(
            status.is_none_or(|status| (400..500).contains(&status)),
            "{status:?} for {:?}",
            &bytes[..bytes.len().min(40)]
        );
    }
    is_well(&world, &token);
}

#[test]
fn a_body_without_end_is_refused() {
    let world = World::new();
    let token = world.link();
    let head = "POST /api/link/v1/request/?lang=en HTTP/1.1\r\nHost: localhost\r\nX-Valify-Api-Key: sandbox-key-not-for-production\r\n\
                Content-Type: application/json\r\nConnection: close\r\n";
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for _ in 0..100 {
        chunked.extend(format!("{:x}\r\n{}\r\n", 1 << 20, "x".repeat(1 << 20)).bytes());
    }
    let answer = Answer::parse(&exchange(&world.address, &chunked));
    assert!(answer.is_none_or(|answer| answer.status == 400), "a hundred megabytes are not read");
    let huge = format!("{head}Content-Length: 99999999999999999999\r\n\r\n{{}}");
    assert!(Answer::parse(&exchange(&world.address, huge.as_bytes())).is_none_or(|answer| answer.status == 400));
    is_well(&world, &token);
}

#[test]
fn hundreds_of_idle_connections_and_slow_ones_keep_nobody_out() {
    // A process of its own: both ends of so many connections are more files than one process may have, which is often 1024.
    let process = Process::serve(&[]);
    let link =
        || link_request(&link_body()).send(&process.address).json()["session_token"].as_str().unwrap().to_owned();
    let token = link();
    let mut connections: Vec<TcpStream> = Vec::new();
    let wanted = 900;
    for at in 0..wanted {
        let mut stream = TcpStream::connect(&process.address).unwrap();
        match at % 3 {
            0 => {}
            1 => stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").unwrap(),
            _ => stream
                .write_all(b"POST /?token=x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\na=")
                .unwrap(),
        }
        connections.push(stream);
    }
    for _ in 0..20 {
        link();
    }
    let session = Request::new("GET", &format!("/_sandbox/sessions/{token}")).send(&process.address).json();
    assert_eq!(session["session_token"], token.as_str());
    drop(connections);
    let total = Request::new("GET", "/_sandbox/sessions?limit=0").send(&process.address).json()["total"].clone();
    assert_eq!(total, 21);
}

#[test]
fn clients_that_leave_in_the_middle_take_nothing_with_them() {
    let world = World::new();
    let token = world.link();
    let body = link_body().to_string();
    for cut in (0..body.len()).step_by(7) {
        let mut stream = TcpStream::connect(&world.address).unwrap();
        let head = format!(
            "POST /api/link/v1/request/?lang=en HTTP/1.1\r\nHost: localhost\r\nX-Valify-Api-Key: sandbox-key-not-for-production\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body.as_bytes()[..cut]).unwrap();
    }
    is_well(&world, &token);
    assert_eq!(world.get("/_sandbox/sessions").json()["total"], 1, "half a request makes no session");
}

#[test]
fn forms_of_unreasonable_size_are_refused_by_their_status() {
    let world = World::new();
    let token = world.link();
    let page = format!("/?token={token}");
    world.get(&page);
    let many: Vec<_> = (0..100).map(|at| (format!("field{at}"), "x".to_owned())).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(Request::new("POST", &page).form(&many).send(&world.address).status, 400);
    let long = "x".repeat(5000);
    assert_eq!(Request::new("POST", &page).form(&[("full_name", &long)]).send(&world.address).status, 400);
    let plain = Request::new("POST", &page).header("Content-Type", "text/plain").body("step=ocr");
    assert_eq!(plain.send(&world.address).status, 415);
    let broken = Request::new("POST", &page).header("Content-Type", "multipart/form-data; boundary=x").body("--y\r\n");
    assert_eq!(broken.send(&world.address).status, 400);
    let no_boundary = Request::new("POST", &page).header("Content-Type", "multipart/form-data").body("x");
    assert_eq!(no_boundary.send(&world.address).status, 400);
    is_well(&world, &token);
}
