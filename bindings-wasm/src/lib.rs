//! The core for JavaScript: conversions. Rules live in the core; loops, transport and classes in the package's TypeScript.
//!
//! Every export returns a result: what it throws is the core's `Error` as a plain object (`outgoing::thrown`), which the TypeScript
//! turns into its classes. Options come in as one JSON document in UTF-8, instants as milliseconds since 1970.
#![allow(clippy::needless_pass_by_value)] // what comes from JavaScript is a copy of ours

pub mod call;
pub mod delivery;
pub mod fetch;
pub mod identity;
mod incoming;
pub mod outgoing;
pub mod record;
pub mod way_back;
