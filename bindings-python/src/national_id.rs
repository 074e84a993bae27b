//! The Egyptian national ID number.

use chrono::NaiveDate;
use pyo3::prelude::*;
use valify_link_core::{self as core_api, national_id};

use crate::{
    error::raise,
    instant::{self, Moment},
    names,
    never::Never,
    secret::Secret,
};

/// A well-formed Egyptian national ID number. ``repr`` and ``str`` hide it.
///
/// That a number is well-formed does not prove that it was issued, nor that it belongs to whoever typed it.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct NationalId(core_api::NationalId);

#[pymethods]
impl NationalId {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// Reads 14 ASCII, Arabic-Indic or Persian digits, with any spaces or hyphens between them.
    ///
    /// ``InvalidRequestError`` at ``national_id`` for anything else, and for a birth that does not exist or lies in the future.
    #[staticmethod]
    #[pyo3(signature = (text, /, *, now = None))]
    fn parse(py: Python<'_>, text: &str, now: Option<Moment>) -> PyResult<Self> {
        let now = instant::or_now(py, now)?;
        core_api::NationalId::parse(text, now).map(Self).map_err(|error| raise(py, error))
    }

    /// The 14 ASCII digits. They are personal data: store ``pseudonym`` where that serves.
    #[getter]
    fn digits(&self) -> &str {
        self.0.digits()
    }

    /// The date of birth in the number.
    #[getter]
    fn birth_date(&self) -> NaiveDate {
        self.0.birth_date()
    }

    /// Where the birth was registered; ``None``, and a warning, where the code is not one of those observed.
    #[getter]
    fn governorate(&self) -> Option<Governorate> {
        self.0.governorate().map(Governorate)
    }

    /// The sex in the number.
    #[getter]
    fn sex(&self) -> names::Sex {
        self.0.sex().into()
    }

    /// What looks wrong and does not make the number unusable.
    #[getter]
    fn warnings(&self) -> Vec<names::NationalIdWarning> {
        self.0.warnings().into_iter().map(Into::into).collect()
    }

    /// Whether the holder is under 18 on this date, by default today's in Egypt.
    #[pyo3(signature = (on = None))]
    fn is_minor(&self, py: Python<'_>, on: Option<NaiveDate>) -> PyResult<bool> {
        let on = on.map_or_else(|| instant::or_now(py, None).map(national_id::date_in_egypt), Ok)?;
        Ok(self.0.is_minor(on))
    }

    /// A name for this number that nobody can turn back without the key: 64 hexadecimal digits. The key has at least 16 bytes.
    #[pyo3(signature = (key, /))]
    fn pseudonym(&self, py: Python<'_>, key: &Secret) -> PyResult<String> {
        self.0.pseudonym(&key.to_core()).map_err(|error| raise(py, error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// A governorate, or a birth abroad.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Governorate(national_id::Governorate);

#[pymethods]
impl Governorate {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The two digits in the number.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code
    }

    /// The English name.
    #[getter]
    fn english(&self) -> &'static str {
        self.0.english
    }

    /// The Arabic name.
    #[getter]
    fn arabic(&self) -> &'static str {
        self.0.arabic
    }

    fn __repr__(&self) -> String {
        format!("Governorate({} {})", self.0.code, self.0.english)
    }
}
