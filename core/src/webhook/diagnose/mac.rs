//! The search for the one difference that makes a MAC fit.

use alloc::vec::Vec;

use super::{
    super::{
        auth::Digest,
        mac::{MacKey, equal_tags},
        scheme::{Form, MacScheme, SignedParts},
        verifier::Delivery,
    },
    Diagnosis, Finding, Mistake, body, evident,
    parts::{self, Parts},
    secret,
    tags::{self, Tag},
};
use crate::secret::{NamedSecret, SecretRules};

impl MacScheme {
    /// The findings, and the number of MACs that they took.
    pub(super) fn diagnose(
        &self,
        delivery: &Delivery<'_>,
        now_ms: i64,
        older: &[NamedSecret],
    ) -> (Vec<Finding>, usize) {
        let prefix = if let Form::Single(prefix) = &self.form { prefix } else { "" };
        let tags = tags::read(delivery, &self.header, prefix);
        let mut search = Search { scheme: self, body: delivery.body, tags: &tags, macs: 0 };
        let parts = parts::configured(self, delivery, &tags);
        let fit = search.run(&parts, &parts::other(self, delivery, &tags), older);
        let findings = match fit {
            Some(fit) => self.explain(delivery, now_ms, fit),
            None => self.evident(delivery, &tags),
        };
        (findings, search.macs)
    }

    /// All that differs between what fits and what `verify` looks for.
    fn explain(&self, delivery: &Delivery<'_>, now_ms: i64, fit: Fit<'_>) -> Vec<Finding> {
        let Fit { tag, parts: Parts { timestamp, mut findings, .. }, difference } = fit;
        findings.extend(difference);
        let told = findings.iter().any(|finding| finding.mistake == Mistake::TimestampInMilliseconds);
        if self.timestamp.is_some() && !told {
            let text = timestamp.filter(|text| !text.is_empty());
            findings.extend(text.and_then(|text| evident::signed_timestamp(text, now_ms, self.tolerance_ms)));
        }
        findings.extend(self.place_and_form(delivery, tag));
        if findings.is_empty() {
            findings.push(Finding::of(Mistake::HeaderForm).at(&self.header));
        }
        findings
    }

    /// What is wrong with where and how a tag is written.
    fn place_and_form(&self, delivery: &Delivery<'_>, tag: &Tag<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let (name, encoding) = tag.written;
        if !tag.header.eq_ignore_ascii_case(&self.header) {
            findings.push(Finding::of(Mistake::WrongHeader).at(tag.header));
        }
        if encoding != Some(self.encoding) {
            findings.push(Finding::of(Mistake::SignatureEncoding).found(name));
        }
        let text = tag.text;
        let is_written = |before: &str, entry: &str| entry.strip_prefix(before) == Some(text);
        let has_prefix = match &self.form {
            Form::Single(prefix) => is_written(prefix, tag.value),
            Form::Standard => tag.value.split(' ').any(|entry| is_written("v1,", entry)),
            Form::Keyed => tag.value.split(',').any(|entry| is_written("v1=", entry.trim_matches([' ', '\t']))),
        };
        if self.is_joined(delivery, tag.header) {
            findings.push(Finding::of(Mistake::HeaderForm).at(tag.header));
        } else if !has_prefix {
            findings.push(Finding::of(Mistake::SignaturePrefix).at(tag.header));
        }
        findings
    }

    /// Whether a header that must be single-valued is there twice or has a comma.
    fn is_joined(&self, delivery: &Delivery<'_>, header: &str) -> bool {
        let mut values = delivery.headers.get_all(header);
        let comma = values.next().is_some_and(|value| value.contains(&b','));
        matches!(self.form, Form::Single(_)) && (comma || values.next().is_some())
    }

    /// What the form alone shows, where no MAC fits.
    fn evident(&self, delivery: &Delivery<'_>, tags: &[Tag<'_>]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        if delivery.body.is_empty() {
            findings.push(Finding::of(Mistake::BodyEmpty));
        }
        findings.extend(parts::evident(self, delivery));
        let mut own = tags.iter().filter(|tag| tag.header.eq_ignore_ascii_case(&self.header)).peekable();
        if delivery.headers.get_all(&self.header).next().is_none() {
            findings.push(Finding::of(Mistake::HeaderMissing).at(&self.header));
        } else if own.peek().is_none() {
            findings.push(Finding::of(Mistake::HeaderForm).at(&self.header));
        } else {
            let forms: Vec<_> = own.map(|tag| self.place_and_form(delivery, tag)).collect();
            // One signature of the right form is enough: the others may be of other versions.
            if forms.iter().all(|form| !form.is_empty()) {
                findings.extend(forms.into_iter().flatten());
            }
        }
        findings
    }
}

/// What fitted: a tag, what was signed, and what else was different.
struct Fit<'a> {
    tag: &'a Tag<'a>,
    parts: Parts<'a>,
    difference: Option<Finding>,
}

struct Search<'a> {
    scheme: &'a MacScheme,
    body: &'a [u8],
    tags: &'a [Tag<'a>],
    macs: usize,
}

impl<'a> Search<'a> {
    /// Tries the likeliest differences first.
    fn run(&mut self, configured: &[Parts<'a>], other: &[Parts<'a>], older: &[NamedSecret]) -> Option<Fit<'a>> {
        let scheme = self.scheme;
        if !tags::of_length(self.tags, scheme.digest) {
            return self.with_other_digests(configured);
        }
        configured
            .iter()
            .find_map(|parts| self.with_own_keys(parts, self.body, None))
            .or_else(|| self.with_older_secrets(configured, older))
            // From here on the likeliest parts are enough: each step is about another difference.
            .or_else(|| self.with_other_bodies(configured.first()?, body::other_ends(self.body)))
            .or_else(|| self.with_misread_secrets(configured.first()?))
            .or_else(|| self.with_other_bodies(configured.first()?, body::rewritten(self.body)))
            .or_else(|| other.iter().find_map(|parts| self.with_own_keys(parts, self.body, None)))
            .or_else(|| self.with_other_digests(configured))
    }

    fn with_own_keys(&mut self, parts: &Parts<'a>, body: &[u8], difference: Option<&Finding>) -> Option<Fit<'a>> {
        let tag = self.scheme.keys.iter().find_map(|named| self.fit(&named.key, parts, body))?;
        Some(Fit { tag, parts: parts.clone(), difference: difference.cloned() })
    }

    fn with_older_secrets(&mut self, configured: &[Parts<'a>], older: &[NamedSecret]) -> Option<Fit<'a>> {
        older.iter().find_map(|NamedSecret { id, secret }| {
            let key = MacKey::new(self.scheme.digest, &secret.decode("", super::OLDER_RULES).ok()?)?;
            let (parts, tag) = configured.iter().find_map(|parts| Some((parts, self.fit(&key, parts, self.body)?)))?;
            let difference = Some(Finding::of(Mistake::OlderSecret).secret(id));
            Some(Fit { tag, parts: parts.clone(), difference })
        })
    }

    fn with_misread_secrets(&mut self, parts: &Parts<'a>) -> Option<Fit<'a>> {
        self.scheme.keys.iter().find_map(|named| {
            secret::misreadings(&named.secret).iter().find_map(|misread| {
                let tag = self.fit(&MacKey::new(self.scheme.digest, &misread.key)?, parts, self.body)?;
                let difference = Finding::of(misread.mistake).found(misread.found).secret(&named.id);
                Some(Fit { tag, parts: parts.clone(), difference: Some(difference) })
            })
        })
    }

    fn with_other_bodies<'b>(
        &mut self,
        parts: &Parts<'a>,
        variants: impl IntoIterator<Item = body::Variant<'b>>,
    ) -> Option<Fit<'a>> {
        variants.into_iter().find_map(|variant| {
            let difference = Finding::of(variant.mistake).found(variant.found);
            self.with_own_keys(parts, &variant.body, Some(&difference))
        })
    }

    fn with_other_digests(&mut self, configured: &[Parts<'a>]) -> Option<Fit<'a>> {
        let scheme = self.scheme;
        let parts = configured.first()?;
        let rules = SecretRules { allow_short: true, whsec_prefix: matches!(scheme.form, Form::Standard) };
        let others = Digest::ALL.iter().filter(|digest| **digest != scheme.digest);
        others.filter(|digest| tags::of_length(self.tags, **digest)).find_map(|digest| {
            scheme.keys.iter().find_map(|named| {
                let key = MacKey::new(*digest, &named.secret.decode("", rules).ok()?)?;
                let tag = self.fit(&key, parts, self.body)?;
                let difference = Finding::of(Mistake::WrongDigest).found(digest.as_str());
                Some(Fit { tag, parts: parts.clone(), difference: Some(difference) })
            })
        })
    }

    /// The tag that this MAC is; `None` too once the bound is reached.
    fn fit(&mut self, key: &MacKey, parts: &Parts<'_>, body: &[u8]) -> Option<&'a Tag<'a>> {
        if self.macs >= Diagnosis::MOST_MACS {
            return None;
        }
        self.macs = self.macs.saturating_add(1);
        let mac = SignedParts { id: parts.id, timestamp: parts.timestamp, body }.tag(key);
        self.tags.iter().find(|tag| equal_tags(&mac, &tag.bytes))
    }
}
