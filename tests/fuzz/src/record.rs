//! Records: facts in any order and any copies give one record, its text is read back as it was, and a text from anywhere gives a record or
//! one of two errors.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use valify_link_core::{
    Environment, ErrorKind, Outcome, Route, Status, Verification, return_state::BoundBrowser, route,
};

use crate::{
    attempt::{Fact, Who, World, apply, holds},
    check_error, pieces,
};

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let world = World::new();
    if u.ratio(1, 4)? {
        return check_text(u, &world);
    }
    let facts = facts(u)?;
    let record = apply(&world, &facts);
    let text = record.to_text();
    assert!(text.len() < 2048);
    assert_eq!(Verification::from_text(&text).as_ref(), Ok(&record));

    let expiry = world.expires_at + Duration::minutes(5);
    for now in [world.requested_at, expiry, expiry + Duration::milliseconds(1)] {
        assert_eq!(record.status(now), holds(&world, &facts, now), "{facts:?}");
        assert_eq!(record.may_proceed(now), record.status(now) == Status::Passed);
    }

    // Another order, with some of them twice.
    let mut others = facts.clone();
    for _ in 0..others.len() {
        let (one, other) = (u.choose_index(others.len())?, u.choose_index(others.len())?);
        others.swap(one, other);
    }
    let again = if others.is_empty() { 0 } else { u.choose_index(others.len())? };
    others.extend(others.clone().into_iter().take(again));
    assert_eq!(apply(&world, &others).to_text(), text, "{facts:?} as {others:?}");

    // Copies that each know a part, joined in either direction.
    let parts: Vec<bool> = facts.iter().map(|_| u.arbitrary()).collect::<Result<_>>()?;
    let part = |wanted| {
        let own: Vec<_> =
            facts.iter().zip(&parts).filter(|(_, part)| **part == wanted).map(|(fact, _)| fact.clone()).collect();
        apply(&world, &own)
    };
    let (left, right) = (part(true), part(false));
    for merged in
        [left.merge(&right), right.merge(&left), record.merge(&left), right.merge(&record), record.merge(&record)]
    {
        assert_eq!(merged.expect("the same attempt").to_text(), text, "{facts:?} split as {parts:?}");
    }
    Ok(())
}

/// Facts that keep within the four tokens that a record tells apart.
fn facts(u: &mut Unstructured<'_>) -> Result<Vec<Fact>> {
    let mut facts = Vec::new();
    for _ in 0..u.int_in_range(0..=8)? {
        facts.push(match u.int_in_range(0..=7)? {
            0 => Fact::Issued,
            1 => Fact::Returned(*u.choose(BoundBrowser::ALL)?),
            2 => Fact::Resolve {
                outcome: *u.choose(Outcome::ALL)?,
                operator: u.choose(&["ops-1", "ops-2"])?,
                at_ms: u.int_in_range(0..=10)? * 1_000,
            },
            _ => {
                let who = *u.choose(&[
                    Who::Own,
                    Who::Own,
                    Who::Own,
                    Who::Reference,
                    Who::Token(1),
                    Who::Token(2),
                    Who::Token(3),
                    Who::OtherReference,
                    Who::OtherFlow,
                    Who::Sandbox,
                    Who::NothingButTime,
                ])?;
                Fact::Event {
                    outcome: *u.choose(Outcome::ALL)?,
                    who,
                    strong: u.arbitrary()?,
                    wins: u.arbitrary()?,
                    occurred_ms: u.int_in_range(0..=3)? * 1_000,
                }
            }
        });
    }
    Ok(facts)
}

fn check_text(u: &mut Unstructured<'_>, world: &World) -> Result<()> {
    let mut text = apply(world, &facts(u)?).to_text().into_bytes();
    for _ in 0..u.int_in_range(0..=2)? {
        let (from, to) = *u.choose(&REPLACEMENTS)?;
        text = String::from_utf8_lossy(&text).replacen(from, to, 1).into_bytes();
    }
    if u.ratio(1, 2)? {
        pieces::edit(u, &mut text)?;
    }
    let text = String::from_utf8_lossy(&text);
    match Verification::from_text(&text) {
        Ok(read) => {
            let written = read.to_text();
            assert!(written.len() < 2048, "{written}");
            assert_eq!(Verification::from_text(&written).as_ref(), Ok(&read), "what is written is read");
            assert_eq!(read.merge(&read).as_ref(), Ok(&read));
            assert_eq!(read.may_proceed(world.expires_at), read.status(world.expires_at) == Status::Passed);
            let event = world.event(Outcome::Passed, Who::Own, true, false, 1_000);
            // What the record would take is what is routed to it, and nothing else.
            let takes = route(&event, std::slice::from_ref(&read)) == Route::One(0);
            match read.add(&event) {
                Ok(added) => assert!(takes && added.environment() == Environment::Production),
                Err(error) => assert_eq!(error.kind, ErrorKind::RecordMismatch),
            }
        }
        Err(error) => {
            check_error(&error);
            assert!(matches!(error.kind, ErrorKind::RecordMalformed | ErrorKind::RecordNewer), "{error}");
        }
    }
    Ok(())
}

/// Parts of a record's text, and what may stand there instead.
const REPLACEMENTS: [(&str, &str); 16] = [
    ("\"v\":1", "\"v\":2"),
    ("\"v\":1", "\"v\":1.0"),
    ("\"grace_ms\":300000", "\"grace_ms\":-9223372036854775808"),
    ("\"grace_ms\":300000", "\"grace_ms\":9223372036854775808"),
    ("production", "sandbox"),
    ("user-1", "\\u0000"),
    ("user-1", "😀"),
    ("2026-01-14T07:30:00.000Z", "0000-01-01T00:00:00.000Z"),
    ("2026-01-14T07:30:00.000Z", "9999-12-31T23:59:59.999+23:59"),
    ("0b9c6a58", "CANARY"),
    ("\"events\":\"", "\"events\":\"P"),
    ("\"events\":\"", "\"events\":\"PAAAAAAAA////////"),
    ("\"pending\":{", "\"pending\":{\"AAAAAAAAAAAAAAAAAAAAAA\":\"PAAAAAAAA........\","),
    ("\"returned\":\"", "\"returned\":\"yes yes "),
    (
        ",\"token\":\"",
        ",\"resolution\":{\"at\":\"2026-01-14T07:30:00.000Z\",\"operator\":\"o\",\"outcome\":\"passed\",\"reason\":\"\"},\"token\":\"",
    ),
    ("{", " {\"__proto__\":null,"),
];
