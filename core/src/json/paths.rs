//! Many pointers followed at once, while a text is read.
//!
//! Following them one by one would read a body of megabytes as often as a profile has pointers.

use alloc::{string::String, vec, vec::Vec};

use super::{
    Pointer, Value,
    keys::{Key, beginning, hash_of},
};

/// Pointers merged into a tree by their common beginnings.
#[derive(Clone)]
pub(crate) struct Paths {
    /// The first is the root.
    nodes: Vec<Node>,
    slots: usize,
}

/// Where the value of one pointer will be among what is [`Found`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(usize);

/// What the pointers say of one value.
#[derive(Clone, Default)]
pub(super) struct Node {
    /// The [`beginning`] of each member's hash: most keys of a text lead nowhere, and are passed over by it.
    hashes: u64,
    /// Sorted by the key's hash.
    members: Vec<Member>,
    /// By index, sorted. A token of digits is a key in an object and an index in an array.
    elements: Vec<(usize, usize)>,
    slot: Option<Slot>,
}

#[derive(Clone)]
struct Member {
    hash: u32,
    key: String,
    node: usize,
}

impl Node {
    pub(super) fn slot(&self) -> Option<Slot> {
        self.slot
    }

    /// Whether there may be a member of this hash.
    fn knows(&self, hash: u32) -> bool {
        self.hashes & beginning(hash) != 0
    }

    fn member(&self, hash: u32, key: &[u8]) -> Option<usize> {
        let first = self.members.partition_point(|member| member.hash < hash);
        let same = self.members.get(first..)?.iter().take_while(|member| member.hash == hash);
        same.filter(|member| member.key.as_bytes() == key).map(|member| member.node).next()
    }
}

impl Paths {
    /// No pointers.
    pub(super) const NONE: Self = Self { nodes: Vec::new(), slots: 0 };

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
        let (new, hash) = (self.nodes.len(), hash_of(token));
        let Some(node) = self.nodes.get_mut(parent) else { return new };
        if let Some(child) = node.member(hash, token.as_bytes()) {
            return child;
        }
        node.hashes |= beginning(hash);
        let at = node.members.partition_point(|other| other.hash < hash);
        node.members.insert(at, Member { hash, key: token.into(), node: new });
        if let Some(index) = Pointer::index(token) {
            let at = node.elements.partition_point(|(other, _)| *other < index);
            node.elements.insert(at, (index, new));
        }
        self.nodes.push(Node::default());
        new
    }

    pub(super) fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    #[inline]
    pub(super) fn member(&self, node: &Node, key: &Key<'_>) -> Option<&Node> {
        if node.knows(key.hash) { self.nodes.get(node.member(key.hash, &key.text)?) } else { None }
    }

    pub(super) fn element(&self, node: &Node, index: usize) -> Option<&Node> {
        let at = node.elements.binary_search_by_key(&index, |(other, _)| *other).ok()?;
        self.nodes.get(node.elements.get(at)?.1)
    }

    /// That no pointer names anything yet.
    pub(super) fn nothing<'a>(&self) -> Found<'a> {
        Found(vec![None; self.slots])
    }
}

/// What the pointers name.
pub(crate) struct Found<'a>(Vec<Option<Value<'a>>>);

impl<'a> Found<'a> {
    pub(crate) fn get(&self, slot: Slot) -> Option<Value<'a>> {
        self.0.get(slot.0).copied().flatten()
    }

    pub(super) fn keep(&mut self, slot: Slot, value: Value<'a>) {
        if let Some(place) = self.0.get_mut(slot.0) {
            *place = Some(value);
        }
    }
}
