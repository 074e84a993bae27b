//! The address that carries a state, cut by hand: what others append to it need not be well-formed.

use alloc::{format, string::String};

use super::{Placement, Token};
use crate::{error::Error, link::parse_return_url, uri};

/// An absolute address in its parts; joined again they are the same text.
pub(super) struct Address<'a> {
    scheme: &'a str,
    /// Absent where no `//` follows the scheme, as in `app:back`.
    authority: Option<&'a str>,
    path: &'a str,
    /// With its question mark, or empty.
    query: &'a str,
    /// With its number sign, or empty.
    fragment: &'a str,
}

/// Where a state belongs: the origin and path that its MAC covers.
pub(super) struct Place<'a> {
    pub(super) origin: String,
    pub(super) path: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn of(address: &Address<'a>, path: &'a str) -> Self {
        Self { origin: address.origin(), path }
    }
}

impl<'a> Address<'a> {
    /// Cuts an absolute address. `None` where it is not one, or has http or https and no host.
    pub(super) fn split(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        let (rest, fragment) = cut(rest, '#');
        let (rest, query) = cut(rest, '?');
        let (authority, path) = match rest.strip_prefix("//").map(|rest| cut(rest, '/')) {
            Some((authority, path)) => (Some(authority), path),
            None => (None, rest),
        };
        let address = Self { scheme, authority, path, query, fragment };
        let has_host = !address.is_web() || authority.is_some_and(|authority| !authority.is_empty());
        (is_scheme && has_host).then_some(address)
    }

    /// Cuts a `return_url`, if it is one that a browser hands back as it was.
    pub(super) fn to_return_to(url: &'a str) -> Result<Self, Error> {
        let refuse = |rule: &str| Error::request("return_url", rule);
        let parsed = parse_return_url(url)?;
        let address = Self::split(url).ok_or_else(|| refuse("must have a host"))?;
        let host = parsed.authority().map(|authority| authority.host().to_ascii_lowercase()).unwrap_or_default();
        if address.is_web() && !uri::is_normal_host(&host) {
            return Err(refuse("must have a host in normal form: a browser would come back to another spelling of it"));
        }
        if address.path.split('/').any(is_dot_segment) {
            return Err(refuse("must have no dot segments: a browser would come back to another path"));
        }
        Ok(address)
    }

    fn is_web(&self) -> bool {
        self.scheme.eq_ignore_ascii_case("https") || self.scheme.eq_ignore_ascii_case("http")
    }

    /// Scheme and authority, the same for every spelling that browsers take for one origin. What an app's own scheme means by its
    /// authority is not known here, so that it stays as it is.
    fn origin(&self) -> String {
        let scheme = self.scheme.to_ascii_lowercase();
        match self.authority {
            None => format!("{scheme}:"),
            Some(authority) if self.is_web() => {
                let own_port = if scheme == "https" { ":443" } else { ":80" };
                let authority = authority.strip_suffix(own_port).or(authority.strip_suffix(':')).unwrap_or(authority);
                format!("{scheme}://{}", authority.to_ascii_lowercase())
            }
            Some(authority) => format!("{scheme}://{authority}"),
        }
    }

    /// The path that a state issued for this address belongs to.
    pub(super) fn path_to_seal(&self, placement: Placement) -> &'a str {
        match placement {
            Placement::Query if self.path.is_empty() && self.is_web() => "/",
            Placement::Query => self.path,
            Placement::Path => self.path_without_slash(),
        }
    }

    /// The path that the state in this address has to belong to.
    pub(super) fn path_of_state(&self, placement: Placement) -> &'a str {
        match placement {
            Placement::Query => self.path_to_seal(placement),
            Placement::Path => self.path.rsplit_once('/').map_or(self.path, |(base, _)| base),
        }
    }

    /// A segment takes the place of the empty one after a last slash.
    fn path_without_slash(&self) -> &'a str {
        self.path.strip_suffix('/').unwrap_or(self.path)
    }

    /// Whether the address carries a state before one is put in.
    pub(super) fn carries_state(&self, placement: Placement, parameter: &str) -> bool {
        match placement {
            Placement::Query => self.parameters(parameter).next().is_some(),
            Placement::Path => self.path.split('/').any(is_whole_state),
        }
    }

    /// The values of a parameter, or `None` for one whose name is not written plainly.
    pub(super) fn parameters(&self, name: &str) -> impl Iterator<Item = Option<&'a str>> {
        let parameters = self.query.strip_prefix('?').unwrap_or_default().split('&');
        parameters.filter_map(move |parameter| {
            let (found, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            uri::decodes_to(found, name).then(|| (found == name).then_some(value))
        })
    }

    /// The last segment if it looks like a state, and then every whole one that stands before it.
    pub(super) fn segments(&self) -> impl Iterator<Item = Option<&'a str>> {
        let at_its_place = self.path.rsplit_once('/').filter(|(_, last)| looks_like_state(last));
        at_its_place.into_iter().flat_map(|(base, last)| {
            core::iter::once(last).chain(base.split('/').filter(|segment| is_whole_state(segment))).map(Some)
        })
    }

    pub(super) fn with_parameter(&self, name: &str, state: &str) -> String {
        let query = match self.query {
            "" | "?" => String::from("?"),
            query => format!("{query}&"),
        };
        format!("{}{}{query}{name}={state}{}", self.head(), self.path, self.fragment)
    }

    pub(super) fn with_segment(&self, state: &str) -> String {
        format!("{}{}/{state}{}{}", self.head(), self.path_without_slash(), self.query, self.fragment)
    }

    fn head(&self) -> String {
        match self.authority {
            None => format!("{}:", self.scheme),
            Some(authority) => format!("{}://{authority}", self.scheme),
        }
    }
}

/// Cuts a text before the first `mark`.
fn cut(text: &str, mark: char) -> (&str, &str) {
    text.find(mark).and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

/// Browsers resolve dot segments, percent-encoded ones included.
fn is_dot_segment(segment: &str) -> bool {
    matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..")
}

/// A version and a dot; a page of one's own that is named so reads as a malformed state, where it would else be a missing one.
fn looks_like_state(segment: &str) -> bool {
    let version = segment.split_once('.').map(|(version, _)| version).unwrap_or_default();
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_whole_state(segment: &str) -> bool {
    Token::read(segment).is_some()
}
