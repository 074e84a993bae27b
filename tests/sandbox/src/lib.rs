//! A local Valify: the link API, the hosted page, the redirect and the webhook, with no account and no network.
//!
//! [`Sandbox::start`] embeds it; the binary `valify-sandbox` serves it. What it emulates beyond Valify's public page is tagged in
//! [`provenance`]; nothing it says is a promise of Valify's.

mod app;
mod body;
pub mod clock;
mod config_file;
mod control;
pub mod faults;
mod form;
mod guard;
mod home;
mod journal;
mod link_api;
mod page;
mod persona;
pub mod provenance;
mod sandbox;
mod server;
pub mod session;
pub mod settings;
mod store;
mod text;
pub mod token;
mod upload;
pub mod webhook;

pub use config_file::ConfigError;
pub use sandbox::{Options, Sandbox};
