//! Requests, responses and headers for any transport, as plain data.

use core::fmt;

use core_api::Headers;
use zeroize::Zeroizing;

/// One header line. Names and values are hidden in no text but that of the types that hold them: print those.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct HeaderLine {
    /// The name as received.
    pub(crate) name: String,
    /// The value as received. What is not ASCII stays so, which is all that the core asks of it.
    pub(crate) value: String,
}

impl fmt::Debug for HeaderLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HeaderLine").field("name", &self.name).finish_non_exhaustive()
    }
}

pub(crate) fn to_core(lines: Vec<HeaderLine>) -> Headers {
    lines.into_iter().map(|HeaderLine { name, value }| (name, Zeroizing::new(value))).collect::<Lines>().0
}

/// Collects lines whose texts are wiped when they have been copied.
struct Lines(Headers);

impl FromIterator<(String, Zeroizing<String>)> for Lines {
    fn from_iter<I: IntoIterator<Item = (String, Zeroizing<String>)>>(lines: I) -> Self {
        let mut headers = Headers::new();
        for (name, value) in lines {
            headers.push(name, value.as_bytes());
        }
        Self(headers)
    }
}

pub(crate) fn from_core(headers: &Headers) -> Vec<HeaderLine> {
    let line = |(name, value): (&str, &[u8])| HeaderLine {
        name: name.to_owned(),
        value: String::from_utf8_lossy(value).into_owned(),
    };
    headers.iter().map(line).collect()
}

/// The request that a transport sends, exactly as it stands. Its headers hold the API key: no text shows them.
///
/// A transport's duties: a fresh connection for this POST, no redirects, no cookies, no stored credentials, TLS verified, the decoded body
/// of the answer capped at `max_response_bytes` while it is read, and `timeout_ms` over all of it.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct HttpRequest {
    /// Always `POST`.
    pub(crate) method: String,
    /// The absolute URL.
    pub(crate) url: String,
    /// The header lines. They hold the API key.
    pub(crate) headers: Vec<HeaderLine>,
    /// The JSON body in UTF-8.
    pub(crate) body: Vec<u8>,
    /// From hand-over to the last byte of the answer's body, connecting included, in milliseconds.
    pub(crate) timeout_ms: i64,
    /// The cap on the answer's decoded body, in bytes.
    pub(crate) max_response_bytes: i64,
}

impl From<core_api::HttpRequest> for HttpRequest {
    fn from(request: core_api::HttpRequest) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: from_core(&request.headers),
            body: request.body,
            timeout_ms: request.timeout_ms,
            max_response_bytes: request.max_response_bytes,
        }
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

/// What came back, read whole. Its body holds tokens: no text shows it.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct HttpResponse {
    /// The status code.
    pub(crate) status: i32,
    /// The header lines.
    pub(crate) headers: Vec<HeaderLine>,
    /// The decoded body.
    pub(crate) body: Vec<u8>,
    /// The URL that answered, where the client tells it; empty says nothing.
    pub(crate) final_url: String,
}

impl HttpResponse {
    pub(crate) fn into_core(self) -> core_api::HttpResponse {
        let Self { status, headers, body, final_url } = self;
        core_api::HttpResponse { status, headers: to_core(headers), body, final_url }
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
