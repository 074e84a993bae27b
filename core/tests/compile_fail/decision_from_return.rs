//! The browser's return is no event, and a record's status cannot be set.

use valify_link_core::{Returned, Status, Verification};

fn add(record: &Verification, returned: &Returned) {
    let _ = record.add(returned);
}

fn set(record: &mut Verification) {
    record.status = Status::Passed;
    record.slots = Default::default();
}

fn main() {}
