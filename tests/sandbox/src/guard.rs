//! What keeps the sandbox safe beside a browser: which Host it answers to, who may write, and the headers of every answer.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, Request, header},
    response::Response,
};

use crate::text;

/// The names it may be called by: loopback ones, and those allowed by hand. A page elsewhere whose name was made to point here is
/// recognised by its name.
#[derive(Debug)]
pub(crate) struct Hosts {
    allowed: Vec<String>,
}

impl Hosts {
    /// `allowed` are names without a port, or with one that must then match.
    pub(crate) fn new(allowed: &[String]) -> Self {
        Self { allowed: allowed.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// The Host that a request came to, in lower case, if it is one of ours. Given twice, or differently in the target, it is not.
    pub(crate) fn accept<B>(&self, request: &Request<B>) -> Option<String> {
        let mut lines = request.headers().get_all(header::HOST).iter();
        let host = lines.next()?.to_str().ok()?.to_ascii_lowercase();
        if lines.next().is_some()
            || request.uri().authority().is_some_and(|other| !other.as_str().eq_ignore_ascii_case(&host))
        {
            return None;
        }
        let (name, port) = split_port(&host)?;
        let is_ours = is_loopback_name(name) || self.allowed.iter().any(|one| one == name || *one == host);
        (is_ours && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port != 0))).then_some(host)
    }
}

fn split_port(host: &str) -> Option<(&str, Option<&str>)> {
    if host.starts_with('[') {
        let end = host.find(']')? + 1;
        let rest = &host[end..];
        return match rest.strip_prefix(':') {
            Some(port) => Some((&host[..end], Some(port))),
            None => rest.is_empty().then_some((&host[..end], None)),
        };
    }
    match host.split_once(':') {
        Some((name, port)) => Some((name, Some(port))),
        None => Some((host, None)),
    }
}

fn is_loopback_name(name: &str) -> bool {
    name == "localhost"
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Whether a request was sent by a page of another origin, as far as the browser says so. Clients that are no browsers say nothing.
pub(crate) fn is_foreign(headers: &HeaderMap, host: &str) -> bool {
    let same = |origin: &str| {
        origin
            .split_once("://")
            .is_some_and(|(scheme, rest)| matches!(scheme, "http" | "https") && rest.eq_ignore_ascii_case(host))
    };
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let foreign_origin = origins.any(|origin| !origin.to_str().is_ok_and(same));
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    foreign_origin || site.is_some_and(|site| !matches!(site, b"same-origin" | b"none"))
}

/// Whether the request's body claims to be JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(Ok(one)), None) = (types.next().map(HeaderValue::to_str), types.next()) else { return false };
    one.split(';').next().is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// Everything that a page may do: load its own style, script and pictures, and talk to its own server. Nobody may frame it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; connect-src 'self'; \
     base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
/// The same for a page whose form ends the session: browsers apply `form-action` to every redirect that follows, and where the
/// integrator redirects to is not ours to bound.
const POLICY_OF_LAST_STEP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; \
     connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Marks an answer whose form ends the session.
#[derive(Clone, Copy)]
pub(crate) struct LastStep;

/// Adds what every answer carries.
pub(crate) fn protect(response: &mut Response) {
    let policy = if response.extensions().get::<LastStep>().is_some() { POLICY_OF_LAST_STEP } else { POLICY };
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Not no-referrer: with that, browsers send `Origin: null` with our own forms.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
    ];
    let headers = response.headers_mut();
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The answer to a Host that is not ours.
pub(crate) fn misdirected() -> Response {
    text::message(421, "this sandbox answers to loopback names only; allow another with --allow-host NAME")
}
