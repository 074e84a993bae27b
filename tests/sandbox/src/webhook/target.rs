//! Where a webhook may go: this machine, or a name that was allowed by hand, and never the sandbox itself.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

use fluent_uri::Uri;

/// A webhook's URL, taken apart once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    url: String,
    host: String,
    port: u16,
    path_and_query: String,
}

/// Why a URL cannot be a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no http URL.
    #[error("a webhook URL must be an absolute http:// URL without user info or fragment")]
    NotHttp,
    /// It would leave the machine.
    #[error("webhooks go to loopback addresses only; name any other host with --webhook-host")]
    NotLoopback,
    /// It would come back here.
    #[error("a webhook must not call the sandbox itself")]
    Itself,
    /// Its name means nothing here.
    #[error("the webhook's host name could not be resolved")]
    Unresolved,
}

impl Target {
    /// Reads a URL. `allowed` are the host names of `--webhook-host`.
    pub fn parse(url: &str, allowed: &[String]) -> Result<Self, TargetError> {
        let uri = Uri::parse(url).map_err(|_| TargetError::NotHttp)?;
        let authority = uri.authority().ok_or(TargetError::NotHttp)?;
        if !uri.scheme().as_str().eq_ignore_ascii_case("http")
            || authority.userinfo().is_some()
            || uri.fragment().is_some()
        {
            return Err(TargetError::NotHttp);
        }
        let host = authority.host().to_ascii_lowercase();
        let port = match authority.port().map(fluent_uri::pct_enc::EStr::as_str) {
            None | Some("") => 80,
            Some(port) => port.parse().ok().filter(|port| *port != 0).ok_or(TargetError::NotHttp)?,
        };
        if host.is_empty() {
            return Err(TargetError::NotHttp);
        }
        if !is_local_name(&host) && !allowed.contains(&host) {
            return Err(TargetError::NotLoopback);
        }
        let path = if uri.path().as_str().is_empty() { "/" } else { uri.path().as_str() };
        let path_and_query = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        Ok(Self { url: url.to_owned(), host, port, path_and_query })
    }

    /// Resolves the name once, so that what was checked is what is connected to. `own` is the sandbox's own address.
    pub(crate) async fn resolve(&self, allowed: &[String], own: SocketAddr) -> Result<Vec<SocketAddr>, TargetError> {
        let name = self.host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<_> =
            tokio::net::lookup_host((name, self.port)).await.map_err(|_| TargetError::Unresolved)?.collect();
        if found.is_empty() {
            return Err(TargetError::Unresolved);
        }
        if !allowed.contains(&self.host) && !found.iter().all(|address| is_loopback(address.ip())) {
            return Err(TargetError::NotLoopback);
        }
        if found.iter().any(|address| is_itself(*address, own)) {
            return Err(TargetError::Itself);
        }
        Ok(found)
    }

    /// Another path and query on the same host, for a secret that travels in the URL.
    pub(crate) fn with_path_and_query(&self, path_and_query: &str) -> Self {
        let url = format!("http://{}:{}{path_and_query}", self.host, self.port);
        Self { url, path_and_query: path_and_query.to_owned(), ..self.clone() }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn host_header(&self) -> String {
        if self.port == 80 { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    pub(crate) fn path_and_query(&self) -> &str {
        &self.path_and_query
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

fn is_local_name(host: &str) -> bool {
    host == "localhost" || host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(is_loopback)
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

fn is_itself(address: SocketAddr, own: SocketAddr) -> bool {
    // A sandbox that listens on all addresses is reached by every one of this machine's.
    address.port() == own.port() && (own.ip().is_unspecified() || is_loopback(address.ip()) || address.ip() == own.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Target, TargetError> {
        Target::parse(url, &["hooks.test".to_owned()])
    }

    #[test]
    fn only_this_machine_and_named_hosts_are_targets() {
        for good in [
            "http://127.0.0.1:9/x?y=1",
            "http://localhost/",
            "http://[::1]:9",
            "http://127.9.9.9",
            "http://hooks.test:80/a",
        ] {
            assert!(parse(good).is_ok(), "{good}");
        }
        for far in [
            "http://example.com/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest",
            "http://0.0.0.0/",
            "http://2130706433/",
        ] {
            assert_eq!(parse(far), Err(TargetError::NotLoopback), "{far}");
        }
        for odd in [
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
            "http://a@127.0.0.1/",
            "//127.0.0.1/",
            "http://127.0.0.1/#x",
            "http://127.0.0.1:0/",
            "http:///x",
        ] {
            assert_eq!(parse(odd), Err(TargetError::NotHttp), "{odd}");
        }
    }

    #[test]
    fn the_sandbox_itself_is_recognised_by_any_of_its_addresses() {
        let address = |text: &str| text.parse::<SocketAddr>().unwrap();
        assert!(is_itself(address("127.0.0.1:8484"), address("127.0.0.1:8484")));
        assert!(is_itself(address("[::1]:8484"), address("0.0.0.0:8484")));
        assert!(is_itself(address("10.0.0.7:8484"), address("0.0.0.0:8484")));
        assert!(!is_itself(address("127.0.0.1:8485"), address("127.0.0.1:8484")));
    }
}
