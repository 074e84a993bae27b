//! The home page: what this is, and everything that has happened, live.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, State},
    http::Request,
    response::Response,
};

use crate::{app::App, text};

/// `GET /` without a token.
pub(crate) fn show(_app: &App, _request: &Request<Body>) -> Response {
    text::html(200, maud::html! { "x" })
}

pub(crate) async fn part(State(_app): State<Arc<App>>, Path(_part): Path<String>) -> Response {
    text::message(404, "x")
}
