//! Classes that Python code cannot make: type checkers refuse the call, and so does Python.

use pyo3::{exceptions::PyTypeError, inspect::PyStaticExpr, prelude::*, type_hint_identifier};

/// What their constructors would need: an argument of a type that has no value.
pub(crate) enum Never {}

impl<'a, 'py> FromPyObject<'a, 'py> for Never {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("typing", "NoReturn");

    fn extract(_value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        Err(PyTypeError::new_err("this class has no constructor: only the package makes its instances"))
    }
}
