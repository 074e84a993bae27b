//! Canonical verdicts, made from the core's values field by field.

use serde_json::{Map, Value, json};
use valify_link_core::{Error, Headers, HttpRequest, Instant, Link};

/// A result's fields by name, or its error.
pub(crate) type Verdict = Result<Map<String, Value>, Error>;

/// The result's fields, without those that are absent.
pub(crate) fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) fn canonical(verdict: Verdict) -> Value {
    match verdict {
        Ok(fields) => json!({ "ok": fields }),
        Err(error) => json!({ "error": error_fields(&error) }),
    }
}

pub(crate) fn error_fields(error: &Error) -> Map<String, Value> {
    fields([
        ("kind", error.kind.as_str().into()),
        ("field", error.field.clone().into()),
        ("status", error.status.into()),
        ("code", error.code.clone().into()),
    ])
}

pub(crate) fn instant(instant: Instant) -> Value {
    instant.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into()
}

pub(crate) fn link(link: &Link) -> Map<String, Value> {
    fields([
        ("redirect_url", link.redirect_url.as_str().into()),
        ("session_token", link.session_token.as_str().into()),
        ("reference_id", link.reference_id.as_str().into()),
        ("flow", link.flow.clone().into()),
        ("expires_at", instant(link.expires_at)),
        ("environment", link.environment.as_str().into()),
    ])
}

pub(crate) fn request(request: &HttpRequest) -> Map<String, Value> {
    fields([
        ("method", request.method.as_str().into()),
        ("url", request.url.as_str().into()),
        ("headers", headers(&request.headers)),
        ("body", std::str::from_utf8(&request.body).expect("a JSON body").into()),
    ])
}

/// By lower-case name; a name twice would be lost here, and the core sends none twice.
pub(crate) fn headers(headers: &Headers) -> Value {
    let mut map = Map::new();
    for (name, value) in headers.iter() {
        let value = std::str::from_utf8(value).expect("an ASCII header");
        assert!(map.insert(name.to_ascii_lowercase(), value.into()).is_none(), "{name} is there twice");
    }
    map.into()
}
