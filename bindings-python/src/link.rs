//! Asking for a link: the configuration, the request, the machine, the link.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use pyo3::{
    IntoPyObjectExt as _, PyTypeInfo as _,
    exceptions::PyTypeError,
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier, type_hint_union,
    types::{PyDelta, PyDict},
};
use valify_link_core::{self as core_api, Input, TransportFailure};

use crate::{
    delivery::Body,
    document::{self, Given},
    error::{misuse, raise},
    http::{HttpRequest, HttpResponse},
    instant::{self, Moment},
    names,
    never::Never,
    secret::NotPickled,
};

/// Checked settings of an account. ``repr`` hides the key.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Config(pub(crate) core_api::Config);

#[pymethods]
impl Config {
    /// Settings by the names of the ``config`` document.
    #[new]
    #[pyo3(signature = (fields, /))]
    fn new(py: Python<'_>, fields: &Bound<'_, PyAny>) -> PyResult<Self> {
        Self::read(py, &document::of(fields)?)
    }

    /// Reads a ``config`` document in JSON.
    #[staticmethod]
    #[pyo3(signature = (json, /))]
    fn from_document(py: Python<'_>, json: Body<'_>) -> PyResult<Self> {
        Self::read(py, json.as_bytes())
    }

    /// Where links are asked for: ``production`` or ``sandbox``.
    #[getter]
    fn environment(&self) -> names::Environment {
        self.0.environment().into()
    }

    /// The service's origin.
    #[getter]
    fn base_url(&self) -> &str {
        self.0.base_url()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __reduce__(&self) -> PyResult<NotPickled> {
        Err(PyTypeError::new_err("a Config holds the API key and cannot be pickled: make it where it is used"))
    }
}

impl Config {
    fn read(py: Python<'_>, json: &[u8]) -> PyResult<Self> {
        core_api::Config::from_document(json).map(Self).map_err(|error| raise(py, error))
    }
}

/// A request for a link: plain data, checked by the call that takes it. ``repr`` hides reference and return URL.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct LinkRequest(pub(crate) core_api::LinkRequest);

#[pymethods]
impl LinkRequest {
    /// ``return_url`` is where the browser goes after completion, ``reference_id`` the integrator's own unique id of this end user,
    /// ``expires_at`` an aware ``datetime`` of any zone, or a ``timedelta`` from now. ``flow`` is needed only where an account has several,
    /// ``lang`` only where it is not the client's.
    #[new]
    #[pyo3(signature = (*, return_url, reference_id, expires_at, flow = None, lang = None))]
    fn new(
        py: Python<'_>,
        return_url: Given<'_, hints::Text>,
        reference_id: Given<'_, hints::Text>,
        expires_at: Given<'_, hints::Expiry>,
        flow: Option<Given<'_, hints::Text>>,
        lang: Option<Given<'_, hints::Lang>>,
    ) -> PyResult<Self> {
        let fields = PyDict::new(py);
        fields.set_item("return_url", return_url.value)?;
        fields.set_item("reference_id", reference_id.value)?;
        fields.set_item("expires_at", instant::expiry(&expires_at.value)?)?;
        fields.set_item("flow", flow.map(|flow| flow.value))?;
        fields.set_item("lang", lang.map(|lang| lang.value))?;
        Self::read(py, &document::of(&fields)?)
    }

    /// Reads a ``request`` document in JSON.
    #[staticmethod]
    #[pyo3(signature = (json, /))]
    fn from_document(py: Python<'_>, json: Body<'_>) -> PyResult<Self> {
        Self::read(py, json.as_bytes())
    }

    /// When the link expires, in UTC.
    #[getter]
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// The integrator's own unique id of this end user.
    #[getter]
    fn reference_id(&self) -> &str {
        &self.0.reference_id
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl LinkRequest {
    fn read(py: Python<'_>, json: &[u8]) -> PyResult<Self> {
        core_api::LinkRequest::from_document(json).map(Self).map_err(|error| raise(py, error))
    }
}

/// The types of options in the stubs.
mod hints {
    use crate::document::hint;

    hint! {
        Expiry = "Expiry",
        Lang = "Lang",
        Text = "Text",
    }
}

/// A link that has passed the check: redirect the user to ``redirect_url`` with 303, and to no other address.
///
/// Whoever holds it can use it: ``repr`` hides it.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Link(pub(crate) core_api::Link);

#[pymethods]
impl Link {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// Where the user goes. Secret.
    #[getter]
    fn redirect_url(&self) -> &str {
        &self.0.redirect_url
    }

    /// The session that Valify made. Secret.
    #[getter]
    fn session_token(&self) -> &str {
        &self.0.session_token
    }

    /// The reference of the request.
    #[getter]
    fn reference_id(&self) -> &str {
        &self.0.reference_id
    }

    /// The flow of the request, in lower case.
    #[getter]
    fn flow(&self) -> Option<&str> {
        self.0.flow.as_deref()
    }

    /// When the link expires, in UTC and whole milliseconds.
    #[getter]
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// The environment of the client.
    #[getter]
    fn environment(&self) -> names::Environment {
        self.0.environment.into()
    }

    /// The link as JSON text, secrets included.
    fn to_json(&self) -> PyResult<String> {
        document::to_json(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// One call for a link, without its I/O, for those who bring their own loop.
///
/// Feed it one input at a time and do what it answers: send an ``HttpRequest`` and come back with ``respond`` or ``fail``, sleep a
/// ``timedelta`` and come back with ``waited``, or take the ``Link``. An input out of order raises ``MisuseError`` and changes nothing.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct CreateLink(Mutex<core_api::CreateLink>);

/// What the machine answers.
pub(crate) struct Step(core_api::Step);

impl<'py> IntoPyObject<'py> for Step {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_union!(HttpRequest::TYPE_HINT, PyDelta::TYPE_HINT, Link::TYPE_HINT);

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        match self.0 {
            core_api::Step::Send(request) => HttpRequest(request).into_bound_py_any(py),
            core_api::Step::Wait(delay) => Duration::from_std(delay).unwrap_or(Duration::MAX).into_bound_py_any(py),
            core_api::Step::Done(link) => Link(link).into_bound_py_any(py),
        }
    }
}

#[pymethods]
impl CreateLink {
    /// Checks the request: an error here has cost no I/O. ``seed`` is 64 random bits, for the jitter of the back-off alone; ``timeout_ms``
    /// replaces the configuration's for this call.
    #[new]
    #[pyo3(signature = (config, request, *, seed, now = None, timeout_ms = None))]
    fn new(
        py: Python<'_>,
        config: &Config,
        request: &LinkRequest,
        seed: u64,
        now: Option<Moment>,
        timeout_ms: Option<i64>,
    ) -> PyResult<Self> {
        let now = instant::or_now(py, now)?;
        let call = core_api::CreateLink::new(&config.0, request.0.clone(), now, seed);
        let call = call.and_then(|call| match timeout_ms {
            Some(timeout_ms) => call.timeout_ms(timeout_ms),
            None => Ok(call),
        });
        call.map(|call| Self(Mutex::new(call))).map_err(|error| raise(py, error))
    }

    /// The request of this call, for those who want no loop.
    fn request(&self) -> HttpRequest {
        HttpRequest(self.lock().request())
    }

    /// What one answer to ``request`` means, for those who want no loop. No retry rule is applied.
    #[pyo3(signature = (response, *, now = None))]
    fn parse(&self, py: Python<'_>, response: &HttpResponse, now: Option<Moment>) -> PyResult<Link> {
        let now = instant::or_now(py, now)?;
        self.lock().parse(&response.0, now).map(Link).map_err(|error| raise(py, error))
    }

    /// Begin. Once, and first.
    #[pyo3(signature = (*, now = None))]
    fn start(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<Step> {
        self.advance(py, Input::Start, now)
    }

    /// The transport brought an answer, read whole.
    #[pyo3(signature = (response, *, now = None))]
    fn respond(&self, py: Python<'_>, response: &HttpResponse, now: Option<Moment>) -> PyResult<Step> {
        self.advance(py, Input::Response(response.0.clone()), now)
    }

    /// The transport failed: ``not_sent`` if not one byte of the request has left this machine, otherwise ``maybe_sent``.
    #[pyo3(signature = (failure, *, now = None))]
    fn fail(&self, py: Python<'_>, failure: Failure, now: Option<Moment>) -> PyResult<Step> {
        self.advance(py, Input::Failure(failure.0), now)
    }

    /// The delay has passed.
    #[pyo3(signature = (*, now = None))]
    fn waited(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<Step> {
        self.advance(py, Input::Waited, now)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", *self.lock())
    }
}

impl CreateLink {
    fn advance(&self, py: Python<'_>, input: Input, now: Option<Moment>) -> PyResult<Step> {
        let now = instant::or_now(py, now)?;
        let step = self.lock().advance(input, now);
        step.map(Step).map_err(|error| raise(py, error))
    }

    /// The machine never leaves a step half done, so that a poisoned lock means nothing.
    fn lock(&self) -> MutexGuard<'_, core_api::CreateLink> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `not_sent` or `maybe_sent`.
struct Failure(TransportFailure);

impl<'a, 'py> FromPyObject<'a, 'py> for Failure {
    type Error = PyErr;
    const INPUT_TYPE: PyStaticExpr = type_hint_identifier!("valify_link._types", "Failure");

    fn extract(value: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match value.extract::<String>().as_deref() {
            Ok("not_sent") => Ok(Self(TransportFailure::NotSent)),
            Ok("maybe_sent") => Ok(Self(TransportFailure::MaybeSent)),
            _ => Err(misuse(value.py(), "a failure is not_sent or maybe_sent")),
        }
    }
}
