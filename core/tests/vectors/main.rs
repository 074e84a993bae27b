//! Puts the conformance vectors through the public API and writes the report that every host writes.
//!
//! `VECTORS_DIR` names the folder (default `tests/vectors`), `VECTORS_REPORT` the report (default `target/vectors/rust.json`); relative
//! paths begin at the root of the repository.
#![cfg(not(miri))] // reads and writes files, and megabytes of them

mod compare;
mod folder;
mod form;
mod given;
mod link;
mod report;
mod verdict;
mod webhook;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::{Value, json};

use folder::Folder;
use report::Report;
use verdict::Verdict;

#[test]
fn every_case_has_the_expected_verdict() {
    let folder = Folder::from_environment();
    let (report, complaints) = answer(&folder);
    report.write();
    if let Err(text) = judge(&report, &complaints) {
        panic!("{}: {text}", folder.path().display());
    }
}

#[test]
fn a_folder_without_cases_proves_nothing() {
    let (report, complaints) = answer(&Folder::read(&folder::from_root("core/tests/vectors")));
    assert_eq!(judge(&report, &complaints), Err("no cases".to_owned()));
}

/// Runs every case; one complaint for each that has another verdict than the expected one.
fn answer(folder: &Folder) -> (Report, Vec<String>) {
    let mut report = Report::new(folder);
    let mut complaints = Vec::new();
    for (kind, case) in folder.cases() {
        let id = given::text(&case["id"]);
        // A panic is the worst verdict of all, and must not hide the others.
        let actual = catch_unwind(AssertUnwindSafe(|| run(kind, &case["given"])));
        let actual = actual.unwrap_or_else(|_| json!({ "panic": true }));
        let differences = compare::differences(&case["expect"], &actual);
        if !differences.is_empty() {
            complaints.push(format!("{id}\n  {}\n  verdict: {actual}", differences.join("\n  ")));
        }
        report.add(id, actual, differences.is_empty());
    }
    (report, complaints)
}

fn judge(report: &Report, complaints: &[String]) -> Result<(), String> {
    match (report.cases(), complaints.len()) {
        (0, _) => Err("no cases".to_owned()),
        (_, 0) => Ok(()),
        (cases, failed) => Err(format!("{failed} of {cases} cases\n{}", complaints.join("\n"))),
    }
}

fn run(kind: &str, given: &Value) -> Value {
    let verdict: Verdict = match kind {
        "config" => link::config(given),
        "link_request" => link::request(given),
        "link_response" => link::response(given),
        "call" => link::call(given),
        "webhook" => webhook::verify(given),
        "webhook_sign" => webhook::sign(given),
        "diagnose" => webhook::diagnose(given),
        other => panic!("unknown kind {other}"),
    };
    verdict::canonical(verdict)
}
