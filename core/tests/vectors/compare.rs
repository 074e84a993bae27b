//! What a case expects beside what came out: only what is named is looked at, at every level.

use serde_json::Value;

use super::given;

/// One line for each difference; none if the verdict is the expected one.
pub(crate) fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare("", expected, actual, &mut found);
    found
}

fn compare(path: &str, expected: &Value, actual: &Value, found: &mut Vec<String>) {
    let same = match (expected, actual) {
        (Value::Object(names), _) if given::is_bytes(expected) && names.len() == 1 => {
            actual.as_str().map(str::as_bytes) == Some(&given::bytes(expected))
        }
        (Value::Object(names), Value::Object(_)) => {
            for (name, expected) in names {
                let path = format!("{path}.{name}");
                if name == "delay" {
                    within(&path, expected, &actual["delay_ms"], found);
                } else {
                    compare(&path, expected, &actual[name], found);
                }
            }
            true
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(&format!("{path}[{index}]"), expected, actual, found);
            }
            true
        }
        (expected, actual) => expected == actual,
    };
    if !same {
        found.push(format!("{path}: expected {expected}, got {actual}"));
    }
}

/// A wait has jitter: it is expected within bounds, both included.
fn within(path: &str, bounds: &Value, actual: &Value, found: &mut Vec<String>) {
    let range = bounds["min_ms"].as_u64().expect("min_ms")..=bounds["max_ms"].as_u64().expect("max_ms");
    if !actual.as_u64().is_some_and(|actual| range.contains(&actual)) {
        found.push(format!("{path}: expected {range:?}, got {actual}"));
    }
}

#[test]
fn what_is_named_must_be_equal_and_nothing_else() {
    use serde_json::json;
    let actual = json!({ "ok": { "a": 1, "b": { "c": "x", "d": true }, "e": [{ "f": 1, "g": 2 }, { "delay_ms": 300 }], "body": "xx" } });
    for (expected, differences) in [
        (json!({ "ok": {} }), 0),
        (json!({ "ok": { "a": 1, "absent": null, "b": { "c": "x" } } }), 0),
        (json!({ "ok": { "e": [{ "f": 1 }, { "delay": { "min_ms": 300, "max_ms": 300 } }] } }), 0),
        (json!({ "ok": { "body": { "repeat": [{ "utf8": "x" }, 2] } } }), 0),
        (json!({ "error": {} }), 1),
        (json!({ "ok": { "a": "1" } }), 1),
        (json!({ "ok": { "a": null, "b": { "c": "y", "d": true } } }), 2),
        (json!({ "ok": { "absent": {} } }), 1),
        (json!({ "ok": { "e": [{}] } }), 1),
        (json!({ "ok": { "e": [{}, { "delay": { "min_ms": 0, "max_ms": 299 } }] } }), 1),
        (json!({ "ok": { "e": [{ "delay": { "min_ms": 0, "max_ms": 9 } }, {}] } }), 1),
        (json!({ "ok": { "body": { "utf8": "x" } } }), 1),
    ] {
        assert_eq!(self::differences(&expected, &actual).len(), differences, "{expected}");
    }
}
