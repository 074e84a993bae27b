//! Where the fields of a delivery are and what its values mean: plain data, and its checked form.
//!
//! Valify's payload is unknown. Names observed in its other products are `transaction_id`, `token`, `status` (a boolean!), `result` and
//! `data`; which of them a webhook carries, and where, is configuration. A decision is never guessed.

use alloc::{format, string::String, vec::Vec};

use super::outcome::{Module, Outcome};
use crate::{
    error::{Error, closed_set},
    json::{Paths, Pointer, Slot, is_exact},
};

/// Where things are, by ordered lists of JSON pointers (RFC 6901), and what values mean.
///
/// A list has at most 16 pointers of at most 512 bytes. All of a list that resolve must agree. Nothing is checked before
/// [`Verifier::new`](super::Verifier::new).
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// The integrator's reference of the user.
    pub reference_id: Vec<String>,
    /// The session that the event is about.
    pub session_token: Vec<String>,
    /// Valify's id of the transaction.
    pub transaction_id: Vec<String>,
    /// The flow that the event is about.
    pub flow: Vec<String>,
    /// When it occurred: RFC 3339, or an integer of seconds (up to 11 digits) or milliseconds (12 to 14) since 1970.
    pub occurred_at: Vec<String>,
    /// The decision.
    pub decision: Vec<String>,
    /// What decision values mean. Empty until the integrator knows: whatever is not listed is indeterminate.
    pub decisions: Vec<ValueMeaning>,
    /// The modules whose outcomes are read; each at most once.
    pub checks: Vec<ModuleProfile>,
    /// Personal fields to read, by name; at most 64.
    pub subject: Vec<SubjectField>,
    /// What makes an event's outcome.
    pub passed_when: PassedWhen,
    /// By what an event is matched to an attempt. Required.
    pub matches_by: Option<MatchesBy>,
    /// The integrator's word that each link has a reference of its own.
    pub reference_per_link: bool,
    /// Of a passed and a failed event of one attempt, the one that occurred later decides: some flows allow several trials.
    pub latest_decision_wins: bool,
}

/// What one value means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueMeaning {
    /// The value, matched exactly and by its JSON type.
    pub value: DecisionValue,
    /// Its meaning.
    pub outcome: Outcome,
}

impl ValueMeaning {
    /// The meaning of a string.
    pub fn text(value: impl Into<String>, outcome: Outcome) -> Self {
        Self { value: DecisionValue::Text(value.into()), outcome }
    }

    /// The meaning of `true` or `false`. The string `"true"` is not it.
    pub fn boolean(value: bool, outcome: Outcome) -> Self {
        Self { value: DecisionValue::Boolean(value), outcome }
    }

    /// The meaning of a number.
    pub fn integer(value: i64, outcome: Outcome) -> Self {
        Self { value: DecisionValue::Integer(value), outcome }
    }
}

/// A value that can be given a meaning.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionValue {
    /// A string, compared exactly.
    Text(String),
    /// `true` or `false`.
    Boolean(bool),
    /// A number by its value (`1` = `1.0` = `1e0`), within ±(2^53 − 1).
    Integer(i64),
}

impl DecisionValue {
    pub(super) const RULE: &'static str = "must be a string, a boolean or an integer within ±(2^53 - 1)";
}

/// Where the outcome of one module is and what its values mean.
#[derive(Clone, Debug)]
pub struct ModuleProfile {
    /// The module.
    pub module: Module,
    /// Its pointers.
    pub at: Vec<String>,
    /// Its values.
    pub values: Vec<ValueMeaning>,
}

/// One personal field.
#[derive(Clone, Debug)]
pub struct SubjectField {
    /// Its name: `[a-z][a-z0-9_]{0,63}`.
    pub name: String,
    /// Its pointers.
    pub at: Vec<String>,
}

impl SubjectField {
    pub(super) const NAME_RULE: &'static str = "names must be 1 to 64 of a-z, 0-9 and _, beginning with a letter";

    pub(super) fn is_name(name: &str) -> bool {
        name.len() <= 64
            && name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    }
}

closed_set! {
    /// What makes an event's outcome.
    #[derive(Default)]
    PassedWhen {
        /// The decision alone.
        #[default]
        Decision = "decision",
        /// Every module of the profile passed. If decision pointers are set as well, the decision too.
        AllChecks = "all_checks",
    }
}

closed_set! {
    /// By what an event is matched to an attempt.
    MatchesBy {
        /// The session token: it names one link.
        SessionToken = "session_token",
        /// The reference alone. It names a user: which of the user's attempts is meant must follow from a signed time of occurrence, or
        /// from `reference_per_link`.
        ReferenceId = "reference_id",
    }
}

const MAX_POINTERS: usize = 16;
const MAX_SUBJECT_FIELDS: usize = 64;

/// A checked profile.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) paths: Paths,
    pub(super) reference_id: Vec<Slot>,
    pub(super) session_token: Vec<Slot>,
    pub(super) transaction_id: Vec<Slot>,
    pub(super) flow: Vec<Slot>,
    pub(super) occurred_at: Vec<Slot>,
    pub(super) decision: Meaning,
    pub(super) checks: Vec<(Module, Meaning)>,
    pub(super) subject: Vec<(String, Vec<Slot>)>,
    pub(super) passed_when: PassedWhen,
    pub(super) matching: Matching,
}

/// Where a value is and what it may mean.
#[derive(Clone)]
pub(super) struct Meaning {
    pub(super) at: Vec<Slot>,
    pub(super) values: Vec<ValueMeaning>,
}

/// What a record needs to know of the profile that an event came by.
#[derive(Clone, Copy)]
pub(super) struct Matching {
    pub(super) by: MatchesBy,
    pub(super) reference_per_link: bool,
    pub(super) latest_decision_wins: bool,
}

impl Plan {
    pub(super) fn new(profile: &Profile) -> Result<Self, Error> {
        let paths = &mut Paths::new();
        let reference_id = slots(paths, "reference_id", &profile.reference_id)?;
        let session_token = slots(paths, "session_token", &profile.session_token)?;
        let transaction_id = slots(paths, "transaction_id", &profile.transaction_id)?;
        let flow = slots(paths, "flow", &profile.flow)?;
        let occurred_at = slots(paths, "occurred_at", &profile.occurred_at)?;
        let at = slots(paths, "decision", &profile.decision)?;
        let decision = Meaning { at, values: meanings("decisions", &profile.decisions)? };
        let checks = checks(paths, profile)?;
        let subject = subject(paths, &profile.subject)?;
        let by = profile.matches_by.ok_or_else(|| Error::config("matches_by", "is required"))?;
        let (name, needed) = match by {
            MatchesBy::SessionToken => ("session_token", &session_token),
            MatchesBy::ReferenceId => ("reference_id", &reference_id),
        };
        if needed.is_empty() {
            return Err(Error::config(name, "needs a pointer, since matches_by names it"));
        }
        Ok(Self {
            paths: core::mem::replace(paths, Paths::new()),
            reference_id,
            session_token,
            transaction_id,
            flow,
            occurred_at,
            decision,
            checks,
            subject,
            passed_when: profile.passed_when,
            matching: Matching {
                by,
                reference_per_link: profile.reference_per_link,
                latest_decision_wins: profile.latest_decision_wins,
            },
        })
    }

    /// A reference names a user and not an attempt, so that something must tell the user's attempts apart.
    pub(super) fn check_matching(&self, body_is_signed: bool) -> Result<(), Error> {
        let told_apart = self.matching.reference_per_link || (body_is_signed && !self.occurred_at.is_empty());
        match self.matching.by {
            MatchesBy::ReferenceId if !told_apart => Err(Error::config(
                "matches_by",
                "reference_id needs occurred_at pointers and a scheme that signs the body, or reference_per_link",
            )),
            _ => Ok(()),
        }
    }
}

fn slots(paths: &mut Paths, path: &str, pointers: &[String]) -> Result<Vec<Slot>, Error> {
    if pointers.len() > MAX_POINTERS {
        return Err(Error::config(path, "must have at most 16 pointers"));
    }
    let slot = |(index, pointer): (usize, &String)| match Pointer::parse(pointer) {
        Some(pointer) => Ok(paths.add(&pointer)),
        None => Err(Error::config(
            format!("{path}[{index}]"),
            "must be a JSON pointer of at most 512 bytes: empty, or parts each led by /, with ~ only in ~0 and ~1",
        )),
    };
    pointers.iter().enumerate().map(slot).collect()
}

fn meanings(path: &str, values: &[ValueMeaning]) -> Result<Vec<ValueMeaning>, Error> {
    let mut kept: Vec<ValueMeaning> = Vec::with_capacity(values.len());
    for (index, meaning) in values.iter().enumerate() {
        let refuse = |rule| Err(Error::config(format!("{path}[{index}].value"), rule));
        if let DecisionValue::Integer(integer) = meaning.value
            && !is_exact(integer)
        {
            return refuse(DecisionValue::RULE);
        }
        match kept.iter().find(|other| other.value == meaning.value) {
            Some(other) if other.outcome != meaning.outcome => return refuse("must not have two outcomes"),
            Some(_) => {}
            None => kept.push(meaning.clone()),
        }
    }
    Ok(kept)
}

fn checks(paths: &mut Paths, profile: &Profile) -> Result<Vec<(Module, Meaning)>, Error> {
    let refuse = |rule| Err(Error::config("checks", rule));
    if profile.passed_when == PassedWhen::AllChecks && profile.checks.is_empty() {
        return refuse("must name at least one module, since passed_when is all_checks");
    }
    let mut checks: Vec<(Module, Meaning)> = Vec::with_capacity(profile.checks.len());
    for check in &profile.checks {
        if checks.iter().any(|(module, _)| *module == check.module) {
            return refuse("must name each module at most once");
        }
        let at = slots(paths, &format!("checks.{}.at", check.module), &check.at)?;
        let values = meanings(&format!("checks.{}.values", check.module), &check.values)?;
        checks.push((check.module, Meaning { at, values }));
    }
    Ok(checks)
}

fn subject(paths: &mut Paths, fields: &[SubjectField]) -> Result<Vec<(String, Vec<Slot>)>, Error> {
    let refuse = |rule| Err(Error::config("subject", rule));
    if fields.len() > MAX_SUBJECT_FIELDS {
        return refuse("must have at most 64 fields");
    }
    if !fields.iter().all(|field| SubjectField::is_name(&field.name)) {
        return refuse(SubjectField::NAME_RULE);
    }
    if fields.iter().enumerate().any(|(at, field)| fields.iter().take(at).any(|other| other.name == field.name)) {
        return refuse("must have each name at most once");
    }
    let slots = |field: &SubjectField| {
        let at = slots(paths, &format!("subject.{}", field.name), &field.at)?;
        Ok((field.name.clone(), at))
    };
    fields.iter().map(slots).collect()
}
