//! Requests and responses for any transport.

use pyo3::{prelude::*, types::PyBytes};

use crate::{delivery::HeaderLines, instant, never::Never};

/// The request that a transport sends, exactly as it stands. Its headers hold the API key: ``repr`` hides them.
///
/// A transport's duties: a fresh connection for this POST, no redirects, no cookies, no stored credentials, TLS verified, the decoded body
/// of the answer capped at ``max_response_bytes`` while it is read, and ``timeout`` over all of it.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct HttpRequest(pub(crate) valify_link_core::HttpRequest);

#[pymethods]
impl HttpRequest {
    #[new]
    #[pyo3(signature = (no_constructor, /))]
    fn new(no_constructor: Never) -> Self {
        match no_constructor {}
    }

    /// Always ``POST``.
    #[getter]
    fn method(&self) -> &str {
        &self.0.method
    }

    /// The absolute URL.
    #[getter]
    fn url(&self) -> &str {
        &self.0.url
    }

    /// The header lines. They hold the API key.
    #[getter]
    fn headers(&self) -> Vec<(&str, String)> {
        self.0.headers.iter().map(|(name, value)| (name, String::from_utf8_lossy(value).into_owned())).collect()
    }

    /// The JSON body in UTF-8.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.body)
    }

    /// Seconds from hand-over to the last byte of the answer's body, connecting included.
    #[getter]
    fn timeout(&self) -> f64 {
        instant::duration(self.0.timeout_ms).as_seconds_f64()
    }

    /// The cap on the answer's decoded body, in bytes.
    #[getter]
    fn max_response_bytes(&self) -> i64 {
        self.0.max_response_bytes
    }

    /// What a client's exception says, fit for an error: without what this request holds, on one line of at most 200 characters.
    #[pyo3(signature = (text, /))]
    fn clean(&self, text: &str) -> String {
        self.0.clean(text)
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}

/// What came back, read whole. Its body holds tokens: ``repr`` hides it.
#[pyclass(frozen, module = "valify_link")]
pub(crate) struct HttpResponse(pub(crate) valify_link_core::HttpResponse);

#[pymethods]
impl HttpResponse {
    /// ``final_url`` is the URL that answered, where the client tells it; empty says nothing.
    #[new]
    #[pyo3(signature = (status, headers, body, final_url = String::new()))]
    fn new(status: i32, headers: HeaderLines<'_>, body: Vec<u8>, final_url: String) -> PyResult<Self> {
        Ok(Self(valify_link_core::HttpResponse { status, headers: headers.all()?, body, final_url }))
    }

    /// The status code.
    #[getter]
    fn status(&self) -> i32 {
        self.0.status
    }

    fn __repr__(&self) -> String {
        format!("{:?}", self.0)
    }
}
