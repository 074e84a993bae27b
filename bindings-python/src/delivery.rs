//! What comes in with a webhook: bodies and headers in the forms that Python frameworks have them in.

use pyo3::{
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier,
    types::{PyByteArray, PyBytes, PyDict, PyList, PyMemoryView, PyString, PyTuple},
};
use valify_link_core::{Headers, Verifier};

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
pub(crate) struct HeaderLines<'py>(Bound<'py, PyAny>);

impl<'a, 'py> FromPyObject<'a, 'py> for HeaderLines<'py> {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", "HeaderLines");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Ok(Self(value.to_owned()))
    }
}

impl HeaderLines<'_> {
    /// All of them.
    pub(crate) fn all(&self) -> PyResult<Headers> {
        self.read(None)
    }

    /// Those that a verifier reads: copying is what a delivery with many others would cost.
    pub(crate) fn read_by(&self, verifier: &Verifier) -> PyResult<Headers> {
        self.read(Some(verifier))
    }

    fn read(&self, reader: Option<&Verifier>) -> PyResult<Headers> {
        let value = &self.0;
        let refuse = || {
            error::misuse(
                value.py(),
                "headers must be (name, value) pairs or a mapping, names and values str or bytes, a list for a repeated header",
            )
        };
        let mut headers = Headers::new();
        if let Ok(map) = value.cast::<PyDict>() {
            for (name, value) in map.iter() {
                push(&mut headers, reader, &name, &value).ok_or_else(refuse)?;
            }
            return Ok(headers);
        }
        // Multi-dictionaries tell repeated headers one by one here. Not to ask a list spares an exception that nobody sees.
        let items = pyo3::intern!(value.py(), "items");
        let pairs = if !value.is_instance_of::<PyList>() && value.hasattr(items)? {
            &value.call_method0(items)?
        } else {
            value
        };
        for pair in pairs.try_iter().map_err(|_| refuse())? {
            let (name, value) = pair?.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().map_err(|_| refuse())?;
            push(&mut headers, reader, &name, &value).ok_or_else(refuse)?;
        }
        Ok(headers)
    }
}

/// `None` for what is no header. What the reader passes over must be one all the same.
fn push(
    headers: &mut Headers,
    reader: Option<&Verifier>,
    name: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
) -> Option<()> {
    let name = read_name(reader, name).ok()?;
    let mut push_one = |value: &Bound<'_, PyAny>| {
        match &name {
            Some(name) => headers.push(String::from_utf8_lossy(name.as_bytes()), octets(value)?.as_bytes()),
            None => is_text(value).then_some(())?,
        }
        Some(())
    };
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        return value.try_iter().ok()?.try_for_each(|value| push_one(&value.ok()?));
    }
    push_one(value)
}

/// What can stand for no part of a header.
struct NoText;

/// A name, if the reader wants it.
fn read_name<'py>(reader: Option<&Verifier>, name: &Bound<'py, PyAny>) -> Result<Option<Bound<'py, PyBytes>>, NoText> {
    let Some(reader) = reader else { return octets(name).map(Some).ok_or(NoText) };
    if !is_text(name) {
        return Err(NoText);
    }
    // Most differ in length already from all that is wanted, which a copy need not show.
    let length = name.len().map_err(|_| NoText)?;
    if !reader.header_names().any(|wanted| wanted.len() == length) {
        return Ok(None);
    }
    let name = octets(name).ok_or(NoText)?;
    let wanted = reader.header_names().any(|wanted| wanted.as_bytes().eq_ignore_ascii_case(name.as_bytes()));
    Ok(wanted.then_some(name))
}

fn is_text(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>()
}

/// The bytes of a `bytes`, or the UTF-8 of a `str`. Whatever is not ASCII stays so, which is all that the core asks of it.
fn octets<'py>(text: &Bound<'py, PyAny>) -> Option<Bound<'py, PyBytes>> {
    if let Ok(text) = text.cast::<PyString>() {
        let utf8 = text.encode_utf8();
        return Some(utf8.unwrap_or_else(|_| PyBytes::new(text.py(), text.to_string_lossy().as_bytes())));
    }
    text.cast::<PyBytes>().ok().cloned()
}
