//! The machine: one call for a link, over as many attempts as the retry rules allow.

use alloc::string::String;
use core::{fmt, time::Duration};

use super::{
    request::{CheckedRequest, LinkRequest},
    response::{self, Link},
    retry::{Backoff, retry_after_ms},
};
use crate::{
    config::{Config, milliseconds},
    error::{Error, ErrorKind},
    http::{HttpRequest, HttpResponse, TransportFailure},
    time::Instant,
};

/// What a host tells the machine.
#[derive(Clone, Debug)]
pub enum Input {
    /// Begin. Once, and first.
    Start,
    /// The transport brought an answer, read whole.
    Response(HttpResponse),
    /// The transport failed.
    Failure(TransportFailure),
    /// The delay of [`Step::Wait`] has passed.
    Waited,
}

/// What the machine tells a host.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this, then come back with [`Input::Response`] or [`Input::Failure`].
    Send(HttpRequest),
    /// Sleep, then come back with [`Input::Waited`].
    Wait(Duration),
    /// The link. The call has ended.
    Done(Link),
}

/// One call for a link, without its I/O: a host sends, waits and feeds back until [`Step::Done`] or an error.
///
/// Deterministic: the same configuration, request, seed, inputs and times give the same steps in every host.
///
/// Sent again are, by default, only what has not left the machine and 429. After an attempt whose outcome nobody knows, every end
/// of the call but a link is `outcome_unknown`.
#[derive(Clone)]
pub struct CreateLink {
    config: Config,
    request: CheckedRequest,
    timeout_ms: i64,
    state: State,
    deadline: Option<Instant>,
    retries_left: i64,
    backoff: Backoff,
    /// An attempt may have been processed.
    unknown: bool,
    /// The status of the last answer.
    status: Option<i32>,
    /// How long the last 429 asked to wait.
    limited: Option<Limited>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Sent,
    Waiting,
    Ended,
}

/// A 429 was the last answer, with what its `Retry-After` said.
#[derive(Clone, Copy)]
struct Limited {
    retry_after_ms: Option<i64>,
}

impl CreateLink {
    /// Checks the request: an error here has cost no I/O. `seed` is 64 random bits, for the jitter of the back-off alone.
    pub fn new(config: &Config, request: LinkRequest, now: Instant, seed: u64) -> Result<Self, Error> {
        let options = config.options();
        Ok(Self {
            request: CheckedRequest::new(config, request, now)?,
            timeout_ms: options.timeout_ms,
            state: State::New,
            deadline: None,
            retries_left: options.max_retries,
            backoff: Backoff::new(seed, options.backoff_cap_ms),
            unknown: false,
            status: None,
            limited: None,
            config: config.clone(),
        })
    }

    /// Another timeout for each attempt of this call, in milliseconds from 1 to 3,600,000. The deadline stays.
    pub fn timeout_ms(mut self, timeout_ms: i64) -> Result<Self, Error> {
        if !(1..=3_600_000).contains(&timeout_ms) {
            return Err(self.about(Error::request("timeout_ms", "must be from 1 to 3600000")));
        }
        self.timeout_ms = timeout_ms;
        Ok(self)
    }

    /// The request of this call, for those who want no loop.
    pub fn request(&self) -> HttpRequest {
        self.request.to_http(&self.config, self.timeout_ms)
    }

    /// What one answer to [`CreateLink::request`] means, for those who want no loop. No retry rule is applied.
    pub fn parse(&self, response: &HttpResponse, now: Instant) -> Result<Link, Error> {
        response::parse(&self.config, &self.request, &self.request(), response)
            .map_err(|error| self.about(with_retry_after(error, response, now)))
    }

    /// The reference of the request.
    pub fn reference_id(&self) -> &str {
        &self.request.reference_id
    }

    /// One input, one step. An input out of order is `misuse` and changes nothing.
    pub fn advance(&mut self, input: Input, now: Instant) -> Result<Step, Error> {
        match (self.state, input) {
            (State::New, Input::Start) => {
                let deadline = chrono::Duration::try_milliseconds(self.config.options().deadline_ms);
                self.deadline = deadline.and_then(|deadline| now.checked_add_signed(deadline));
                Ok(self.send(now))
            }
            (State::Waiting, Input::Waited) => {
                if self.remaining_ms(now) > 0 {
                    Ok(self.send(now))
                } else {
                    Err(self.end(Error::new(ErrorKind::NotSent, "the deadline has passed and nothing has been sent")))
                }
            }
            (State::Sent, Input::Response(response)) => self.answered(&response, now),
            (State::Sent, Input::Failure(TransportFailure::NotSent)) => self.not_sent(now),
            (State::Sent, Input::Failure(TransportFailure::MaybeSent)) => self.maybe_sent(now),
            (State::Ended, _) => Err(self.about(Error::misuse("this call has ended: make a new one"))),
            _ => Err(self.about(Error::misuse("this input does not answer the last step"))),
        }
    }

    fn answered(&mut self, response: &HttpResponse, now: Instant) -> Result<Step, Error> {
        let error = match self.parse(response, now) {
            Ok(link) => {
                self.state = State::Ended;
                return Ok(Step::Done(link));
            }
            Err(error) => error,
        };
        self.status = error.status;
        match error.kind {
            ErrorKind::RateLimited if !self.unknown => {
                self.limited = Some(Limited { retry_after_ms: error.retry_after_ms });
                self.again(error.retry_after_ms, now).ok_or_else(|| self.end(error))
            }
            ErrorKind::ServerError if self.config.options().resend_when_unknown => {
                let again = self.again(error.retry_after_ms, now);
                if again.is_some() {
                    self.unknown = true;
                }
                again.ok_or_else(|| self.end(error))
            }
            _ => Err(self.end(error)),
        }
    }

    fn not_sent(&mut self, now: Instant) -> Result<Step, Error> {
        let detail = "nothing has left this machine: the connection could not be made";
        self.again(None, now).ok_or_else(|| self.end(Error::new(ErrorKind::NotSent, detail)))
    }

    fn maybe_sent(&mut self, now: Instant) -> Result<Step, Error> {
        self.unknown = true;
        let again = if self.config.options().resend_when_unknown { self.again(None, now) } else { None };
        again.ok_or_else(|| self.end(Error::new(ErrorKind::OutcomeUnknown, OUTCOME_UNKNOWN)))
    }

    /// Waits for another attempt if one is left and begins before the deadline.
    fn again(&mut self, retry_after_ms: Option<i64>, now: Instant) -> Option<Step> {
        if self.retries_left <= 0 {
            return None;
        }
        let delay_ms = match retry_after_ms {
            Some(asked) if asked > self.config.options().retry_after_cap_ms => return None,
            Some(asked) => asked,
            None => self.backoff.next_ms(),
        };
        if delay_ms >= self.remaining_ms(now) {
            return None;
        }
        self.retries_left = self.retries_left.saturating_sub(1);
        self.state = State::Waiting;
        Some(Step::Wait(milliseconds(delay_ms)))
    }

    fn send(&mut self, now: Instant) -> Step {
        self.state = State::Sent;
        let timeout_ms = self.timeout_ms.min(self.remaining_ms(now));
        Step::Send(self.request.to_http(&self.config, timeout_ms))
    }

    /// What is left until the deadline. A clock that was set back does not lengthen it beyond the whole.
    fn remaining_ms(&self, now: Instant) -> i64 {
        let whole = self.config.options().deadline_ms;
        self.deadline.map_or(whole, |deadline| deadline.signed_duration_since(now).num_milliseconds().min(whole))
    }

    /// Ends the call. What an earlier attempt left open outweighs what the last one said.
    fn end(&mut self, error: Error) -> Error {
        self.state = State::Ended;
        let error = if self.unknown && error.kind != ErrorKind::OutcomeUnknown {
            Error { status: self.status, ..Error::new(ErrorKind::OutcomeUnknown, OUTCOME_UNKNOWN) }
        } else {
            match self.limited {
                // Something has left this machine and was answered: that is what the caller must know.
                Some(limited) if error.kind == ErrorKind::NotSent => Error {
                    status: self.status,
                    retry_after_ms: limited.retry_after_ms,
                    ..Error::new(ErrorKind::RateLimited, "too many requests, and the next attempt could not be made")
                },
                _ => Error { status: error.status.or(self.status), ..error },
            }
        };
        self.about(error)
    }

    fn about(&self, error: Error) -> Error {
        Error { reference_id: Some(String::from(self.reference_id())), ..error }
    }
}

const OUTCOME_UNKNOWN: &str = "the request may have been processed: keep the record as requested, show no link, and make a new attempt only on purpose";

/// Only where the service asks to come back later does the header mean anything.
fn with_retry_after(error: Error, response: &HttpResponse, now: Instant) -> Error {
    match error.kind {
        ErrorKind::RateLimited | ErrorKind::ServerError => {
            Error { retry_after_ms: retry_after_ms(&response.headers, now), ..error }
        }
        _ => error,
    }
}

impl fmt::Debug for CreateLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreateLink").field("config", &self.config).finish_non_exhaustive()
    }
}
