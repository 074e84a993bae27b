//! What has not been authenticated cannot be added to a record, nor become an event.

use valify_link_core::{Event, UnverifiedEvent, Verification};

fn add(record: &Verification, event: &UnverifiedEvent) {
    let _ = record.add(event);
}

fn convert(event: UnverifiedEvent) -> Event {
    event.into()
}

fn main() {}
