//! The search for a secret that is presented in another place, in another form or in another encoding than the configured one.

use alloc::{vec, vec::Vec};

use zeroize::Zeroizing;

use super::{
    super::{
        auth::SecretPlace,
        mac::equal_tags,
        scheme::{AUTHORIZATION, Place, PresentedScheme},
        verifier::Delivery,
    },
    Finding, Mistake, OLDER_RULES, secret, tags,
};
use crate::{encoding::Encoding, secret::NamedSecret};

/// The most parts of a URL that are looked at.
const MAX_URL_PARTS: usize = 32;

/// Something that may be the secret, and what is wrong with where and how it stands.
struct Shown {
    bytes: Zeroizing<Vec<u8>>,
    findings: Vec<Finding>,
}

impl PresentedScheme {
    pub(super) fn diagnose(&self, delivery: &Delivery<'_>, older: &[NamedSecret]) -> Vec<Finding> {
        let shown = self.shown(delivery);
        let (in_place, all) = (|shown: &Shown| shown.findings.is_empty(), |_: &Shown| true);
        let own = || self.secrets.iter().find_map(|secret| fit(&shown, all, &secret.bytes, None));
        let older = || {
            older.iter().find_map(|NamedSecret { id, secret }| {
                let key = secret.decode("", OLDER_RULES).ok()?;
                fit(&shown, all, &key, Some(Finding::of(Mistake::OlderSecret).secret(id)))
            })
        };
        let misread = |among: fn(&Shown) -> bool| {
            self.secrets.iter().find_map(|own| {
                secret::misreadings(&own.secret).iter().find_map(|misread| {
                    let difference = Finding::of(misread.mistake).found(misread.found).secret(&own.id);
                    fit(&shown, among, &misread.key, Some(difference))
                })
            })
        };
        // What stands in its place differs in the secret alone; the base64 of a secret in a header might be either.
        let found = misread(in_place).or_else(own).or_else(older).or_else(|| misread(all));
        found.filter(|findings| !findings.is_empty()).unwrap_or_else(|| self.evident(delivery))
    }

    /// What the form alone shows.
    fn evident(&self, delivery: &Delivery<'_>) -> Vec<Finding> {
        let Some(header) = self.header() else { return Vec::new() };
        let mut values = delivery.headers.get_all(header);
        match (values.next(), values.next()) {
            (None, _) => vec![Finding::of(Mistake::HeaderMissing).at(header)],
            (Some(value), None) if !value.is_empty() && value.is_ascii() && !value.contains(&b',') => Vec::new(),
            _ => vec![Finding::of(Mistake::HeaderForm).at(header)],
        }
    }

    fn header(&self) -> Option<&str> {
        match &self.place {
            Place::Header(name) => Some(name),
            Place::Basic => Some(AUTHORIZATION),
            Place::Url(_) => None,
        }
    }

    fn shown(&self, delivery: &Delivery<'_>) -> Vec<Shown> {
        let mut shown = Vec::new();
        for (name, value) in tags::lines(delivery) {
            let is_own = self.header().is_some_and(|header| header.eq_ignore_ascii_case(name));
            let place = (!is_own).then(|| Finding::of(Mistake::WrongHeader).at(name));
            let (word, rest) = value.split_once(' ').unwrap_or(("", value));
            let rest = rest.trim_start_matches(' ');
            let wants_basic = matches!(self.place, Place::Basic);
            let has_basic = word.eq_ignore_ascii_case("basic");
            let prefix = (if wants_basic { !has_basic } else { !word.is_empty() })
                .then(|| Finding::of(Mistake::SignaturePrefix).at(name));
            let forms = [
                // Without a word before it, `rest` is the whole value.
                (!word.is_empty()).then(|| (value.as_bytes().to_vec(), None, wants_basic.then_some("plain"))),
                Some((rest.as_bytes().to_vec(), prefix.clone(), wants_basic.then_some("plain"))),
                Encoding::Base64.decode(rest).map(|bytes| (bytes, prefix, (!wants_basic).then_some("base64"))),
            ];
            for (bytes, prefix, written) in forms.into_iter().flatten() {
                let encoding = written.map(|found| Finding::of(Mistake::SignatureEncoding).found(found));
                let findings = [place.clone(), prefix, encoding].into_iter().flatten().collect();
                shown.push(Shown { bytes: Zeroizing::new(bytes), findings });
            }
        }
        shown.extend(url_parts(delivery.url.unwrap_or_default(), &self.place));
        shown.into_iter().filter(|shown| !shown.bytes.is_empty()).collect()
    }
}

/// All findings of the first that is this secret.
fn fit(shown: &[Shown], among: fn(&Shown) -> bool, key: &[u8], difference: Option<Finding>) -> Option<Vec<Finding>> {
    let fit = shown.iter().find(|shown| among(shown) && equal_tags(key, &shown.bytes))?;
    Some(fit.findings.iter().cloned().chain(difference).collect())
}

/// The segments of the path and the values of the query.
fn url_parts(url: &str, place: &Place) -> impl Iterator<Item = Shown> {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let own_name = match place {
        Place::Url(SecretPlace::Query(name)) => Some(name.as_str()),
        _ => None,
    };
    let own_segment = matches!(place, Place::Url(SecretPlace::PathSegment));
    let segments = path.rsplit('/').enumerate().map(move |(index, text)| (text, own_segment && index == 0));
    let values = query.split('&').filter_map(|parameter| parameter.split_once('='));
    let values = values.map(move |(name, text)| (text, own_name == Some(name)));
    let parts: Vec<_> = values.chain(segments).take(MAX_URL_PARTS).collect();
    parts.into_iter().map(|(text, is_own)| Shown {
        bytes: Zeroizing::new(text.as_bytes().to_vec()),
        findings: (!is_own)
            .then(|| Finding::of(Mistake::WrongHeader).found("another place of the URL"))
            .into_iter()
            .collect(),
    })
}
