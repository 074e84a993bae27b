//! What an answer means, and the check of a link before anyone is redirected to it.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
};
use core::fmt;

use super::request::CheckedRequest;
use crate::{
    config::{Config, Environment, is_link_text},
    error::{Error, ErrorKind},
    http::{HttpRequest, HttpResponse},
    json::{self, Kind, Value},
    time::Instant,
    uri::decodes_to,
};

/// A link that has passed the check: redirect the user to `redirect_url` with 303, and to no other address.
///
/// Whoever holds it can use it: `Debug` hides it. Serialised form (feature `serde`) contains it.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record), uniffi::export(Debug))]
pub struct Link {
    /// Where the user goes. Secret.
    pub redirect_url: String,
    /// The session that Valify made. Secret.
    pub session_token: String,
    /// The reference of the request.
    pub reference_id: String,
    /// The flow of the request, in lower case.
    pub flow: Option<String>,
    /// When the link expires, as requested, in whole milliseconds.
    #[cfg_attr(feature = "serde", serde(serialize_with = "crate::time::serialize"))]
    pub expires_at: Instant,
    /// The environment of the configuration.
    pub environment: Environment,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("environment", &self.environment)
            .field("expires_at", &self.expires_at)
            .field("flow", &self.flow)
            .finish_non_exhaustive()
    }
}

/// Reads the answer to `sent`. The error carries the status; reference and waiting time are the machine's to add.
pub(super) fn parse(
    config: &Config,
    request: &CheckedRequest,
    sent: &HttpRequest,
    response: &HttpResponse,
) -> Result<Link, Error> {
    let answer = answer(config, request, sent, response);
    answer.map_err(|error| Error { status: Some(response.status), ..error })
}

fn answer(
    config: &Config,
    request: &CheckedRequest,
    sent: &HttpRequest,
    response: &HttpResponse,
) -> Result<Link, Error> {
    if is_elsewhere(&sent.url, &response.final_url) {
        return refuse(ErrorKind::Redirected, "the answer came from another address than the one asked");
    }
    match response.status {
        200 => link(config, request, response),
        // What fetch calls an opaque redirect has status 0.
        0 | 300..=399 => refuse(
            ErrorKind::Redirected,
            "the service answered with a redirect, which is never followed with a key: check base_url, then ask Valify",
        ),
        400 => refuse(ErrorKind::BadRequest, "Valify found the input missing or invalid"),
        401 => refuse(ErrorKind::Unauthorized, "Valify does not accept this API key"),
        403 => refuse(ErrorKind::Forbidden, "Valify does not allow this with these credentials"),
        404 => refuse(ErrorKind::NotFound, "Valify does not know this endpoint: check base_url"),
        415 => refuse(
            ErrorKind::UnsupportedMediaType,
            "Valify does not accept the media type: does something rewrite headers?",
        ),
        422 => Err(rejected(config, response)),
        429 => refuse(ErrorKind::RateLimited, "too many requests: wait before the next one"),
        500..=599 => refuse(
            ErrorKind::ServerError,
            "the request may have been processed: keep the record as requested, show no link",
        ),
        _ => refuse(
            ErrorKind::UnexpectedStatus,
            "the contract does not name this status: a session may exist; keep the record as requested, show no link",
        ),
    }
}

fn refuse<T>(kind: ErrorKind, detail: &str) -> Result<T, Error> {
    Err(Error::new(kind, detail))
}

/// Whether the answering URL, where it is known, is another than the one asked; a fragment says nothing.
fn is_elsewhere(asked: &str, answered: &str) -> bool {
    let answered = answered.split('#').next().unwrap_or_default();
    !answered.is_empty() && answered != asked
}

/// 422: Valify's own error code, quoted or not, or none at all.
fn rejected(config: &Config, response: &HttpResponse) -> Error {
    let code = body(config, response).and_then(|body| body.member("error_code")).and_then(|code| match code.kind() {
        Kind::String => code.string().map(Cow::into_owned),
        Kind::Number => Some(code.text().to_string()),
        _ => None,
    });
    let detail = match code.as_deref().and_then(observed_meaning) {
        Some(meaning) => format!("Valify refused the request; this code has been observed to mean: {meaning}"),
        None => "Valify refused the request".to_string(),
    };
    Error { code, ..Error::new(ErrorKind::Rejected, detail) }
}

/// Codes seen in public client code (observed, unofficial). Any other is unknown, never an error of ours.
fn observed_meaning(code: &str) -> Option<&'static str> {
    Some(match code {
        "5001" => "bundle exhausted, for the account's operator to renew",
        "5039" => "non-matching",
        "7001" => "no internet",
        "7005" => "trials exceeded",
        "7101" => "document validation failed",
        "7103" => "front and back ID numbers differ",
        "7201" => "face recognition error",
        _ => return None,
    })
}

/// The body as a JSON object, if it is one within the limit.
fn body<'a>(config: &Config, response: &'a HttpResponse) -> Option<Value<'a>> {
    let within = response.body.len() <= config.max_response_bytes();
    let root = if within { json::read(&response.body).ok() } else { None };
    root.filter(|root| root.kind() == Kind::Object)
}

fn link(config: &Config, request: &CheckedRequest, response: &HttpResponse) -> Result<Link, Error> {
    let malformed = |what: &str| {
        let next = "a session may exist; keep the record as requested, show no link";
        Error::new(ErrorKind::MalformedResponse, format!("{what}: {next}"))
    };
    let body =
        body(config, response).ok_or_else(|| malformed("the body is not a JSON object within the size limit"))?;
    let session_token = body
        .member("session_token")
        .and_then(Value::string)
        .filter(|token| is_session_token(token))
        .ok_or_else(|| malformed("session_token is not 8 to 128 of A-Z a-z 0-9 - _"))?;
    let redirect_url = redirect_url(body).map_err(malformed)?;
    check_link(&redirect_url, &session_token, &config.options().link_prefixes)?;
    Ok(Link {
        redirect_url: redirect_url.into_owned(),
        session_token: session_token.into_owned(),
        reference_id: request.reference_id.clone(),
        flow: request.flow.clone(),
        expires_at: request.expires_at,
        environment: config.environment(),
    })
}

fn is_session_token(token: &str) -> bool {
    (8..=128).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// The value under `redirect_url`, or under the key that the service's own page prints with a space inside the quotes.
fn redirect_url<'a>(body: Value<'a>) -> Result<Cow<'a, str>, &'static str> {
    let is_space = |c: char| c.is_ascii_whitespace();
    let mut found: Option<Cow<'a, str>> = None;
    for (_, value) in body.members().filter(|(key, _)| key.trim_matches(is_space) == "redirect_url") {
        let url = value.string().ok_or("redirect_url is not a string")?;
        if found.as_ref().is_some_and(|other| *other != url) {
            return Err("redirect_url is there twice and differs");
        }
        found = Some(url);
    }
    found.ok_or("redirect_url is missing")
}

/// The safety check of the contract (assumed): what passes leaves nothing for two URL parsers to disagree on.
fn check_link(url: &str, session_token: &str, prefixes: &[String]) -> Result<(), Error> {
    let unsafe_link =
        |what: &str| refuse(ErrorKind::UnsafeLink, &format!("the link {what}: do not redirect anyone to it"));
    if url.is_empty() || !is_link_text(url) {
        return unsafe_link("is not made of visible ASCII without backslash and fragment");
    }
    if !prefixes.iter().any(|prefix| url.starts_with(prefix.as_str())) {
        return unsafe_link("does not begin with one of link_prefixes");
    }
    let query = url.split_once('?').map(|(_, query)| query).unwrap_or_default();
    // Most parsers separate by `&` alone, some by `;` too, and all decode names: each reading must find the one token.
    let readings: [&[char]; 2] = [&['&'], &['&', ';']];
    if readings.iter().all(|separators| has_one_token(query, separators, session_token)) {
        Ok(())
    } else {
        unsafe_link("does not carry exactly one token, equal to session_token")
    }
}

fn has_one_token(query: &str, separators: &[char], session_token: &str) -> bool {
    let mut tokens = query.split(separators).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        decodes_to(name, "token").then_some((name, value))
    });
    tokens.next() == Some(("token", session_token)) && tokens.next().is_none()
}
