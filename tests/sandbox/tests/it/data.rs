//! `--data`: what is acknowledged stays, whatever happens to the process.

use std::{
    collections::HashSet,
    os::unix::fs::PermissionsExt,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use valify_sandbox::Options;

use crate::{
    client::Request,
    process::{BINARY, Process},
    receiver::Endpoint,
    world::{World, link_body, link_request},
};

fn get(process: &Process, target: &str) -> Value {
    Request::new("GET", target).send(&process.address).json()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn no_acknowledged_session_is_lost_to_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut acknowledged = HashSet::new();
    for round in 0_u64..4 {
        let mut process = Process::serve(&["--data", text(&data)]);
        let seen = Mutex::new(Vec::new());
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !stop.load(Ordering::Relaxed) {
                        let Some(answer) = link_request(&link_body()).try_send(&process.address) else { continue };
                        let token = answer.json()["session_token"].as_str().unwrap().to_owned();
                        let complete = format!("/_sandbox/sessions/{token}/complete");
                        let done = Request::new("POST", &complete)
                            .json(&json!({ "outcome": "passed" }))
                            .try_send(&process.address);
                        seen.lock().unwrap().push((token, done.is_some_and(|answer| answer.status == 200)));
                    }
                });
            }
            // Somewhere in the middle of it, at another moment each time.
            while seen.lock().unwrap().len() < 20 {
                std::thread::yield_now();
            }
            std::thread::sleep(Duration::from_millis(7 * round));
            process.signal("KILL");
            stop.store(true, Ordering::Relaxed);
            // The threads' connections fail at once from here on.
            process.child.wait().unwrap();
        });
        acknowledged.extend(seen.into_inner().unwrap());
        let process = Process::serve(&["--data", text(&data)]);
        for (token, completed) in &acknowledged {
            let session = get(&process, &format!("/_sandbox/sessions/{token}"));
            assert_eq!(session["session_token"], token.as_str(), "a session that was acknowledged is there");
            assert!(!completed || session["outcome"] == "passed", "so is its end: {session}");
        }
    }
    assert!(acknowledged.len() >= 80);
}

#[test]
fn a_person_goes_on_where_they_were_and_a_pending_webhook_is_still_sent() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::new();
    let data = folder.path().join("data");
    let arguments = ["--data", text(&data), "--webhook-url", &endpoint.url];
    let mut first = Process::serve(&arguments);
    let link = |process: &Process| {
        let answer = link_request(&link_body()).send(&process.address);
        answer.json()["session_token"].as_str().unwrap().to_owned()
    };
    let (walked, ended) = (link(&first), link(&first));
    let page = format!("/?token={walked}");
    let html = Request::new("GET", &page).send(&first.address).text();
    let form_token = html.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let step = |process: &Process, fields: &[(&str, &str)]| {
        let mut all = vec![("form_token", form_token.as_str())];
        all.extend_from_slice(fields);
        Request::new("POST", &page).form(&all).send(&process.address).status
    };
    assert_eq!(step(&first, &[("step", "ocr"), ("persona", "0")]), 303);
    let fault = json!({ "on": "webhook", "action": "delay", "delay_ms": 60_000 });
    Request::new("POST", "/_sandbox/faults").json(&fault).send(&first.address);
    let complete =
        Request::new("POST", &format!("/_sandbox/sessions/{ended}/complete")).json(&json!({ "outcome": "failed" }));
    let delivery = complete.send(&first.address).json()["delivery_id"].clone();
    first.signal("KILL");
    first.child.wait().unwrap();

    let second = Process::serve(&arguments);
    assert_eq!(endpoint.next().json()["data"]["token"], ended.as_str(), "what was to be delivered is");
    assert_eq!(get(&second, "/_sandbox/deliveries")["deliveries"][0]["id"], delivery);
    assert_eq!(step(&second, &[("step", "face_match"), ("sample", "1")]), 303, "the form that was open still serves");
    assert_eq!(
        get(&second, &format!("/_sandbox/sessions/{walked}"))["checks"],
        json!({ "ocr": "passed", "face_match": "passed" })
    );
}

#[test]
fn the_folder_is_private_and_has_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _first = Process::serve(&["--data", text(&data)]);
    assert_eq!(std::fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    let second = std::process::Command::new(BINARY)
        .args(["serve", "--listen", "127.0.0.1:0", "--data", text(&data)])
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another sandbox"));
}

/// Whether any file below the folder has these bytes.
fn holds(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, needle);
        }
        std::fs::read(&path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

#[test]
fn reset_leaves_no_byte_behind() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let world = World::with(Options { data: Some(data.clone()), ..Options::default() });
    let mut body = link_body();
    body["reference_id"] = "a-very-particular-reference".into();
    for _ in 0..20 {
        assert_eq!(link_request(&body).send(&world.address).status, 200);
    }
    assert!(holds(&data, b"a-very-particular-reference"));
    assert_eq!(world.post("/_sandbox/reset", &json!({})).status, 200);
    assert!(!holds(&data, b"a-very-particular-reference"));
    assert_eq!(world.get("/_sandbox/sessions").json()["total"], 0);
}

#[test]
fn uploads_are_kept_only_if_asked_for_and_only_as_pixels() {
    let mut picture = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(16, 16).write_to(&mut picture, image::ImageFormat::Png).unwrap();
    // What follows a picture's end is no part of it.
    let mut upload = picture.into_inner();
    upload.extend_from_slice(b"a-very-particular-payload");
    for keep in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let world = World::with(Options { data: Some(data.clone()), keep_uploads: keep, ..Options::default() });
        let token = world.link();
        let page = format!("/?token={token}");
        let html = world.get(&page).text();
        let form_token =
            html.split("name=\"form_token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("form_token", form_token.as_str()), ("step", "ocr")];
        let request =
            Request::new("POST", &page).multipart(&fields, &[("front", "f.png", &upload), ("back", "b.png", &upload)]);
        assert_eq!(request.send(&world.address).status, 303);
        let uploads = data.join("uploads");
        let kept = std::fs::read_dir(&uploads).map_or(0, Iterator::count);
        assert_eq!(kept, if keep { 2 } else { 0 });
        assert!(!holds(&data, b"a-very-particular-payload"));
        assert_eq!(world.post("/_sandbox/reset", &json!({})).status, 200);
        assert_eq!(std::fs::read_dir(&uploads).map_or(0, Iterator::count), 0, "reset erases them too");
    }
    assert!(
        World::try_with(Options { keep_uploads: true, ..Options::default() }).is_err(),
        "there must be a folder to keep them in"
    );
}
