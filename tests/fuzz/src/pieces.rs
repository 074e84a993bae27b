//! Inputs that are nearly right: pieces that matter, in any order, and then a few edits of single bytes.

use arbitrary::{Result, Unstructured};

/// A text of some of these pieces, with other characters between them.
pub(crate) fn text(u: &mut Unstructured<'_>, pieces: &[&str]) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=12)? {
        match u.int_in_range(0..=4)? {
            0..=2 => text.push_str(u.choose(pieces)?),
            3 => text.push(char::from(u.int_in_range(b' '..=b'~')?)),
            _ => text.push(u.arbitrary()?),
        }
    }
    Ok(text)
}

/// Up to four edits of single bytes or of a whole part.
pub(crate) fn edit(u: &mut Unstructured<'_>, bytes: &mut Vec<u8>) -> Result<()> {
    for _ in 0..u.int_in_range(0..=4)? {
        let from = u.int_in_range(0..=bytes.len())?;
        let to = u.int_in_range(from..=bytes.len().min(from.saturating_add(64)))?;
        match u.int_in_range(0..=4)? {
            0 => bytes.insert(from, u.arbitrary()?),
            1 => bytes.get_mut(from..to).into_iter().flatten().take(1).for_each(|byte| *byte ^= 0x20),
            2 => drop(bytes.drain(from..to)),
            3 => bytes.truncate(from),
            _ => {
                let part = bytes.get(from..to).unwrap_or_default().to_vec();
                bytes.splice(from..from, part);
            }
        }
    }
    Ok(())
}

/// The same for a text; an edit that leaves no text is undone.
pub(crate) fn edited(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    let mut bytes = text.as_bytes().to_vec();
    edit(u, &mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap_or_else(|_| text.to_string()))
}

const KEYS: [&str; 16] = [
    "data",
    "token",
    "status",
    "reference_id",
    "a",
    "",
    "occurred_at",
    "flow",
    "checks",
    "liveness",
    "__proto__",
    "constructor",
    "a/b",
    "~",
    "0",
    "é",
];
const STRINGS: [&str; 16] = [
    "CANARY",
    "approved",
    "rejected",
    "user-1",
    "own-session-00000000",
    "2026-01-14T07:57:54.972Z",
    "1768377474",
    r"\u0041",
    r"\n",
    r"\/",
    r#"\""#,
    r"\\",
    r"\ud83d\ude00",
    r"\ud800",
    "منى",
    "😀",
];
const SCALARS: [&str; 24] = [
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1.0",
    "1e0",
    "100e-2",
    "-1",
    "1768377474",
    "1768377474972",
    "9007199254740991",
    "9007199254740993",
    "123456789012345678901234567890",
    "1e400",
    "-1.5E+3",
    "0.1",
    "01",
    "1.",
    "NaN",
    "+1",
    "tru",
    "nul",
];

/// A JSON text, or nearly one, with CANARY in values alone.
pub(crate) fn json(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut text = String::new();
    value(u, &mut text, 0)?;
    let mut bytes = text.into_bytes();
    // Most are left as they are: an edit is rarely still JSON.
    if u.ratio(1, 4)? {
        edit(u, &mut bytes)?;
    }
    Ok(bytes)
}

fn value(u: &mut Unstructured<'_>, text: &mut String, depth: usize) -> Result<()> {
    space(u, text)?;
    match u.int_in_range(0..=9)? {
        0..=2 if depth < 6 => {
            let members = u.int_in_range(0..=6)?;
            list(u, text, ['{', '}'], members, |u, text| {
                space(u, text)?;
                text.push('"');
                text.push_str(u.choose(&KEYS)?);
                text.push('"');
                space(u, text)?;
                text.push(':');
                value(u, text, depth.saturating_add(1))
            })?;
        }
        3 | 4 if depth < 6 => {
            let elements = u.int_in_range(0..=4)?;
            list(u, text, ['[', ']'], elements, |u, text| value(u, text, depth.saturating_add(1)))?;
        }
        5 => {
            // Around the deepest that is read, counted from the root.
            let levels = u.int_in_range(55..=70)?;
            text.push_str(&"[".repeat(levels));
            text.push_str(&"]".repeat(levels));
        }
        6 | 7 => text.push_str(u.choose(&SCALARS)?),
        _ => {
            text.push('"');
            for _ in 0..u.int_in_range(0..=3)? {
                text.push_str(u.choose(&STRINGS)?);
            }
            text.push('"');
        }
    }
    space(u, text)
}

fn list(
    u: &mut Unstructured<'_>,
    text: &mut String,
    [open, close]: [char; 2],
    count: usize,
    mut one: impl FnMut(&mut Unstructured<'_>, &mut String) -> Result<()>,
) -> Result<()> {
    text.push(open);
    for index in 0..count {
        if index > 0 {
            text.push(',');
        }
        one(u, text)?;
    }
    text.push(close);
    Ok(())
}

fn space(u: &mut Unstructured<'_>, text: &mut String) -> Result<()> {
    if u.ratio(1, 16)? {
        text.push_str(u.choose(&[" ", "\n", "\t", "\r", "\u{a0}", "\u{feff}"])?);
    }
    Ok(())
}
