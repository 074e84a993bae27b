//! What a webhook says. All of it is assumed; a profile, the same document that a verifier takes, sets its shape.

use serde::Deserialize;
use serde_json::{Map, Value};
use valify_link_core::{
    Profile,
    webhook::{DecisionValue, ModuleProfile, ValueMeaning},
};

use crate::session::{CheckResult, Module, Outcome};

/// Where each thing is written: the first pointer of each list counts.
#[derive(Clone, Debug)]
pub struct Payload {
    profile: Profile,
    images: Images,
}

/// Whether pictures come with the result (assumed).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Images {
    /// None.
    #[default]
    None,
    /// Front, back and selfie as base64 of a phone camera's sizes, over a mebibyte together.
    Realistic,
}

/// What a payload is made from.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) reference_id: &'a str,
    pub(crate) session_token: String,
    pub(crate) transaction_id: String,
    pub(crate) occurred_at: String,
    pub(crate) flow: String,
    pub(crate) outcome: Outcome,
    pub(crate) checks: &'a [(Module, CheckResult)],
    /// The fields of the card, by the names observed in the OCR product.
    pub(crate) subject: Vec<(&'static str, String)>,
}

impl Default for Payload {
    fn default() -> Self {
        Self { profile: default_profile(), images: Images::None }
    }
}

fn default_profile() -> Profile {
    let at = |pointer: &str| vec![pointer.to_owned()];
    let check = |module: &Module| {
        let its = valify_link_core::webhook::Module::from_name(module.name())?;
        Some(ModuleProfile { module: its, at: at(&format!("/data/checks/{}", module.name())), values: Vec::new() })
    };
    Profile {
        reference_id: at("/data/reference_id"),
        session_token: at("/data/token"),
        transaction_id: at("/data/transaction_id"),
        occurred_at: at("/data/occurred_at"),
        decision: at("/data/status"),
        checks: Module::ALL.iter().filter_map(check).collect(),
        ..Profile::default()
    }
}

impl Payload {
    /// The shape of a profile, or the default one.
    pub(crate) fn new(profile: Option<Profile>, images: Images) -> Self {
        Self { profile: profile.unwrap_or_else(default_profile), images }
    }

    /// The body in bytes.
    pub(crate) fn render(&self, facts: &Facts<'_>) -> Vec<u8> {
        let profile = &self.profile;
        let mut body = Value::Object(Map::new());
        put(&mut body, &profile.reference_id, facts.reference_id.into());
        put(&mut body, &profile.session_token, facts.session_token.as_str().into());
        put(&mut body, &profile.transaction_id, facts.transaction_id.as_str().into());
        put(&mut body, &profile.flow, facts.flow.as_str().into());
        put(&mut body, &profile.decision, decision_value(&profile.decisions, facts.outcome));
        put(&mut body, &profile.occurred_at, facts.occurred_at.as_str().into());
        if let Some(parent) = common_parent(&profile.checks) {
            // An object of its own for the checks is there even while none has ended.
            if body.pointer(&parent).is_none() {
                write_at(&mut body, &parent, Value::Object(Map::new()));
            }
        }
        for (module, result) in facts.checks {
            if let Some(check) = profile.checks.iter().find(|check| check.module.as_str() == module.name()) {
                put(&mut body, &check.at, decision_value(&check.values, (*result).into()));
            }
        }
        for (name, value) in &facts.subject {
            if let Some(field) = profile.subject.iter().find(|field| field.name == *name) {
                put(&mut body, &field.at, value.as_str().into());
            }
        }
        if self.images == Images::Realistic {
            // What a phone's camera makes of a card and a face, scaled for upload.
            for (name, kilobytes) in [("front", 640), ("back", 580), ("selfie", 420)] {
                put(&mut body, &[format!("/data/images/{name}")], noise(kilobytes * 1024).into());
            }
        }
        serde_json::to_vec(&body).expect("a JSON value can be written")
    }
}

/// What all checks' pointers have in common but for their last token.
fn common_parent(checks: &[ModuleProfile]) -> Option<String> {
    let mut parents = checks.iter().filter_map(|check| check.at.first()?.rsplit_once('/')).map(|(parent, _)| parent);
    let first = parents.next()?;
    (!first.is_empty() && parents.all(|other| other == first)).then(|| first.to_owned())
}

/// The first value that the profile reads as this outcome; without one, the sandbox's own word for it.
fn decision_value(meanings: &[ValueMeaning], outcome: Outcome) -> Value {
    let mapped = meanings.iter().find(|meaning| meaning.outcome.as_str() == outcome.name());
    match mapped.map(|meaning| &meaning.value) {
        None => default_word(outcome).into(),
        Some(DecisionValue::Text(text)) => text.as_str().into(),
        Some(DecisionValue::Boolean(value)) => (*value).into(),
        Some(DecisionValue::Integer(number)) => (*number).into(),
    }
}

fn default_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "approved",
        Outcome::Failed => "rejected",
        Outcome::Review | Outcome::Abandoned | Outcome::Expired => outcome.name(),
    }
}

/// Base64 that does not compress, behind a JPEG's first bytes; it only has to weigh what a picture weighs.
fn noise(length: usize) -> String {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend((4..length).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    }));
    data_encoding::BASE64.encode(&bytes)
}

/// Writes at the first of the pointers, if there is one.
fn put(body: &mut Value, pointers: &[String], value: Value) {
    if let Some(pointer) = pointers.first() {
        write_at(body, pointer, value);
    }
}

/// Writes at a JSON pointer, making objects on the way. A token that meets something else replaces it.
fn write_at(root: &mut Value, pointer: &str, value: Value) {
    let mut place = root;
    for token in pointer.split('/').skip(1) {
        let key = token.replace("~1", "/").replace("~0", "~");
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        place = place.as_object_mut().expect("made an object just now").entry(key).or_insert(Value::Null);
    }
    *place = value;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts<'static> {
        Facts {
            reference_id: "user-1",
            session_token: "t".to_owned(),
            transaction_id: "x".to_owned(),
            occurred_at: "2026-01-14T07:57:54.972Z".to_owned(),
            flow: "f".to_owned(),
            outcome: Outcome::Passed,
            checks: &[(Module::Ocr, CheckResult::Passed), (Module::Liveness, CheckResult::Failed)],
            subject: vec![("front_nid", "30101010100009".to_owned())],
        }
    }

    #[test]
    fn the_default_body_is_the_documented_shape_of_this_project() {
        let body: Value = serde_json::from_slice(&Payload::default().render(&facts())).unwrap();
        let expected = serde_json::json!({"data": {"reference_id": "user-1", "token": "t", "transaction_id": "x", "status": "approved",
            "occurred_at": "2026-01-14T07:57:54.972Z", "checks": {"ocr": "approved", "liveness": "rejected"}}});
        assert_eq!(body, expected);
    }

    #[test]
    fn a_profile_moves_every_field_and_chooses_the_values() {
        let profile =
            br#"{"reference_id": ["/r~1id"], "decision": ["/ok"], "decisions": [{"value": true, "outcome": "passed"}],
            "subject": {"front_nid": ["/card/id"]}, "matches_by": "reference_id"}"#;
        let payload = Payload::new(Some(Profile::from_document(profile).unwrap()), Images::None);
        let body: Value = serde_json::from_slice(&payload.render(&facts())).unwrap();
        assert_eq!(body, serde_json::json!({"r/id": "user-1", "ok": true, "card": {"id": "30101010100009"}}));
    }

    #[test]
    fn pictures_weigh_more_than_a_mebibyte() {
        let body = Payload::new(None, Images::Realistic).render(&facts());
        assert!((1 << 20..8 << 20).contains(&body.len()), "{}", body.len());
    }
}
