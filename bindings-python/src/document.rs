//! Python values as the JSON documents that the core reads.
//!
//! What has no form in JSON is written as `null` (or, for text that is not Unicode, as the escape that the core refuses), so that the core
//! refuses it by its path and rule. Nothing is refused here.

use core::marker::PhantomData;

use pyo3::{
    exceptions::PyValueError,
    inspect::PyStaticExpr,
    prelude::*,
    types::{PyBool, PyBytes, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple},
};
use zeroize::Zeroizing;

use crate::{instant, secret::Secret};

/// An option as it was given, whatever its type: the core refuses a wrong one by name. `H` is its type in the stubs.
pub(crate) struct Given<'py, H: Hint> {
    pub(crate) value: Bound<'py, PyAny>,
    hint: PhantomData<H>,
}

/// A type in the stubs.
pub(crate) trait Hint {
    const TYPE: PyStaticExpr;
}

impl<'a, 'py, H: Hint> FromPyObject<'a, 'py> for Given<'py, H> {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = H::TYPE;

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self { value: value.to_owned(), hint: PhantomData })
    }
}

/// Declares types of `valify_link._types`.
macro_rules! hint {
    ($($name:ident = $python:literal,)+) => {$(
        pub(crate) enum $name {}

        impl crate::document::Hint for $name {
            const TYPE: pyo3::inspect::PyStaticExpr = pyo3::type_hint_identifier!("valify_link._types", $python);
        }
    )+};
}
pub(crate) use hint;

/// A value of the core as JSON text.
pub(crate) fn to_json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))
}

/// A document's text, wiped when it has been read.
pub(crate) type Text = Zeroizing<Vec<u8>>;

/// Deeper than any document; a list that holds itself ends here.
const MAX_DEPTH: usize = 16;

/// A value as a document. Objects of the package's option classes tell their fields by `_document()`; bytes are JSON already.
pub(crate) fn of(value: &Bound<'_, PyAny>) -> PyResult<Text> {
    if let Ok(json) = value.cast::<PyBytes>() {
        return Ok(Zeroizing::new(json.as_bytes().to_vec()));
    }
    // Large enough that it does not grow, and leave copies behind, for any document that people write.
    let mut text = Zeroizing::new(Vec::with_capacity(16 * 1024));
    write(&mut text, value, MAX_DEPTH)?;
    Ok(text)
}

fn write(text: &mut Vec<u8>, value: &Bound<'_, PyAny>, depth: usize) -> PyResult<()> {
    if depth == 0 || value.is_none() {
        text.extend(b"null");
    } else if let Ok(string) = value.cast::<PyString>() {
        write_text(text, string);
    } else if let Ok(boolean) = value.cast::<PyBool>() {
        text.extend(if boolean.is_true() { b"true".as_slice() } else { b"false" });
    } else if let Ok(integer) = value.cast::<PyInt>() {
        // int's own, since a subclass such as an IntEnum may print its name.
        let digits = value.py().get_type::<PyInt>().call_method1("__repr__", (integer,))?;
        text.extend(digits.extract::<String>()?.as_bytes());
    } else if let Ok(float) = value.cast::<PyFloat>() {
        let finite = float.value().is_finite();
        text.extend(if finite { float.value().to_string() } else { "null".to_owned() }.as_bytes());
    } else if let Ok(moment) = value.cast::<PyDateTime>() {
        write_moment(text, moment)?;
    } else if let Some(secrets) = secrets(value) {
        write_secrets(text, &secrets);
    } else if let Ok(fields) = value.cast::<PyDict>() {
        text.push(b'{');
        for (index, (name, value)) in fields.iter().enumerate() {
            if index > 0 {
                text.push(b',');
            }
            match name.cast::<PyString>() {
                Ok(name) => write_text(text, name),
                Err(_) => write_str(text, ""),
            }
            text.push(b':');
            write(text, &value, depth.saturating_sub(1))?;
        }
        text.push(b'}');
    } else if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        text.push(b'[');
        for (index, entry) in value.try_iter()?.enumerate() {
            if index > 0 {
                text.push(b',');
            }
            write(text, &entry?, depth.saturating_sub(1))?;
        }
        text.push(b']');
    } else if let Ok(fields) = value.getattr("_document") {
        write(text, &fields.call0()?, depth.saturating_sub(1))?;
    } else {
        text.extend(b"null");
    }
    Ok(())
}

/// The entries of a mapping of ids to secrets, which documents write as a list.
fn secrets<'py>(value: &Bound<'py, PyAny>) -> Option<Vec<(String, Bound<'py, Secret>)>> {
    let by_id = value.cast::<PyDict>().ok().filter(|by_id| !by_id.is_empty())?;
    by_id.iter().map(|(id, secret)| Some((id.extract().ok()?, secret.cast_into().ok()?))).collect()
}

fn write_secrets(text: &mut Vec<u8>, secrets: &[(String, Bound<'_, Secret>)]) {
    for (index, (id, secret)) in secrets.iter().enumerate() {
        text.extend(if index == 0 { b"[{\"id\":" } else { b",{\"id\":" });
        write_str(text, id);
        text.push(b',');
        write_str(text, secret.get().encoding);
        text.push(b':');
        write_str(text, &secret.get().text);
        text.push(b'}');
    }
    text.push(b']');
}

fn write_text(text: &mut Vec<u8>, string: &Bound<'_, PyString>) {
    match string.to_cow().map(|string| Zeroizing::new(string.into_owned())) {
        Ok(string) => write_str(text, &string),
        // A lone surrogate, as such.
        Err(_) => text.extend(br#""\ud800""#),
    }
}

/// A JSON string. Only what JSON demands is escaped.
fn write_str(text: &mut Vec<u8>, string: &str) {
    text.push(b'"');
    for byte in string.bytes() {
        match byte {
            b'"' | b'\\' => text.extend([b'\\', byte]),
            0..0x20 => text.extend(format!("\\u{byte:04x}").bytes()),
            _ => text.push(byte),
        }
    }
    text.push(b'"');
}

/// `null` for a naive time, and for one that the calendar cannot hold in UTC.
fn write_moment(text: &mut Vec<u8>, moment: &Bound<'_, PyDateTime>) -> PyResult<()> {
    match instant::to_utc(moment) {
        Some(utc) => write_text(text, utc.call_method0("isoformat")?.cast::<PyString>()?),
        None => text.extend(b"null"),
    }
    Ok(())
}
