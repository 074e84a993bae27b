//! What comes in with a webhook: bodies and headers in the forms that Python frameworks have them in.

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier,
    types::{PyByteArray, PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple},
};
use valify_link_core::Headers;

use crate::error;

/// A body: bytes, or text that is taken as its UTF-8.
pub(crate) enum Body<'py> {
    Bytes(Bound<'py, PyBytes>),
    Copied(Vec<u8>),
}

impl<'a, 'py> FromPyObject<'a, 'py> for Body<'py> {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", "Body");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(bytes) = value.cast::<PyBytes>() {
            return Ok(Self::Bytes(bytes.to_owned()));
        }
        if let Ok(text) = value.cast::<PyString>() {
            return match text.to_cow() {
                Ok(text) => Ok(Self::Copied(text.into_owned().into_bytes())),
                Err(_) => {
                    Err(error::misuse(value.py(), "the text of the body has a lone surrogate: pass the body's bytes"))
                }
            };
        }
        if let Ok(bytes) = value.cast::<PyByteArray>() {
            return Ok(Self::Copied(bytes.to_vec()));
        }
        if value.is_instance_of::<PyMemoryView>() {
            return Ok(Self::Copied(value.call_method0("tobytes")?.extract()?));
        }
        Err(error::misuse(
            value.py(),
            "the body must be the raw bytes as received (in FastAPI `await request.body()`, in Django `request.body`, in Flask \
             `request.get_data()`): what was parsed cannot be authenticated any more",
        ))
    }
}

impl Body<'_> {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes.as_bytes(),
            Self::Copied(bytes) => bytes,
        }
    }
}

/// Headers: pairs, or a mapping whose lists are repeated headers.
pub(crate) struct HeaderLines(pub(crate) Headers);

impl<'a, 'py> FromPyObject<'a, 'py> for HeaderLines {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", "HeaderLines");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let refuse = || {
            error::misuse(
                value.py(),
                "headers must be (name, value) pairs or a mapping, names and values str or bytes, a list for a repeated header",
            )
        };
        let mut headers = Headers::new();
        if let Ok(map) = value.cast::<PyDict>() {
            for (name, value) in map.iter() {
                push(&mut headers, &name, &value).ok_or_else(refuse)?;
            }
            return Ok(Self(headers));
        }
        // Multi-dictionaries tell repeated headers one by one here.
        let pairs = if value.hasattr(pyo3::intern!(value.py(), "items"))? {
            value.call_method0(pyo3::intern!(value.py(), "items"))?
        } else {
            value.to_owned()
        };
        for pair in pairs.try_iter().map_err(|_| refuse())? {
            let (name, value) = pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().map_err(|_| refuse())?;
            push(&mut headers, &name, &value).ok_or_else(refuse)?;
        }
        Ok(Self(headers))
    }
}

fn push(headers: &mut Headers, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> Option<()> {
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        for value in value.try_iter().ok()? {
            push_one(headers, name, &value.ok()?)?;
        }
        return Some(());
    }
    push_one(headers, name, value)
}

fn push_one(headers: &mut Headers, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> Option<()> {
    let name = match name.cast::<PyString>() {
        Ok(name) => name.to_string_lossy().into_owned(),
        Err(_) => String::from_utf8_lossy(name.cast::<PyBytes>().ok()?.as_bytes()).into_owned(),
    };
    match value.cast::<PyString>() {
        // Whatever is not ASCII stays so, which is all that the core asks of it.
        Ok(value) => headers.push(name, value.to_string_lossy().as_bytes()),
        Err(_) => headers.push(name, value.cast::<PyBytes>().ok()?.as_bytes()),
    }
    Some(())
}
