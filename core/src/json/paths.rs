//! Many pointers followed at once, in one walk over a checked text.
//!
//! Following them one by one would read a body of megabytes as often as a profile has pointers.

use alloc::{string::String, vec, vec::Vec};

use super::{
    Pointer, Value,
    text::{is_space, string_end, unescape},
    walk::length,
};

/// Pointers merged into a tree by their common beginnings.
#[derive(Clone)]
pub(crate) struct Paths {
    /// The first is the root.
    nodes: Vec<Node>,
    slots: usize,
}

/// Where the value of one pointer will be among what [`Paths::find`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(usize);

#[derive(Clone, Default)]
struct Node {
    /// By key, sorted.
    members: Vec<(String, usize)>,
    /// By index, sorted. A token of digits is a key in an object and an index in an array.
    elements: Vec<(usize, usize)>,
    slot: Option<Slot>,
}

impl Paths {
    pub(crate) fn new() -> Self {
        Self { nodes: vec![Node::default()], slots: 0 }
    }

    /// Adds a pointer. Equal ones share a slot.
    pub(crate) fn add(&mut self, pointer: &Pointer) -> Slot {
        let node = pointer.tokens().iter().fold(0, |node, token| self.child(node, token));
        let new = Slot(self.slots);
        let Some(node) = self.nodes.get_mut(node) else { return new };
        let slot = *node.slot.get_or_insert(new);
        if slot == new {
            self.slots = self.slots.saturating_add(1);
        }
        slot
    }

    fn child(&mut self, parent: usize, token: &str) -> usize {
        let new = self.nodes.len();
        let Some(node) = self.nodes.get_mut(parent) else { return new };
        match node.members.binary_search_by(|(key, _)| key.as_str().cmp(token)) {
            Ok(at) => node.members.get(at).map_or(new, |(_, child)| *child),
            Err(at) => {
                node.members.insert(at, (token.into(), new));
                if let Some(index) = Pointer::index(token) {
                    let at = node.elements.partition_point(|(other, _)| *other < index);
                    node.elements.insert(at, (index, new));
                }
                self.nodes.push(Node::default());
                new
            }
        }
    }

    /// What each pointer names, in time linear in the text.
    pub(crate) fn find<'a>(&self, root: Value<'a>) -> Found<'a> {
        let mut walk = Walk {
            paths: self,
            text: root.text(),
            at: 0,
            open: Vec::new(),
            found: vec![None; self.slots],
            missing: self.slots,
        };
        walk.value(0);
        while walk.missing > 0 && walk.step().is_some() {}
        Found(walk.found)
    }
}

/// What the pointers name.
pub(crate) struct Found<'a>(Vec<Option<Value<'a>>>);

impl<'a> Found<'a> {
    pub(crate) fn get(&self, slot: Slot) -> Option<Value<'a>> {
        self.0.get(slot.0).copied().flatten()
    }
}

struct Walk<'p, 'a> {
    paths: &'p Paths,
    text: &'a str,
    at: usize,
    /// The containers that are being looked into. What is in no pointer's way is skipped as a whole.
    open: Vec<Open>,
    found: Vec<Option<Value<'a>>>,
    missing: usize,
}

struct Open {
    node: usize,
    start: usize,
    is_object: bool,
    next_index: usize,
}

impl Walk<'_, '_> {
    /// Goes on by one member or element, or over a container's end. `None` at the end of the text.
    fn step(&mut self) -> Option<()> {
        self.skip(b',');
        let open = self.open.last_mut()?;
        if let b'}' | b']' = *self.text.as_bytes().get(self.at)? {
            let (node, start) = (open.node, open.start);
            self.open.pop();
            self.at = self.at.checked_add(1)?;
            self.keep(node, start);
            return Some(());
        }
        let node = self.paths.nodes.get(open.node)?;
        let child = if open.is_object {
            let content = self.text.get(self.at.checked_add(1)?..)?;
            let end = string_end(content.as_bytes());
            let key = unescape(content.get(..end)?);
            self.at = self.at.checked_add(end)?.checked_add(2)?;
            self.skip(b':');
            let at = node.members.binary_search_by(|(other, _)| other.as_str().cmp(&key)).ok();
            at.and_then(|at| node.members.get(at)).map(|(_, child)| *child)
        } else {
            let index = open.next_index;
            open.next_index = index.checked_add(1)?;
            let at = node.elements.binary_search_by_key(&index, |(other, _)| *other).ok();
            at.and_then(|at| node.elements.get(at)).map(|(_, child)| *child)
        };
        match child {
            Some(child) => self.value(child),
            None => self.at = self.end()?,
        }
        Some(())
    }

    /// Looks at the value that stands here and that `node` is about.
    fn value(&mut self, node: usize) {
        let first = self.text.as_bytes().get(self.at);
        let leads_on = self.paths.nodes.get(node).is_some_and(|node| !node.members.is_empty());
        if let (Some(b'{' | b'['), true) = (first, leads_on) {
            self.open.push(Open { node, start: self.at, is_object: first == Some(&b'{'), next_index: 0 });
            self.at = self.at.saturating_add(1);
        } else if let Some(end) = self.end() {
            let start = core::mem::replace(&mut self.at, end);
            self.keep(node, start);
        }
    }

    /// Keeps the value that ends here, if a pointer names it.
    fn keep(&mut self, node: usize, start: usize) {
        let slot = self.paths.nodes.get(node).and_then(|node| node.slot);
        let place = slot.and_then(|slot| self.found.get_mut(slot.0));
        if let (Some(place), Some(text)) = (place, self.text.get(start..self.at)) {
            *place = Some(Value::part(text));
            self.missing = self.missing.saturating_sub(1);
        }
    }

    /// Where the value that stands here ends.
    fn end(&self) -> Option<usize> {
        self.at.checked_add(length(self.text.as_bytes().get(self.at..)?))
    }

    fn skip(&mut self, separator: u8) {
        while self.text.as_bytes().get(self.at).is_some_and(|byte| is_space(*byte) || *byte == separator) {
            self.at = self.at.saturating_add(1);
        }
    }
}
