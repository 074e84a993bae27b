//! The header lines of an answer.
//!
//! The request itself goes to `fetch` as URL and options: a `Request` object costs Node a seventh of a call on loopback.

use gloo_net::http::Headers;
use js_sys::Array;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::outgoing::Outcome;

/// The header lines of an answer, names and values in turn.
#[wasm_bindgen(js_name = headerLines)]
pub fn header_lines(headers: web_sys::Headers) -> Outcome<Array> {
    let pair = |(name, value)| [JsValue::from(name), JsValue::from(value)];
    Ok(Headers::from_raw(headers).entries().flat_map(pair).collect())
}
