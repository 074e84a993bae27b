//! The strict JSON profile, by the doors that a body comes in by, beside a reader that is not the core's: what one accepts the other reads
//! as the same, and what is refused has a reason in the profile.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use valify_link_core::{
    Profile, read_unverified,
    webhook::{MatchesBy, Problem, SubjectField, raw_at},
};

use crate::pieces;

const POINTERS: [&str; 9] = ["", "/data", "/data/token", "/a/0", "/a~1b", "/~0", "/0", "/", "/__proto__/constructor"];

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let body = if u.ratio(1, 4)? { u.bytes(u.len())?.to_vec() } else { pieces::json(u)? };
    let root = raw_at(&body, "").expect("a pointer");
    let read = serde_json::from_slice::<Value>(&body);
    let strict = strictly(&body);
    match (root, read) {
        (Some(root), Ok(read)) => {
            assert_ne!(strict, Strict::No, "{root}");
            assert_eq!(serde_json::from_str::<Value>(root).ok().as_ref(), Some(&read));
            for pointer in POINTERS {
                let found = raw_at(&body, pointer).expect("a pointer");
                let expected = read.pointer(pointer);
                assert_eq!(
                    found.map(|text| serde_json::from_str::<Value>(text).expect("JSON")).as_ref(),
                    expected,
                    "{pointer}"
                );
            }
        }
        (Some(_), Err(error)) => panic!("accepted, and it is not JSON: {error}"),
        (None, Ok(_)) => assert_ne!(strict, Strict::Yes, "refused, and it is in the profile"),
        (None, Err(_)) => {}
    }
    check_reading(&body, root.is_some());
    Ok(())
}

/// The fields of an event are found in one pass that skips the rest; they are those that the pointers name.
fn check_reading(body: &[u8], is_json: bool) {
    let at = |pointer: &str| vec![pointer.to_string()];
    let profile = Profile {
        session_token: at("/data/token"),
        transaction_id: at("/a/0"),
        flow: at("/a~1b"),
        subject: vec![
            SubjectField { name: "whole".into(), at: at("/data") },
            SubjectField { name: "zero".into(), at: at("/0") },
        ],
        matches_by: Some(MatchesBy::SessionToken),
        ..Profile::default()
    };
    let read = read_unverified(&profile, body).expect("a reading");
    assert_eq!(read.raw(), body);
    assert_eq!(read.view().problem == Some(Problem::MalformedBody), !is_json);
    let view = read.view();
    for (pointer, found) in
        [("/data/token", &view.session_token), ("/a/0", &view.transaction_id), ("/a~1b", &view.flow)]
    {
        assert_eq!(found.as_deref(), identifier(body, pointer).as_deref(), "{pointer}");
    }
    for (pointer, name) in [("/data", "whole"), ("/0", "zero")] {
        // A string as it is, a number as its text; nothing of any other value.
        let expected = field_at(body, pointer).and_then(|text| match serde_json::from_str(text).expect("JSON") {
            Value::String(string) => Some(string),
            Value::Number(_) => Some(text.to_string()),
            _ => None,
        });
        assert_eq!(read.subject().get(name), expected.as_deref(), "{pointer}");
    }
}

/// What stands at a pointer, if the body is an object: of any other nothing is read.
fn field_at<'a>(body: &'a [u8], pointer: &str) -> Option<&'a str> {
    let root = raw_at(body, "").expect("a pointer")?;
    if root.starts_with('{') { raw_at(body, pointer).expect("a pointer") } else { None }
}

/// A string that is not empty, or an integer's text.
fn identifier(body: &[u8], pointer: &str) -> Option<String> {
    let text = field_at(body, pointer)?;
    match serde_json::from_str(text).expect("JSON") {
        Value::String(string) => Some(string).filter(|string| !string.is_empty()),
        Value::Number(_) if !text.contains(['.', 'e', 'E']) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether a text is in the profile, by the other reader.
#[derive(Debug, PartialEq, Eq)]
enum Strict {
    Yes,
    No,
    /// The other reader has a key of its own for numbers, which a body may hold too.
    Undecided,
}

fn strictly(body: &[u8]) -> Strict {
    if body.windows(NUMBER_KEY.len()).any(|part| part == NUMBER_KEY.as_bytes())
        || body.contains(&b'\\') && body.contains(&b'$')
    {
        return Strict::Undecided;
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let read = Level(1).deserialize(&mut reader).and_then(|()| reader.end());
    if read.is_ok() { Strict::Yes } else { Strict::No }
}

const NUMBER_KEY: &str = "$serde_json::private::Number";

/// A value at this depth: no container below 64, no key twice in an object.
#[derive(Clone, Copy)]
struct Level(usize);

impl Level {
    fn container<E: serde::de::Error>(self) -> std::result::Result<Self, E> {
        if self.0 > 64 { Err(E::custom("too deep")) } else { Ok(Self(self.0 + 1)) }
    }
}

impl<'de> DeserializeSeed<'de> for Level {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON in the profile")
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> std::result::Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> std::result::Result<(), A::Error> {
        let inside = self.container()?;
        while elements.next_element_seed(inside)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<(), A::Error> {
        let mut keys = BTreeSet::new();
        while let Some(key) = members.next_key::<String>()? {
            if key == NUMBER_KEY {
                return members.next_value::<serde::de::IgnoredAny>().map(|_| ());
            }
            let inside = self.container()?;
            members.next_value_seed(inside)?;
            if !keys.insert(key) {
                return Err(A::Error::custom("a key twice"));
            }
        }
        // An empty object is a container too.
        self.container().map(|_: Self| ())
    }
}
