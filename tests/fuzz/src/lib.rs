//! What must hold for any input of the core, one target for each door that outside data comes in by.
//!
//! A target takes bytes, makes of them something that is nearly right, gives it to the core's public API, and panics where an answer is not
//! one of the closed set or breaks an invariant. libFuzzer drives them (`tests/run fuzz`), and every test run replays the small corpus.

mod config;
mod delivery;
mod documents;
mod json;
mod national_id;
mod pieces;
mod record;
mod response;
mod return_state;
mod webhook;

// The same attempt, facts and model that the core's own property tests are held against.
#[path = "../../../core/tests/attempt/mod.rs"]
#[expect(dead_code, reason = "the property tests need more of it")]
mod attempt;

use arbitrary::Unstructured;

/// A property of the core for any bytes.
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its folder in the corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("config", |data| run(data, config::target)),
    ("response", |data| run(data, response::target)),
    ("webhook", |data| run(data, webhook::target)),
    ("json", |data| run(data, json::target)),
    ("return_state", |data| run(data, return_state::target)),
    ("record", |data| run(data, record::target)),
    ("national_id", |data| run(data, national_id::target)),
];

/// What stands in the place of keys, tokens and people: no error and no rendering may show it.
const CANARY: &str = "CANARY";

/// Too few bytes to make an input of are no input.
fn run(data: &[u8], target: impl Fn(&mut Unstructured<'_>) -> arbitrary::Result<()>) {
    let _: arbitrary::Result<()> = target(&mut Unstructured::new(data));
}

/// The instant that targets call now.
fn now() -> valify_link_core::Instant {
    "2026-01-14T07:57:54.972Z".parse().expect("an instant")
}

/// Holds an error to what every error promises: a path and a text of the project's own.
fn check_error(error: &valify_link_core::Error) {
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains(CANARY), "an error shows outside data: {shown}");
    assert!(!error.detail.is_empty());
}
