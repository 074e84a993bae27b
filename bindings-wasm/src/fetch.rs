//! The request of the default transport, and the header lines of any answer.

use gloo_net::http::{Headers, Method, RequestBuilder};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{AbortSignal, Request, RequestCredentials, RequestRedirect};

use crate::outgoing::Outcome;

/// The request for the global `fetch`: redirects are not followed. `lines` are names and values in turn.
///
/// `without_cookies` is for browsers alone: Workers refuse the option, and no other runtime keeps cookies.
#[wasm_bindgen(js_name = fetchRequest)]
pub fn fetch_request(
    url: &str,
    lines: Vec<String>,
    body: Uint8Array,
    signal: &AbortSignal,
    without_cookies: bool,
) -> Outcome<Request> {
    let mut builder =
        RequestBuilder::new(url).method(Method::POST).redirect(RequestRedirect::Manual).abort_signal(Some(signal));
    if without_cookies {
        builder = builder.credentials(RequestCredentials::Omit);
    }
    let mut lines = lines.iter();
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        builder = builder.header(name, value);
    }
    builder.body(body).map(Into::into).map_err(|_| JsValue::from_str("the request could not be made"))
}

/// The header lines of an answer, names and values in turn.
#[wasm_bindgen(js_name = headerLines)]
pub fn header_lines(headers: web_sys::Headers) -> Outcome<Array> {
    Ok(Headers::from_raw(headers)
        .entries()
        .flat_map(|(name, value)| [JsValue::from(name), JsValue::from(value)])
        .collect())
}
