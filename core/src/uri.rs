//! The few questions about addresses that rules ask, over an RFC 3986 parser.

use alloc::string::String;
use core::net::{Ipv4Addr, Ipv6Addr};

use fluent_uri::{
    Uri,
    component::{Authority, Host},
    pct_enc::{EStr, encoder::Query},
};

/// The longest `return_url` and base URL, in bytes.
pub(crate) const MAX_BYTES: usize = 2048;

/// Whether a host is this machine by its very text: `localhost`, `127.0.0.0/8` or `[::1]`. No other name is trusted to be.
pub(crate) fn is_loopback(authority: &Authority<'_>) -> bool {
    match authority.host_parsed() {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address == Ipv6Addr::LOCALHOST,
        Host::RegName(name) => name.as_str().eq_ignore_ascii_case("localhost"),
        Host::IpvFuture { .. } => false,
    }
}

/// Whether the port is absent or a number from 1 to 65535.
pub(crate) fn has_valid_port(authority: &Authority<'_>) -> bool {
    authority.port().is_none_or(|port| port.as_str().parse::<u16>().is_ok_and(|port| port != 0))
}

/// Whether a host reads the same to every URL parser: lower case, no percent-encoding, no number in disguise, no empty label.
///
/// Of a label in Punycode only IDNA's tables could tell whether there can be such a name. Where there cannot, a parser that has them refuses
/// it: it still leads nowhere else.
pub(crate) fn is_normal_host(host: &str) -> bool {
    if let Some(inside) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inside.parse::<Ipv6Addr>().is_ok_and(|address| {
            address.to_ipv4_mapped().is_none() && alloc::string::ToString::to_string(&address) == inside
        });
    }
    let plain = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    // What browsers take for an IPv4 address: a last label of digits, or of 0x and hexadecimal digits.
    let numeric = last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x");
    host.split('.').all(plain) && (!numeric || host.parse::<Ipv4Addr>().is_ok())
}

/// Reads an RFC 3986 URI.
pub(crate) fn parse(text: &str) -> Option<Uri<&str>> {
    Uri::parse(text).ok()
}

/// Whether a query parameter's name reads so once percent-decoded.
pub(crate) fn decodes_to(name: &str, plain: &str) -> bool {
    let encoded = EStr::<Query>::new(name);
    encoded.is_some_and(|name| name.decode().to_bytes().as_ref() == plain.as_bytes())
}

/// Why an origin is not in its normal form.
pub(crate) struct NotNormal(pub(crate) &'static str);

/// An http or https origin in its normal form.
pub(crate) struct Origin {
    /// `scheme://host[:port]`, byte for byte as it was given.
    pub(crate) text: String,
    /// `host` or `[v6]`.
    pub(crate) host: String,
    /// `host:port`, where a port is given.
    pub(crate) host_and_port: String,
    pub(crate) is_https: bool,
    pub(crate) is_loopback: bool,
}

impl Origin {
    /// Takes the origin off the front of an http or https URL and gives what follows it.
    pub(crate) fn split(text: &str) -> Result<(Self, &str), NotNormal> {
        let refuse = |rule| Err(NotNormal(rule));
        let (is_https, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return refuse("must begin with https:// or http://, in lower case"),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let Some(uri) = text.strip_suffix(after).and_then(parse) else {
            return refuse("must be an RFC 3986 URL");
        };
        let Some(parsed) = uri.authority() else { return refuse("must have a host") };
        if parsed.userinfo().is_some() {
            return refuse("must have no user info");
        }
        if !is_normal_host(parsed.host()) {
            return refuse("must have a host in lower case and normal form");
        }
        let port = parsed.port().map(EStr::as_str);
        let default = if is_https { "443" } else { "80" };
        if port.is_some_and(|port| port.is_empty() || port.starts_with('0') || port == default)
            || !has_valid_port(&parsed)
        {
            return refuse("must have a port from 1 to 65535, left out where it is the scheme's own");
        }
        let origin = Self {
            text: text.strip_suffix(after).unwrap_or(text).into(),
            host: parsed.host().into(),
            host_and_port: authority.into(),
            is_https,
            is_loopback: is_loopback(&parsed),
        };
        Ok((origin, after))
    }
}
