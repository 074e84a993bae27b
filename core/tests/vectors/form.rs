//! The form of this repository's own vectors.

use std::collections::BTreeSet;

use serde_json::Value;
use valify_link_core::{ErrorKind, webhook::Mistake};

use super::{
    folder::{Folder, from_root},
    given,
};

#[test]
fn every_file_follows_the_schema() {
    let schema = std::fs::read(from_root("tests/vectors/vectors.schema.json")).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for (name, document) in Folder::of_this_repository().documents() {
        let errors: Vec<_> =
            validator.iter_errors(document).map(|error| format!("{}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn a_misspelt_name_is_not_of_the_schema() {
    let schema = std::fs::read(from_root("tests/vectors/vectors.schema.json")).unwrap();
    let validator = jsonschema::draft202012::new(&serde_json::from_slice(&schema).unwrap()).unwrap();
    let good = serde_json::json!({ "kind": "config", "cases": [
        { "id": "config/x", "why": "A sentence.", "provenance": "assumed", "given": { "config": {} }, "expect": { "ok": {} } },
    ] });
    assert!(validator.is_valid(&good));
    for place in ["", "/cases/0", "/cases/0/given", "/cases/0/expect", "/cases/0/expect/ok"] {
        let mut bad = good.clone();
        bad.pointer_mut(place).unwrap()["misspelt"] = Value::Bool(true);
        assert!(!validator.is_valid(&bad), "{place}");
    }
}

#[test]
fn ids_are_unique_and_begin_with_their_kind() {
    let folder = Folder::of_this_repository();
    let mut seen = BTreeSet::new();
    for (kind, case) in folder.cases() {
        let id = given::text(&case["id"]);
        assert!(id.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/')), "{id} is of kind {kind}");
        assert!(seen.insert(id), "{id} is there twice");
    }
    assert!(seen.len() >= 600, "only {} cases", seen.len());
}

/// What a host can be asked by vectors, it is asked: every mistake, and every kind of error but those of states and records.
#[test]
fn every_mistake_and_every_kind_of_error_is_among_the_cases() {
    let folder = Folder::of_this_repository();
    let expected: String = folder.cases().map(|(_, case)| case["expect"].to_string()).collect();
    let asked = |name: &str| expected.contains(&format!("\"{name}\""));
    for mistake in Mistake::ALL {
        assert!(asked(mistake.as_str()), "{mistake}");
    }
    for kind in ErrorKind::ALL {
        let without_kind = matches!(kind.class(), "ReturnState" | "Record");
        assert!(asked(kind.as_str()) || without_kind, "{kind}");
    }
}

#[test]
fn errors_json_is_the_error_model() {
    let folder = Folder::of_this_repository();
    let (_, document) = folder.documents().find(|(name, _)| *name == "errors.json").expect("errors.json");
    let errors = document["errors"].as_object().unwrap();
    let kinds: BTreeSet<_> = ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(errors.keys().map(String::as_str).collect::<BTreeSet<_>>(), kinds);
    for kind in ErrorKind::ALL {
        let entry = &errors[kind.as_str()];
        assert_eq!(entry["next"], kind.next().as_str(), "{kind}");
        assert_eq!(entry["class"], names(&document["classes"][kind.class()]), "{kind}");
    }
}

#[test]
fn classes_are_one_tree_and_named_alike() {
    let folder = Folder::of_this_repository();
    let (_, document) = folder.documents().find(|(name, _)| *name == "errors.json").expect("errors.json");
    for (class, entry) in document["classes"].as_object().unwrap() {
        let expected = serde_json::json!({
            "typescript": format!("{class}Error"), "python": format!("{class}Error"), "kotlin": format!("{class}Exception"), "swift": class,
        });
        assert_eq!(names(entry), expected);
        let parent = match class.as_str() {
            "Valify" => Value::Null,
            "Server" => "OutcomeUnknown".into(),
            _ => "Valify".into(),
        };
        assert_eq!(entry["parent"], parent, "{class}");
    }
}

/// A class's names, without its parent.
fn names(class: &Value) -> Value {
    let mut names = class.clone();
    names.as_object_mut().expect("a class").remove("parent");
    names
}
