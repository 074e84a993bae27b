//! Believing a delivery: who sent it, where its fields are, what it says.
//!
//! Documented is only that a webhook exists, that its URL is set per account, and that it is called with the result. So nothing is accepted
//! by default: [`Auth`] is the integrator's choice of how a delivery proves itself, [`Profile`] says where its fields are and what its
//! values mean, and a [`Verifier`] made of both turns a [`Delivery`] into an [`Event`]. No other way leads to an `Event`.
//!
//! ```
//! use valify_link_core::{
//!     Auth, Delivery, Environment, Headers, Outcome, Profile, Secret, Verifier, secret::NamedSecret, sign,
//!     webhook::{Digest, Hmac, Limits, MatchesBy, SignatureEncoding, Signs, ValueMeaning},
//! };
//! # let now = "2026-01-14T07:00:00Z".parse::<valify_link_core::Instant>().unwrap();
//! let secrets = vec![NamedSecret::new("2026-11", Secret::utf8("an-obviously-fake-secret"))];
//! let auth = Auth::Hmac(Hmac::new("X-Valify-Signature", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, secrets));
//! let profile = Profile {
//!     session_token: vec!["/data/token".into()],
//!     decision: vec!["/data/status".into()],
//!     decisions: vec![ValueMeaning::text("approved", Outcome::Passed)],
//!     matches_by: Some(MatchesBy::SessionToken),
//!     ..Profile::default()
//! };
//! let verifier = Verifier::new(Environment::Production, &auth, &profile, Limits::default())?;
//!
//! let body = br#"{"data": {"token": "0-token-0", "status": "approved"}}"#;
//! let signed = sign(&auth, body, None, now)?; // as the sender would
//! let event = verifier.verify(&Delivery { headers: &signed.headers, body, url: None }, now)?;
//! assert_eq!(event.view().outcome, Outcome::Passed);
//! # Ok::<(), valify_link_core::Error>(())
//! ```
//!
//! When the first deliveries come, [`inspect`] shows their form without their content and proposes a profile, and
//! [`Verifier::diagnose`] says which mistake makes one fail. Both are for the integrator's eyes and never for an answer.
//!
//! # What `verify` promises
//!
//! Any bytes give an `Event` or one of `signature_missing`, `signature_malformed`, `signature_mismatch`, `timestamp_missing`,
//! `timestamp_malformed`, `timestamp_out_of_tolerance`, `body_too_large` and `encoded_body`, in time linear in the body, with bounded memory
//! and one MAC per secret. Nothing of the body is read before it is authenticated, and after that nothing is refused. Checks come in this
//! order: size, encoding, form of the signature header (and of the id), form of the timestamp, MAC, tolerance. A caller's own mistake,
//! such as no URL for [`SecretUrl`], is `misuse`.

mod auth;
mod diagnose;
mod document;
mod event;
mod inspect;
mod mac;
mod outcome;
mod presented;
mod profile;
mod reading;
mod rules;
mod scheme;
mod sign;
mod signature;
mod verifier;

pub use auth::{
    Attested, Auth, Basic, Digest, Hmac, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs,
    StaticHeader,
};
pub use diagnose::{Diagnosis, Finding, Mistake};
pub use event::{
    AuthenticatedBy, Event, EventView, Subject, UnverifiedEvent, UnverifiedEventView, raw_at, read_unverified,
};
pub use inspect::{
    Ambiguous, BodyForm, CandidateResult, HeaderLine, Inspection, LooksLike, Proposal, ShapeLine, ValueKind, inspect,
};
pub use mac::HostMac;
pub use outcome::{Checks, Module, Outcome, Problem, SchemeName};
pub use profile::{DecisionValue, MatchesBy, ModuleProfile, PassedWhen, Profile, SubjectField, ValueMeaning};
pub use sign::{Signed, sign};
pub use verifier::{Delivery, Limits, Verifier};
