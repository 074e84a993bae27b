//! Finding out why a delivery fails, and what an unknown one looks like.

use core_api::{
    Auth, Delivery, Environment, ErrorKind, Instant, NamedSecret, Verifier,
    webhook::{Finding, Mistake},
};

use crate::{document, error::Outcome, secret::SecretById, webhook::Received};

/// What a diagnosis has found, without key material or anything of the delivery.
#[derive(Debug, uniffi::Record)]
pub(crate) struct DiagnosisView {
    /// The kind by which `verify` refuses the delivery; nothing if it verifies.
    pub(crate) refused: Option<ErrorKind>,
    /// At least one, each mistake once.
    pub(crate) findings: Vec<FindingView>,
    /// One line for each finding.
    pub(crate) text: String,
    /// The same as JSON text.
    pub(crate) json: String,
}

/// One mistake, with what may be said of it without a secret or any content.
#[derive(Debug, uniffi::Record)]
pub(crate) struct FindingView {
    /// Which mistake.
    pub(crate) mistake: Mistake,
    /// What to do.
    pub(crate) advice: String,
    /// What was found in place of the configured or expected, such as `base64`.
    pub(crate) found: Option<String>,
    /// The header that it is about.
    pub(crate) header: Option<String>,
    /// The id of the secret that fits. Not secret.
    pub(crate) secret: Option<String>,
    /// The signed timestamp less now, in milliseconds: negative if the sender's clock is behind, or the delivery is old.
    pub(crate) off_by_ms: Option<i64>,
}

impl From<&Finding> for FindingView {
    fn from(finding: &Finding) -> Self {
        Self {
            mistake: finding.mistake,
            advice: finding.advice.to_owned(),
            found: finding.found.map(str::to_owned),
            header: finding.header.clone(),
            secret: finding.secret.clone(),
            off_by_ms: finding.off_by_ms,
        }
    }
}

pub(crate) fn diagnose(
    verifier: &Verifier,
    delivery: &Delivery<'_>,
    now: Instant,
    older: &[SecretById],
) -> Outcome<DiagnosisView> {
    let diagnosis = if older.is_empty() {
        verifier.diagnose(delivery, now)
    } else {
        let named = older.iter().map(|SecretById { id, secret }| NamedSecret::new(id, secret.0.clone()));
        verifier.diagnose_with_older(delivery, now, &named.collect::<Vec<_>>())?
    };
    Ok(DiagnosisView {
        refused: diagnosis.refused,
        findings: diagnosis.findings.iter().map(Into::into).collect(),
        text: diagnosis.to_string(),
        json: document::write(&diagnosis)?,
    })
}

/// The form of one delivery, its values masked.
#[derive(Debug, uniffi::Record)]
pub(crate) struct InspectionView {
    /// For people.
    pub(crate) text: String,
    /// For programs: JSON text with headers, the body's form and shape, what became of the candidates, and a proposal for a profile where
    /// one of them authenticates the delivery.
    pub(crate) json: String,
}

/// Describes a delivery without its content, and tries which of the candidates (`auth` documents in JSON) authenticates it.
#[uniffi::export]
pub(crate) fn inspect(
    body: &[u8],
    received: Received,
    candidates: Vec<String>,
    environment: Environment,
) -> Outcome<InspectionView> {
    let auths =
        candidates.into_iter().map(|json| document::read(json, Auth::from_document)).collect::<Outcome<Vec<_>>>()?;
    let (headers, url, now) = received.into_parts();
    let delivery = Delivery { headers: &headers, body, url: url.as_deref() };
    let inspection = core_api::inspect(&delivery, &auths, environment, now)?;
    Ok(InspectionView { text: inspection.to_string(), json: document::write(&inspection)? })
}
