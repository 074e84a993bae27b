//! What a case is given, as the core takes it.

use data_encoding::BASE64;
use serde_json::Value;
use valify_link_core::{Headers, Instant};

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}"))
}

/// A document as it stands, wrong ones included.
pub(crate) fn document(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

pub(crate) fn instant(value: &Value) -> Instant {
    text(value).parse().unwrap_or_else(|error| panic!("{value}: {error}"))
}

pub(crate) fn is_bytes(value: &Value) -> bool {
    value.is_array() || ["utf8", "base64", "repeat"].iter().any(|name| value.get(name).is_some())
}

pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    if let Some(parts) = value.as_array() {
        return parts.iter().flat_map(bytes).collect();
    }
    let (form, inner) = value.as_object().and_then(|object| object.iter().next()).expect("bytes have a form");
    match form.as_str() {
        "utf8" => text(inner).as_bytes().to_vec(),
        "base64" => BASE64.decode(text(inner).as_bytes()).expect("base64 is canonical"),
        "repeat" => bytes(&inner[0]).repeat(usize::try_from(inner[1].as_u64().expect("a count")).unwrap()),
        other => panic!("unknown form of bytes: {other}"),
    }
}

pub(crate) fn headers(value: &Value) -> Headers {
    let mut headers = Headers::new();
    for pair in value.as_array().expect("headers are a list") {
        let value = if pair[1].is_string() { text(&pair[1]).as_bytes().to_vec() } else { bytes(&pair[1]) };
        headers.push(text(&pair[0]), value);
    }
    headers
}
