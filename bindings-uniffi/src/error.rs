//! The core's errors as the one error that everything here throws.

use core::fmt;

use core_api::{Error, ErrorKind, Next};

/// What every function throws. One variant, since a host's own classes go by the kind.
#[derive(uniffi::Error)]
pub(crate) enum CoreError {
    /// The core has refused something, or says how a call for a link ended.
    Refused {
        /// Everything about it.
        error: ErrorDetails,
    },
}

/// An error of the core, with what follows from its kind.
#[derive(Clone, uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct ErrorDetails {
    /// What went wrong, from a closed set.
    pub(crate) kind: ErrorKind,
    /// The host's class over this kind, without the host's suffix.
    pub(crate) category: String,
    /// What the caller does now.
    pub(crate) next: Next,
    /// The status with which an adapter answers a delivery, its body empty.
    pub(crate) delivery_status: i32,
    /// One readable line with everything but the reference.
    pub(crate) text: String,
    /// What was wrong and what to do, in English. For people: no program should read it.
    pub(crate) detail: String,
    /// The `snake_case` path of the refused field inside its own document; empty for the document itself.
    pub(crate) field: Option<String>,
    /// The HTTP status of the last answer, where there was one.
    pub(crate) status: Option<i32>,
    /// Valify's `error_code`, as text and as received.
    pub(crate) code: Option<String>,
    /// How long the service asked to wait, in milliseconds.
    pub(crate) retry_after_ms: Option<i64>,
    /// The reference of the request that the error is about. Hidden in every text rendering.
    pub(crate) reference_id: Option<String>,
}

impl From<Error> for CoreError {
    fn from(error: Error) -> Self {
        let error = ErrorDetails {
            kind: error.kind,
            category: error.kind.class().to_owned(),
            next: error.next(),
            delivery_status: error.kind.delivery_status(),
            text: error.to_string(),
            detail: error.detail,
            field: error.field,
            status: error.status,
            code: error.code,
            retry_after_ms: error.retry_after_ms,
            reference_id: error.reference_id,
        };
        Self::Refused { error }
    }
}

impl fmt::Display for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Refused { error } = self;
        f.write_str(&error.text)
    }
}

impl fmt::Debug for CoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Refused { error } = self;
        fmt::Debug::fmt(error, f)
    }
}

impl std::error::Error for CoreError {}

impl fmt::Debug for ErrorDetails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}; next: {})", self.text, self.next)
    }
}

/// What every function returns.
pub(crate) type Outcome<T> = Result<T, CoreError>;

/// An error of the core for what a host refuses before it reaches the core. The detail says the rule and never the value.
#[uniffi::export]
pub(crate) fn refusal(kind: ErrorKind, field: Option<String>, detail: String) -> Outcome<ErrorDetails> {
    let CoreError::Refused { error } = Error::refused(kind, field.as_deref(), detail).into();
    Ok(error)
}
