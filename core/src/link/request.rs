//! What is asked for, and the exact request that the contract describes.

use alloc::{format, string::String};
use core::fmt;

use fluent_uri::Uri;

use crate::{
    config::{Config, Lang, lang},
    document::Document,
    error::{Error, ErrorKind},
    http::{Headers, HttpRequest},
    json::write_string,
    time::{self, Instant},
    uri,
};

/// The longest `reference_id`, in bytes of UTF-8 (assumed: the service's own limit is unknown).
const MAX_REFERENCE_BYTES: usize = 256;

/// The path of the documented call; its slash before `?` is part of it.
const PATH: &str = "/api/link/v1/request/";

/// A request for a link. Plain data: it is checked by [`CreateLink::new`](crate::CreateLink::new), before any I/O.
///
/// `Debug` hides the reference and the return URL, which may carry personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkRequest {
    /// Where the browser goes after completion: absolute, https (http for loopback hosts), RFC 3986 characters, at most 2048 bytes.
    pub return_url: String,
    /// The integrator's own unique id of this end user: 1 to 256 bytes of UTF-8, no control characters, no white space at its ends.
    pub reference_id: String,
    /// When the link expires. Rounded to the millisecond; it must lie in the future.
    pub expires_at: Instant,
    /// The flow's UUID, given by Valify; needed only where an account has several flows.
    pub flow: Option<String>,
    /// The language of the page; the configuration's where it is `None`.
    pub lang: Option<Lang>,
}

impl LinkRequest {
    /// A request in the account's only flow and default language.
    pub fn new(return_url: impl Into<String>, reference_id: impl Into<String>, expires_at: Instant) -> Self {
        Self { return_url: return_url.into(), reference_id: reference_id.into(), expires_at, flow: None, lang: None }
    }

    /// The same request in one of several flows.
    #[must_use]
    pub fn flow(mut self, flow: impl Into<String>) -> Self {
        self.flow = Some(flow.into());
        self
    }

    /// The same request in another language.
    #[must_use]
    pub fn lang(mut self, lang: Lang) -> Self {
        self.lang = Some(lang);
        self
    }

    /// Reads a `request` document: `{"return_url", "reference_id", "expires_at", "flow"?, "lang"?}`, the last two also `null`, the time in
    /// RFC 3339. `invalid_request` with the field for a wrong name or type.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        let mut document = Document::read(json, ErrorKind::InvalidRequest)?;
        let request = Self {
            return_url: document.required_text("return_url")?,
            reference_id: document.required_text("reference_id")?,
            expires_at: time::parse(&document.required_text("expires_at")?).ok_or_else(|| {
                document.refuse(
                    "expires_at",
                    "must be RFC 3339 with an upper-case T and an offset, such as 2026-01-14T07:57:54.972Z",
                )
            })?,
            flow: document.nullable_text("flow")?,
            lang: lang(&mut document)?,
        };
        document.finish()?;
        Ok(request)
    }
}

impl fmt::Debug for LinkRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkRequest")
            .field("expires_at", &self.expires_at)
            .field("flow", &self.flow)
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

/// A request that has passed every rule.
#[derive(Clone)]
pub(crate) struct CheckedRequest {
    pub(crate) return_url: String,
    pub(crate) reference_id: String,
    pub(crate) expires_at: Instant,
    pub(crate) flow: Option<String>,
    pub(crate) lang: Lang,
}

impl CheckedRequest {
    pub(crate) fn new(config: &Config, request: LinkRequest, now: Instant) -> Result<Self, Error> {
        check_return_url(&request.return_url, &config.options().return_schemes)?;
        check_reference_id(&request.reference_id)?;
        Ok(Self {
            expires_at: check_expires_at(request.expires_at, now)?,
            flow: request.flow.map(check_flow).transpose()?,
            lang: request.lang.unwrap_or(config.options().lang),
            return_url: request.return_url,
            reference_id: request.reference_id,
        })
    }

    /// The documented request, with the time that this attempt has.
    pub(crate) fn to_http(&self, config: &Config, timeout_ms: i64) -> HttpRequest {
        let headers =
            Headers::from_iter([("Content-Type", "application/json"), ("X-Valify-Api-Key", config.api_key())]);
        HttpRequest {
            method: String::from("POST"),
            url: format!("{}{PATH}?lang={}", config.base_url(), self.lang),
            headers,
            body: self.body().into_bytes(),
            timeout_ms,
            max_response_bytes: config.options().max_response_bytes,
        }
    }

    fn body(&self) -> String {
        let expires_at = time::format(self.expires_at);
        let fields = [
            ("return_url", Some(self.return_url.as_str())),
            ("reference_id", Some(&self.reference_id)),
            ("expires_at", Some(&expires_at)),
            ("flow", self.flow.as_deref()),
        ];
        let mut body = String::from("{");
        for (name, value) in fields.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            if body.len() > 1 {
                body.push(',');
            }
            write_string(&mut body, name);
            body.push(':');
            write_string(&mut body, value);
        }
        body.push('}');
        body
    }
}

/// Reads a `return_url` by the rules that hold for every scheme.
pub(crate) fn parse_return_url(url: &str) -> Result<Uri<&str>, Error> {
    let refuse = |rule: &str| Err(Error::request("return_url", rule));
    if url.len() > uri::MAX_BYTES {
        return refuse("must be at most 2048 bytes");
    }
    let Some(parsed) = uri::parse(url) else {
        return refuse("must be an absolute URL of RFC 3986 characters: encode spaces and everything outside ASCII");
    };
    let authority = parsed.authority();
    if authority.is_some_and(|authority| authority.userinfo().is_some()) {
        return refuse("must have no user info before the host");
    }
    if authority.is_some_and(|authority| !uri::has_valid_port(&authority)) {
        return refuse("must have a port from 1 to 65535");
    }
    Ok(parsed)
}

fn check_return_url(url: &str, further_schemes: &[String]) -> Result<(), Error> {
    let refuse = |rule: &str| Err(Error::request("return_url", rule));
    let parsed = parse_return_url(url)?;
    let scheme = parsed.scheme().as_str();
    let authority = parsed.authority();
    let has_host = authority.is_some_and(|authority| !authority.host().is_empty());
    if scheme.eq_ignore_ascii_case("https") {
        return if has_host { Ok(()) } else { refuse("must have a host") };
    }
    if scheme.eq_ignore_ascii_case("http") {
        let loopback = authority.is_some_and(|authority| uri::is_loopback(&authority));
        return if loopback { Ok(()) } else { refuse("must be https; http is for loopback hosts alone") };
    }
    if further_schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)) {
        return Ok(());
    }
    refuse("must be https, or a scheme listed in return_schemes")
}

pub(crate) fn check_reference_id(reference: &str) -> Result<(), Error> {
    let refuse = |rule: &str| Err(Error::request("reference_id", rule));
    if reference.is_empty() || reference.len() > MAX_REFERENCE_BYTES {
        return refuse("must be 1 to 256 bytes of UTF-8");
    }
    if reference.trim() != reference {
        return refuse("must have no white space at its ends");
    }
    // General category Cc: C0, DEL and C1.
    if reference.chars().any(char::is_control) {
        return refuse("must have no control characters");
    }
    Ok(())
}

/// Rounds an expiry to the millisecond and checks that it lies in the future.
pub(crate) fn check_expires_at(expires_at: Instant, now: Instant) -> Result<Instant, Error> {
    let refuse = |rule: &str| Error::request("expires_at", rule);
    let expires_at = time::to_millisecond(expires_at).ok_or_else(|| refuse("must have a year of four digits"))?;
    if expires_at > now { Ok(expires_at) } else { Err(refuse("must lie in the future")) }
}

pub(crate) fn check_flow(mut flow: String) -> Result<String, Error> {
    let lengths = flow.split('-').map(str::len);
    let digits = flow.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !digits || !lengths.eq([8, 4, 4, 4, 12]) {
        return Err(Error::request("flow", "must be a UUID: 8-4-4-4-12 hexadecimal digits without braces"));
    }
    flow.make_ascii_lowercase();
    Ok(flow)
}
