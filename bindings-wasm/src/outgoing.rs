//! What goes out: plain objects with the core's own `snake_case` names.

use js_sys::{Array, Object};
use serde::Serialize;
use valify_link_core::{Error, ErrorKind, Headers, error::Next};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// What every export gives.
pub(crate) type Outcome<T> = Result<T, JsValue>;

/// An error as the TypeScript throws it: the core's fields, and what its kind says.
#[derive(Serialize)]
struct Thrown {
    kind: ErrorKind,
    next: Next,
    class: &'static str,
    delivery_status: i32,
    field: Option<String>,
    status: Option<i32>,
    code: Option<String>,
    detail: String,
    message: String,
    retry_after_ms: Option<i64>,
    reference_id: Option<String>,
}

/// The core's error as a plain object.
pub(crate) fn thrown(error: Error) -> JsValue {
    let message = error.to_string();
    let thrown = Thrown {
        message,
        kind: error.kind,
        next: error.next(),
        class: error.kind.class(),
        delivery_status: error.kind.delivery_status(),
        field: error.field,
        status: error.status,
        code: error.code,
        detail: error.detail,
        retry_after_ms: error.retry_after_ms,
        reference_id: error.reference_id,
    };
    object(&thrown).unwrap_or_else(|failure| failure)
}

/// What the TypeScript refuses before the core can see it, by the core's own kinds.
#[wasm_bindgen]
pub fn refused(kind: &str, field: Option<String>, detail: String) -> Outcome<JsValue> {
    let kind = ErrorKind::from_name(kind).unwrap_or(ErrorKind::Misuse);
    Ok(thrown(Error::refused(kind, field.as_deref(), detail)))
}

/// A value of the core as a plain object; what is absent is `undefined`.
pub(crate) fn object<T: Serialize>(value: &T) -> Outcome<JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible().serialize_missing_as_null(false);
    value.serialize(&serializer).map_err(JsValue::from)
}

/// Names and values, in turn. Values that the core writes are ASCII; any other is read as UTF-8.
pub(crate) fn lines(headers: &Headers) -> Array {
    let pair = |(name, value): (&str, &[u8])| [JsValue::from(name), String::from_utf8_lossy(value).into_owned().into()];
    headers.iter().flat_map(pair).collect()
}

/// Defines one more property of an object.
pub(crate) fn with(object: JsValue, name: &str, value: impl Into<JsValue>) -> Outcome<JsValue> {
    js_sys::Reflect::set(&object, &name.into(), &value.into())?;
    Ok(object)
}

/// An object without properties.
pub(crate) fn empty() -> JsValue {
    Object::new().into()
}
