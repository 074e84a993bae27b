//! What an event says, against a second reading of the same document by `serde_json` and the rules written out once more.

mod cases;
mod webhook_support;

use cases::cases;
use std::fmt::Write as _;

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};
use valify_link_core::{
    Environment, Outcome, Profile,
    webhook::{
        Digest, Hmac, Limits, MatchesBy, Module, ModuleProfile, PassedWhen, Problem, SignatureEncoding, Signs,
        SubjectField, ValueMeaning,
    },
    *,
};
use webhook_support::{Parcel, start};

/// Numbers as they may be written, and ten times their value.
const NUMBERS: [(&str, i64); 14] = [
    ("1", 10),
    ("1.0", 10),
    ("1e0", 10),
    ("10e-1", 10),
    ("0.1E+1", 10),
    ("100.00e-2", 10),
    ("2", 20),
    ("-1", -10),
    ("0", 0),
    ("-0", 0),
    ("0.0e7", 0),
    ("0.5", 5),
    ("5e-1", 5),
    ("1e1", 100),
];

/// Few keys, so that pointers often meet them; some need escaping in a pointer, some look like an index.
fn key() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "0", "1", "10", "", "~", "/", "é", "\"", "a\u{1}"]).prop_map(String::from)
}

fn document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        select(&NUMBERS[..]).prop_map(|(text, _)| serde_json::from_str(text).expect("a number")),
        select(vec!["a", "", "1", "true", "null", "2026-01-14T07:57:54Z", "é\n\u{1F600}"]).prop_map(Value::from),
    ];
    let tree = leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..12).prop_map(Value::Array),
            vec((key(), inner), 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    prop_oneof![
        1 => tree.clone(),
        9 => vec((key(), tree), 0..8).prop_map(|members| Value::Object(members.into_iter().collect())),
    ]
}

/// Writes a document with its own spelling of white space and strings.
fn spell(value: &Value, style: &mut impl Iterator<Item = u8>, out: &mut String) {
    let mut space = |out: &mut String| match style.next() {
        Some(0) => out.push(' '),
        Some(1) => out.push_str("\r\n\t"),
        _ => {}
    };
    space(out);
    match value {
        Value::Array(elements) => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                spell(element, style, out);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                spell(&Value::from(key.as_str()), style, out);
                out.push(':');
                spell(member, style, out);
            }
            out.push('}');
        }
        Value::String(text) if style.next() == Some(2) => {
            out.push('"');
            text.encode_utf16().for_each(|unit| write!(out, "\\u{unit:04X}").expect("a string takes everything"));
            out.push('"');
        }
        other => out.push_str(&other.to_string()),
    }
    if style.next() == Some(3) {
        out.push('\n');
    }
}

/// All pointers into a document.
fn pointers_of(value: &Value) -> Vec<String> {
    let mut all = vec![String::new()];
    let children: Vec<(String, &Value)> = match value {
        Value::Array(elements) => {
            elements.iter().enumerate().map(|(index, element)| (index.to_string(), element)).collect()
        }
        Value::Object(members) => {
            members.iter().map(|(key, member)| (key.replace('~', "~0").replace('/', "~1"), member)).collect()
        }
        _ => Vec::new(),
    };
    for (token, child) in children {
        all.extend(pointers_of(child).into_iter().map(|rest| format!("/{token}{rest}")));
    }
    all
}

/// Which pointers of a document, or a pointer that may lead nowhere.
fn choice() -> impl Strategy<Value = Vec<Result<prop::sample::Index, String>>> {
    let nowhere = select(vec!["/zz", "/a/zz", "/00", "/-", "/10/0", "/a/b/a/b"]).prop_map(String::from);
    vec(prop_oneof![8 => any::<prop::sample::Index>().prop_map(Ok), 1 => nowhere.prop_map(Err)], 0..4)
}

fn chosen(choice: Vec<Result<prop::sample::Index, String>>, all: &[String]) -> Vec<String> {
    choice.into_iter().map(|choice| choice.map_or_else(|pointer| pointer, |index| index.get(all).clone())).collect()
}

fn meanings() -> Vec<ValueMeaning> {
    vec![
        ValueMeaning::integer(1, Outcome::Passed),
        ValueMeaning::text("a", Outcome::Failed),
        ValueMeaning::boolean(true, Outcome::Passed),
        ValueMeaning::boolean(false, Outcome::Failed),
        ValueMeaning::integer(0, Outcome::Review),
        ValueMeaning::text("1", Outcome::Expired),
        ValueMeaning::text("true", Outcome::Abandoned),
    ]
}

/// The rules, written out over `serde_json`'s tree.
struct Model<'a> {
    document: &'a Value,
    problems: Vec<Problem>,
}

impl Model<'_> {
    fn found(&self, pointers: &[String]) -> Vec<Value> {
        pointers.iter().filter_map(|pointer| self.document.pointer(pointer).cloned()).collect()
    }

    fn agreed(&mut self, values: &[Value]) -> Option<Value> {
        let mut different = values.to_vec();
        different.dedup();
        match different.as_slice() {
            [] => None,
            [value] => Some(value.clone()),
            _ => {
                self.problems.push(Problem::PointersDisagree);
                None
            }
        }
    }

    fn identifier(&mut self, pointers: &[String]) -> Option<String> {
        // What is empty names nothing, as null does.
        let names = |value: &Value| !value.is_null() && value != "";
        let found: Vec<Value> = self.found(pointers).into_iter().filter(names).collect();
        let is_integer = |value: &Value| value.is_number() && !value.to_string().contains(['.', 'e', 'E']);
        let (readable, other): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|value| value.is_string() || is_integer(value));
        let agreed = self.agreed(&readable.iter().map(text).collect::<Vec<_>>());
        if !other.is_empty() {
            self.problems.push(Problem::FieldMalformed);
            return None;
        }
        agreed.map(|value| value.as_str().expect("a text").to_string())
    }

    fn subject(&mut self, pointers: &[String]) -> Option<String> {
        let found = self.found(pointers).into_iter().filter(|value| value.is_string() || value.is_number());
        let texts: Vec<_> = found.map(|value| text(&value)).collect();
        self.agreed(&texts).map(|value| value.as_str().expect("a text").to_string())
    }

    /// `Ok` for an outcome, `Err` for the problem if there is one of its own.
    fn meaning(&mut self, pointers: &[String]) -> Result<Outcome, Option<Problem>> {
        let found: Vec<Value> = self.found(pointers).iter().map(by_value).collect();
        if found.is_empty() {
            return Err(Some(Problem::DecisionMissing));
        }
        match self.agreed(&found).ok_or(None)? {
            Value::Bool(true) => Ok(Outcome::Passed),
            Value::Bool(false) => Ok(Outcome::Failed),
            Value::String(text) if text == "a" => Ok(Outcome::Failed),
            Value::String(text) if text == "1" => Ok(Outcome::Expired),
            Value::String(text) if text == "true" => Ok(Outcome::Abandoned),
            number if number == json!({ "tenths": 10 }) => Ok(Outcome::Passed),
            number if number == json!({ "tenths": 0 }) => Ok(Outcome::Review),
            _ => Err(Some(Problem::DecisionUnmapped)),
        }
    }
}

fn text(value: &Value) -> Value {
    Value::from(value.as_str().map_or_else(|| value.to_string(), String::from))
}

/// Numbers by their value, everything else as it is.
fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => {
            // `serde_json` writes an exponent's plus sign where there was none.
            let plain = |text: &str| text.replace('+', "").to_ascii_lowercase();
            let written = plain(&number.to_string());
            let known = NUMBERS.iter().find(|(text, _)| plain(text) == written).expect("a known number");
            json!({ "tenths": known.1 })
        }
        other => other.clone(),
    }
}

fn checks_of(event: &Event) -> Map<String, Value> {
    let outcome = |module: &Module| Some((module.to_string(), Value::from(event.view().checks.get(*module)?.as_str())));
    Module::ALL.iter().filter_map(outcome).collect()
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn an_event_says_what_the_rules_say(
        document in document(),
        style in vec(0_u8..12, 1..50),
        choices in vec(choice(), 8),
        passed_when in select(PassedWhen::ALL),
    ) {
        let mut body = String::new();
        spell(&document, &mut style.iter().copied().cycle(), &mut body);
        let all = pointers_of(&document);
        let mut lists = choices.into_iter().map(|choice| chosen(choice, &all));
        let mut list = || lists.next().expect("eight lists");
        let (reference_id, transaction_id, flow, decision) = (list(), list(), list(), list());
        let (ocr, liveness, name) = (list(), list(), list());
        let mut session_token = list();
        session_token.push("/data/token".to_string());
        let module = |module, at: &[String]| ModuleProfile { module, at: at.to_vec(), values: meanings() };
        let profile = Profile {
            reference_id: reference_id.clone(),
            session_token: session_token.clone(),
            transaction_id: transaction_id.clone(),
            flow: flow.clone(),
            decision: decision.clone(),
            decisions: meanings(),
            checks: vec![module(Module::Liveness, &liveness), module(Module::Ocr, &ocr)],
            subject: vec![SubjectField { name: "full_name".into(), at: name.clone() }],
            passed_when,
            matches_by: Some(MatchesBy::SessionToken),
            ..Profile::default()
        };
        let secrets = vec![NamedSecret::new("a", Secret::utf8("an-obviously-fake-secret"))];
        let auth = Auth::Hmac(Hmac::new("X-Sig", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, secrets));
        let verifier = Verifier::new(Environment::Sandbox, &auth, &profile, Limits::default()).expect("a verifier");
        let event = Parcel::signed(&auth, body.as_bytes(), "", start()).verify(&verifier, start()).expect("an event");
        let view = event.view();

        for pointer in &all {
            let found = event.raw_at(pointer).expect("a pointer").map(|text| serde_json::from_str(text).expect("JSON"));
            prop_assert_eq!(found.as_ref(), document.pointer(pointer));
        }
        if !document.is_object() {
            prop_assert_eq!((view.outcome, view.problem), (Outcome::Indeterminate, Some(Problem::DecisionMissing)));
            prop_assert!(view.session_token.is_none() && view.reference_id.is_none());
            return Ok(());
        }
        let mut model = Model { document: &document, problems: Vec::new() };
        prop_assert_eq!(&view.reference_id, &model.identifier(&reference_id));
        prop_assert_eq!(&view.session_token, &model.identifier(&session_token));
        prop_assert_eq!(&view.transaction_id, &model.identifier(&transaction_id));
        prop_assert_eq!(&view.flow, &model.identifier(&flow));
        let subject = model.subject(&name);
        prop_assert_eq!(event.subject().get("full_name"), subject.as_deref());

        let decided = model.meaning(&decision);
        let modules = [("ocr", model.meaning(&ocr)), ("liveness", model.meaning(&liveness))];
        let said = modules.iter().filter_map(|(module, meaning)| match meaning {
            Ok(outcome) => Some((module.to_string(), Value::from(outcome.as_str()))),
            Err(Some(Problem::DecisionUnmapped)) => Some((module.to_string(), Value::from("indeterminate"))),
            Err(_) => None,
        });
        prop_assert_eq!(checks_of(&event), said.collect());
        let mut counted: Vec<_> = match passed_when {
            PassedWhen::Decision => Vec::new(),
            PassedWhen::AllChecks => modules.iter().map(|(_, meaning)| *meaning).collect(),
        };
        if passed_when == PassedWhen::Decision || !decision.is_empty() {
            counted.push(decided);
        }
        let mut outcome = match (passed_when, decided) {
            (PassedWhen::Decision, decided) => decided.unwrap_or(Outcome::Indeterminate),
            _ if counted.contains(&Ok(Outcome::Failed)) => Outcome::Failed,
            _ if counted.iter().all(|meaning| *meaning == Ok(Outcome::Passed)) => Outcome::Passed,
            _ => Outcome::Indeterminate,
        };
        if model.problems.iter().any(|problem| *problem != Problem::TimeUnreadable) {
            outcome = Outcome::Indeterminate;
        } else if outcome == Outcome::Indeterminate {
            model.problems.extend(counted.iter().filter_map(|meaning| meaning.err().flatten()));
        }
        prop_assert_eq!(view.outcome, outcome, "{:?}", counted);
        prop_assert_eq!(view.problem, model.problems.iter().min().copied());
    }
}
