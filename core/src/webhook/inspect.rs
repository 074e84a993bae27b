//! What a delivery looks like, without what it says: the first real delivery becomes configuration and leaks nobody's data.

mod candidate;
mod document;
mod looks;
mod mask;
mod proposal;
mod shape;

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use super::{
    auth::Auth,
    diagnose::begins_compressed,
    verifier::{Delivery, Limits, check_size, checked_now},
};
use crate::{
    config::Environment,
    error::{Error, closed_set},
    json,
    time::Instant,
};

pub use candidate::CandidateResult;
pub use looks::LooksLike;
pub use proposal::{Ambiguous, Proposal};
pub use shape::{ShapeLine, ValueKind};

pub(super) use mask::shown_header;

/// The most header lines that are shown.
const MAX_HEADERS: usize = 64;

closed_set! {
    /// What a body is.
    BodyForm {
        /// JSON in the strict profile.
        Json = "json",
        /// No bytes at all.
        Empty = "empty",
        /// Compressed, by its first bytes.
        Compressed = "compressed",
        /// Text that is not JSON in the strict profile: another format, or JSON with duplicate keys, lone surrogates, a byte order mark and the like.
        Text = "text",
        /// Bytes that are not UTF-8.
        Binary = "binary",
    }
}

/// A header line without its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct HeaderLine {
    /// The name; `(masked)` if it looks like data.
    pub name: String,
    /// What the value looks like.
    pub looks_like: LooksLike,
    /// The value's length in bytes, as a range such as `17-32`.
    pub length: &'static str,
}

/// The form of one delivery. Every value is masked, and so are names that look like data.
///
/// `Display` is for people; the serialised form (feature `serde`) has the same.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Inspection {
    /// The header lines in order, at most 64.
    pub headers: Vec<HeaderLine>,
    /// How many more there are.
    pub headers_not_shown: usize,
    /// What the body is.
    pub body: BodyForm,
    /// The body's length in bytes, as a range.
    pub body_length: &'static str,
    /// The values of a JSON body in order, at most 256: containers before what is in them.
    pub shape: Vec<ShapeLine>,
    /// What became of each candidate, in their order.
    pub candidates: Vec<CandidateResult>,
    /// Where the fields seem to be: only if a candidate authenticates the delivery. Never what values mean.
    pub proposal: Option<Proposal>,
}

/// Describes a delivery without its content, and tries which of the candidates authenticates it.
///
/// `environment` is where the candidates' secrets are from, and `now` the time of receipt. A candidate that is refused as a configuration is
/// `invalid_config` with a field such as `candidates[0].secrets[0].utf8`; a body of more than 134,217,728 bytes is `body_too_large`.
///
/// Names in ASCII letters are shown even if they are people's: a sender that makes keys of such names needs a person's eye on the output.
pub fn inspect(
    delivery: &Delivery<'_>,
    candidates: &[Auth],
    environment: Environment,
    now: Instant,
) -> Result<Inspection, Error> {
    let now = checked_now(now)?;
    check_size(delivery.body, Limits::MOST_BODY_BYTES)?;
    let candidates = candidate::try_all(delivery, candidates, environment, now)?;
    let root = json::read(delivery.body).ok();
    let seen = root.map(|root| shape::walk(root, now)).unwrap_or_default();
    let fits = candidates.iter().find_map(|candidate| candidate.authenticated_by.as_ref());
    let proposal = fits.filter(|_| root.is_some()).map(|by| proposal::propose(&seen, by.body_signed));
    let header = |(name, value)| HeaderLine {
        name: shown_header(name),
        looks_like: looks::header_value(value, now),
        length: looks::length(value.len()),
    };
    Ok(Inspection {
        headers: delivery.headers.iter().take(MAX_HEADERS).map(header).collect(),
        headers_not_shown: delivery.headers.iter().count().saturating_sub(MAX_HEADERS),
        body: body_form(delivery.body, root.is_some()),
        body_length: looks::length(delivery.body.len()),
        shape: seen.into_iter().map(|seen| seen.line).collect(),
        candidates,
        proposal,
    })
}

fn body_form(body: &[u8], is_json: bool) -> BodyForm {
    match body {
        _ if is_json => BodyForm::Json,
        [] => BodyForm::Empty,
        _ if begins_compressed(body) => BodyForm::Compressed,
        _ if core::str::from_utf8(body).is_ok() => BodyForm::Text,
        _ => BodyForm::Binary,
    }
}

impl fmt::Display for Inspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("headers\n")?;
        for HeaderLine { name, looks_like, length } in &self.headers {
            writeln!(f, "  {name}: {looks_like}, {length} bytes")?;
        }
        if self.headers_not_shown > 0 {
            writeln!(f, "  and {} more", self.headers_not_shown)?;
        }
        writeln!(f, "body: {}, {} bytes", self.body, self.body_length)?;
        self.shape.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        f.write_str("authentication\n")?;
        self.candidates.iter().try_for_each(|candidate| writeln!(f, "  {candidate}"))?;
        match &self.proposal {
            Some(proposal) => write!(f, "{proposal}"),
            None => f.write_str("no profile is proposed: no candidate authenticates a JSON body"),
        }
    }
}

/// The path of a candidate's field.
fn candidate_field(index: usize, field: Option<&str>) -> String {
    match field {
        Some(field) if !field.is_empty() => format!("candidates[{index}].{field}"),
        _ => format!("candidates[{index}]"),
    }
}
