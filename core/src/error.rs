//! The one error model of every host: what went wrong ([`ErrorKind`]), where, and what the caller does now ([`Next`]).
//!
//! An [`Error`] never carries a secret or an exception of the host, and its texts are written here. What it holds of others' values stands in
//! fields of its own: the service's `code`, and the caller's `reference_id`.

use alloc::string::String;
use core::fmt;

/// Everything that can go wrong, as one value.
///
/// `Display` and `Debug` hide `reference_id` and show `code` only where it looks like a code.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Error {
    /// What went wrong, from a closed set.
    pub kind: ErrorKind,
    /// The `snake_case` path of the refused field inside its own document, such as `secrets[0].id`; empty for the document itself.
    pub field: Option<String>,
    /// The HTTP status of the last answer, where there was one. Signed, because unsigned numbers are awkward from Java.
    pub status: Option<i32>,
    /// Valify's `error_code`, as text and as received. Its values are not published: treat an unknown one as unknown.
    pub code: Option<String>,
    /// What was wrong and what to do, in English. For people: no program should read it.
    pub detail: String,
    /// How long the service asked to wait, in milliseconds.
    pub retry_after_ms: Option<i64>,
    /// The reference of the request that the error is about. Hidden in every text rendering.
    pub reference_id: Option<String>,
}

impl Error {
    /// An error with a kind and a text, and nothing else.
    pub(crate) fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            field: None,
            status: None,
            code: None,
            detail: detail.into(),
            retry_after_ms: None,
            reference_id: None,
        }
    }

    /// For hosts: refuses what cannot even be handed to the core (a parsed body, a naive date, a lone surrogate) by the same kinds.
    /// `detail` says the rule and never the value.
    pub fn refused(kind: ErrorKind, field: Option<&str>, detail: impl Into<String>) -> Self {
        Self { field: field.map(String::from), ..Self::new(kind, detail) }
    }

    /// A refused field of a configuration document: which one, and the rule that it breaks.
    pub(crate) fn config(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(ErrorKind::InvalidConfig, rule) }
    }

    /// A refused field of a request: which one, and the rule that it breaks.
    pub(crate) fn request(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..Self::new(ErrorKind::InvalidRequest, rule) }
    }

    /// A call that the API does not allow at this point.
    pub(crate) fn misuse(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Misuse, detail)
    }

    /// What the caller does now; a function of the kind alone.
    pub fn next(&self) -> Next {
        self.kind.next()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        match self.field.as_deref() {
            Some("") => f.write_str(" at the top level")?,
            Some(field) => write!(f, " at {field}")?,
            None => {}
        }
        if let Some(status) = self.status {
            write!(f, " (status {status})")?;
        }
        if let Some(code) = self.code.as_deref().filter(|code| looks_like_a_code(code)) {
            write!(f, " (code {code})")?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({self}; next: {})", self.next().as_str())
    }
}

/// Whether an outside code is short and plain enough to be printed: a log line must not become somebody else's text.
fn looks_like_a_code(code: &str) -> bool {
    (1..=16).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// Declares a closed set of names that every host spells the same way.
macro_rules! closed_set {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every member, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in every document, log and host.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The member of this exact name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use closed_set;

closed_set! {
    /// What went wrong. The set is closed: a program may match on all of it.
    ErrorKind {
        /// A configuration was refused at construction; `field` says where.
        InvalidConfig = "invalid_config",
        /// A request was refused before anything was sent; `field` says where.
        InvalidRequest = "invalid_request",
        /// The API was called in a way that it does not allow.
        Misuse = "misuse",
        /// Nothing has left this machine.
        NotSent = "not_sent",
        /// Valify answered 429.
        RateLimited = "rate_limited",
        /// The request may have been processed: nobody here can know.
        OutcomeUnknown = "outcome_unknown",
        /// Valify, or a proxy before it, answered 5xx: the request may have been processed.
        ServerError = "server_error",
        /// The answer says success and cannot be read.
        MalformedResponse = "malformed_response",
        /// The answer's link fails the check before a user is redirected.
        UnsafeLink = "unsafe_link",
        /// A status that the contract does not name: a session may exist.
        UnexpectedStatus = "unexpected_status",
        /// 400: missing or invalid input.
        BadRequest = "bad_request",
        /// 415: the media type was refused.
        UnsupportedMediaType = "unsupported_media_type",
        /// 404: the endpoint is wrong.
        NotFound = "not_found",
        /// 401: the key is invalid.
        Unauthorized = "unauthorized",
        /// 403: the credentials do not allow this.
        Forbidden = "forbidden",
        /// 422: Valify refused the request; `code` says why, where it is there.
        Rejected = "rejected",
        /// The answer came from, or points to, another place. The key was not sent on.
        Redirected = "redirected",
        /// The delivery carries no signature, or lacks the signed id.
        SignatureMissing = "signature_missing",
        /// The signature cannot be read as the configured scheme.
        SignatureMalformed = "signature_malformed",
        /// The signature is of another body or another secret.
        SignatureMismatch = "signature_mismatch",
        /// The delivery lacks the signed timestamp.
        TimestampMissing = "timestamp_missing",
        /// The timestamp cannot be read.
        TimestampMalformed = "timestamp_malformed",
        /// The signature is right and its timestamp is too far from now.
        TimestampOutOfTolerance = "timestamp_out_of_tolerance",
        /// The body is larger than the configured limit.
        BodyTooLarge = "body_too_large",
        /// The body has a content encoding: its signed bytes are not those that arrived.
        EncodedBody = "encoded_body",
        /// The return carries no state.
        StateMissing = "state_missing",
        /// The state of the return cannot be read.
        StateMalformed = "state_malformed",
        /// The state of the return was not made with one of the secrets.
        StateForged = "state_forged",
        /// The state of the return is too old.
        StateExpired = "state_expired",
        /// The state of the return is of another reference, origin or path.
        StateMismatch = "state_mismatch",
        /// What was to be added is about another attempt.
        RecordMismatch = "record_mismatch",
        /// A stored record cannot be read.
        RecordMalformed = "record_malformed",
        /// A stored record was written by a newer version.
        RecordNewer = "record_newer",
    }
}

impl ErrorKind {
    /// What the caller does now.
    pub const fn next(self) -> Next {
        use ErrorKind as K;
        match self {
            K::InvalidConfig
            | K::InvalidRequest
            | K::Misuse
            | K::BadRequest
            | K::UnsupportedMediaType
            | K::NotFound => Next::FixRequest,
            K::NotSent | K::RateLimited => Next::RetryLater,
            K::OutcomeUnknown | K::ServerError | K::MalformedResponse | K::UnsafeLink | K::UnexpectedStatus => {
                Next::DoNotResend
            }
            K::Unauthorized | K::Forbidden => Next::FixCredentials,
            K::Rejected | K::Redirected => Next::ContactValify,
            K::SignatureMissing
            | K::SignatureMalformed
            | K::SignatureMismatch
            | K::TimestampMissing
            | K::TimestampMalformed
            | K::TimestampOutOfTolerance
            | K::BodyTooLarge
            | K::EncodedBody => Next::RejectDelivery,
            K::StateMissing | K::StateMalformed | K::StateForged | K::StateExpired | K::StateMismatch => {
                Next::WaitForWebhook
            }
            K::RecordMismatch => Next::KeepDelivery,
            K::RecordMalformed | K::RecordNewer => Next::ReportBug,
        }
    }

    /// The status with which an adapter answers a delivery, its body empty: all failures of authentication look alike to the sender.
    pub const fn delivery_status(self) -> i32 {
        use ErrorKind as K;
        match self {
            K::SignatureMissing
            | K::SignatureMalformed
            | K::SignatureMismatch
            | K::TimestampMissing
            | K::TimestampMalformed
            | K::TimestampOutOfTolerance => 401,
            K::BodyTooLarge => 413,
            K::EncodedBody => 415,
            _ => 500,
        }
    }

    /// The host's class over this kind, without the host's suffix (`Error`, or `Exception` in Kotlin).
    pub const fn class(self) -> &'static str {
        use ErrorKind as K;
        match self {
            K::InvalidConfig => "Config",
            K::InvalidRequest => "InvalidRequest",
            K::Misuse => "Misuse",
            K::NotSent => "NotSent",
            K::RateLimited => "RateLimited",
            K::Rejected => "Rejected",
            K::OutcomeUnknown => "OutcomeUnknown",
            K::ServerError => "Server",
            K::BadRequest | K::NotFound | K::UnsupportedMediaType | K::UnexpectedStatus => "Api",
            K::Unauthorized | K::Forbidden => "Authentication",
            K::Redirected | K::MalformedResponse | K::UnsafeLink => "Response",
            K::SignatureMissing
            | K::SignatureMalformed
            | K::SignatureMismatch
            | K::TimestampMissing
            | K::TimestampMalformed
            | K::TimestampOutOfTolerance
            | K::BodyTooLarge
            | K::EncodedBody => "Signature",
            K::StateMissing | K::StateMalformed | K::StateForged | K::StateExpired | K::StateMismatch => "ReturnState",
            K::RecordMismatch | K::RecordMalformed | K::RecordNewer => "Record",
        }
    }
}

closed_set! {
    /// What the caller does now.
    Next {
        /// Correct the request or the configuration; sending the same again fails the same way.
        FixRequest = "fix_request",
        /// The same call may be made again later.
        RetryLater = "retry_later",
        /// Keep the record as requested and show no link: a session may exist. A new attempt only on purpose.
        DoNotResend = "do_not_resend",
        /// Correct the key.
        FixCredentials = "fix_credentials",
        /// Ask Valify: the account or the service must change.
        ContactValify = "contact_valify",
        /// Answer the delivery with the one empty refusal, and believe nothing of it.
        RejectDelivery = "reject_delivery",
        /// The return proves nothing: wait for the webhook, and never make a new link because of it.
        WaitForWebhook = "wait_for_webhook",
        /// Keep the delivery for a human.
        KeepDelivery = "keep_delivery",
        /// This should not happen: report it.
        ReportBug = "report_bug",
    }
}
