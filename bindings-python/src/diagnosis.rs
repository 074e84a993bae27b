//! Finding out why a delivery fails, and what an unknown one looks like.

use chrono::Duration;
use pyo3::{prelude::*, types::PyDict};
use valify_link_core::{self as core_api, Auth, Delivery, Environment, Error, ErrorKind, NamedSecret, webhook};

use crate::{
    delivery::{Body, HeaderLines},
    document::{self, Given},
    error::raise,
    instant::{self, Moment},
    names,
    never::Never,
    secret::Secret,
    webhook::hints,
};

/// What ``Verifier.diagnose`` has found. ``str`` has one line for each finding, without key material or anything of the delivery.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Diagnosis(webhook::Diagnosis);

#[pymethods]
impl Diagnosis {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The kind by which ``verify`` refuses the delivery; ``None`` if it verifies.
    #[getter]
    fn refused(&self) -> Option<names::ErrorKind> {
        self.0.refused.map(Into::into)
    }

    /// At least one, each mistake once.
    #[getter]
    fn findings(&self) -> Vec<Finding> {
        self.0.findings.iter().cloned().map(Finding).collect()
    }

    /// The diagnosis as JSON text.
    fn to_json(&self) -> PyResult<String> {
        document::to_json(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// One mistake, with what may be said of it without a secret or any content.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Finding(webhook::Finding);

#[pymethods]
impl Finding {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// Which mistake.
    #[getter]
    fn mistake(&self) -> names::Mistake {
        self.0.mistake.into()
    }

    /// What to do.
    #[getter]
    fn advice(&self) -> &'static str {
        self.0.advice
    }

    /// What was found in place of the configured or expected, such as ``base64``.
    #[getter]
    fn found(&self) -> Option<&'static str> {
        self.0.found
    }

    /// The header that it is about.
    #[getter]
    fn header(&self) -> Option<&str> {
        self.0.header.as_deref()
    }

    /// The id of the secret that fits. Not secret.
    #[getter]
    fn secret(&self) -> Option<&str> {
        self.0.secret.as_deref()
    }

    /// The signed timestamp less now: negative if the sender's clock is behind, or the delivery is old.
    #[getter]
    fn off_by(&self) -> Option<Duration> {
        self.0.off_by_ms.map(instant::duration)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

pub(crate) fn diagnose(
    py: Python<'_>,
    verifier: &core_api::Verifier,
    delivery: &Delivery<'_>,
    now: core_api::Instant,
    older: Option<&Bound<'_, PyAny>>,
) -> PyResult<Diagnosis> {
    let older = older.map(named).transpose()?.unwrap_or_default();
    if older.is_empty() {
        return Ok(Diagnosis(py.detach(|| verifier.diagnose(delivery, now))));
    }
    let diagnosis = py.detach(|| verifier.diagnose_with_older(delivery, now, &older));
    diagnosis.map(Diagnosis).map_err(|error| raise(py, error))
}

fn named(secrets: &Bound<'_, PyAny>) -> PyResult<Vec<NamedSecret>> {
    let entry = |(id, secret): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        Some(NamedSecret::new(id.extract::<String>().ok()?, secret.cast::<Secret>().ok()?.get().to_core()))
    };
    let refuse = || Error::refused(ErrorKind::InvalidConfig, Some("secrets"), "must map ids to secrets");
    let by_id = secrets.cast::<PyDict>().ok();
    let named = by_id.and_then(|by_id| by_id.iter().map(entry).collect::<Option<Vec<_>>>());
    named.ok_or_else(|| raise(secrets.py(), refuse()))
}

/// The form of one delivery, its values masked. ``str`` is for people, ``to_json`` for programs.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Inspection(core_api::Inspection);

#[pymethods]
impl Inspection {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The inspection as JSON text: headers, the body's form and shape, what became of the candidates, and a proposal for a profile where
    /// one of them authenticates the delivery.
    fn to_json(&self) -> PyResult<String> {
        document::to_json(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// Describes a delivery without its content, and tries which of the candidates authenticates it.
#[pyfunction]
#[pyo3(signature = (body, headers, *, candidates = Vec::new(), environment = None, now = None, url = None))]
pub(crate) fn inspect(
    py: Python<'_>,
    body: Body<'_>,
    headers: HeaderLines<'_>,
    candidates: Vec<Given<'_, hints::Auth>>,
    environment: Option<Given<'_, hints::Environment>>,
    now: Option<Moment>,
    url: Option<&str>,
) -> PyResult<Inspection> {
    let now = instant::or_now(py, now)?;
    let environment = match environment {
        Some(given) => {
            given.value.extract::<String>().ok().and_then(|name| Environment::from_name(&name)).ok_or_else(|| {
                raise(
                    py,
                    Error::refused(ErrorKind::InvalidConfig, Some("environment"), "must be production or sandbox"),
                )
            })?
        }
        None => Environment::default(),
    };
    let mut auths = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        auths.push(Auth::from_document(&document::of(&candidate.value)?).map_err(|error| raise(py, error))?);
    }
    let headers = headers.all()?;
    let delivery = Delivery { headers: &headers, body: body.as_bytes(), url };
    let inspection = py.detach(|| core_api::inspect(&delivery, &auths, environment, now));
    inspection.map(Inspection).map_err(|error| raise(py, error))
}
