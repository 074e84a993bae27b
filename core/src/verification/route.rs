//! Which of several records an event is about.

use super::record::Verification;
use crate::{keys::Hashed, webhook::Event};

/// The answer of [`route`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The record at this index.
    One(usize),
    /// No record: keep the delivery for a human.
    None,
    /// Several records fit equally: keep the delivery for a human.
    Ambiguous,
}

/// Says which record an event is about: the one with its token; without such a one, the only one that would take it.
///
/// Give it all records that share the event's token or its reference.
pub fn route(event: &Event, records: &[Verification]) -> Route {
    let token = event.view().session_token.as_deref().map(Hashed::token);
    let fits = |record: &Verification| record.place_of(event).is_ok();
    let by_token = only(records, |record| token.is_some() && record.token == token && fits(record));
    if by_token == Route::None { only(records, fits) } else { by_token }
}

fn only(records: &[Verification], fits: impl Fn(&Verification) -> bool) -> Route {
    let mut fitting = records.iter().enumerate().filter(|(_, record)| fits(record)).map(|(index, _)| index);
    match (fitting.next(), fitting.next()) {
        (None, _) => Route::None,
        (Some(index), None) => Route::One(index),
        (Some(_), Some(_)) => Route::Ambiguous,
    }
}
