//! Create Valify verification links, and know what really came back.
//!
//! The pure core of valify-link: it builds and validates requests, reads responses and webhooks, and says what is known. It does no I/O,
//! has no clock, no randomness, no global state and no unsafe code; a host moves the bytes and passes the time in.
//!
//! | module | what it is for |
//! | --- | --- |
//! | [`config`] | the account's settings, checked once at construction |
//! | [`link`] | asking for a link: the request, the answer, the machine that a host's loop drives |
//! | [`webhook`] | believing a delivery: authentication, where the fields are, the event |
//! | [`verification`] | what is known about one attempt, whatever the order it arrived in |
//! | [`return_state`] | which attempt a browser comes back from, and nothing about its outcome |
//! | [`national_id`] | the Egyptian national ID number: what it says, and a pseudonym to store instead |
//! | [`http`] | requests, responses and headers as plain data for any transport |
//! | [`error`] | the one error model: what was wrong, where, and what to do now |
//! | [`secret`] | secrets that no rendering shows |
#![forbid(unsafe_code)]
#![no_std]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

extern crate alloc;
// The scaffolding of UniFFI needs it.
#[cfg(any(test, feature = "uniffi"))]
#[cfg_attr(feature = "uniffi", macro_use)]
extern crate std;

pub mod config;
mod document;
mod encoding;
pub mod error;
pub mod http;
mod json;
mod keys;
pub mod link;
pub mod national_id;
pub mod return_state;
pub mod secret;
mod time;
#[cfg(feature = "uniffi")]
mod uniffi_types;
mod uri;
pub mod verification;
pub mod webhook;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!("valify_link");

pub use config::{Config, ConfigOptions, Environment, Lang};
pub use error::{Error, ErrorKind, Next};
pub use http::{Headers, HttpRequest, HttpResponse, TransportFailure};
pub use keys::Keys;
pub use link::{CreateLink, Input, Link, LinkRequest, Step};
pub use national_id::NationalId;
pub use return_state::{ReturnState, Returned};
pub use secret::{NamedSecret, Secret};
pub use time::Instant;
pub use verification::{Route, Status, Verification, route};
pub use webhook::{
    Auth, Delivery, Diagnosis, Event, Inspection, Outcome, Profile, UnverifiedEvent, Verifier, inspect,
    read_unverified, sign,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
