//! The way back: the state in `return_url`.

use chrono::{DateTime, Utc};
use pyo3::{prelude::*, types::PyDict};
use valify_link_core::{self as core_api, return_state};

use crate::{
    delivery::Body,
    document::{self, Given},
    error::raise,
    instant::{self, Moment},
    names,
    never::Never,
    verification::Keys,
};

/// Issues and checks the state that ``return_url`` carries. The first secret issues, all of them check.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct ReturnState(core_api::ReturnState);

#[pymethods]
impl ReturnState {
    /// ``secrets`` by id, each of at least 16 bytes. ``placement`` is ``query`` (in ``parameter``) or ``path`` (the last segment).
    #[new]
    #[pyo3(signature = (secrets, *, parameter = None, placement = None))]
    fn new(
        py: Python<'_>,
        secrets: Given<'_, hints::Secrets>,
        parameter: Option<Given<'_, hints::Text>>,
        placement: Option<Given<'_, hints::Placement>>,
    ) -> PyResult<Self> {
        let fields = PyDict::new(py);
        fields.set_item("secrets", secrets.value)?;
        if let Some(parameter) = parameter {
            fields.set_item("parameter", parameter.value)?;
        }
        if let Some(placement) = placement {
            fields.set_item("placement", placement.value)?;
        }
        Self::read(py, &document::of(&fields)?)
    }

    /// Reads a ``return_state`` document in JSON.
    #[staticmethod]
    #[pyo3(signature = (json, /))]
    fn from_document(py: Python<'_>, json: Body<'_>) -> PyResult<Self> {
        Self::read(py, json.as_bytes())
    }

    /// Puts a state into ``return_url``. Let it live a little longer than the link, for the way back.
    ///
    /// ``nonce`` (16 bytes) is drawn from the system's random source where it is not given.
    #[pyo3(signature = (*, return_url, reference_id, expires_at, binding, nonce = None, now = None))]
    #[expect(clippy::too_many_arguments, reason = "keywords in Python")]
    fn issue(
        &self,
        py: Python<'_>,
        return_url: &str,
        reference_id: &str,
        expires_at: Given<'_, hints::Expiry>,
        binding: &Binding,
        nonce: Option<[u8; 16]>,
        now: Option<Moment>,
    ) -> PyResult<Issued> {
        let now = instant::or_now(py, now)?;
        let expires_at = instant::expiry(&expires_at.value)?;
        let nonce = nonce.map_or_else(|| random(py), Ok)?;
        let issued = self.0.issue(return_url, reference_id, expires_at, nonce, &binding.0, now);
        issued.map(Issued).map_err(|error| raise(py, error))
    }

    /// Checks the state of a return. ``ReturnStateError`` means: wait for the webhook.
    ///
    /// ``url`` is the absolute URL that the browser used: the configured public origin followed by the request's undecoded target, never
    /// built from the Host header. ``reference_id`` is what the caller's own session expects, ``binding`` the cookie's text.
    #[pyo3(signature = (url, *, reference_id, binding = None, now = None))]
    fn check(
        &self,
        py: Python<'_>,
        url: &str,
        reference_id: &str,
        binding: Option<&str>,
        now: Option<Moment>,
    ) -> PyResult<Returned> {
        let now = instant::or_now(py, now)?;
        self.0.check(url, reference_id, binding, now).map(Returned).map_err(|error| raise(py, error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

impl ReturnState {
    fn read(py: Python<'_>, json: &[u8]) -> PyResult<Self> {
        core_api::ReturnState::from_document(json).map(Self).map_err(|error| raise(py, error))
    }
}

/// 16 bytes of the system's random source.
fn random(py: Python<'_>) -> PyResult<[u8; 16]> {
    py.import("os")?.call_method1("urandom", (16,))?.extract()
}

/// The types of options in the stubs.
mod hints {
    use crate::document::hint;

    hint! {
        Expiry = "Expiry",
        Placement = "Placement",
        Secrets = "Secrets",
        Text = "Text",
    }
}

/// 128 random bits that one browser keeps in a cookie (``__Host-``, ``HttpOnly``, ``Secure``, ``SameSite=Lax``). ``repr`` hides them.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Binding(return_state::Binding);

#[pymethods]
impl Binding {
    /// A new one, from the system's random source.
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        Ok(Self(return_state::Binding::new(random(py)?)))
    }

    /// Reads the cookie of an earlier attempt: take it over instead of setting a new one, so that two tabs do not undo each other.
    #[staticmethod]
    #[pyo3(signature = (text, /))]
    fn from_cookie(py: Python<'_>, text: &str) -> PyResult<Self> {
        return_state::Binding::from_cookie(text).map(Self).map_err(|error| raise(py, error))
    }

    /// The cookie's value. It belongs into the cookie alone, never into a URL, a page or a log.
    fn to_cookie(&self) -> String {
        self.0.to_cookie()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A state that has been issued. ``repr`` hides it.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Issued(return_state::Issued);

#[pymethods]
impl Issued {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The URL to ask the link with.
    #[getter]
    fn return_url(&self) -> &str {
        &self.0.return_url
    }

    /// The nonce as text, the same that ``Returned.nonce`` gives.
    #[getter]
    fn nonce(&self) -> &str {
        &self.0.nonce
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// A browser has come back from this attempt. It is not an outcome, and must never log anyone in. Only ``ReturnState.check`` makes one.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Returned(pub(crate) core_api::Returned);

#[pymethods]
impl Returned {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The reference that the state was issued for, which is the one that was expected.
    #[getter]
    fn reference_id(&self) -> &str {
        self.0.reference_id()
    }

    /// The state's nonce: 22 characters of base64url. A replay is the caller's to refuse, by this.
    #[getter]
    fn nonce(&self) -> &str {
        self.0.nonce()
    }

    /// When the state expires; a kept nonce may go then.
    #[getter]
    fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at()
    }

    /// Whether this is the browser that started the attempt. A signal, not a gate.
    #[getter]
    fn returned_in_bound_browser(&self) -> names::BoundBrowser {
        self.0.returned_in_bound_browser().into()
    }

    /// The columns to find the attempt's record by.
    fn keys(&self) -> Keys {
        Keys(self.0.keys())
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
