//! Only a verifier makes an event.

use valify_link_core::{Event, webhook::EventView};

fn from_view(view: EventView, other: Event) -> Event {
    Event { view, ..other }
}

fn main() {}
