//! Believing a delivery: the verifier, its events, the sender's side.

use core::convert::Infallible;

use chrono::{DateTime, Utc};
use pyo3::{
    exceptions::{PyKeyError, PyTypeError},
    inspect::PyStaticExpr,
    prelude::*,
    type_hint_identifier, type_hint_subscript,
    types::{PyBytes, PyDict, PyIterator, PyList},
};
use valify_link_core::{
    self as core_api, Auth, Delivery,
    webhook::{self, EventView, UnverifiedEventView},
};

use crate::{
    delivery::{Body, HeaderLines},
    diagnosis::{self, Diagnosis},
    document::{self, Given},
    error::raise,
    instant::{self, Moment},
    names,
    never::Never,
    secret::NotPickled,
    verification::Keys,
};

/// Bodies up to this many bytes are hashed within a few microseconds: giving up the GIL would cost more than it gives.
const DETACH_FROM_BYTES: usize = 16 * 1024;

/// Authenticates deliveries and reads them by a profile: the only maker of ``Event``. Make it once and share it between threads.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Verifier(core_api::Verifier);

#[pymethods]
impl Verifier {
    /// Checks the configuration: ``ConfigError`` with the field, as in its own document.
    #[new]
    #[pyo3(signature = (*, auth, profile, limits = None, environment = None))]
    fn new(
        py: Python<'_>,
        auth: Given<'_, hints::Auth>,
        profile: Given<'_, hints::Profile>,
        limits: Option<Given<'_, hints::Limits>>,
        environment: Option<Given<'_, hints::Environment>>,
    ) -> PyResult<Self> {
        let fields = PyDict::new(py);
        fields.set_item("auth", auth.value)?;
        fields.set_item("profile", profile.value)?;
        if let Some(limits) = limits {
            fields.set_item("limits", limits.value)?;
        }
        if let Some(environment) = environment {
            fields.set_item("environment", environment.value)?;
        }
        Self::read(py, &document::of(&fields)?)
    }

    /// Reads a ``verifier`` document in JSON.
    #[staticmethod]
    #[pyo3(signature = (json, /))]
    fn from_document(py: Python<'_>, json: Body<'_>) -> PyResult<Self> {
        Self::read(py, json.as_bytes())
    }

    /// Authenticates one delivery and says what it says.
    ///
    /// ``body`` is the raw body as received, ``headers`` pairs or a mapping, ``now`` the time of receipt where it is not this moment, and
    /// ``url`` the undecoded request target, which only a secret in the URL needs. ``SignatureError`` means: answer 401 with an empty body
    /// (413 for ``body_too_large``, 415 for ``encoded_body``), and believe nothing of the delivery.
    #[pyo3(signature = (body, headers, *, now = None, url = None))]
    fn verify(
        &self,
        py: Python<'_>,
        body: Body<'_>,
        headers: HeaderLines<'_>,
        now: Option<Moment>,
        url: Option<&str>,
    ) -> PyResult<Event> {
        let now = instant::or_now(py, now)?;
        let headers = headers.read_by(&self.0)?;
        let delivery = Delivery { headers: &headers, body: body.as_bytes(), url };
        let event = if delivery.body.len() < DETACH_FROM_BYTES {
            self.0.verify(&delivery, now)
        } else {
            py.detach(|| self.0.verify(&delivery, now))
        };
        event.map(Event).map_err(|error| raise(py, error))
    }

    /// Says which mistake makes this delivery fail, for the log and never for the answer. ``older`` are secrets to try besides.
    ///
    /// Never call it for every failed delivery of an open endpoint: only to find a mistake.
    #[pyo3(signature = (body, headers, *, now = None, url = None, older = None))]
    fn diagnose(
        &self,
        py: Python<'_>,
        body: Body<'_>,
        headers: HeaderLines<'_>,
        now: Option<Moment>,
        url: Option<&str>,
        older: Option<Given<'_, hints::Secrets>>,
    ) -> PyResult<Diagnosis> {
        let now = instant::or_now(py, now)?;
        let headers = headers.all()?;
        let delivery = Delivery { headers: &headers, body: body.as_bytes(), url };
        diagnosis::diagnose(py, &self.0, &delivery, now, older.map(|older| older.value).as_ref())
    }

    /// The largest body in bytes: read no more of a stream, and answer 413.
    #[getter]
    fn max_body_bytes(&self) -> usize {
        self.0.max_body_bytes()
    }

    /// The environment that every event of this verifier carries.
    #[getter]
    fn environment(&self) -> names::Environment {
        self.0.environment().into()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __reduce__(&self) -> PyResult<NotPickled> {
        Err(PyTypeError::new_err("a Verifier holds secrets and cannot be pickled: make it where it is used"))
    }
}

impl Verifier {
    fn read(py: Python<'_>, json: &[u8]) -> PyResult<Self> {
        core_api::Verifier::from_document(json).map(Self).map_err(|error| raise(py, error))
    }
}

/// What an authenticated delivery says. Only ``Verifier.verify`` makes one.
///
/// ``str`` and ``repr`` show the outcome and how it was authenticated, and no value of the body.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Event(pub(crate) core_api::Event);

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The verifier's environment.
    #[getter]
    fn environment(&self) -> names::Environment {
        self.view().environment.into()
    }

    /// What the event says. Only a record knows what that means for an attempt.
    #[getter]
    fn outcome(&self) -> names::Outcome {
        self.view().outcome.into()
    }

    /// The outcome of each module that the profile names and the event tells of.
    #[getter]
    fn checks(&self) -> Checks {
        Checks(self.view().checks)
    }

    /// Why the event says less than it might.
    #[getter]
    fn problem(&self) -> Option<names::Problem> {
        self.view().problem.map(Into::into)
    }

    /// The integrator's reference of the user.
    #[getter]
    fn reference_id(&self) -> Option<&str> {
        self.view().reference_id.as_deref()
    }

    /// The session that the event is about.
    #[getter]
    fn session_token(&self) -> Option<&str> {
        self.view().session_token.as_deref()
    }

    /// The flow that the event is about, as received.
    #[getter]
    fn flow(&self) -> Option<&str> {
        self.view().flow.as_deref()
    }

    /// Valify's id of the transaction.
    #[getter]
    fn transaction_id(&self) -> Option<&str> {
        self.view().transaction_id.as_deref()
    }

    /// When it occurred, by the event's own word. Proven only if ``authenticated_by.body_signed``.
    #[getter]
    fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.view().occurred_at
    }

    /// The ``now`` of ``verify``, in whole milliseconds.
    #[getter]
    fn received_at(&self) -> DateTime<Utc> {
        self.view().received_at
    }

    /// 64 hexadecimal digits, the same for the same delivery: guards the caller's own side effects. Records need no such guard.
    ///
    /// Where no id is signed, it is a hash of the whole body, made each time that it is asked for.
    #[getter]
    fn dedupe_key(&self, py: Python<'_>) -> String {
        let raw = self.0.raw();
        if raw.len() < DETACH_FROM_BYTES { self.0.dedupe_key_of(raw) } else { py.detach(|| self.0.dedupe_key_of(raw)) }
    }

    /// What has been proven about the delivery, and with which secret.
    #[getter]
    fn authenticated_by(&self) -> AuthenticatedBy {
        AuthenticatedBy(self.view().authenticated_by.clone())
    }

    /// The personal fields that the profile names.
    #[getter]
    fn subject(&self) -> Subject {
        Subject(self.0.subject().clone())
    }

    /// The exact bytes of the body. Personal data.
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.raw())
    }

    /// One value of the body as its exact JSON text, so that no number is rounded on the way. Personal data.
    ///
    /// ``None`` if nothing stands there or the body cannot be read; ``MisuseError`` for what is not a JSON pointer (RFC 6901).
    #[pyo3(signature = (pointer, /))]
    fn raw_at(&self, py: Python<'_>, pointer: &str) -> PyResult<Option<&str>> {
        self.0.raw_at(pointer).map_err(|error| raise(py, error))
    }

    /// The columns to look the attempt's record up by.
    fn keys(&self) -> Keys {
        Keys(self.0.keys())
    }

    /// By what the profile matches events to attempts.
    #[getter]
    fn matches_by(&self) -> names::MatchesBy {
        self.0.matches_by().into()
    }

    /// The event as JSON text: everything but ``session_token``, ``subject`` and the body.
    fn to_json(&self) -> PyResult<String> {
        document::to_json(&self.0)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __reduce__(&self) -> PyResult<NotPickled> {
        Err(PyTypeError::new_err(
            "an Event cannot be pickled, since only a verifier makes one: queue the delivery (headers, body, url) with its time of \
             receipt, and verify it again with now= that time",
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

impl Event {
    fn view(&self) -> &EventView {
        self.0.view()
    }
}

/// What has been proven about a delivery.
#[pyclass(frozen, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct AuthenticatedBy(webhook::AuthenticatedBy);

#[pymethods]
impl AuthenticatedBy {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The kind of scheme.
    #[getter]
    fn scheme(&self) -> names::Scheme {
        self.0.scheme.into()
    }

    /// The id of the secret, or of what attests. Not secret.
    #[getter]
    fn secret(&self) -> &str {
        &self.0.secret
    }

    /// Whether the sender signed the body. If not, whoever learns the secret can say anything.
    #[getter]
    fn body_signed(&self) -> bool {
        self.0.body_signed
    }

    /// Whether a signed timestamp was within the tolerance. If not, an old delivery can be sent again.
    #[getter]
    fn fresh(&self) -> bool {
        self.0.fresh
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Outcomes by module, as a dictionary.
pub(crate) struct Checks(webhook::Checks);

impl<'py> IntoPyObject<'py> for Checks {
    type Target = PyDict;
    type Output = Bound<'py, PyDict>;
    type Error = PyErr;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("valify_link._types", "Module"),
        type_hint_identifier!("valify_link._types", "Outcome")
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let checks = PyDict::new(py);
        for module in webhook::Module::ALL {
            if let Some(outcome) = self.0.get(*module) {
                checks.set_item(names::Module::from(*module), names::Outcome::from(outcome))?;
            }
        }
        Ok(checks)
    }
}

/// Personal fields by the profile's names for them, a read-only mapping. ``repr`` shows how many there are.
#[pyclass(frozen, mapping, eq, module = "valify_link")]
#[derive(Clone, PartialEq)]
pub(crate) struct Subject(webhook::Subject);

#[pymethods]
impl Subject {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    fn __getitem__(&self, name: &str) -> PyResult<&str> {
        self.0.get(name).ok_or_else(|| PyKeyError::new_err(name.to_owned()))
    }

    /// One field: a string as it is, a number as its text.
    #[pyo3(signature = (name, /))]
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The names of the fields that were found.
    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name).collect()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Texts<'py>> {
        Ok(Texts(PyList::new(py, self.keys())?.try_iter()?))
    }

    /// The fields that were found, by name.
    fn items(&self) -> Vec<(&str, &str)> {
        self.0.iter().collect()
    }

    /// What does not fit among these fields, for a rule or a person of the integrator's. It never changes an outcome.
    #[pyo3(signature = (*, now = None))]
    fn warnings(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<Vec<names::SubjectWarning>> {
        let warnings = self.0.warnings(instant::or_now(py, now)?);
        Ok(warnings.into_iter().map(Into::into).collect())
    }

    fn __contains__(&self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    fn __len__(&self) -> usize {
        self.0.iter().count()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// An iterator over texts, said so in the stubs.
struct Texts<'py>(Bound<'py, PyIterator>);

impl<'py> IntoPyObject<'py> for Texts<'py> {
    type Target = PyIterator;
    type Output = Bound<'py, PyIterator>;
    type Error = Infallible;
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("collections.abc", "Iterator"),
        type_hint_identifier!("builtins", "str")
    );

    fn into_pyobject(self, _py: Python<'py>) -> Result<Self::Output, Self::Error> {
        Ok(self.0)
    }
}

/// What a body claims that nobody has authenticated: for support and for setting up, never for a decision. It has no outcome.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct UnverifiedEvent(core_api::UnverifiedEvent);

#[pymethods]
impl UnverifiedEvent {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// Why an event of this body would say less than it might.
    #[getter]
    fn problem(&self) -> Option<names::Problem> {
        self.view().problem.map(Into::into)
    }

    /// The reference that the body claims.
    #[getter]
    fn reference_id(&self) -> Option<&str> {
        self.view().reference_id.as_deref()
    }

    /// The session that the body claims.
    #[getter]
    fn session_token(&self) -> Option<&str> {
        self.view().session_token.as_deref()
    }

    /// The flow that the body claims.
    #[getter]
    fn flow(&self) -> Option<&str> {
        self.view().flow.as_deref()
    }

    /// The transaction that the body claims.
    #[getter]
    fn transaction_id(&self) -> Option<&str> {
        self.view().transaction_id.as_deref()
    }

    /// When it occurred, by the body's own word.
    #[getter]
    fn occurred_at(&self) -> Option<DateTime<Utc>> {
        self.view().occurred_at
    }

    /// The personal fields that the profile names.
    #[getter]
    fn subject(&self) -> Subject {
        Subject(self.0.subject().clone())
    }

    /// The exact bytes of the body. Personal data.
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.raw())
    }

    /// One value of the body as its exact JSON text, as ``Event.raw_at``.
    #[pyo3(signature = (pointer, /))]
    fn raw_at(&self, py: Python<'_>, pointer: &str) -> PyResult<Option<&str>> {
        self.0.raw_at(pointer).map_err(|error| raise(py, error))
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

impl UnverifiedEvent {
    fn view(&self) -> &UnverifiedEventView {
        self.0.view()
    }
}

/// Reads a body that nobody has authenticated, for support and for setting up. From what it returns, nothing leads to ``passed``.
#[pyfunction]
#[pyo3(signature = (profile, body))]
pub(crate) fn read_unverified(
    py: Python<'_>,
    profile: Given<'_, hints::Profile>,
    body: Body<'_>,
) -> PyResult<UnverifiedEvent> {
    let profile = core_api::Profile::from_document(&document::of(&profile.value)?).map_err(|error| raise(py, error))?;
    core_api::read_unverified(&profile, body.as_bytes()).map(UnverifiedEvent).map_err(|error| raise(py, error))
}

/// What makes a delivery authentic. ``repr`` shows header names only.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct Signed(webhook::Signed);

#[pymethods]
impl Signed {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// The headers to send, besides those of HTTP itself.
    #[getter]
    fn headers(&self) -> Vec<(&str, String)> {
        self.0.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect()
    }

    /// Path and query to send to, for a secret in the URL alone.
    #[getter]
    fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// Makes what a verifier with this ``auth`` accepts, with the first of its secrets: for tests.
///
/// ``id`` is the delivery's: 1 to 128 of ``A-Z a-z 0-9 - _``, needed where the scheme signs one.
#[pyfunction]
#[pyo3(signature = (auth, body, *, id = None, now = None))]
pub(crate) fn sign(
    py: Python<'_>,
    auth: Given<'_, hints::Auth>,
    body: Body<'_>,
    id: Option<&str>,
    now: Option<Moment>,
) -> PyResult<Signed> {
    let now = instant::or_now(py, now)?;
    let body = body.as_bytes();
    let auth = Auth::from_document(&document::of(&auth.value)?);
    auth.and_then(|auth| core_api::sign(&auth, body, id, now)).map(Signed).map_err(|error| raise(py, error))
}

/// The types of options in the stubs.
pub(crate) mod hints {
    use crate::document::hint;

    hint! {
        Auth = "Auth",
        Environment = "Environment",
        Limits = "Limits",
        Profile = "Profile",
        Secrets = "Secrets",
    }
}
