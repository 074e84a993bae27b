//! Lists of what becomes known, for property tests.

use proptest::prelude::*;
use valify_link_core::{Outcome, return_state::BoundBrowser};

use crate::attempt::{Fact, Who};

/// Lists of facts with few different times and tokens, so that ties and conflicts are common.
pub(crate) fn facts(most: usize) -> impl Strategy<Value = Vec<Fact>> {
    let outcome = || prop::sample::select(Outcome::ALL.to_vec());
    let decision = || prop::sample::select(vec![Outcome::Passed, Outcome::Failed]);
    let who = prop::sample::select(vec![
        Who::Own,
        Who::Own,
        Who::Own,
        Who::Reference,
        Who::Token(1),
        Who::Token(2),
        Who::Token(3),
    ]);
    let event = (prop_oneof![outcome(), decision()], who, any::<bool>(), any::<bool>(), 0..4_i64).prop_map(
        |(outcome, who, strong, wins, step)| Fact::Event { outcome, who, strong, wins, occurred_ms: step * 1_000 },
    );
    let browser = prop::sample::select(BoundBrowser::ALL.to_vec());
    let resolve = (outcome(), prop::sample::select(vec!["ops-1", "ops-2"]), 4..10_i64)
        .prop_map(|(outcome, operator, step)| Fact::Resolve { outcome, operator, at_ms: step * 1_000 });
    let fact = prop_oneof![3 => Just(Fact::Issued), 1 => browser.prop_map(Fact::Returned), 6 => event, 1 => resolve];
    prop::collection::vec(fact, 0..=most)
}
