//! Walking a text that the checker has accepted.

use alloc::borrow::Cow;

use super::{
    Pointer,
    text::{is_space, string_end, unescape},
};

/// One value of a checked text, as the text that it is, without white space around it.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a>(&'a str);

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean,
    Number,
    String,
    Array,
    Object,
}

impl<'a> Value<'a> {
    /// A part of a checked text that is one whole value.
    pub(super) const fn part(text: &'a str) -> Self {
        Self(text)
    }

    /// The root of a checked text.
    pub(super) fn root(text: &'a str) -> Self {
        Self(text.trim_matches(|c: char| c.is_ascii() && u8::try_from(c).is_ok_and(is_space)))
    }

    /// The exact text of the value.
    pub(crate) const fn text(self) -> &'a str {
        self.0
    }

    pub(crate) fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'"') => Kind::String,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b't' | b'f') => Kind::Boolean,
            Some(b'n') | None => Kind::Null,
            Some(_) => Kind::Number,
        }
    }

    /// The decoded text of a string.
    pub(crate) fn string(self) -> Option<Cow<'a, str>> {
        let content = self.0.strip_prefix('"')?.strip_suffix('"')?;
        Some(unescape(content))
    }

    /// The text of a number that is written as an integer: an optional minus and digits.
    pub(crate) fn integer(self) -> Option<&'a str> {
        (self.kind() == Kind::Number && !self.0.contains(['.', 'e', 'E'])).then_some(self.0)
    }

    pub(crate) fn boolean(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The members of an object in order, keys decoded; nothing for any other value.
    pub(crate) fn members(self) -> impl Iterator<Item = (Cow<'a, str>, Value<'a>)> {
        let mut items = Items::of(self, Kind::Object);
        core::iter::from_fn(move || {
            let key = items.value()?.string()?;
            Some((key, items.value()?))
        })
    }

    /// The elements of an array in order; nothing for any other value.
    pub(crate) fn elements(self) -> impl Iterator<Item = Value<'a>> {
        let mut items = Items::of(self, Kind::Array);
        core::iter::from_fn(move || items.value())
    }

    /// The member of this exact key.
    pub(crate) fn member(self, key: &str) -> Option<Value<'a>> {
        self.members().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// The value that a JSON pointer (RFC 6901) names.
    pub(crate) fn at(self, pointer: &Pointer) -> Option<Value<'a>> {
        pointer.tokens().iter().try_fold(self, |value, token| match value.kind() {
            Kind::Object => value.member(token),
            Kind::Array => value.elements().nth(Pointer::index(token)?),
            _ => None,
        })
    }
}

/// The values inside a container, keys included, one after the other.
struct Items<'a> {
    rest: &'a str,
}

impl<'a> Items<'a> {
    fn of(container: Value<'a>, kind: Kind) -> Self {
        let inside = if container.kind() == kind { container.0.get(1..) } else { None };
        Self { rest: inside.unwrap_or_default() }
    }

    /// The next value; commas, colons and white space before it are passed over, and a closing bracket ends it.
    fn value(&mut self) -> Option<Value<'a>> {
        let start = self
            .rest
            .bytes()
            .position(|byte| !is_space(byte) && byte != b',' && byte != b':')
            .unwrap_or(self.rest.len());
        let from = self.rest.get(start..)?;
        let (value, rest) = from.split_at_checked(length(from.as_bytes()))?;
        self.rest = rest;
        (!value.is_empty()).then_some(Value(value))
    }
}

/// The length of the value at the start of `bytes`; 0 at a closing bracket.
pub(super) fn length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'"') => quoted(bytes),
        Some(b'{' | b'[') => {
            let mut depth = 0_usize;
            let mut at = 0_usize;
            while let Some(byte) = bytes.get(at) {
                match byte {
                    b'"' => {
                        at = at.saturating_add(quoted(bytes.get(at..).unwrap_or_default()));
                        continue;
                    }
                    b'{' | b'[' => depth = depth.saturating_add(1),
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                at = at.saturating_add(1);
                if depth == 0 {
                    break;
                }
            }
            at
        }
        _ => bytes
            .iter()
            .position(|byte| is_space(*byte) || matches!(byte, b',' | b':' | b']' | b'}'))
            .unwrap_or(bytes.len()),
    }
}

/// The length of the string at the start of `bytes`, both quotes included.
fn quoted(bytes: &[u8]) -> usize {
    string_end(bytes.get(1..).unwrap_or_default()).saturating_add(2)
}
