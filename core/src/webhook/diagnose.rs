//! Which mistake was it: for the integrator's log and their own eyes, and never for the answer to the sender.

mod body;
mod evident;
mod mac;
mod parts;
mod presented;
mod secret;
mod tags;

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

pub(super) use evident::begins_compressed;

use super::{
    scheme::{Proof, Scheme},
    verifier::{Delivery, Verifier, checked_now},
};
use crate::{
    error::{Error, ErrorKind, closed_set},
    secret::{NamedSecret, SecretRules, named},
    time::Instant,
};

closed_set! {
    /// What is wrong with a delivery, or with the configuration that it was held against.
    Mistake {
        /// It verifies, with the first secret of the list.
        NoMistake = "none",
        /// It fits an older secret: one that is given for this, or one of the list that is not its first (and then it verifies).
        OlderSecret = "older_secret",
        /// The secret's text is right and its encoding is not.
        SecretEncoding = "secret_encoding",
        /// One side has only a part of the secret's text, or a line break or quotes around it.
        SecretTruncated = "secret_truncated",
        /// A header that the scheme reads is not there.
        HeaderMissing = "header_missing",
        /// What the scheme reads in one header stands in another.
        WrongHeader = "wrong_header",
        /// A header that the scheme reads is there twice, has a comma, is too long, or does not hold what it should.
        HeaderForm = "header_form",
        /// The signature is written in another encoding.
        SignatureEncoding = "signature_encoding",
        /// What stands before the signature is not the configured prefix, or not the preset's version.
        SignaturePrefix = "signature_prefix",
        /// The MAC is of another hash function.
        WrongDigest = "wrong_digest",
        /// The MAC covers other parts than the configured ones.
        SignedContent = "signed_content",
        /// The body was parsed and written again on its way.
        BodyReserialised = "body_reserialised",
        /// A line break or white space at the body's end was lost or added.
        BodyNewline = "body_newline",
        /// The body is compressed.
        BodyCompressed = "body_compressed",
        /// The body is empty.
        BodyEmpty = "body_empty",
        /// The body is larger than the verifier's limit. Nothing else was looked at.
        BodyTooLarge = "body_too_large",
        /// The signature is right and its timestamp is too far from now: a clock that is wrong, or an old delivery.
        ClockSkew = "clock_skew",
        /// The timestamp is in milliseconds and must be in seconds.
        TimestampInMilliseconds = "timestamp_in_milliseconds",
        /// The timestamp is not digits.
        TimestampForm = "timestamp_form",
        /// None of the above explains it.
        Unknown = "unknown",
    }
}

impl Mistake {
    /// What to do about it, in English. For people: no program should read it.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoMistake => "Nothing to do: the delivery verifies.",
            Self::OlderSecret => {
                "The sender signs with an older secret: have it changed there, and keep the older one in the list until then."
            }
            Self::SecretEncoding => {
                "Give the secret in the encoding that the sender reads it in: utf8 for its text as it is, base64 or hex for what that decodes to."
            }
            Self::SecretTruncated => {
                "Compare both sides' secret, its ends first: a line break, quotes, or a cut at a special character or at a length."
            }
            Self::HeaderMissing => {
                "Check that the sender sends the header and that no proxy removes it, and that its name is the configured one."
            }
            Self::WrongHeader => "Configure the header in which it really stands, or undo the renaming on its way.",
            Self::HeaderForm => {
                "Look at the header as received: it must be there once, plain ASCII, of the scheme's form, and neither joined nor repeated by a proxy."
            }
            Self::SignatureEncoding => "Configure the encoding in which the sender writes the signature.",
            Self::SignaturePrefix => "Configure the prefix exactly as the sender writes it, or the preset that has it.",
            Self::WrongDigest => "Configure the hash function that the sender uses.",
            Self::SignedContent => {
                "Configure what the sender signs: the body alone, or with a timestamp, or with an id too."
            }
            Self::BodyReserialised => {
                "Hand over the bytes as received, before any JSON parser: a body that is parsed and written again is another body."
            }
            Self::BodyNewline => {
                "Hand over the bytes as received: something trims or adds a line break at the body's end."
            }
            Self::BodyCompressed => {
                "Have the delivery sent without a content encoding, and turn off compression in the proxies before you."
            }
            Self::BodyEmpty => {
                "Check that nothing has read the body before: a middleware that consumes the stream leaves nothing."
            }
            Self::BodyTooLarge => "Raise max_body_bytes if such a large delivery is expected.",
            Self::ClockSkew => {
                "Set both clocks by NTP; for an old delivery that is verified again, pass the time of its receipt."
            }
            Self::TimestampInMilliseconds => {
                "Have the sender write the timestamp in seconds since 1970: milliseconds are always out of tolerance."
            }
            Self::TimestampForm => "Have the sender write the timestamp as digits: seconds since 1970.",
            Self::Unknown => {
                "Compare the secret with the sender's, and the body's bytes with those that were signed; give older secrets to diagnose."
            }
        }
    }
}

/// One mistake, with what may be said of it without a secret or any content.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Finding {
    /// Which mistake.
    pub mistake: Mistake,
    /// What was found in place of the configured or expected, such as `base64`; from a fixed list of words.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub found: Option<&'static str>,
    /// The header that it is about. A name that looks like personal data is masked.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub header: Option<String>,
    /// The id of the secret that fits. Not secret.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub secret: Option<String>,
    /// The signed timestamp less now, in milliseconds: negative if the sender's clock is behind, or the delivery is old.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub off_by_ms: Option<i64>,
    /// What to do.
    pub advice: &'static str,
}

impl Finding {
    fn of(mistake: Mistake) -> Self {
        Self { mistake, found: None, header: None, secret: None, off_by_ms: None, advice: mistake.advice() }
    }

    fn found(self, found: &'static str) -> Self {
        Self { found: Some(found), ..self }
    }

    fn at(self, header: &str) -> Self {
        Self { header: Some(super::inspect::shown_header(header)), ..self }
    }

    fn secret(self, id: &str) -> Self {
        Self { secret: Some(id.to_string()), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.mistake)?;
        if let Some(found) = self.found {
            write!(f, ", found {found}")?;
        }
        if let Some(header) = &self.header {
            write!(f, ", header {header}")?;
        }
        if let Some(secret) = &self.secret {
            write!(f, ", secret {secret}")?;
        }
        if let Some(off_by_ms) = self.off_by_ms {
            write!(f, ", off by {off_by_ms} ms")?;
        }
        write!(f, ": {}", self.advice)
    }
}

/// What [`Verifier::diagnose`] has found. `Display` has one line for each finding.
///
/// No rendering has key material, a header's value or anything of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Diagnosis {
    /// The kind by which [`Verifier::verify`] refuses the delivery; `None` if it verifies.
    pub refused: Option<ErrorKind>,
    /// At least one, each mistake once, in the order of [`Mistake::ALL`]. Each is proven by a MAC or a secret that fits, or evident from the form alone.
    pub findings: Vec<Finding>,
    /// How many MACs were computed after `verify` had failed: at most [`Diagnosis::MOST_MACS`].
    pub macs: usize,
}

impl Diagnosis {
    /// The most MACs that a diagnosis computes besides the one per secret of `verify`, each over the body or a form of it that is at most
    /// four times as long. The likeliest mistakes are tried first, so that with few secrets all are.
    pub const MOST_MACS: usize = 256;

    fn new(refused: Option<ErrorKind>, found: Vec<Finding>, macs: usize) -> Self {
        // A handful: the library's stable sort would be 5 kB more for a browser to load.
        let mut findings: Vec<Finding> = Vec::with_capacity(found.len());
        for finding in found {
            findings.insert(findings.partition_point(|other| other.mistake <= finding.mistake), finding);
        }
        findings.dedup_by_key(|finding| finding.mistake);
        if findings.is_empty() {
            findings.push(Finding::of(Mistake::Unknown));
        }
        Self { refused, findings, macs }
    }

    /// The mistakes alone.
    pub fn mistakes(&self) -> impl Iterator<Item = Mistake> {
        self.findings.iter().map(|finding| finding.mistake)
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.refused {
            Some(kind) => write!(f, "refused as {kind}")?,
            None => f.write_str("verified")?,
        }
        self.findings.iter().try_for_each(|finding| write!(f, "\n- {finding}"))
    }
}

/// The rules of secrets that are only tried.
const OLDER_RULES: SecretRules = SecretRules { allow_short: true, whsec_prefix: true };

impl Verifier {
    /// Says which mistake makes this delivery fail, or that it verifies. A separate call from [`verify`](Self::verify), for the
    /// integrator's log: the sender is told nothing of it, and nothing is believed because of it.
    ///
    /// Work and memory are bounded: see [`Diagnosis::MOST_MACS`]. Of the body, more than its bytes' hash is looked at: never call it for
    /// every failed delivery of an open endpoint, only to find a mistake.
    pub fn diagnose(&self, delivery: &Delivery<'_>, now: Instant) -> Diagnosis {
        self.search(delivery, now, &[])
    }

    /// [`diagnose`](Self::diagnose) that also tries older secrets: up to 16 under the rules of every list, except that short ones serve.
    /// A bad one is `invalid_config`.
    pub fn diagnose_with_older(
        &self,
        delivery: &Delivery<'_>,
        now: Instant,
        older: &[NamedSecret],
    ) -> Result<Diagnosis, Error> {
        NamedSecret::check_list(older)?;
        for (index, named) in older.iter().enumerate() {
            named.secret.decode(&named::path(index), OLDER_RULES)?;
        }
        Ok(self.search(delivery, now, older))
    }

    fn search(&self, delivery: &Delivery<'_>, now: Instant, older: &[NamedSecret]) -> Diagnosis {
        let refused = match checked_now(now).and_then(|now| self.authenticate(delivery, now, None)) {
            Ok(proof) => return Diagnosis::new(None, self.verified(&proof), 0),
            Err(error) => error.kind,
        };
        let findings = match refused {
            ErrorKind::BodyTooLarge => [Finding::of(Mistake::BodyTooLarge)].into(),
            ErrorKind::Misuse => Vec::new(),
            _ if evident::is_compressed(delivery) => [Finding::of(Mistake::BodyCompressed)].into(),
            _ => {
                let (findings, macs) = match self.scheme() {
                    Scheme::Mac(scheme) => scheme.diagnose(delivery, now.timestamp_millis(), older),
                    Scheme::Presented(scheme) => (scheme.diagnose(delivery, older), 0),
                    Scheme::Attested(_) => (Vec::new(), 0),
                };
                return Diagnosis::new(Some(refused), findings, macs);
            }
        };
        Diagnosis::new(Some(refused), findings, 0)
    }

    /// That a later secret of the list serves says that the sender has not changed to the first.
    fn verified(&self, proof: &Proof) -> Vec<Finding> {
        let first = match self.scheme() {
            Scheme::Mac(scheme) => scheme.keys.first().map(|key| &key.id),
            Scheme::Presented(scheme) => scheme.secrets.first().map(|secret| &secret.id),
            Scheme::Attested(_) => None,
        };
        let finding = match first {
            Some(first) if *first != proof.by.secret => Finding::of(Mistake::OlderSecret).secret(&proof.by.secret),
            _ => Finding::of(Mistake::NoMistake),
        };
        [finding].into()
    }
}
