//! The stored form of a record: what its schema says, to the last character, and what older releases have written.
#![cfg(not(miri))] // the validator of the schema takes Miri an hour

#[expect(dead_code, reason = "the tests of what a record says need more of it")]
mod attempt;
mod cases;
mod facts;
mod record_schema;

use attempt::{Fact, Who, World, apply};
use cases::cases;
use facts::facts;
use proptest::{collection::vec, prelude::*, sample::select};
use record_schema::{is_of_schema, stored};
use serde_json::{Value, json};
use valify_link_core::{ErrorKind, Outcome, Status, Verification, return_state::BoundBrowser};

/// What releases have written, with the status that each has after its expiry. Never changed, only added to.
const WRITTEN: [(&str, Status); 3] = [
    (
        r#"{"v":1,"grace_ms":300000,"environment":"production","reference_id":"user-1","flow":"0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b","requested_at":"2026-01-14T07:00:00.000Z","expires_at":"2026-01-14T07:30:00.000Z"}"#,
        Status::Expired,
    ),
    (
        r#"{"v":1,"grace_ms":300000,"environment":"production","reference_id":"user-1","flow":"0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b","requested_at":"2026-01-14T07:00:00.000Z","expires_at":"2026-01-14T07:30:00.000Z","pending":{"SGjsrbkO-r6a2SZ4wfERiA":"sAZu7TfTY........","av884SRa-kKTDbeTQ7BA-A":"SAZu7TfTYAZu7TeFQsAZu7TfTY........"}}"#,
        Status::Expired,
    ),
    (
        r#"{"v":1,"grace_ms":300000,"environment":"production","reference_id":"user-1","flow":"0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b","requested_at":"2026-01-14T07:00:00.000Z","expires_at":"2026-01-14T07:30:00.000Z","nonce":"AoelK_Vonl-1YtKvG3nmgw","token":"FHjGv_9s6Nl3N1qIB8ydsQ","events":"LAZu7TfjAAZu7Td1oFAZu7TfjAAZu7Td1oRAZu7TfjAAZu7Td1oAAZu7TfjAAZu7Td1oEAZu7TfjAAZu7Td1oIAZu7TfjAAZu7Td1opAZu7TfjA........mAZu7TfjA........rAZu7TfjA........aAZu7TfjA........eAZu7TfjA........iAZu7TfjA........","returned":"yes unknown","resolution":{"at":"2026-01-14T07:01:00.000Z","operator":"ops-1","outcome":"failed","reason":"a ticket"}}"#,
        Status::Failed,
    ),
];

#[test]
fn what_was_written_once_stays_readable() {
    let world = World::new();
    for (text, status) in WRITTEN {
        let record = Verification::from_text(text).expect(text);
        assert_eq!(stored(&record), text, "and is written the same");
        assert_eq!(record.status(world.expires_at + chrono::Duration::days(1)), status);
    }
}

#[test]
fn newer_versions_and_other_texts_have_their_kinds() {
    let text = apply(&World::new(), &[Fact::Issued]).to_text();
    let kind = |text: &str| Verification::from_text(text).expect_err("a refusal").kind;
    assert_eq!(kind(&text.replacen("\"v\":1", "\"v\":2", 1)), ErrorKind::RecordNewer);
    assert_eq!(kind(&text.replacen("\"v\":1", "\"v\":99999999999999999999", 1)), ErrorKind::RecordNewer);
    assert_eq!(kind("{\"v\":2,\"what\":{\"nobody\":[\"knows\"]}}"), ErrorKind::RecordNewer);
    for malformed in [
        text.replacen("\"v\":1,", "", 1),
        text.replacen("\"v\":1", "\"v\":0", 1),
        text.replacen("\"v\":1", "\"v\":-99999999999999999999", 1),
        text.replacen("\"v\":1", "\"v\":\"1\"", 1),
        text.replacen("\"v\":1", "\"v\":2.5", 1),
        text.replacen("\"v\":1", "\"v\":1,\"v\":2", 1),
        "[]".into(),
        "null".into(),
        String::new(),
    ] {
        assert_eq!(kind(&malformed), ErrorKind::RecordMalformed, "{malformed}");
    }
}

/// One member of a full record at a time is left out, made null, or given another value: the reader and the schema say the same of it.
#[test]
fn the_reader_and_the_schema_agree_on_every_member() {
    let mut refused = 0;
    let (mut places, others) = (Vec::new(), others());
    for record in [full(), waiting()] {
        let good: Value = serde_json::from_str(&stored(&record)).expect("JSON");
        pointers("", &good, &mut places);
        for place in &places {
            for other in others.iter().map(Some).chain([None]) {
                let mut changed = good.clone();
                if !replace(&mut changed, place, other.cloned()) {
                    continue;
                }
                let text = changed.to_string();
                let read = Verification::from_text(&text);
                assert_eq!(read.is_ok(), is_of_schema(&text), "{place} as {other:?} in {text}");
                if let Err(error) = read {
                    assert_eq!(error.kind, ErrorKind::RecordMalformed, "{place}");
                    // With a token, it is what waits for one that has no place.
                    let field = error.field.expect("a field");
                    let name = place.split('/').nth(1).unwrap_or_default();
                    let named =
                        field.is_empty() || field.starts_with(name) || (name, field.as_str()) == ("token", "pending");
                    assert!(named, "{field} for {place}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 500, "only {refused}");
}

/// A record with everything that one can hold once its session is known.
fn full() -> Verification {
    let world = World::new();
    let event = |outcome, strong, wins| Fact::Event { outcome, who: Who::Own, strong, wins, occurred_ms: 1_000 };
    let mut record = apply(&world, &[]).bound_to(world.returned(BoundBrowser::Yes).nonce()).expect("a nonce");
    let mut known = vec![
        Fact::Issued,
        Fact::Returned(BoundBrowser::Yes),
        Fact::Returned(BoundBrowser::Unknown),
        Fact::Resolve { outcome: Outcome::Failed, operator: "ops-1", at_ms: 60_000 },
    ];
    for outcome in Outcome::ALL {
        known.extend([
            event(*outcome, true, *outcome == Outcome::Passed),
            event(*outcome, false, *outcome == Outcome::Failed),
        ]);
    }
    for fact in known {
        record = fact.add_to(&world, &record).expect("its own facts");
    }
    record
}

/// A record that waits for its session.
fn waiting() -> Verification {
    let event = |token, strong| Fact::Event {
        outcome: Outcome::Review,
        who: Who::Token(token),
        strong,
        wins: true,
        occurred_ms: 2_000,
    };
    apply(&World::new(), &[event(1, true), event(1, false), event(2, false)])
}

/// What may stand in a member's place: values of every type, the near misses of each member among them.
fn others() -> Vec<Value> {
    let slot = "PAAAAAAAAAAAAAAAA";
    let hash = "AAAAAAAAAAAAAAAAAAAAAA";
    let texts = [
        "",
        " ",
        "a",
        "user 1",
        " user-1",
        "user-1\u{a0}",
        "user\n1",
        "\u{85}",
        "\u{feff}user",
        "u\u{7f}",
        &"r".repeat(256),
        &"r".repeat(257),
        &"o".repeat(48),
        &"o".repeat(49),
        "production",
        "sandbox",
        "Sandbox",
        "yes",
        "no yes",
        "yes yes",
        "yes no unknown",
        "yes  no",
        "passed",
        "Passed",
        "returned",
        "conflicting",
        "2026-01-14T07:30:00.000Z",
        "2026-01-14T07:30:00Z",
        "2026-01-14T07:30:00.0000Z",
        "2026-01-14T07:30:00.000+00:00",
        "2026-01-14t07:30:00.000z",
        "2026-13-14T07:30:00.000Z",
        "2026-01-14T24:00:00.000Z",
        "2026-01-14T07:30:60.000Z",
        "9999-12-31T23:59:59.999Z",
        "0000-01-01T00:00:00.000Z",
        "10000-01-01T00:00:00.000Z",
        "0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b",
        "0B9C6A58-53de-4cb1-9c7e-0a6d4e1f2a3b",
        "{0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b}",
        "0b9c6a5853de4cb19c7e0a6d4e1f2a3b",
        hash,
        "AAAAAAAAAAAAAAAAAAAAAB",
        "AAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAA+",
        "AAAAAAAAAAAAAAAAAAAAAA==",
        slot,
        "P",
        "PAAAAAAAA........",
        "pAAAAAAAA........",
        "pAAAAAAAAAAAAAAAA",
        "P................",
        "PAAAAAAAA.......A",
        "XAAAAAAAAAAAAAAAA",
        "P+AAAAAAAAAAAAAAA",
        "PAAAAAAAAAAAAAAAAPAAAAAAAAAAAAAAAA",
        "LAAAAAAAAAAAAAAAAPAAAAAAAAAAAAAAAA",
        "PAAAAAAAAAAAAAAAAFAAAAAAAAAAAAAAAA",
        "FAAAAAAAAAAAAAAAAPAAAAAAAAAAAAAAAA",
        "pAAAAAAAA........PAAAAAAAAAAAAAAAA",
        "PAAAAAAAAAAAAAAAA\n",
    ];
    let objects = [
        json!({}),
        json!({ hash: slot }),
        json!({ hash: "" }),
        json!({ hash: 1 }),
        json!({ "a": slot }),
        json!({ hash: slot, "AAAAAAAAAAAAAAAAAAAAAQ": slot, "AAAAAAAAAAAAAAAAAAAAAg": slot, "AAAAAAAAAAAAAAAAAAAAAw": slot }),
        json!({ hash: slot, "AAAAAAAAAAAAAAAAAAAAAQ": slot, "AAAAAAAAAAAAAAAAAAAAAg": slot, "AAAAAAAAAAAAAAAAAAAAAw": slot, "AAAAAAAAAAAAAAAAAAAABA": slot }),
        json!({ "at": "2026-01-14T07:30:00.000Z", "operator": "o", "outcome": "passed", "reason": "" }),
        json!({ "at": "2026-01-14T07:30:00.000Z", "operator": "", "outcome": "passed", "reason": "" }),
        json!({ "at": "2026-01-14T07:30:00.000Z", "operator": "o", "outcome": "passed" }),
        json!({ "at": "2026-01-14T07:30:00.000Z", "operator": "o", "outcome": "passed", "reason": "", "who": "else" }),
    ];
    let scalars = [
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(-1),
        json!(2_592_000_000_i64),
        json!(2_592_000_001_i64),
        json!(1.5),
        json!([]),
        json!(["yes"]),
    ];
    texts.into_iter().map(Value::from).chain(objects).chain(scalars).collect()
}

/// Every member that there is, and one of each object that there should not be.
fn pointers(at: &str, value: &Value, places: &mut Vec<String>) {
    let Some(members) = value.as_object() else { return };
    for (name, member) in members {
        let place = format!("{at}/{name}");
        places.push(place.clone());
        pointers(&place, member, places);
    }
    places.push(format!("{at}/further"));
    for name in ["pending", "token", "events", "resolution", "returned", "nonce", "flow"] {
        places.push(format!("{at}/{name}"));
    }
}

/// Whether there was an object to change.
fn replace(document: &mut Value, place: &str, with: Option<Value>) -> bool {
    let Some((parent, name)) = place.rsplit_once('/') else { return false };
    let Some(parent) = document.pointer_mut(parent).and_then(Value::as_object_mut) else { return false };
    match with {
        Some(value) => drop(parent.insert(name.into(), value)),
        None => drop(parent.remove(name)),
    }
    // A version of its own kind of refusal.
    parent.get("v").is_none_or(|version| version.as_i64().is_none_or(|version| version <= 1))
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(1_000))]

    /// Whatever happens to the text of a record, nothing is read that the schema does not hold, and it is written as it was read.
    #[test]
    fn nothing_is_read_that_is_not_of_the_schema(
        facts in facts(6),
        edits in vec((any::<prop::sample::Index>(), prop_oneof![any::<char>(), select("{}[]\":,.0123456789abLPp-ZT \\u".chars().collect::<Vec<_>>())], 0..3_u8), 1..3),
    ) {
        let mut characters: Vec<char> = stored(&apply(&World::new(), &facts)).chars().collect();
        for (at, character, edit) in edits {
            let at = at.index(characters.len());
            match edit {
                0 => characters[at] = character,
                1 => characters.insert(at, character),
                _ => drop(characters.remove(at)),
            }
        }
        let text: String = characters.into_iter().collect();
        match Verification::from_text(&text) {
            Ok(read) => {
                prop_assert!(is_of_schema(&text), "{}", text);
                let written: Value = serde_json::from_str(&stored(&read)).expect("JSON");
                prop_assert_eq!(written, serde_json::from_str::<Value>(&text).expect("JSON"), "nothing is lost, nothing is read in another way");
            }
            Err(error) => prop_assert!(matches!(error.kind, ErrorKind::RecordMalformed | ErrorKind::RecordNewer)),
        }
    }
}
