//! Where the fields of an authenticated delivery seem to be, by the names that have been observed. Never what values mean.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use super::{
    super::{
        outcome::Module,
        profile::{MatchesBy, ModuleProfile, Profile, SubjectField},
    },
    document,
    looks::LooksLike,
    shape::{Seen, ValueKind},
};
use crate::json::Value;

/// Names of fields, the likeliest first. `reference_id`, `session_token` and `token` are documented for the link or observed in Valify's other
/// products, as are `transaction_id`, `status` and `result`; the others are assumed.
const REFERENCE: [&str; 2] = ["reference_id", "reference"];
const TOKEN: [&str; 2] = ["session_token", "token"];
const TRANSACTION: [&str; 1] = ["transaction_id"];
const TIME: [&str; 4] = ["occurred_at", "completed_at", "created_at", "timestamp"];
const DECISION: [&str; 3] = ["decision", "status", "result"];
/// The ID fields that have been observed in Valify's OCR product.
const SUBJECT: [&str; 19] = [
    "first_name",
    "full_name",
    "street",
    "area",
    "front_nid",
    "back_nid",
    "serial_number",
    "release_date",
    "gender",
    "marital_status",
    "profession",
    "religion",
    "husband_name",
    "date_of_birth",
    "expiry_date",
    "age",
    "birth_governarate",
    "police_station",
    "governorate",
];

/// A profile to begin with, its decisions left to the integrator.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Proposal {
    /// Pointers alone: no decision values, and no values of checks. Serialised as the `profile` document.
    #[cfg_attr(feature = "serde", serde(serialize_with = "super::document::serialize"))]
    pub profile: Profile,
    /// What is left to the integrator because several values might be it.
    pub ambiguous: Vec<Ambiguous>,
}

/// A field that several different values might be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Ambiguous {
    /// The field's path in the profile, such as `decision` or `subject.front_nid`.
    pub field: String,
    /// Where they are.
    pub pointers: Vec<String>,
}

pub(super) fn propose(seen: &[Seen<'_>], body_signed: bool) -> Proposal {
    let mut search = Search { seen, ambiguous: Vec::new() };
    let mut profile = Profile {
        reference_id: search.by_preference("reference_id", &REFERENCE, is_identifier),
        session_token: search.by_preference("session_token", &TOKEN, |seen| seen.line.kind == ValueKind::String),
        transaction_id: search.by_preference("transaction_id", &TRANSACTION, is_identifier),
        occurred_at: search.by_preference("occurred_at", &TIME, is_time),
        decision: search.decision(),
        ..Profile::default()
    };
    for module in Module::ALL {
        let at = search.module(*module);
        if !at.is_empty() {
            profile.checks.push(ModuleProfile { module: *module, at, values: Vec::new() });
        }
    }
    for name in SUBJECT {
        let at = search.by_preference(&format!("subject.{name}"), &[name], is_identifier);
        if !at.is_empty() {
            profile.subject.push(SubjectField { name: name.to_string(), at });
        }
    }
    profile.matches_by = match (profile.session_token.as_slice(), profile.reference_id.as_slice()) {
        ([_, ..], _) => Some(MatchesBy::SessionToken),
        // A reference needs a signed time beside it, or the integrator's word that no delivery can give.
        (_, [_, ..]) if body_signed && !profile.occurred_at.is_empty() => Some(MatchesBy::ReferenceId),
        _ => None,
    };
    Proposal { profile, ambiguous: search.ambiguous }
}

fn is_identifier(seen: &Seen<'_>) -> bool {
    matches!(seen.line.kind, ValueKind::String | ValueKind::Number)
}

fn is_time(seen: &Seen<'_>) -> bool {
    use LooksLike::{DateTime, UnixMilliseconds, UnixSeconds};
    matches!(seen.line.looks_like, Some(DateTime | UnixSeconds | UnixMilliseconds))
}

fn is_decision(seen: &Seen<'_>) -> bool {
    matches!(seen.line.kind, ValueKind::String | ValueKind::Number | ValueKind::Boolean)
}

/// Whether a key is a name, however its words are joined.
fn is_named(key: &str, name: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect::<String>();
    letters(key) == letters(name)
}

fn is_module(key: &str) -> bool {
    Module::ALL.iter().any(|module| is_named(key, module.as_str()))
}

struct Search<'s, 'a> {
    seen: &'s [Seen<'a>],
    ambiguous: Vec<Ambiguous>,
}

impl<'s, 'a> Search<'s, 'a> {
    /// All values whose own and parent's key are right, with their pointer's keys all shown.
    fn all(&self, fits: impl Fn(&Seen<'a>, &str, &str) -> bool) -> Vec<&'s Seen<'a>> {
        let fits = |seen: &&Seen<'a>| seen.keys.as_ref().is_some_and(|[own, parent]| fits(seen, own, parent));
        self.seen.iter().filter(fits).collect()
    }

    /// The values of the first name that any has. All of them serve if they are the same.
    fn by_preference(&mut self, field: &str, names: &[&str], fits: fn(&Seen<'_>) -> bool) -> Vec<String> {
        let of_name = |name: &&str| self.all(|seen, own, _| fits(seen) && is_named(own, name));
        let found = names.iter().map(of_name).find(|found| !found.is_empty()).unwrap_or_default();
        let text = |seen: &&Seen<'a>| seen.value.map(Value::text);
        let agree = found.windows(2).all(|pair| matches!(pair, [a, b] if text(a) == text(b)));
        self.settle(field, &found, agree)
    }

    /// The one value of any of the names that is not a module's. Two that are the same today are two all the same.
    fn decision(&mut self) -> Vec<String> {
        let found = self.all(|seen, own, parent| {
            is_decision(seen)
                && DECISION.iter().any(|name| is_named(own, name))
                && !is_module(parent)
                && !is_named(parent, "checks")
        });
        self.settle("decision", &found, found.len() == 1)
    }

    /// A value of the module's name, or the decision inside an object of that name.
    fn module(&mut self, module: Module) -> Vec<String> {
        let name = module.as_str();
        let found = self.all(|seen, own, parent| {
            let inside = is_named(parent, name) && DECISION.iter().any(|decision| is_named(own, decision));
            is_decision(seen) && (is_named(own, name) || inside)
        });
        self.settle(&format!("checks.{name}"), &found, found.len() == 1)
    }

    fn settle(&mut self, field: &str, found: &[&Seen<'_>], agree: bool) -> Vec<String> {
        /// As many as a profile's list may have.
        const MAX_POINTERS: usize = 16;
        let pointers: Vec<String> = found.iter().take(MAX_POINTERS).map(|seen| seen.line.pointer.clone()).collect();
        if agree || pointers.is_empty() {
            return pointers;
        }
        self.ambiguous.push(Ambiguous { field: field.to_string(), pointers });
        Vec::new()
    }
}

impl fmt::Display for Proposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "proposed profile, its decisions for you to fill in")?;
        f.write_str(&document::write(&self.profile))?;
        self.ambiguous.iter().try_for_each(|Ambiguous { field, pointers }| {
            write!(f, "\n{field} might be any of {}", pointers.join(", "))
        })
    }
}
