//! The Python extension module `valify_link._core`: conversion between Python values and the core's, and nothing else.
//!
//! Options reach the core as the documents of its own reader, so that every refusal is the core's. What holds a secret or personal data is
//! an opaque object whose `repr` shows none of it.
#![allow(clippy::needless_pass_by_value, clippy::unused_self, reason = "signatures are as Python calls them")]
#![deny(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unreachable, clippy::unwrap_used)]

mod delivery;
mod diagnosis;
mod document;
mod error;
mod http;
mod instant;
mod link;
mod names;
mod national_id;
mod never;
mod return_state;
mod secret;
mod verification;
mod webhook;

/// What the package is built on. Use the names of `valify_link` itself.
#[pyo3::pymodule(module = "valify_link")]
mod _core {
    #[pymodule_export]
    use super::{
        diagnosis::{Diagnosis, Finding, Inspection, inspect},
        error::refusal,
        http::{HttpRequest, HttpResponse},
        link::{Config, CreateLink, Link, LinkRequest},
        national_id::{Governorate, NationalId},
        return_state::{Binding, Issued, ReturnState, Returned},
        secret::Secret,
        verification::{Keys, Route, Verification, route, verification_from_text},
        webhook::{AuthenticatedBy, Event, Signed, Subject, UnverifiedEvent, Verifier, read_unverified, sign},
    };
}
