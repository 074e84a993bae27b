//! Secrets: Python hands the text over once and never gets it back.

use pyo3::{exceptions::PyTypeError, prelude::*};
use zeroize::Zeroizing;

use crate::never::Never;

/// What `__reduce__` would return if these could be pickled.
pub(crate) type NotPickled = String;

/// A secret and the encoding of its text. Nothing shows the text: not ``repr``, not an attribute, not a pickle.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Secret {
    pub(crate) encoding: &'static str,
    pub(crate) text: Zeroizing<String>,
}

#[pymethods]
impl Secret {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The bytes of the text itself, in UTF-8.
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn utf8(text: String) -> Self {
        Self { encoding: "utf8", text: Zeroizing::new(text) }
    }

    /// Standard base64 with padding, canonical.
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn base64(text: String) -> Self {
        Self { encoding: "base64", text: Zeroizing::new(text) }
    }

    /// Hexadecimal digits of either case.
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn hex(text: String) -> Self {
        Self { encoding: "hex", text: Zeroizing::new(text) }
    }

    fn __repr__(&self) -> String {
        format!("Secret.{}(hidden)", self.encoding)
    }

    fn __str__(&self) -> &'static str {
        "(hidden)"
    }

    fn __reduce__(&self) -> PyResult<NotPickled> {
        Err(PyTypeError::new_err(
            "a Secret cannot be pickled: make it where it is used, from the environment or a secret store",
        ))
    }

    fn __copy__(this: Py<Self>) -> Py<Self> {
        this
    }

    #[pyo3(signature = (_memo, /))]
    fn __deepcopy__(this: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        this
    }
}

impl Secret {
    /// As the core takes one that stands alone.
    pub(crate) fn to_core(&self) -> valify_link_core::Secret {
        let text = self.text.as_str();
        match self.encoding {
            "base64" => valify_link_core::Secret::base64(text),
            "hex" => valify_link_core::Secret::hex(text),
            _ => valify_link_core::Secret::utf8(text),
        }
    }
}
