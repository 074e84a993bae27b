//! One POST over ureq, under the rules that the core asks of every transport.

use std::{io::ErrorKind, time::Duration};

use ureq::{Agent, ResponseExt as _};
use valify_link_core::{Headers, HttpRequest, HttpResponse, TransportFailure};

/// Sends the request once: on a fresh connection, without redirects, cookies, proxies or credentials from elsewhere, and with the
/// answer's body capped while it is read.
pub fn send(request: &HttpRequest) -> Result<HttpResponse, TransportFailure> {
    // An agent per POST has no pool, so that no stale connection can make the client send it twice.
    let agent: Agent = Agent::config_builder()
        .timeout_global(Some(Duration::from_millis(request.timeout_ms.unsigned_abs())))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_idle_connections(0)
        .proxy(None)
        .build()
        .into();
    let mut builder = agent.post(&request.url);
    for (name, value) in request.headers.iter() {
        builder = builder.header(name, value);
    }
    let response = builder.send(request.body.as_slice()).map_err(|error| failure(&error))?;
    let status = i32::from(response.status().as_u16());
    let headers: Headers = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let final_url = response.get_uri().to_string();
    let limit = request.max_response_bytes.unsigned_abs();
    let body = response.into_body().into_with_config().limit(limit).read_to_vec();
    let body = body.map_err(|_| TransportFailure::MaybeSent)?;
    Ok(HttpResponse { status, headers, body, final_url })
}

/// Claims that nothing was sent only where the tests prove it: where nobody listens. A name that is not found is told apart from other
/// failures by no stable sign in this client, so it counts as maybe sent.
fn failure(error: &ureq::Error) -> TransportFailure {
    match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => TransportFailure::NotSent,
        _ => TransportFailure::MaybeSent,
    }
}
