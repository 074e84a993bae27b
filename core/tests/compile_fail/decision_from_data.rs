//! No data becomes an event: no constructor, no default, no deserialisation.

use valify_link_core::{Event, webhook::EventView};

fn deserialise<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
    serde::Deserialize::deserialize(deserializer)
}

fn default() -> Event {
    Event::default()
}

fn from_view(view: EventView) -> Event {
    Event { view }
}

fn copied(event: &Event) -> Event {
    event.clone()
}

fn main() {}
