//! What is known about one attempt: against a plain model, under every order, duplication and split.

mod attempt;
mod cases;
mod facts;
mod record_schema;

use attempt::{Fact, Who, World, apply, holds};
use cases::cases;
use chrono::{DateTime, Duration, Utc};
use facts::facts;
use proptest::prelude::*;
use record_schema::stored;
use valify_link_core::{
    Config, Environment, ErrorKind, Keys, Link, LinkRequest, Outcome, Route, Status, Verification,
    return_state::BoundBrowser, route,
};

const DECISIONS: [Outcome; 2] = [Outcome::Passed, Outcome::Failed];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// The times that a status may depend on: before, at and after the expiry with its grace.
fn moments(world: &World) -> [DateTime<Utc>; 4] {
    let expiry = world.expires_at + Duration::milliseconds(300_000);
    [world.requested_at, expiry, expiry + Duration::milliseconds(1), expiry + Duration::days(400)]
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(400))]

    /// The record says what a plain reading of the whole list of facts says.
    #[test]
    fn the_record_agrees_with_a_model(facts in facts(8)) {
        let world = World::new();
        let record = apply(&world, &facts);
        for now in moments(&world) {
            prop_assert_eq!(record.status(now), holds(&world, &facts, now), "{:?} at {}", facts, now);
            prop_assert_eq!(record.may_proceed(now), record.status(now) == Status::Passed);
        }
    }

    /// Any order, any repetition: the same bytes and the same status.
    #[test]
    fn order_and_duplicates_change_nothing(facts in facts(8), order in any::<u64>(), again in any::<u64>()) {
        let world = World::new();
        let expected = stored(&apply(&world, &facts));
        let mut shuffled: Vec<_> = facts.iter().cloned().enumerate().collect();
        shuffled.sort_by_key(|(index, _)| order.rotate_left(u32::try_from(*index).unwrap() * 7).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let repeated = shuffled.iter().filter(|(index, _)| again >> (index % 64) & 1 == 1).cloned().collect::<Vec<_>>();
        let facts: Vec<_> = shuffled.into_iter().chain(repeated).map(|(_, fact)| fact).collect();
        prop_assert_eq!(stored(&apply(&world, &facts)), expected);
    }

    /// Any split over copies of the record, merged in any tree: the same bytes.
    #[test]
    fn split_and_merge_changes_nothing(facts in facts(8), copies in prop::collection::vec(0..3_usize, 16), left in any::<bool>()) {
        let world = World::new();
        let expected = stored(&apply(&world, &facts));
        let parts: Vec<_> = (0..3)
            .map(|copy| {
                let own: Vec<_> = facts.iter().zip(&copies).filter(|(_, to)| **to == copy).map(|(fact, _)| fact.clone()).collect();
                apply(&world, &own)
            })
            .collect();
        let [a, b, c] = parts.try_into().expect("three copies");
        let merged = if left { a.merge(&b).unwrap().merge(&c) } else { a.merge(&c.merge(&b).unwrap()) }.expect("the same attempt");
        prop_assert_eq!(stored(&merged), expected);
        prop_assert_eq!(&merged.merge(&merged).unwrap(), &merged);
    }

    /// What is stored is what is read, also when a database has reordered and spaced it; and it is small.
    #[test]
    fn stored_records_are_read_back(facts in facts(12)) {
        let record = apply(&World::new(), &facts);
        let text = stored(&record);
        prop_assert!(text.len() < 2048);
        let read = Verification::from_text(&text).expect("our own text");
        prop_assert_eq!(&read, &record);
        prop_assert_eq!(read.to_text(), text.clone());
        let reordered: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let spaced = serde_json::to_string_pretty(&reordered).expect("JSON");
        prop_assert_eq!(Verification::from_text(&spaced).expect("the same record").to_text(), text);
    }

    /// A decision stays unless the opposite decision is among all the facts.
    #[test]
    fn decisions_stay(before in facts(6), after in facts(6)) {
        let world = World::new();
        let without_operators = |facts: Vec<Fact>| facts.into_iter().filter(|fact| !matches!(fact, Fact::Resolve { .. })).collect::<Vec<_>>();
        let (before, after) = (without_operators(before), without_operators(after));
        let decided = apply(&world, &before);
        let later = after.iter().fold(decided.clone(), |record, fact| fact.add_to(&world, &record).unwrap_or(record));
        for now in moments(&world) {
            let was = decided.status(now);
            if let Status::Passed | Status::Failed = was {
                let opposes = |fact: &Fact| matches!(fact, Fact::Event { outcome, .. } if DECISIONS.contains(outcome) && Status::from(*outcome) != was);
                prop_assert!(later.status(now) == was || before.iter().chain(&after).any(opposes));
            }
        }
    }

    #[test]
    fn reading_any_text_never_panics(text in "\\PC{0,60}", at in any::<prop::sample::Index>(), with in any::<char>()) {
        prop_assert_eq!(Verification::from_text(&text).expect_err("noise").kind, ErrorKind::RecordMalformed);
        let mut changed: Vec<char> = apply(&World::new(), &[Fact::Issued]).to_text().chars().collect();
        let at = at.index(changed.len());
        changed[at] = with;
        if let Err(error) = Verification::from_text(&changed.into_iter().collect::<String>()) {
            prop_assert!(matches!(error.kind, ErrorKind::RecordMalformed | ErrorKind::RecordNewer));
        }
    }
}

/// Every order of an issued link, a return and two webhooks of every pair of outcomes, each looked at before and after the expiry.
#[test]
#[cfg_attr(miri, ignore = "thousands of events")]
fn all_interleavings_of_a_life_agree() {
    let world = World::new();
    let mut lives = 0;
    for first in Outcome::ALL {
        for second in Outcome::ALL {
            let life = [
                Fact::Issued,
                Fact::Returned(BoundBrowser::Yes),
                Fact::event(*first, Who::Own, 1_000),
                Fact::event(*second, Who::Own, 2_000),
            ];
            let bytes = stored(&apply(&world, &life));
            for order in permutations(life.len()) {
                let facts: Vec<_> = order.iter().map(|index| life[*index].clone()).collect();
                // The clock passes the expiry between any two of the facts: every prefix is looked at on both sides.
                for known in 0..=facts.len() {
                    let record = apply(&world, &facts[..known]);
                    stored(&record);
                    for now in moments(&world) {
                        assert_eq!(
                            record.status(now),
                            holds(&world, &facts[..known], now),
                            "{:?} at {now}",
                            &facts[..known]
                        );
                    }
                }
                assert_eq!(stored(&apply(&world, &facts)), bytes);
                lives += 1;
            }
        }
    }
    assert_eq!(lives, 36 * 24);
}

fn permutations(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(length - 1);
    let inserted = |order: &Vec<usize>, at: usize| {
        let mut order = order.clone();
        order.insert(at, length - 1);
        order
    };
    shorter.iter().flat_map(|order| (0..length).map(|at| inserted(order, at)).collect::<Vec<_>>()).collect()
}

#[test]
fn what_is_of_another_attempt_never_counts() {
    let world = World::new();
    let issued = apply(&world, &[Fact::Issued]);
    let requested = apply(&world, &[]);
    let not_ours = [Who::OtherToken, Who::OtherReference, Who::OtherFlow, Who::Sandbox];
    // What its profile matches by is not there: nothing else takes its place.
    for who in not_ours.into_iter().chain([Who::NothingButTime, Who::NoToken, Who::NoReference]) {
        let event = world.event(Outcome::Passed, who, true, false, 1_000);
        let error = issued.add(&event).expect_err("another attempt's event");
        assert_eq!(error.kind, ErrorKind::RecordMismatch, "{who:?}");
        // Before the link is issued, only an event that names our reference may wait for its token.
        if who == Who::OtherToken {
            let waiting = requested.add(&event).expect("it may be ours");
            assert_eq!(waiting.status(world.requested_at), Status::Requested);
            let known = waiting.issued(&world.link()).expect("our link");
            assert_eq!(known.status(world.requested_at), Status::Issued);
            assert_eq!(known, issued, "nothing is left of the other session");
        } else {
            assert_eq!(
                requested.add(&event).expect_err("another attempt's event").kind,
                ErrorKind::RecordMismatch,
                "{who:?}"
            );
        }
    }
    let other = World::with_reference("user-2");
    assert_eq!(issued.issued(&other.link()).expect_err("another user's link").kind, ErrorKind::RecordMismatch);
    assert_eq!(
        issued.returned(&other.returned(BoundBrowser::Yes)).expect_err("another user's return").kind,
        ErrorKind::RecordMismatch
    );
    assert_eq!(issued.merge(&apply(&other, &[])).expect_err("another user's record").kind, ErrorKind::RecordMismatch);
    let mut second = world.link();
    second.session_token = "another-session-0".into();
    let twice = requested.issued(&second).expect("a link");
    assert_eq!(issued.merge(&twice).expect_err("two sessions").kind, ErrorKind::RecordMismatch);
    assert_eq!(issued.issued(&second).expect_err("two sessions").kind, ErrorKind::RecordMismatch);
}

/// Each part of an identity alone tells two attempts apart, in a link and in a copy of the record.
#[test]
fn every_part_of_an_identity_counts() {
    let world = World::new();
    let record = apply(&world, &[]);
    let own = world.link();
    let rounded = Link { expires_at: own.expires_at + Duration::microseconds(499), ..own.clone() };
    assert!(record.issued(&rounded).is_ok(), "a host's clock may know less than a millisecond");
    for other in [
        Link { environment: Environment::Sandbox, ..own.clone() },
        Link { reference_id: "user-2".into(), ..own.clone() },
        Link { flow: None, ..own.clone() },
        Link { expires_at: own.expires_at + Duration::milliseconds(1), ..own.clone() },
    ] {
        let error = record.issued(&other).expect_err("another attempt's link");
        assert_eq!(error.kind, ErrorKind::RecordMismatch);
        assert_eq!(error.reference_id.as_deref(), Some("user-1"));
    }
    let bound = record.clone().bound_to("a-nonce").expect("a nonce");
    assert_eq!(bound.merge(&bound).as_ref(), Ok(&bound));
    let changed = |(from, to)| {
        let text = bound.to_text().replacen(from, to, 1);
        Verification::from_text(&text).expect(&text)
    };
    let others = [
        ("production", "sandbox"),
        ("user-1", "user-2"),
        ("0b9c6a58", "0b9c6a59"),
        ("07:00:00.000Z", "07:00:00.001Z"),
        ("07:30:00.000Z", "07:30:00.001Z"),
        ("300000", "300001"),
    ]
    .map(changed);
    let of_another_nonce = record.clone().bound_to("another-nonce").expect("a nonce");
    for other in others.into_iter().chain([of_another_nonce, record]) {
        assert_eq!(bound.merge(&other).expect_err("another attempt's copy").kind, ErrorKind::RecordMismatch);
        assert_eq!(other.merge(&bound).expect_err("another attempt's copy").kind, ErrorKind::RecordMismatch);
    }
}

/// Whose an event is that names a session alone, a record cannot know before it knows its own.
#[test]
fn a_session_alone_is_matched_once_it_is_known() {
    let world = World::new();
    let event = world.event(Outcome::Passed, Who::TokenAlone, true, false, 1_000);
    assert_eq!(apply(&world, &[]).add(&event).expect_err("anybody's").kind, ErrorKind::RecordMismatch);
    let issued = apply(&world, &[Fact::Issued]).add(&event).expect("its own");
    assert_eq!(issued.status(world.requested_at), Status::Passed);
}

/// Nothing of production counts in a sandbox record either.
#[test]
fn a_sandbox_record_takes_sandbox_events_alone() {
    let world = World::new();
    let record = apply(&world, &[]).to_text().replacen("production", "sandbox", 1);
    let record = Verification::from_text(&record).expect("a record");
    assert_eq!(record.environment(), Environment::Sandbox);
    let add = |who| record.add(&world.event(Outcome::Passed, who, true, false, 1_000)).map_err(|error| error.kind);
    assert_eq!(add(Who::Own), Err(ErrorKind::RecordMismatch));
    assert!(add(Who::Sandbox).is_ok());
}

#[test]
fn matching_by_reference_needs_a_time_or_a_word() {
    let world = World::new();
    let issued = apply(&world, &[Fact::Issued]);
    let by_reference = |occurred_ms: Option<i64>| world.by_reference(Outcome::Passed, occurred_ms, false);
    assert_eq!(issued.add(&by_reference(Some(0))).expect("at the request").status(world.requested_at), Status::Passed);
    for event in [by_reference(Some(-1)), by_reference(None)] {
        assert_eq!(issued.add(&event).expect_err("maybe an earlier attempt's").kind, ErrorKind::RecordMismatch);
    }
    let per_link = world.by_reference(Outcome::Passed, None, true);
    assert_eq!(issued.add(&per_link).expect("the integrator's word").status(world.requested_at), Status::Passed);
}

#[test]
fn weak_outcomes_count_until_a_strong_decision() {
    let world = World::new();
    let weak = |outcome| world.event(outcome, Who::Own, false, false, 1_000);
    let strong = |outcome| world.event(outcome, Who::Own, true, false, 2_000);
    let now = world.requested_at;
    let record = apply(&world, &[Fact::Issued]).add(&weak(Outcome::Passed)).unwrap();
    assert_eq!(record.status(now), Status::Passed);
    assert_eq!(record.add(&strong(Outcome::Review)).unwrap().status(now), Status::Passed);
    assert_eq!(record.add(&strong(Outcome::Failed)).unwrap().status(now), Status::Failed);
    assert_eq!(record.add(&strong(Outcome::Passed)).unwrap().status(now), Status::Passed);
    assert_eq!(record.add(&weak(Outcome::Failed)).unwrap().status(now), Status::Conflicting);
}

#[test]
fn the_latest_decision_wins_only_where_every_profile_says_so() {
    let world = World::new();
    let now = world.requested_at;
    let event = |outcome, wins, occurred_ms| world.event(outcome, Who::Own, true, wins, occurred_ms);
    let issued = apply(&world, &[Fact::Issued]);
    let failed = issued.add(&event(Outcome::Failed, true, 1_000)).unwrap();
    assert_eq!(failed.add(&event(Outcome::Passed, true, 2_000)).unwrap().status(now), Status::Passed);
    assert_eq!(failed.add(&event(Outcome::Passed, true, 500)).unwrap().status(now), Status::Failed);
    assert_eq!(failed.add(&event(Outcome::Passed, true, 1_000)).unwrap().status(now), Status::Conflicting);
    assert_eq!(failed.add(&event(Outcome::Passed, false, 2_000)).unwrap().status(now), Status::Conflicting);
    let both = failed.add(&event(Outcome::Passed, true, 2_000)).unwrap();
    assert_eq!(both.add(&event(Outcome::Failed, false, 100)).unwrap().status(now), Status::Conflicting);
}

/// A time of occurrence is outside data: some senders write the year 1 where they have none.
#[test]
fn times_before_1970_survive_storing() {
    let world = World::new();
    let years_ago = |years: i64| -years * 365 * 24 * 3_600_000;
    let event = |outcome, years| world.event(outcome, Who::Own, true, true, years_ago(years));
    let record = apply(&world, &[Fact::Issued]).add(&event(Outcome::Failed, 2_000)).unwrap();
    let record = record.add(&event(Outcome::Passed, 60)).unwrap();
    let stored = Verification::from_text(&record.to_text()).expect("our own text");
    assert_eq!(stored, record);
    assert_eq!(record.status(world.requested_at), Status::Conflicting, "neither is known to be the later one");
    assert_eq!(record.add(&event(Outcome::Passed, 1)).unwrap().status(world.requested_at), Status::Passed);
}

#[test]
fn no_record_is_made_that_could_not_be_read() {
    let config = Config::new("fake-key-0123456789").expect("a configuration");
    let request = LinkRequest::new("https://shop.example/back", "user-1", at("2026-01-14T07:30:00Z"));
    for now in ["-0001-12-31T23:59:59.999Z", "0000-01-01T00:00:00Z"] {
        match Verification::requested(&config, &request, at(now)) {
            Ok(record) => assert_eq!(Verification::from_text(&record.to_text()).as_ref(), Ok(&record), "{now}"),
            Err(error) => assert_eq!((error.kind, now.starts_with('-')), (ErrorKind::Misuse, true)),
        }
    }
    let text = apply(&World::new(), &[]).to_text();
    let expiry = "\"expires_at\":\"2026-01-14T07:30:00.000Z\"";
    for beyond in ["9999-12-31T23:59:59.999-00:01", "0000-01-01T00:00:00+00:01"] {
        let text = text.replacen(expiry, &format!("\"expires_at\":\"{beyond}\""), 1);
        assert_eq!(Verification::from_text(&text).expect_err(beyond).field.as_deref(), Some("expires_at"));
    }
}

#[test]
fn an_operator_resolves_until_another_decision_arrives() {
    let world = World::new();
    let now = world.requested_at + Duration::days(1);
    let received = world.received_at(1_000);
    let resolve =
        |record: &Verification, outcome, at| record.resolve(outcome, "ops-7", at, "ticket 12").expect("a resolution");
    let record = apply(&world, &[Fact::Issued]);
    for decision in DECISIONS {
        let opposite = if decision == Outcome::Passed { Outcome::Failed } else { Outcome::Passed };
        let decided = record.add(&world.event(opposite, Who::Own, true, false, 1_000)).unwrap();
        let overruled = resolve(&decided, decision, received);
        assert_eq!(overruled.status(now), decision.into(), "what came before the word is overruled by it");
        let again = overruled.add(&world.event(opposite, Who::Own, true, false, 1_000)).unwrap();
        assert_eq!(again.status(now), decision.into(), "a duplicate is not news");
        let early = resolve(&decided, decision, received - Duration::milliseconds(1));
        assert_eq!(early.status(now), opposite.into(), "what came after the word contradicts it");
    }
    let closed = resolve(&record, Outcome::Abandoned, world.requested_at);
    assert_eq!(closed.status(now), Status::Abandoned);
    assert_eq!(
        closed.add(&world.event(Outcome::Passed, Who::Own, true, false, 1_000)).unwrap().status(now),
        Status::Passed
    );
    let two = resolve(&resolve(&record, Outcome::Passed, received), Outcome::Failed, received - Duration::seconds(1));
    assert_eq!(two.status(now), Status::Passed, "the later word counts, not the later call");
    for (operator, reason, field) in [
        ("", "", "operator"),
        (&"o".repeat(49), "", "operator"),
        ("o\n", "", "operator"),
        ("o", &"r".repeat(49), "reason"),
    ] {
        let error = record.resolve(Outcome::Passed, operator, now, reason).expect_err("a refusal");
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some(field)));
    }
}

#[test]
fn the_bound_browser_is_a_signal_and_no_outweighs_yes() {
    let world = World::new();
    let with = |said: &[BoundBrowser]| {
        let facts: Vec<_> = said.iter().copied().map(Fact::Returned).collect();
        apply(&world, &facts).returned_in_bound_browser()
    };
    assert_eq!(with(&[]), BoundBrowser::Unknown);
    assert_eq!(with(&[BoundBrowser::Unknown]), BoundBrowser::Unknown);
    assert_eq!(with(&[BoundBrowser::Unknown, BoundBrowser::Yes]), BoundBrowser::Yes);
    assert_eq!(with(&[BoundBrowser::Yes, BoundBrowser::No, BoundBrowser::Unknown]), BoundBrowser::No);
}

#[test]
fn a_record_bound_to_a_nonce_takes_that_return_alone() {
    let world = World::new();
    let own = world.returned(BoundBrowser::Yes);
    let bound = apply(&world, &[]).bound_to(own.nonce()).expect("a nonce");
    assert_eq!(bound.returned(&own).expect("its own return").status(world.requested_at), Status::Returned);
    let foreign = apply(&world, &[]).bound_to("another-nonce").expect("a nonce");
    assert_eq!(foreign.returned(&own).expect_err("another attempt's").kind, ErrorKind::RecordMismatch);
    assert_eq!(bound.keys().nonce_hash, own.keys().nonce_hash);
    assert_eq!(bound.clone().bound_to("twice").expect_err("misuse").kind, ErrorKind::Misuse);
}

#[test]
fn keys_find_the_row_of_an_event_and_of_a_return() {
    let world = World::new();
    let record = apply(&world, &[Fact::Issued]);
    let event = world.event(Outcome::Passed, Who::Own, true, false, 1_000);
    let Keys { token_hash, reference_id, .. } = event.keys();
    assert_eq!((token_hash.clone(), reference_id), (record.keys().token_hash, record.keys().reference_id));
    assert_eq!(token_hash.expect("a token").len(), 32);
}

#[test]
fn an_event_is_routed_by_token_then_by_reference() {
    let world = World::new();
    let (issued, requested) = (apply(&world, &[Fact::Issued]), apply(&world, &[]));
    let later = World::requested_later(&world);
    let (second, other_user) = (apply(&later, &[]), apply(&World::with_reference("user-2"), &[]));
    let event = world.event(Outcome::Passed, Who::Own, true, false, 1_000);
    let records = |list: &[&Verification]| list.iter().map(|record| (*record).clone()).collect::<Vec<_>>();
    assert_eq!(route(&event, &[]), Route::None);
    assert_eq!(route(&event, &records(&[&other_user])), Route::None);
    assert_eq!(route(&event, &records(&[&other_user, &second, &issued])), Route::One(2), "by token");
    assert_eq!(route(&event, &records(&[&other_user, &requested])), Route::One(1), "the only one that may be meant");
    assert_eq!(route(&event, &records(&[&requested, &second])), Route::Ambiguous);
    assert_eq!(
        route(&world.event(Outcome::Passed, Who::Sandbox, true, false, 1_000), &records(&[&issued])),
        Route::None
    );
}

#[test]
#[cfg_attr(miri, ignore = "thousands of events")]
fn the_worst_record_is_under_two_kilobytes() {
    let world = World::with_reference(&"\"".repeat(256));
    let mut facts = vec![
        Fact::Returned(BoundBrowser::Yes),
        Fact::Returned(BoundBrowser::No),
        Fact::Returned(BoundBrowser::Unknown),
    ];
    for token in 0..9 {
        for outcome in Outcome::ALL {
            for strong in [true, false] {
                facts.push(Fact::Event {
                    outcome: *outcome,
                    who: Who::Token(token),
                    strong,
                    wins: false,
                    occurred_ms: 7,
                });
            }
        }
    }
    let record = facts.iter().fold(apply(&world, &[]), |record, fact| fact.add_to(&world, &record).unwrap_or(record));
    let record = record.bound_to(world.returned(BoundBrowser::Yes).nonce()).expect("a nonce");
    let record = record
        .resolve(Outcome::Indeterminate, &"\"".repeat(48), at("9999-12-31T23:59:59.999Z"), &"\\".repeat(48))
        .expect("a resolution");
    let text = stored(&record);
    assert!(text.len() < 2048, "{}", text.len());
    assert!(text.len() > 1900, "not the worst any more: {}", text.len());
    assert_eq!(Verification::from_text(&text).expect("our own text"), record);
}

#[test]
fn more_tokens_than_fit_are_not_lost_in_silence() {
    let world = World::new();
    let mut refused = 0;
    let record = (0..9).fold(apply(&world, &[]), |record, token| {
        let event = world.event(Outcome::Passed, Who::Token(token), true, false, 1_000);
        record.add(&event).unwrap_or_else(|error| {
            assert_eq!(error.kind, ErrorKind::RecordMismatch);
            refused += 1;
            record
        })
    });
    assert!(refused > 0);
    assert_eq!(record.status(world.requested_at), Status::Requested);
}

#[test]
fn no_rendering_shows_whose_record_it_is() {
    let world = World::with_reference("CANARY-REFERENCE");
    let record = apply(&world, &[Fact::Issued, Fact::event(Outcome::Passed, Who::Own, 1_000)]);
    for text in [format!("{record:?}"), format!("{:?}", record.keys()), format!("{record:#?}")] {
        assert!(!text.contains("CANARY") && !text.contains(&world.link().session_token), "{text}");
    }
    assert!(!record.to_text().contains(&world.link().session_token));
}

#[test]
#[cfg_attr(miri, ignore = "starts a compiler")]
fn nothing_but_an_authenticated_event_leads_to_a_decision() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/decision_*.rs");
}
