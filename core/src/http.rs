//! What a transport sends and what it brings back, as plain data for any HTTP client.

use alloc::{borrow::Cow, string::String, vec::Vec};
use core::fmt;

use zeroize::Zeroizing;

use crate::json::{self, Value};

/// Header lines as received, in order, repeated ones included.
///
/// `Debug` shows names alone, and values are wiped on drop: they hold keys, signatures and cookies.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, Zeroizing<Vec<u8>>)>);

impl Headers {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a line. The value is bytes, since HTTP does not promise text.
    pub fn push(&mut self, name: impl Into<String>, value: impl AsRef<[u8]>) {
        self.0.push((name.into(), Zeroizing::new(value.as_ref().to_vec())));
    }

    /// All lines in order. Values are bytes: text in some hosts, and not always ASCII.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_slice()))
    }

    /// The values of one header, its name compared without regard to ASCII case, with the space and tab around them removed.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| trim_space_and_tab(value))
    }
}

impl<N: Into<String>, V: AsRef<[u8]>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(lines: I) -> Self {
        Self(lines.into_iter().map(|(name, value)| (name.into(), Zeroizing::new(value.as_ref().to_vec()))).collect())
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

fn trim_space_and_tab(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The request that a transport sends, exactly as it stands.
///
/// The transport's duties: a fresh connection for this POST, no redirects, no cookies, no stored credentials, TLS verified, and the
/// answer's decoded body capped at `max_response_bytes` while it is read.
#[derive(Clone)]
pub struct HttpRequest {
    /// Always `POST`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Holds the API key.
    pub headers: Headers,
    /// The JSON body in UTF-8.
    pub body: Vec<u8>,
    /// From hand-over to the last byte of the answer's body, connecting included, in milliseconds. Never negative.
    pub timeout_ms: i64,
    /// The cap on the answer's decoded body, in bytes. A larger one is a failure, [`TransportFailure::MaybeSent`].
    pub max_response_bytes: i64,
}

impl HttpRequest {
    /// What a transport's exception says, fit for an error: what this request holds is hidden, control characters are spaces, and it is cut
    /// after 200 characters. Hosts copy this and never chain the exception itself.
    pub fn clean(&self, text: &str) -> String {
        let hidden = self.hidden_texts();
        let mut cleaned = String::new();
        let (mut rest, mut before) = (text, None);
        // The length is bounded here, so that a long text costs no more than a short one.
        for _ in 0..MAX_CLEANED {
            let Some(next) = rest.chars().next() else { break };
            let found = hidden.iter().filter_map(|hidden| Some((hidden, rest.strip_prefix(hidden.as_str())?)));
            let found = found.filter(|(hidden, after)| stands_apart(hidden, before, after));
            // The shortest rest is that of the longest text: one may begin with another.
            if let Some((hidden, after)) = found.min_by_key(|(_, after)| after.len()) {
                cleaned.push_str("(hidden)");
                (rest, before) = (after, hidden.chars().next_back());
            } else {
                cleaned.push(if next.is_control() { ' ' } else { next });
                (rest, before) = (rest.get(next.len_utf8()..).unwrap_or_default(), Some(next));
            }
        }
        cleaned.chars().take(MAX_CLEANED).collect()
    }

    /// Every value of the headers and of the body, the latter as it is and as JSON writes it.
    fn hidden_texts(&self) -> Vec<String> {
        let headers = self.headers.iter().filter_map(|(_, value)| core::str::from_utf8(value).ok().map(String::from));
        let body = json::read(&self.body).ok();
        let written = body.into_iter().flat_map(Value::members).flat_map(|(_, value)| {
            let decoded = value.string().map(Cow::into_owned);
            [decoded, Some(String::from(value.text().trim_matches('"')))].into_iter().flatten()
        });
        headers.chain(written).filter(|text| !text.is_empty()).collect()
    }
}

/// The longest text of an exception that is kept, in characters.
const MAX_CLEANED: usize = 200;

/// Whether what is found is the value itself: a short one would else be found inside of ordinary words.
fn stands_apart(found: &str, before: Option<char>, after: &str) -> bool {
    let in_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
    found.len() > 3 || !(in_word(before) || in_word(after.chars().next()))
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &self.headers)
            .field("body", &"(hidden)")
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

/// What came back, read whole.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// The status code. 0 is what `fetch` calls an opaque redirect. Signed, because unsigned numbers are awkward from Java.
    pub status: i32,
    /// The header lines.
    pub headers: Headers,
    /// The decoded body.
    pub body: Vec<u8>,
    /// The URL that answered, where the client tells it; empty says nothing.
    pub final_url: String,
}

impl HttpResponse {
    /// The names of all headers that are read. A host for which copying is dear hands over these lines alone, all their repetitions included.
    pub const HEADER_NAMES: [&'static str; 1] = [RETRY_AFTER];
}

/// The header that says when to ask again.
pub(crate) const RETRY_AFTER: &str = "Retry-After";

impl fmt::Debug for HttpResponse {
    /// Without the body and the URL, which hold tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// How a transport failed. A transport claims `NotSent` only for what its own tests prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum TransportFailure {
    /// Not one byte of the request has left this machine.
    NotSent,
    /// Everything else, a body that could not be read whole included.
    MaybeSent,
}
