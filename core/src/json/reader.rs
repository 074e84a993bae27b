//! One pass over a text that accepts exactly the strict profile, and keeps on its way what pointers name.

use alloc::vec::Vec;

use super::{
    MAX_DEPTH, Malformed, Value,
    keys::{Key, Keys},
    paths::{Found, Node, Paths},
    text::{Quoted, is_space},
};

/// Reads a text that is one JSON value in the profile.
pub(super) fn read<'a>(text: &'a str, paths: &Paths) -> Result<(Value<'a>, Found<'a>), Malformed> {
    let rest = after_space(text.as_bytes());
    let mut reader =
        Reader { text, rest, open: Vec::with_capacity(8), keys: Keys::new(), paths, found: paths.nothing() };
    let start = reader.at();
    reader.document()?;
    let root = reader.since(start)?;
    if after_space(reader.rest).is_empty() { Ok((root, reader.found)) } else { Err(Malformed) }
}

struct Reader<'p, 'a> {
    text: &'a str,
    /// What of `text` has not been read yet.
    rest: &'a [u8],
    open: Vec<Open<'p>>,
    /// The keys of all open objects, innermost last.
    keys: Keys<'a>,
    paths: &'p Paths,
    found: Found<'a>,
}

/// A container that has not been closed yet.
struct Open<'p> {
    start: usize,
    node: Option<&'p Node>,
    inside: Inside,
}

enum Inside {
    /// The index of the element that is being read.
    Array(usize),
    /// How many keys there were before this object's.
    Object(usize),
}

/// What comes next.
enum Next<'p> {
    /// A key and its value.
    Member,
    /// A value, and what the pointers say of it.
    Value(Option<&'p Node>),
    /// Nothing: the root has ended.
    End,
}

impl<'p, 'a> Reader<'p, 'a> {
    /// Reads the root value by value.
    fn document(&mut self) -> Result<(), Malformed> {
        let mut next = Next::Value(self.paths.root());
        loop {
            let node = match next {
                Next::Member => self.key()?,
                Next::Value(node) => node,
                Next::End => return Ok(()),
            };
            let start = self.at();
            match self.rest {
                [b'{', inside @ ..] => {
                    self.enter(Open { start, node, inside: Inside::Object(self.keys.count()) }, inside)?;
                    if self.rest.first() != Some(&b'}') {
                        next = Next::Member;
                        continue;
                    }
                }
                [b'[', inside @ ..] => {
                    self.enter(Open { start, node, inside: Inside::Array(0) }, inside)?;
                    if self.rest.first() != Some(&b']') {
                        next = Next::Value(node.and_then(|node| self.paths.element(node, 0)));
                        continue;
                    }
                }
                other => {
                    self.rest = after_scalar(other)?;
                    self.keep(start, node)?;
                }
            }
            next = self.next()?;
        }
    }

    /// Goes on from the end of a value to the next one, over the ends of containers.
    fn next(&mut self) -> Result<Next<'p>, Malformed> {
        while let Some(open) = self.open.last_mut() {
            self.rest = match (after_space(self.rest), &mut open.inside) {
                ([b',', rest @ ..], Inside::Object(_)) => {
                    self.rest = after_space(rest);
                    return Ok(Next::Member);
                }
                ([b',', rest @ ..], Inside::Array(index)) => {
                    self.rest = after_space(rest);
                    *index = index.saturating_add(1);
                    return Ok(Next::Value(open.node.and_then(|node| self.paths.element(node, *index))));
                }
                ([b'}', rest @ ..], Inside::Object(first)) => {
                    self.keys.close(*first)?;
                    rest
                }
                ([b']', rest @ ..], Inside::Array(_)) => rest,
                _ => return Err(Malformed),
            };
            let (start, node) = (open.start, open.node);
            self.open.pop();
            self.keep(start, node)?;
        }
        Ok(Next::End)
    }

    fn enter(&mut self, container: Open<'p>, inside: &'a [u8]) -> Result<(), Malformed> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Malformed);
        }
        self.open.push(container);
        self.rest = after_space(inside);
        Ok(())
    }

    /// Reads a key and its colon. What the pointers say of its value.
    fn key(&mut self) -> Result<Option<&'p Node>, Malformed> {
        let [b'"', inside @ ..] = self.rest else { return Err(Malformed) };
        let (key, rest) = Key::read(inside)?;
        let [b':', rest @ ..] = after_space(rest) else { return Err(Malformed) };
        self.rest = after_space(rest);
        let node = self.open.last().and_then(|open| self.paths.member(open.node?, &key));
        self.keys.push(key);
        Ok(node)
    }

    /// Keeps the value that ends here, if a pointer names it.
    fn keep(&mut self, start: usize, node: Option<&Node>) -> Result<(), Malformed> {
        if let Some(slot) = node.and_then(Node::slot) {
            let value = self.since(start)?;
            self.found.keep(slot, value);
        }
        Ok(())
    }

    fn at(&self) -> usize {
        self.text.len().saturating_sub(self.rest.len())
    }

    fn since(&self, start: usize) -> Result<Value<'a>, Malformed> {
        self.text.get(start..self.at()).map(Value::part).ok_or(Malformed)
    }
}

fn after_space(mut bytes: &[u8]) -> &[u8] {
    while let [space, rest @ ..] = bytes
        && is_space(*space)
    {
        bytes = rest;
    }
    bytes
}

/// What follows the value at the start, which is no container.
fn after_scalar(bytes: &[u8]) -> Result<&[u8], Malformed> {
    match bytes {
        [b'"', rest @ ..] => Quoted::read(rest, |_| ()).map(|quoted| quoted.rest),
        [b't', b'r', b'u', b'e', rest @ ..]
        | [b'f', b'a', b'l', b's', b'e', rest @ ..]
        | [b'n', b'u', b'l', b'l', rest @ ..] => Ok(rest),
        _ => after_number(bytes.strip_prefix(b"-").unwrap_or(bytes)),
    }
}

fn after_number(bytes: &[u8]) -> Result<&[u8], Malformed> {
    let rest = match bytes {
        // A leading zero stands alone.
        [b'0', rest @ ..] => rest,
        _ => after_digits(bytes)?,
    };
    let rest = match rest {
        [b'.', rest @ ..] => after_digits(rest)?,
        _ => rest,
    };
    match rest {
        [b'e' | b'E', b'+' | b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => after_digits(rest),
        _ => Ok(rest),
    }
}

/// What follows at least one digit.
fn after_digits(bytes: &[u8]) -> Result<&[u8], Malformed> {
    let [b'0'..=b'9', rest @ ..] = bytes else { return Err(Malformed) };
    let mut rest = rest;
    while let [b'0'..=b'9', after @ ..] = rest {
        rest = after;
    }
    Ok(rest)
}
