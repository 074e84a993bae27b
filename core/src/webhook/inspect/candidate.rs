//! Which of the candidate schemes authenticates a delivery.

use alloc::vec::Vec;
use core::fmt;

use super::{
    super::{
        auth::Auth,
        event::AuthenticatedBy,
        outcome::SchemeName,
        scheme::Scheme,
        verifier::{Delivery, check_encoding},
    },
    candidate_field,
};
use crate::{
    config::Environment,
    error::{Error, ErrorKind},
    time::Instant,
};

/// What became of one candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CandidateResult {
    /// Its scheme.
    pub scheme: SchemeName,
    /// What it proves, if it authenticates the delivery.
    pub authenticated_by: Option<AuthenticatedBy>,
    /// Why it does not.
    pub refused: Option<ErrorKind>,
}

impl fmt::Display for CandidateResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.scheme)?;
        match (&self.authenticated_by, self.refused) {
            (Some(by), _) => {
                let signed = if by.body_signed { "the body is signed" } else { "the body is not signed" };
                write!(f, "authenticates with {}, {signed}", by.secret)
            }
            (None, Some(kind)) => write!(f, "{kind}"),
            (None, None) => Ok(()),
        }
    }
}

pub(super) fn try_all(
    delivery: &Delivery<'_>,
    candidates: &[Auth],
    environment: Environment,
    now: Instant,
) -> Result<Vec<CandidateResult>, Error> {
    let try_one = |(index, auth): (usize, &Auth)| {
        let scheme = Scheme::new(auth, Some(environment))
            .map_err(|error| Error { field: Some(candidate_field(index, error.field.as_deref())), ..error })?;
        let proof = check_encoding(delivery.headers)
            .and_then(|()| scheme.authenticate(delivery, now.timestamp_millis(), None))
            .map(|proof| proof.by);
        let refused = proof.as_ref().err().map(|error| error.kind);
        Ok(CandidateResult { scheme: scheme.name(), authenticated_by: proof.ok(), refused })
    };
    candidates.iter().enumerate().map(try_one).collect()
}
