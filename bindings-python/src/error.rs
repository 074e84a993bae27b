//! The core's errors as the package's exception classes, which Python code defines.

use core::convert::Infallible;

use pyo3::{
    exceptions::PyBaseException, inspect::PyStaticExpr, prelude::*, sync::PyOnceLock, type_hint_identifier,
    types::PyModule,
};
use valify_link_core::{Error, ErrorKind};

use crate::instant;

/// The module of the exception classes.
fn classes(py: Python<'_>) -> PyResult<&Bound<'_, PyModule>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || PyResult::Ok(py.import("valify_link.errors")?.unbind()))?;
    Ok(module.bind(py))
}

/// An error of the core, raised as the class of its kind.
pub(crate) fn raise(py: Python<'_>, error: Error) -> PyErr {
    exception(py, error).map_or_else(|failure| failure, PyErr::from_value)
}

fn exception(py: Python<'_>, error: Error) -> PyResult<Bound<'_, PyAny>> {
    let class = classes(py)?.getattr(format!("{}Error", error.kind.class()))?;
    let exception = class.call1((error.to_string(),))?;
    exception.setattr("kind", error.kind.as_str())?;
    exception.setattr("next", error.next().as_str())?;
    exception.setattr("delivery_status", error.kind.delivery_status())?;
    exception.setattr("detail", error.detail)?;
    exception.setattr("field", error.field)?;
    exception.setattr("status", error.status)?;
    exception.setattr("code", error.code)?;
    exception.setattr("retry_after", error.retry_after_ms.map(instant::duration))?;
    exception.setattr("reference_id", error.reference_id)?;
    Ok(exception)
}

/// A call with something that cannot cross to the core at all.
pub(crate) fn misuse(py: Python<'_>, detail: &str) -> PyErr {
    raise(py, Error::refused(ErrorKind::Misuse, None, detail))
}

/// The exception for what Python code refuses before it reaches the core. A kind outside the core's set is ``misuse``.
#[pyfunction]
#[pyo3(signature = (kind, field, detail, /))]
pub(crate) fn refusal(py: Python<'_>, kind: &str, field: Option<&str>, detail: &str) -> Exception {
    let kind = ErrorKind::from_name(kind).unwrap_or(ErrorKind::Misuse);
    Exception(raise(py, Error::refused(kind, field, detail)))
}

/// An exception as a value.
pub(crate) struct Exception(PyErr);

impl<'py> IntoPyObject<'py> for Exception {
    type Target = PyBaseException;
    type Output = Bound<'py, PyBaseException>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link.errors", "ValifyError");

    fn into_pyobject(self, py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.0.into_value(py).into_bound(py))
    }
}
