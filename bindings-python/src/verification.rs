//! What is known about one attempt.

use pyo3::{inspect::PyStaticExpr, prelude::*, type_hint_identifier};
use valify_link_core::{self as core_api, Error, ErrorKind, Outcome};

use crate::{
    error::raise,
    instant::{self, Moment},
    link::{Config, Link, LinkRequest},
    names,
    never::Never,
    return_state::Returned,
    webhook::Event,
};

/// What is known about one attempt, whatever the order it arrived in. Immutable: what adds a fact returns a new record.
///
/// Store the record of ``requested`` before the call for a link, and make every later write an atomic merge, never a put. It holds no body,
/// no personal data and no token in clear but the ``reference_id``; ``repr`` hides that too. Pickles as its text.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Verification(core_api::Verification);

#[pymethods]
impl Verification {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// A record of a call that is about to be made. ``Client.requested`` is the shorter way.
    #[staticmethod]
    #[pyo3(signature = (config, request, *, now = None))]
    fn requested(py: Python<'_>, config: &Config, request: &LinkRequest, now: Option<Moment>) -> PyResult<Self> {
        let now = instant::or_now(py, now)?;
        Self::of(py, core_api::Verification::requested(&config.0, &request.0, now))
    }

    /// The same record bound to the nonce of a return state: only that ``Returned`` counts for it. Before it is stored.
    #[pyo3(signature = (nonce, /))]
    fn bound_to(&self, py: Python<'_>, nonce: &str) -> PyResult<Self> {
        Self::of(py, self.0.clone().bound_to(nonce))
    }

    /// Adds that the link was issued.
    #[pyo3(signature = (link, /))]
    fn issued(&self, py: Python<'_>, link: &Link) -> PyResult<Self> {
        Self::of(py, self.0.issued(&link.0))
    }

    /// Adds that the browser came back. It never sets an outcome.
    #[pyo3(signature = (returned, /))]
    fn returned(&self, py: Python<'_>, returned: &Returned) -> PyResult<Self> {
        Self::of(py, self.0.returned(&returned.0))
    }

    /// Adds what a webhook said. ``RecordError`` (``record_mismatch``) for an event of another attempt: keep the delivery.
    #[pyo3(signature = (event, /))]
    fn add(&self, py: Python<'_>, event: &Event) -> PyResult<Self> {
        Self::of(py, self.0.add(&event.0))
    }

    /// The union of two copies of the same record.
    #[pyo3(signature = (other, /))]
    fn merge(&self, py: Python<'_>, other: &Self) -> PyResult<Self> {
        Self::of(py, self.0.merge(&other.0))
    }

    /// Adds an operator's word: who, and why in a few characters (a ticket's number). No personal data belongs into either.
    #[pyo3(signature = (outcome, *, operator, reason, at = None))]
    fn resolve(
        &self,
        py: Python<'_>,
        outcome: Decision,
        operator: &str,
        reason: &str,
        at: Option<Moment>,
    ) -> PyResult<Self> {
        let at = instant::or_now(py, at)?;
        Self::of(py, self.0.resolve(outcome.0, operator, at, reason))
    }

    /// What is known, now or at another time.
    #[pyo3(signature = (now = None))]
    fn status(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<names::Status> {
        Ok(self.0.status(instant::or_now(py, now)?).into())
    }

    /// True for ``passed`` alone.
    #[pyo3(signature = (now = None))]
    fn may_proceed(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<bool> {
        Ok(self.0.may_proceed(instant::or_now(py, now)?))
    }

    /// Whether the browser that came back is the one that started. A signal, not a gate.
    #[getter]
    fn returned_in_bound_browser(&self) -> names::BoundBrowser {
        self.0.returned_in_bound_browser().into()
    }

    /// The environment that everything in this record belongs to.
    #[getter]
    fn environment(&self) -> names::Environment {
        self.0.environment().into()
    }

    /// The columns to look this record up by.
    fn keys(&self) -> Keys {
        Keys(self.0.keys())
    }

    /// The canonical JSON text to store: the same bytes for the same record in every host, under 2 kB.
    fn to_text(&self) -> String {
        self.0.to_text()
    }

    /// Reads what ``to_text`` wrote, its keys in any order, as a ``jsonb`` column gives it back.
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn from_text(py: Python<'_>, text: &str) -> PyResult<Self> {
        Self::of(py, core_api::Verification::from_text(text))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (String,))> {
        let load = py.import("valify_link._core")?.getattr("verification_from_text")?;
        Ok((load.unbind(), (self.0.to_text(),)))
    }
}

impl Verification {
    fn of(py: Python<'_>, record: Result<core_api::Verification, core_api::Error>) -> PyResult<Self> {
        record.map(Self).map_err(|error| raise(py, error))
    }
}

/// What a pickled record is loaded by: a method of a class has no name of its own in an extension module.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn verification_from_text(py: Python<'_>, text: &str) -> PyResult<Verification> {
    Verification::from_text(py, text)
}

/// An outcome by name.
struct Decision(Outcome);

impl<'a, 'py> FromPyObject<'a, 'py> for Decision {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", "Outcome");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        let outcome = value.extract::<String>().ok().and_then(|name| Outcome::from_name(&name));
        outcome.map(Self).ok_or_else(|| {
            let names: Vec<_> = Outcome::ALL.iter().map(|outcome| outcome.as_str()).collect();
            raise(
                value.py(),
                Error::refused(
                    ErrorKind::InvalidRequest,
                    Some("outcome"),
                    format!("must be one of {}", names.join(", ")),
                ),
            )
        })
    }
}

/// What to look a record's row up by: the token first, then the nonce, then the reference. ``repr`` hides the reference.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Keys(pub(crate) core_api::Keys);

#[pymethods]
impl Keys {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The hash of the session token, where it is known.
    #[getter]
    fn token_hash(&self) -> Option<&str> {
        self.0.token_hash.as_deref()
    }

    /// The hash of the return state's nonce, where there is one.
    #[getter]
    fn nonce_hash(&self) -> Option<&str> {
        self.0.nonce_hash.as_deref()
    }

    /// The reference, where it is known. It may have several rows: one for each attempt of that user.
    #[getter]
    fn reference_id(&self) -> Option<&str> {
        self.0.reference_id.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// The answer of ``route``.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Route(core_api::Route);

#[pymethods]
impl Route {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The record's place in the list, where it is one record. Keep the delivery for a human where it is none.
    #[getter]
    fn index(&self) -> Option<usize> {
        match self.0 {
            core_api::Route::One(index) => Some(index),
            core_api::Route::None | core_api::Route::Ambiguous => None,
        }
    }

    /// Whether several records fit equally: keep the delivery for a human.
    #[getter]
    fn ambiguous(&self) -> bool {
        self.0 == core_api::Route::Ambiguous
    }

    fn __repr__(&self) -> String {
        format!("Route({:?})", self.0)
    }
}

/// Says which record an event is about: the one with its token; without such a one, the only one that would take it.
///
/// Give it all records that share the event's token or its reference.
#[pyfunction]
#[pyo3(signature = (event, records, /))]
pub(crate) fn route(event: &Event, records: Vec<PyRef<'_, Verification>>) -> Route {
    let records: Vec<_> = records.iter().map(|record| record.0.clone()).collect();
    Route(core_api::route(&event.0, &records))
}
