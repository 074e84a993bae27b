//! The core's loop over a plain blocking HTTP client.
//!
//! The core decides; this moves bytes. Another client fits in the same dozen lines: see [`send`] for what it owes.

mod transport;

use std::thread;

use chrono::Utc;
use valify_link_core::{Config, CreateLink, Error, Input, Link, LinkRequest, Step};

pub use transport::send;

/// The README's examples, compiled with the tests so that they stay true.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
pub struct Readme;

/// Asks for a link, over as many attempts as the core's retry rules allow.
///
/// # Panics
/// Where the operating system has no random bytes.
pub fn create_link(config: &Config, request: LinkRequest) -> Result<Link, Error> {
    let seed = getrandom::u64().expect("the operating system has random bytes");
    let mut call = CreateLink::new(config, request, Utc::now(), seed)?;
    let mut input = Input::Start;
    loop {
        input = match call.advance(input, Utc::now())? {
            Step::Send(request) => match send(&request) {
                Ok(response) => Input::Response(response),
                Err(failure) => Input::Failure(failure),
            },
            Step::Wait(delay) => {
                thread::sleep(delay);
                Input::Waited
            }
            Step::Done(link) => return Ok(link),
        };
    }
}
