//! Small answers.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use serde::Serialize;

/// Any answer.
pub(crate) fn answer(status: u16, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// JSON.
pub(crate) fn json(status: u16, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).expect("answers can be written as JSON");
    answer(status, "application/json", body)
}

/// `{"message": …}`, the form of every error of the contract.
pub(crate) fn message(status: u16, message: &str) -> Response {
    json(status, &serde_json::json!({ "message": message }))
}

/// A page.
pub(crate) fn html(status: u16, page: maud::Markup) -> Response {
    answer(status, "text/html; charset=utf-8", page.into_string())
}

/// 303: get that instead.
pub(crate) fn see_other(to: &str) -> Response {
    let mut response = answer(303, "text/plain; charset=utf-8", Body::empty());
    match HeaderValue::from_str(to) {
        Ok(location) => {
            response.headers_mut().insert(header::LOCATION, location);
            response
        }
        Err(_) => message(500, "the address to go on to is no header value"),
    }
}
