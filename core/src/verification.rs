//! What is known about one attempt, whatever the order it arrived in.
//!
//! A [`Verification`] is about one link. Facts are added to it as they come: that it was requested, that the link was issued, that the
//! browser came back, what webhooks said, what an operator decided. It is a join of fixed slots: adding is union, so order, duplicates,
//! replays and two workers at once cannot change the answer, and its size does not grow with the number of facts.
//!
//! Write the record of [`Verification::requested`] **before** the call for a link: the row is there before any webhook, and survives an
//! unknown outcome. Make every later write an atomic merge (a row lock, or compare-and-swap), never a put:
//!
//! ```sql
//! BEGIN;
//! SELECT record FROM attempts WHERE token_hash = $1 FOR UPDATE;   -- else WHERE reference_id = $2, then route()
//! UPDATE attempts SET record = $3, token_hash = $4 WHERE id = $5;
//! COMMIT;
//! ```
//!
//! The storage is trusted: whoever can write a record can write a verdict. There are three ways to a decision and no other: an event that a
//! [`Verifier`](crate::Verifier) has authenticated, [`Verification::resolve`] (an operator's word), and loading a stored record.
//!
//! # The stored form
//! [`Verification::to_text`] writes one JSON object under 2 kB without white space, its members in the order of this schema, and
//! [`Verification::from_text`] reads nothing else but in any order and spacing (`core/schema/verification.v1.schema.json`):
//!
//! ```json
#![doc = include_str!("../schema/verification.v1.schema.json")]
//! ```

mod form;
mod identity;
mod record;
mod resolution;
mod route;
mod slots;
mod status;

pub use record::Verification;
pub use route::{Route, route};
pub use status::Status;
