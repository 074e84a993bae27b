//! What a body says by a profile. It never fails: what cannot be read becomes a [`Problem`], and the outcome indeterminate.

use alloc::{borrow::Cow, collections::BTreeMap, string::String, vec::Vec};

use super::{
    outcome::{Checks, Module, Outcome, Problem},
    profile::{DecisionValue, Meaning, PassedWhen, Plan},
};
use crate::{
    json::{self, Found, Kind, Number, Slot, Value},
    time::{self, Instant},
};

/// The bytes of a body, kept once.
pub(super) enum Raw {
    /// In the strict profile.
    Json(String),
    Other(Vec<u8>),
}

impl Raw {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Json(text) => text.as_bytes(),
            Self::Other(bytes) => bytes,
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(text) => text.into_bytes(),
            Self::Other(bytes) => bytes,
        }
    }

    pub(super) fn root(&self) -> Option<Value<'_>> {
        match self {
            Self::Json(text) => Some(json::reread(text)),
            Self::Other(_) => None,
        }
    }
}

/// Everything that a body says.
pub(super) struct Reading {
    pub(super) outcome: Outcome,
    pub(super) checks: Checks,
    pub(super) problem: Option<Problem>,
    pub(super) reference_id: Option<String>,
    pub(super) session_token: Option<String>,
    pub(super) transaction_id: Option<String>,
    pub(super) flow: Option<String>,
    pub(super) occurred_at: Option<Instant>,
    pub(super) subject: BTreeMap<String, String>,
}

impl Reading {
    /// Reads a body once and keeps its bytes.
    pub(super) fn of(body: &[u8], plan: &Plan) -> (Self, Raw) {
        match String::from_utf8(body.to_vec()) {
            Ok(text) => match json::find(&text, &plan.paths) {
                Ok((root, found)) => (Self::of_root(root, found, plan), Raw::Json(text)),
                Err(_) => (Self::nothing(Problem::MalformedBody), Raw::Other(text.into_bytes())),
            },
            Err(error) => (Self::nothing(Problem::MalformedBody), Raw::Other(error.into_bytes())),
        }
    }

    /// Reads a body once and leaves its bytes where they are.
    pub(super) fn of_borrowed(body: &[u8], plan: &Plan) -> Self {
        let found = core::str::from_utf8(body).ok().and_then(|text| json::find(text, &plan.paths).ok());
        found.map_or_else(|| Self::nothing(Problem::MalformedBody), |(root, found)| Self::of_root(root, found, plan))
    }

    fn nothing(problem: Problem) -> Self {
        Self {
            outcome: Outcome::Indeterminate,
            checks: Checks::default(),
            problem: Some(problem),
            reference_id: None,
            session_token: None,
            transaction_id: None,
            flow: None,
            occurred_at: None,
            subject: BTreeMap::new(),
        }
    }

    fn of_root(root: Value<'_>, found: Found<'_>, plan: &Plan) -> Self {
        if root.kind() != Kind::Object {
            return Self::nothing(Problem::DecisionMissing);
        }
        let mut reader = Reader { found, problem: None, is_doubtful: false };
        let reference_id = reader.identifier(&plan.reference_id);
        let session_token = reader.identifier(&plan.session_token);
        let transaction_id = reader.identifier(&plan.transaction_id);
        let flow = reader.identifier(&plan.flow);
        let occurred_at = reader.occurred_at(&plan.occurred_at);
        let mut subject = BTreeMap::new();
        subject.extend(plan.subject.iter().filter_map(|(name, at)| Some((name.clone(), reader.subject(at)?))));
        let (outcome, checks) = reader.outcome(plan);
        Self {
            outcome: if reader.is_doubtful { Outcome::Indeterminate } else { outcome },
            checks,
            problem: reader.problem,
            reference_id,
            session_token,
            transaction_id,
            flow,
            occurred_at,
            subject,
        }
    }
}

struct Reader<'a> {
    found: Found<'a>,
    /// The first in their order.
    problem: Option<Problem>,
    /// Whatever is wrong with the event but its time leaves open what it is about, or what it says.
    is_doubtful: bool,
}

/// What a decision pointer leads to.
#[derive(PartialEq)]
enum Said<'a> {
    Text(Cow<'a, str>),
    Number(Number),
    /// `true`, `false`, `null`; and what can have no meaning, by its text.
    Other(&'a str),
}

impl<'a> Said<'a> {
    fn of(value: Value<'a>) -> Self {
        match value.kind() {
            Kind::String => value.string().map(Self::Text),
            Kind::Number => Number::parse(value.text()).map(Self::Number),
            _ => None,
        }
        .unwrap_or(Self::Other(value.text()))
    }

    fn is(&self, value: &DecisionValue) -> bool {
        match (self, value) {
            (Self::Text(said), DecisionValue::Text(value)) => said == value,
            (Self::Number(said), DecisionValue::Integer(value)) => said.integer() == Some(*value),
            (Self::Other(said), DecisionValue::Boolean(value)) => *said == if *value { "true" } else { "false" },
            _ => false,
        }
    }
}

/// What the values of one decision come to.
#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Mapped(Outcome),
    Missing,
    Unmapped,
    /// The problem has been noted.
    Disagreed,
}

impl Verdict {
    fn problem(self) -> Option<Problem> {
        match self {
            Self::Missing => Some(Problem::DecisionMissing),
            Self::Unmapped => Some(Problem::DecisionUnmapped),
            Self::Mapped(_) | Self::Disagreed => None,
        }
    }
}

impl<'a> Reader<'a> {
    fn values(&self, at: &[Slot]) -> impl Iterator<Item = Value<'a>> {
        at.iter().filter_map(|slot| self.found.get(*slot))
    }

    fn note(&mut self, problem: Problem) {
        self.is_doubtful |= matches!(problem, Problem::PointersDisagree | Problem::FieldMalformed);
        self.problem = Some(self.problem.map_or(problem, |other| other.min(problem)));
    }

    /// What has been agreed on, unless there is something else wrong; and what is wrong is noted.
    fn noted<T>(&mut self, agreed: Result<Option<T>, Problem>, other: Option<Problem>) -> Option<T> {
        let problem = agreed.as_ref().err().copied().or(other);
        problem.inspect(|problem| self.note(*problem));
        agreed.ok().flatten().filter(|_| problem.is_none())
    }

    fn identifier(&mut self, at: &[Slot]) -> Option<String> {
        let mut malformed = None;
        let texts = self.values(at).filter_map(|value| match value.kind() {
            Kind::Null => None,
            // An empty text names nothing: as absent as null.
            Kind::String => value.string().filter(|text| !text.is_empty()),
            _ => {
                let digits = value.integer();
                malformed = malformed.or(digits.is_none().then_some(Problem::FieldMalformed));
                digits.map(Cow::Borrowed)
            }
        });
        let agreed = agreed(texts);
        self.noted(agreed, malformed).map(Cow::into_owned)
    }

    fn occurred_at(&mut self, at: &[Slot]) -> Option<Instant> {
        let mut unreadable = None;
        let values = self.values(at).filter(|value| value.kind() != Kind::Null);
        let times = values.filter_map(|value| {
            let time = read_time(value);
            unreadable = unreadable.or(time.is_none().then_some(Problem::TimeUnreadable));
            time
        });
        let agreed = agreed(times);
        self.noted(agreed, unreadable)
    }

    /// A field of the subject: a string, or a number's text. Anything else is left out, since nothing is decided by it.
    fn subject(&mut self, at: &[Slot]) -> Option<String> {
        let text = |value: Value<'a>| match value.kind() {
            Kind::Number => Some(Cow::Borrowed(value.text())),
            _ => value.string(),
        };
        let agreed = agreed(self.values(at).filter_map(text));
        self.noted(agreed, None).map(Cow::into_owned)
    }

    fn verdict(&mut self, meaning: &Meaning) -> Verdict {
        match agreed(self.values(&meaning.at).map(Said::of)) {
            Ok(None) => Verdict::Missing,
            Ok(Some(said)) => {
                let known = meaning.values.iter().find(|known| said.is(&known.value));
                known.map_or(Verdict::Unmapped, |known| Verdict::Mapped(known.outcome))
            }
            Err(problem) => {
                self.note(problem);
                Verdict::Disagreed
            }
        }
    }

    fn outcome(&mut self, plan: &Plan) -> (Outcome, Checks) {
        let decision = self.verdict(&plan.decision);
        let verdicts: Vec<(Module, Verdict)> =
            plan.checks.iter().map(|(module, meaning)| (*module, self.verdict(meaning))).collect();
        let mut checks = Checks::default();
        for (module, verdict) in &verdicts {
            match verdict {
                Verdict::Mapped(outcome) => checks.set(*module, *outcome),
                Verdict::Unmapped => checks.set(*module, Outcome::Indeterminate),
                Verdict::Missing | Verdict::Disagreed => {}
            }
        }
        let deciding = match plan.passed_when {
            PassedWhen::Decision => {
                if let Verdict::Mapped(outcome) = decision {
                    return (outcome, checks);
                }
                Vec::from([decision])
            }
            PassedWhen::AllChecks => {
                let decision = (!plan.decision.at.is_empty()).then_some(decision);
                verdicts.into_iter().map(|(_, verdict)| verdict).chain(decision).collect()
            }
        };
        (self.all(&deciding), checks)
    }

    /// Passed if all passed, failed if any failed, and otherwise indeterminate.
    fn all(&mut self, verdicts: &[Verdict]) -> Outcome {
        if verdicts.contains(&Verdict::Mapped(Outcome::Failed)) {
            return Outcome::Failed;
        }
        if verdicts.iter().all(|verdict| *verdict == Verdict::Mapped(Outcome::Passed)) {
            return Outcome::Passed;
        }
        verdicts.iter().filter_map(|verdict| verdict.problem()).for_each(|problem| self.note(problem));
        Outcome::Indeterminate
    }
}

/// The one value that all are, or none if there are none.
fn agreed<T: PartialEq>(mut values: impl Iterator<Item = T>) -> Result<Option<T>, Problem> {
    let first = values.next();
    if values.all(|other| first.as_ref() == Some(&other)) { Ok(first) } else { Err(Problem::PointersDisagree) }
}

/// A time of occurrence in one of its three forms.
fn read_time(value: Value<'_>) -> Option<Instant> {
    if let Some(text) = value.string() {
        return time::parse(&text);
    }
    let digits = value.integer().filter(|digits| !digits.starts_with('-'))?;
    let number: i64 = digits.parse().ok()?;
    Instant::from_timestamp_millis(match digits.len() {
        ..=11 => number.checked_mul(1000)?,
        12..=14 => number,
        _ => return None,
    })
}
