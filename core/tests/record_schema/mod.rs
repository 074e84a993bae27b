//! The published schema of a stored record.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;
use valify_link_core::Verification;

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../../schema/verification.v1.schema.json")).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("a schema")
});

/// Whether a text is one of the schema's.
pub(crate) fn is_of_schema(text: &str) -> bool {
    serde_json::from_str(text).is_ok_and(|value| SCHEMA.is_valid(&value))
}

/// The text of a record, held to the schema.
pub(crate) fn stored(record: &Verification) -> String {
    let text = record.to_text();
    // Under Miri the validator alone would take an hour.
    assert!(cfg!(miri) || is_of_schema(&text), "{text}");
    text
}
