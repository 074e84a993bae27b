//! The header lines of an answer that the core reads.
//!
//! The request itself goes to `fetch` as URL and options: a `Request` object costs Node a seventh of a call on loopback.

use gloo_net::http::Headers;
use valify_link_core::HttpResponse;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::outgoing::Outcome;

/// The lines that are read, names and values in turn. Walking over all of them from here would cost ten times as much.
#[wasm_bindgen(js_name = headerLines)]
pub fn header_lines(headers: web_sys::Headers) -> Outcome<Vec<String>> {
    let headers = Headers::from_raw(headers);
    let line = |name: &str| headers.get(name).map(|value| [name.into(), value]);
    Ok(HttpResponse::HEADER_NAMES.into_iter().filter_map(line).flatten().collect())
}
