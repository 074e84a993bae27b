//! The core of valify-link for Kotlin and Swift: conversions alone.
//!
//! Options reach the core as the documents of its own reader, so that every refusal is the core's. Closed sets and plain data cross as the
//! core's own types; what holds secrets, or can be made in one way only, is an object. Every function returns a result, since a panic in
//! one that does not would end a Swift process.
#![allow(clippy::needless_pass_by_value, reason = "the scaffolding hands over owned values")]
#![allow(clippy::unnecessary_wraps, reason = "see above: what cannot fail today still has a way to say so")]
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

mod diagnosis;
mod document;
mod error;
mod http;
mod link;
mod national_id;
mod return_state;
mod secret;
mod verification;
mod webhook;

// One namespace with the core's: its tag, and its scaffolding kept in this library.
#[doc(hidden)]
pub use core_api::UniFfiTag;
core_api::uniffi_reexport_scaffolding!();
