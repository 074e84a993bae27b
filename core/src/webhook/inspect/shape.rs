//! The shape of a JSON body: where values are and what they look like, in one pass and within bounds.

use alloc::{
    borrow::Cow,
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use super::{
    looks::{self, LooksLike},
    mask::{MASKED, is_plain_key},
};
use crate::{
    error::closed_set,
    json::{Kind, Token, Value, tokens},
    time::Instant,
};

/// The most lines of a shape.
const MAX_LINES: usize = 256;
/// The most containers inside each other whose values are shown.
const MAX_DEPTH: usize = 16;
/// The most members of an object that are shown.
const MAX_MEMBERS: usize = 64;
/// The most elements of an array that are shown.
const MAX_ELEMENTS: usize = 3;

closed_set! {
    /// The type of a JSON value.
    ValueKind {
        /// `null`.
        Null = "null",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A number.
        Number = "number",
        /// A string.
        String = "string",
        /// An array.
        Array = "array",
        /// An object.
        Object = "object",
    }
}

/// One value of a body, without what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct ShapeLine {
    /// The JSON pointer to it. A key that looks like data is `(masked)`.
    pub pointer: String,
    /// Its type.
    #[cfg_attr(feature = "serde", serde(rename = "type"))]
    pub kind: ValueKind,
    /// What a string or a number looks like.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub looks_like: Option<LooksLike>,
    /// The length of a string or of a number's text in characters, as a range such as `17-32`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub length: Option<&'static str>,
    /// How many values of a container are not shown.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "is_zero"))]
    pub not_shown: usize,
}

#[cfg(feature = "serde")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl fmt::Display for ShapeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pointer = if self.pointer.is_empty() { "(the whole body)" } else { &self.pointer };
        write!(f, "{pointer}: {}", self.kind)?;
        if let (Some(looks_like), Some(length)) = (self.looks_like, self.length) {
            write!(f, ", looks like {looks_like}, {length} characters")?;
        }
        if self.not_shown > 0 {
            write!(f, ", {} more not shown", self.not_shown)?;
        }
        Ok(())
    }
}

/// A line, and what a proposal needs to know of its value.
pub(super) struct Seen<'a> {
    pub(super) line: ShapeLine,
    /// The last two keys of the pointer, the own one first, if the whole pointer is of keys that are shown.
    pub(super) keys: Option<[String; 2]>,
    /// The value, if it is no container.
    pub(super) value: Option<Value<'a>>,
}

/// A container that is not closed yet.
struct Frame {
    /// Its line, if it is shown.
    line: Option<usize>,
    /// How many of its values may be shown.
    most: usize,
    /// Whether its pointer is of keys that are shown.
    is_exact: bool,
    own_key: String,
    values: usize,
    shown: usize,
}

/// The lines of a checked text.
pub(super) fn walk(root: Value<'_>, now: Instant) -> Vec<Seen<'_>> {
    let mut walk = Walk { seen: Vec::new(), open: Vec::new(), key: None, now };
    let mut tokens = tokens(root).peekable();
    while let Some(token) = tokens.next() {
        match token {
            Token::Open(open) => walk.open(open == '{'),
            Token::Close(_) => walk.close(),
            Token::Scalar(key) if matches!(tokens.peek(), Some(Token::Colon)) => walk.key = key.string(),
            Token::Scalar(value) => {
                walk.value(scalar_kind(value), Some(value));
            }
            Token::Comma | Token::Colon => {}
        }
    }
    walk.seen
}

struct Walk<'a> {
    seen: Vec<Seen<'a>>,
    open: Vec<Frame>,
    /// The key of the value that comes next.
    key: Option<Cow<'a, str>>,
    now: Instant,
}

impl<'a> Walk<'a> {
    fn open(&mut self, is_object: bool) {
        let kind = if is_object { ValueKind::Object } else { ValueKind::Array };
        let line = self.value(kind, None);
        let most = match kind {
            _ if self.open.len() >= MAX_DEPTH => 0,
            ValueKind::Object => MAX_MEMBERS,
            _ => MAX_ELEMENTS,
        };
        let keys = line.and_then(|line| self.seen.get(line)).and_then(|seen| seen.keys.as_ref());
        let is_exact = keys.is_some();
        let own_key = keys.map(|[own, _]| own.clone()).unwrap_or_default();
        self.open.push(Frame { line, most, is_exact, own_key, values: 0, shown: 0 });
    }

    fn close(&mut self) {
        let Some(frame) = self.open.pop() else { return };
        if let Some(seen) = frame.line.and_then(|line| self.seen.get_mut(line)) {
            seen.line.not_shown = frame.values.saturating_sub(frame.shown);
        }
    }

    /// Counts a value, and writes its line if there is room. The line's index.
    fn value(&mut self, kind: ValueKind, value: Option<Value<'a>>) -> Option<usize> {
        let key = self.key.take();
        let has_lines = self.seen.len() < MAX_LINES;
        let (pointer, keys) = match self.open.last_mut() {
            None => (String::new(), Some([String::new(), String::new()])),
            Some(frame) => {
                let index = frame.values;
                frame.values = index.saturating_add(1);
                let parent = frame.line.filter(|_| has_lines && frame.shown < frame.most)?;
                frame.shown = frame.shown.saturating_add(1);
                let shown = match &key {
                    Some(key) if is_plain_key(key) => key.to_string(),
                    Some(_) => MASKED.to_string(),
                    None => index.to_string(),
                };
                let is_exact = frame.is_exact && key.as_deref() == Some(&shown);
                let keys = is_exact.then(|| [shown.clone(), frame.own_key.clone()]);
                let parent = self.seen.get(parent).map(|seen| seen.line.pointer.as_str()).unwrap_or_default();
                (format!("{parent}/{shown}"), keys)
            }
        };
        let looks_like = value.and_then(|value| looks_like(value, self.now));
        let length = looks_like.and(value).map(characters);
        self.seen.push(Seen { line: ShapeLine { pointer, kind, looks_like, length, not_shown: 0 }, keys, value });
        self.seen.len().checked_sub(1)
    }
}

fn scalar_kind(value: Value<'_>) -> ValueKind {
    match value.kind() {
        Kind::Null => ValueKind::Null,
        Kind::Boolean => ValueKind::Boolean,
        Kind::Number => ValueKind::Number,
        Kind::String => ValueKind::String,
        Kind::Array => ValueKind::Array,
        Kind::Object => ValueKind::Object,
    }
}

fn looks_like(value: Value<'_>, now: Instant) -> Option<LooksLike> {
    match value.kind() {
        Kind::String => value.string().map(|text| looks::text(&text, now)),
        Kind::Number => Some(looks::number(value)),
        _ => None,
    }
}

fn characters(value: Value<'_>) -> &'static str {
    looks::length(value.string().map_or_else(|| value.text().len(), |text| text.chars().count()))
}
