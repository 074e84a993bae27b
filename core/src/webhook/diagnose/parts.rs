//! What may have been signed before the body: the id and the timestamp, as they stand or as they may have been meant.

use alloc::{vec, vec::Vec};

use super::{
    super::{
        scheme::{Form, MacScheme, TimestampPlace, is_delivery_id},
        verifier::Delivery,
    },
    Finding, Mistake, evident,
    tags::{self, Tag},
};

/// The most places besides the configured one in which an id or a timestamp is looked for.
const MAX_ELSEWHERE: usize = 3;
/// The longest id or timestamp that is tried.
const MAX_BYTES: usize = 256;

/// One choice of both, and what is wrong with where or how they stand.
#[derive(Clone, Default)]
pub(super) struct Parts<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) timestamp: Option<&'a str>,
    pub(super) findings: Vec<Finding>,
}

/// An id or a timestamp.
#[derive(Clone)]
struct Part<'a> {
    text: &'a str,
    finding: Option<Finding>,
}

/// What the configuration says is signed, the likeliest choice first; none if a part is nowhere.
pub(super) fn configured<'a>(scheme: &MacScheme, delivery: &Delivery<'a>, tags: &[Tag<'a>]) -> Vec<Parts<'a>> {
    let ids = scheme.id_header.as_deref().map(|name| ids(delivery, Some(name)));
    let timestamps = scheme.timestamp.is_some().then(|| timestamps(scheme, delivery, tags));
    combined(ids.as_deref(), timestamps.as_deref())
}

/// What else may be signed: more or less than the configuration says.
pub(super) fn other<'a>(scheme: &MacScheme, delivery: &Delivery<'a>, tags: &[Tag<'a>]) -> Vec<Parts<'a>> {
    let ids = ids(delivery, scheme.id_header.as_deref());
    let timestamps = timestamps(scheme, delivery, tags);
    let shapes = [(false, false, "body"), (false, true, "timestamp.body"), (true, true, "id.timestamp.body")];
    let own = (scheme.id_header.is_some(), scheme.timestamp.is_some());
    let mut others = Vec::new();
    for (signs_id, signs_timestamp, found) in shapes.into_iter().filter(|(id, timestamp, _)| (*id, *timestamp) != own) {
        for parts in combined(signs_id.then_some(&*ids), signs_timestamp.then_some(&*timestamps)) {
            // Where a part stands that the configuration does not read is no mistake of its own.
            others.push(Parts { findings: vec![Finding::of(Mistake::SignedContent).found(found)], ..parts });
        }
    }
    others
}

/// What is wrong with the id and the timestamp by their form alone.
pub(super) fn evident(scheme: &MacScheme, delivery: &Delivery<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let timestamp_header = match &scheme.timestamp {
        Some(TimestampPlace::Header(name)) => Some(name),
        Some(TimestampPlace::Keyed) | None => None,
    };
    for name in [scheme.id_header.as_ref(), timestamp_header].into_iter().flatten() {
        let mut values = delivery.headers.get_all(name);
        match (values.next(), values.next()) {
            (None, _) => findings.push(Finding::of(Mistake::HeaderMissing).at(name)),
            (Some(value), None) if !value.contains(&b',') && value.is_ascii() => {}
            _ => findings.push(Finding::of(Mistake::HeaderForm).at(name)),
        }
    }
    let own = own_timestamp(scheme, delivery);
    findings.extend(own.and_then(evident::timestamp_form));
    let id = scheme.id_header.as_deref().and_then(|name| Some((name, value(delivery, name)?)));
    findings
        .extend(id.filter(|(_, id)| !is_delivery_id(id)).map(|(name, _)| Finding::of(Mistake::HeaderForm).at(name)));
    findings
}

fn combined<'a>(ids: Option<&[Part<'a>]>, timestamps: Option<&[Part<'a>]>) -> Vec<Parts<'a>> {
    let mut parts = vec![Parts::default()];
    if let Some(ids) = ids {
        parts = each(&parts, ids, |parts, text| parts.id = Some(text));
    }
    if let Some(timestamps) = timestamps {
        parts = each(&parts, timestamps, |parts, text| parts.timestamp = Some(text));
    }
    parts
}

fn each<'a>(all: &[Parts<'a>], choices: &[Part<'a>], set: impl Fn(&mut Parts<'a>, &'a str)) -> Vec<Parts<'a>> {
    let mut with = Vec::new();
    for parts in all {
        for choice in choices {
            let mut parts = parts.clone();
            set(&mut parts, choice.text);
            parts.findings.extend(choice.finding.clone());
            with.push(parts);
        }
    }
    with
}

/// The id in its header; where that is absent, what looks like one in a header whose name says so.
fn ids<'a>(delivery: &Delivery<'a>, header: Option<&str>) -> Vec<Part<'a>> {
    if let Some((name, text)) = header.and_then(|name| Some((name, value(delivery, name)?))) {
        let finding = (!is_delivery_id(text)).then(|| Finding::of(Mistake::HeaderForm).at(name));
        return vec![Part { text, finding }];
    }
    let named = |name: &str| name.len() >= 2 && name.to_ascii_lowercase().ends_with("id");
    elsewhere(delivery, |name, text| named(name) && is_delivery_id(text))
}

/// The timestamp in its place, in seconds too if it is in milliseconds; where it is absent, what looks like one in another header.
fn timestamps<'a>(scheme: &MacScheme, delivery: &Delivery<'a>, tags: &[Tag<'a>]) -> Vec<Part<'a>> {
    let keyed = || tags.iter().find_map(|tag| keyed(tag.value));
    let Some(text) = own_timestamp(scheme, delivery).or_else(keyed) else {
        return elsewhere(delivery, |_, text| {
            (9..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
        });
    };
    let seconds = text.len().checked_sub(3).filter(|_| evident::is_milliseconds(text)).and_then(|end| text.get(..end));
    let seconds = seconds.map(|text| Part { text, finding: Some(Finding::of(Mistake::TimestampInMilliseconds)) });
    [Some(Part { text, finding: None }), seconds].into_iter().flatten().collect()
}

fn own_timestamp<'a>(scheme: &MacScheme, delivery: &Delivery<'a>) -> Option<&'a str> {
    match (&scheme.timestamp, &scheme.form) {
        (Some(TimestampPlace::Header(name)), _) => value(delivery, name),
        (Some(TimestampPlace::Keyed), Form::Keyed) => value(delivery, &scheme.header).and_then(keyed),
        _ => None,
    }
}

/// The first `t=` of a value in Stripe's style.
fn keyed(value: &str) -> Option<&str> {
    value.split(',').find_map(|item| item.trim_matches([' ', '\t']).strip_prefix("t="))
}

/// The first readable value of a header.
fn value<'a>(delivery: &Delivery<'a>, name: &str) -> Option<&'a str> {
    tags::lines(delivery).find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, text)| text)
}

fn elsewhere<'a>(delivery: &Delivery<'a>, fits: impl Fn(&str, &str) -> bool) -> Vec<Part<'a>> {
    let found = tags::lines(delivery).filter(|(name, text)| text.len() <= MAX_BYTES && fits(name, text));
    let part = |(name, text)| Part { text, finding: Some(Finding::of(Mistake::WrongHeader).at(name)) };
    found.map(part).take(MAX_ELSEWHERE).collect()
}
