//! The profile against `serde_json` as an independent reader, and what the profile adds to it.
#![cfg_attr(miri, allow(unused, reason = "what only the properties need"))]

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    Kind, Paths, Pointer, Value, find,
    keys::{FACTOR, hash_of},
    read, write_string,
};

/// JSON text with odd white space, escapes, repeated keys and deep nesting, some of it not well-formed.
fn json_text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_string()),
        Just("true".to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?",
        "[-+]?[0-9]{0,3}[.eE]?[0-9]{0,2}",
        string_text(),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let key = prop_oneof![string_text(), Just("\"a\"".to_string()), Just("\"\\u0061\"".to_string())];
        prop_oneof![
            prop::collection::vec((space(), inner.clone(), space()), 0..6)
                .prop_map(|items| format!("[{}]", join(items.iter().map(|(a, v, b)| format!("{a}{v}{b}"))))),
            prop::collection::vec((key, space(), inner), 0..6)
                .prop_map(|items| format!("{{{}}}", join(items.iter().map(|(k, s, v)| format!("{s}{k}{s}:{s}{v}"))))),
        ]
    })
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

fn space() -> impl Strategy<Value = String> {
    "[ \\t\\n\\r]{0,2}"
}

fn string_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-c\\[\\]{}:,ء-ي]{1,3}",
        "\\\\[\"\\\\/bfnrtux]",
        "\\\\u[dD][89cC][0-9a-f]{2}",
        Just("\\ud83d\\ude00".to_string()),
        "\\\\u00[0-9a-f]{2}",
        any::<char>().prop_filter("a quote ends the string", |c| *c != '"').prop_map(|c| c.to_string()),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

/// Whether any object in the text has a key twice, and the greatest depth, by a walk of the independent reader.
fn serde_verdict(bytes: &[u8]) -> Option<(bool, usize)> {
    struct Walk;
    struct Found(bool, usize);
    impl<'de> serde::de::DeserializeSeed<'de> for Walk {
        type Value = Found;
        fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Found, D::Error> {
            deserializer.deserialize_any(self)
        }
    }
    impl<'de> serde::de::Visitor<'de> for Walk {
        type Value = Found;
        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("any value")
        }
        fn visit_unit<E>(self) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_str<E>(self, _: &str) -> Result<Found, E> {
            Ok(Found(false, 0))
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
            let mut all = Found(false, 1);
            while let Some(Found(twice, depth)) = items.next_element_seed(Walk)? {
                all = Found(all.0 || twice, all.1.max(depth + 1));
            }
            Ok(all)
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(self, mut items: A) -> Result<Found, A::Error> {
            let (mut all, mut seen) = (Found(false, 1), BTreeSet::new());
            while let Some(key) = items.next_key::<String>()? {
                let Found(twice, depth) = items.next_value_seed(Walk)?;
                all = Found(all.0 || twice || !seen.insert(key), all.1.max(depth + 1));
            }
            Ok(all)
        }
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let Found(twice, depth) = serde::de::DeserializeSeed::deserialize(Walk, &mut reader).ok()?;
    reader.end().ok()?;
    Some((twice, depth))
}

/// Rebuilds the text by walking it, so that every accessor takes part.
fn rebuilt(value: Value<'_>) -> String {
    match value.kind() {
        Kind::Object => {
            let members = value.members().map(|(key, value)| {
                let mut member = String::new();
                write_string(&mut member, &key);
                format!("{member}:{}", rebuilt(value))
            });
            format!("{{{}}}", join(members))
        }
        Kind::Array => format!("[{}]", join(value.elements().map(rebuilt))),
        Kind::String => {
            let mut string = String::new();
            write_string(&mut string, &value.string().expect("a string"));
            string
        }
        _ => value.text().to_string(),
    }
}

/// Under Miri, which is some thousand times slower and has no files to keep failures in, a few.
fn cases() -> ProptestConfig {
    let few = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(8) };
    if cfg!(miri) { few } else { ProptestConfig::with_cases(2000) }
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases())]

    #[test]
    fn accepts_what_the_other_reader_accepts_but_for_the_profile(text in json_text()) {
        let other = serde_verdict(text.as_bytes());
        prop_assert_eq!(read(text.as_bytes()).is_ok(), other.is_some_and(|(twice, depth)| !twice && depth <= 64), "{}", text);
    }

    #[test]
    fn walking_finds_what_the_other_reader_finds(text in json_text()) {
        if let Ok(value) = read(text.as_bytes()) {
            let ours: serde_json::Value = serde_json::from_str(&rebuilt(value)).expect("JSON again");
            let other: serde_json::Value = serde_json::from_str(&text).expect("accepted by both");
            prop_assert_eq!(ours, other);
        }
    }

    /// Reading finds at once what pointers lead to one by one, and what the other reader finds.
    #[test]
    fn pointers_are_found_while_reading(text in json_text()) {
        let mut paths = Paths::new();
        let pointers = ["", "/0", "/1", "/a", "/a/a", "/a/0", "/0/a", "/0/0", "/1/a/0", "/a/a/a", "/b", "/", "/a"];
        let pointers = pointers.map(|pointer| (pointer, Pointer::parse(pointer).expect("a pointer")));
        let slots = pointers.each_ref().map(|(_, pointer)| paths.add(pointer));
        if let Ok((root, found)) = find(&text, &paths) {
            let other: serde_json::Value = serde_json::from_str(&text).expect("accepted by both");
            for ((written, pointer), slot) in pointers.iter().zip(slots) {
                let ours = found.get(slot).map(Value::text);
                prop_assert_eq!(ours, root.at(pointer).map(Value::text));
                let ours = ours.map(|text| serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
                prop_assert_eq!(ours.as_ref(), other.pointer(written));
            }
        }
    }

    /// Many keys of every length, in every position to the eight bytes that are read at once.
    #[test]
    fn a_key_that_comes_again_is_seen_among_many(
        keys in prop::collection::btree_set("[a-d\"\\\\é]{0,20}", 2..80),
        again in any::<prop::sample::Index>(),
        escaped in any::<bool>(),
    ) {
        let keys: Vec<String> = keys.into_iter().collect();
        prop_assert!(accepts(&object(keys.iter().map(|key| quoted(key)))));
        let again = again.get(&keys);
        let again = if escaped { in_escapes(again) } else { quoted(again) };
        prop_assert!(!accepts(&object(keys.iter().map(|key| quoted(key)).chain([again]))));
    }

    #[test]
    fn any_bytes_are_accepted_or_refused_alike(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let other = serde_verdict(&bytes);
        prop_assert_eq!(read(&bytes).is_ok(), other.is_some_and(|(twice, depth)| !twice && depth <= 64));
    }

    #[test]
    fn a_changed_byte_never_panics(text in json_text(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        prop_assume!(!text.is_empty());
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(value) = read(&bytes) {
            let _ = rebuilt(value);
        }
    }
}

fn quoted(text: &str) -> String {
    let mut string = String::new();
    write_string(&mut string, text);
    string
}

/// The same string with nothing in it written as it is.
fn in_escapes(text: &str) -> String {
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{}\"", units.concat())
}

fn object(keys: impl Iterator<Item = String>) -> String {
    format!("{{{}}}", join(keys.map(|key| format!("{key}:0"))))
}

/// The hash is no secret, and each step of it can be undone: whoever wants keys of one hash can have them.
#[test]
fn keys_whose_hashes_collide_are_told_apart() {
    let colliding = (0_u64..).filter_map(|number| {
        let first = format!("{number:08}");
        let step = u64::from_le_bytes(*first.as_bytes().first_chunk()?).wrapping_mul(FACTOR);
        let second = step.rotate_left(5) ^ 0x5555_5555_5555_5555;
        Some(format!("{first}{}", core::str::from_utf8(&second.to_le_bytes()).ok()?))
    });
    let mut keys: Vec<String> = colliding.take(if cfg!(miri) { 20 } else { 300 }).collect();
    assert!(keys.iter().all(|key| hash_of(key) == hash_of(&keys[0])));
    assert!(accepts(&object(keys.iter().map(|key| quoted(key)))));
    keys.push(keys[17].clone());
    assert!(!accepts(&object(keys.iter().map(|key| quoted(key)))));
}

fn accepts(text: &str) -> bool {
    read(text.as_bytes()).is_ok()
}

#[test]
fn sixty_four_containers_are_read_and_sixty_five_are_not() {
    assert!(accepts(&format!("{}{}", "[".repeat(64), "]".repeat(64))));
    assert!(!accepts(&format!("{}{}", "[".repeat(65), "]".repeat(65))));
    assert!(accepts(&format!("{}1{}", "{\"a\":".repeat(64), "}".repeat(64))));
    assert!(!accepts(&format!("{}1{}", "{\"a\":".repeat(65), "}".repeat(65))));
    assert!(!accepts(&"[".repeat(if cfg!(miri) { 1_000 } else { 1_000_000 })));
}

#[test]
fn keys_are_compared_decoded_and_exactly() {
    assert!(!accepts(r#"{"a":1,"a":2}"#));
    assert!(!accepts(r#"{"a":1,"b":0,"\u0061":2}"#));
    assert!(accepts(r#"{"a":1,"a ":2,"A":3}"#));
    assert!(accepts(r#"[{"a":1},{"a":2}]"#));
    assert!(!accepts(r#"{"x":[{"a":{"b":1,"b":2}}]}"#));
}

#[test]
fn what_other_readers_let_through_is_refused() {
    for text in [
        "",
        " ",
        "\u{feff}{}",
        "NaN",
        "Infinity",
        "-Infinity",
        "01",
        "1.",
        ".5",
        "+1",
        "1e",
        "0x1",
        "tru",
        "nulll",
        "[1,]",
        "{\"a\":1,}",
        "{,}",
        "{\"a\"}",
        "{a:1}",
        "'a'",
        "[1 2]",
        "1 2",
        "{} {}",
        "// x\n1",
        "\"\t\"",
        "\"\u{0}\"",
        r#""\x""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\ud800""#,
        r#""\ud800x""#,
        r#""\u12""#,
        r#""\u+123""#,
        "\"",
        "\"\\",
        "[",
        "{",
        "{\"a\":",
    ] {
        assert!(!accepts(text), "{text:?}");
    }
    for bytes in [&b"\"\xff\""[..], b"\"\xed\xa0\x80\"", b"\"\xc0\x80\"", b"\xff\xfe{\0}\0"] {
        assert!(read(bytes).is_err(), "{bytes:?}");
    }
}

#[test]
fn pointers_find_exact_text() {
    let root =
        read(br#" {"data" : {"a/b":{"~":[1, 2.50 ,{"x":null}]}, "":"e", "n":12345678901234567890}, "0":"zero"} "#)
            .expect("JSON");
    let at = |pointer: &str| root.at(&Pointer::parse(pointer).expect("a pointer")).map(Value::text);
    assert_eq!(at("/data/a~1b/~0/1"), Some("2.50"));
    assert_eq!(at("/data/a~1b/~0/2/x"), Some("null"));
    assert_eq!(at("/data/"), Some("\"e\""));
    assert_eq!(at("/data/n"), Some("12345678901234567890"));
    assert_eq!(at("/0"), Some("\"zero\""));
    for absent in
        ["/data/a~1b/~0/3", "/data/a~1b/~0/01", "/data/a~1b/~0/-", "/data/a~1b/~0/+1", "/data/n/0", "/nothing"]
    {
        assert_eq!(at(absent), None, "{absent}");
    }
    assert!(at("").is_some_and(|text| text.starts_with('{') && text.ends_with('}')));
    for malformed in ["a", "data/a", "/~", "/~2", "/a~", &format!("/{}", "x".repeat(512))] {
        assert_eq!(Pointer::parse(malformed), None, "{malformed}");
    }
}
