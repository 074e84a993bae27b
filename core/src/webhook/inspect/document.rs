//! A proposed profile as the document that configures a verifier.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::super::profile::Profile;
use crate::json::write_string;

/// What a member of the document holds.
enum Member<'a> {
    Pointers(&'a [String]),
    /// Lists of pointers by name.
    Fields(Vec<(&'a str, &'a [String])>),
    /// Pointers by module, each with values for the integrator to fill in.
    Checks(Vec<(&'a str, &'a [String])>),
    Text(&'a str),
}

/// `decisions` and the values of checks are empty, so that no event says more than `indeterminate` before the integrator fills them in.
fn members(profile: &Profile) -> Vec<(&'static str, Member<'_>)> {
    let mut members = Vec::from([
        ("reference_id", Member::Pointers(&profile.reference_id)),
        ("session_token", Member::Pointers(&profile.session_token)),
        ("transaction_id", Member::Pointers(&profile.transaction_id)),
        ("occurred_at", Member::Pointers(&profile.occurred_at)),
        ("decision", Member::Pointers(&profile.decision)),
        ("decisions", Member::Pointers(&[])),
        ("checks", Member::Checks(profile.checks.iter().map(|check| (check.module.as_str(), &*check.at)).collect())),
        ("subject", Member::Fields(profile.subject.iter().map(|field| (field.name.as_str(), &*field.at)).collect())),
    ]);
    members.extend(profile.matches_by.map(|by| ("matches_by", Member::Text(by.as_str()))));
    members
}

/// The document as text, a line for each member.
pub(super) fn write(profile: &Profile) -> String {
    let line = |(name, member): (&str, Member<'_>)| {
        let value = match member {
            Member::Pointers(pointers) => list(pointers),
            Member::Fields(fields) => object(&fields, list),
            Member::Checks(checks) => object(&checks, |at| format!("{{\"at\": {}, \"values\": []}}", list(at))),
            Member::Text(text) => format!("\"{text}\""),
        };
        format!("  \"{name}\": {value}")
    };
    let lines: Vec<_> = members(profile).into_iter().map(line).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

fn list(pointers: &[String]) -> String {
    let quoted = |pointer: &String| {
        let mut out = String::new();
        write_string(&mut out, pointer);
        out
    };
    format!("[{}]", pointers.iter().map(quoted).collect::<Vec<_>>().join(", "))
}

fn object(members: &[(&str, &[String])], value: fn(&[String]) -> String) -> String {
    if members.is_empty() {
        return "{}".to_string();
    }
    let member = |(name, pointers): &(&str, &[String])| format!("    \"{name}\": {}", value(pointers));
    format!("{{\n{}\n  }}", members.iter().map(member).collect::<Vec<_>>().join(",\n"))
}

/// The same for a serialiser.
#[cfg(feature = "serde")]
pub(super) fn serialize<S: serde::Serializer>(profile: &Profile, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(members(profile))
}

#[cfg(feature = "serde")]
impl serde::Serialize for Member<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Check<'a> {
            at: &'a [String],
            values: [&'a str; 0],
        }
        match self {
            Self::Pointers(pointers) => serializer.collect_seq(*pointers),
            Self::Fields(fields) => serializer.collect_map(fields.iter().copied()),
            Self::Checks(checks) => {
                serializer.collect_map(checks.iter().map(|(module, at)| (module, Check { at, values: [] })))
            }
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}
