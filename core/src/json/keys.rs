//! Keys that must differ within their object.

use alloc::{borrow::Cow, string::String, vec::Vec};

use super::{
    Malformed,
    text::{Quoted, unescape, words},
};

/// A decoded key and its hash.
pub(super) struct Key<'a> {
    pub(super) hash: u32,
    /// UTF-8; nothing needs to know that where keys are compared.
    pub(super) text: Cow<'a, [u8]>,
}

impl<'a> Key<'a> {
    /// The key that stands after an opening quote, and what follows its closing quote.
    #[inline]
    pub(super) fn read(from: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let mut hash = Hash::default();
        let quoted = Quoted::read(from, |word| hash.add(word))?;
        let closing = from.len().checked_sub(quoted.rest.len()).and_then(|end| end.checked_sub(1));
        let content = closing.and_then(|closing| from.get(..closing)).unwrap_or_default();
        let key = if quoted.has_escape {
            Self::decoded(content)?
        } else {
            Self { hash: hash.value(), text: Cow::Borrowed(content) }
        };
        Ok((key, quoted.rest))
    }

    fn equals(&self, other: &Self) -> bool {
        self.hash == other.hash && self.text == other.text
    }

    #[cold]
    fn decoded(content: &[u8]) -> Result<Self, Malformed> {
        let text: String = unescape(core::str::from_utf8(content).map_err(|_| Malformed)?).into();
        Ok(Self { hash: hash_of(&text), text: Cow::Owned(text.into_bytes()) })
    }
}

/// The keys of objects within one another, innermost last.
pub(super) struct Keys<'a> {
    all: Vec<Key<'a>>,
    /// What `are_distinct` needs, allocated once for all objects of a text.
    table: Vec<u32>,
}

impl<'a> Keys<'a> {
    pub(super) fn new() -> Self {
        Self { all: Vec::with_capacity(32), table: Vec::new() }
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    #[inline]
    pub(super) fn push(&mut self, key: Key<'a>) {
        self.all.push(key);
    }

    /// Forgets all but the first keys: those of an object that ends, if no two are equal.
    pub(super) fn close(&mut self, first: usize) -> Result<(), Malformed> {
        let own = self.all.get(first..).unwrap_or_default();
        if !are_distinct(own, &mut self.table) {
            return Err(Malformed);
        }
        self.all.truncate(first);
        Ok(())
    }
}

/// Up to so many keys are compared with one another where their hashes begin alike.
const FEW: usize = 32;

/// Whether no two of a few keys are equal.
fn few_are_distinct(keys: &[Key<'_>]) -> bool {
    let mut seen = 0_u64;
    keys.iter().enumerate().all(|(index, key)| {
        let bit = beginning(key.hash);
        let is_new = seen & bit == 0 || !keys.iter().take(index).any(|other| other.equals(key));
        seen |= bit;
        is_new
    })
}

/// How many places of the table are looked at per key before it is given up.
const MOST_STEPS: usize = 8;

/// Whether no two keys are equal, by a hash table with open addressing that is at most half full.
///
/// The hash is no secret: who makes keys collide on purpose is met by sorting, in O(n log n).
fn are_distinct(keys: &[Key<'_>], table: &mut Vec<u32>) -> bool {
    if keys.len() <= FEW {
        return few_are_distinct(keys);
    }
    let bits = usize::BITS.saturating_sub(keys.len().leading_zeros()).saturating_add(1);
    table.clear();
    table.resize(1_usize.checked_shl(bits).unwrap_or_default(), 0);
    let mut steps = keys.len().saturating_mul(MOST_STEPS);
    for (key, number) in keys.iter().zip(1_u32..) {
        // The highest bits depend on every bit of the key.
        let mut place = key.hash.checked_shr(u32::BITS.saturating_sub(bits)).unwrap_or_default() as usize;
        loop {
            steps = steps.saturating_sub(1);
            match table.get_mut(place) {
                Some(empty @ 0) => {
                    *empty = number;
                    break;
                }
                Some(_) if steps == 0 => return are_distinct_sorted(keys),
                Some(other) => {
                    let other = keys.get((*other as usize).saturating_sub(1));
                    if other.is_some_and(|other| other.equals(key)) {
                        return false;
                    }
                    place = place.saturating_add(1);
                }
                None if place == 0 => return are_distinct_sorted(keys),
                None => place = 0,
            }
        }
    }
    true
}

fn are_distinct_sorted(keys: &[Key<'_>]) -> bool {
    let mut texts: Vec<&[u8]> = keys.iter().map(|key| &*key.text).collect();
    texts.sort_unstable();
    texts.windows(2).all(|pair| !matches!(pair, [a, b] if a == b))
}

/// A hash for telling keys apart quickly, of their words. It is no secret and nobody may rely on its values.
#[derive(Default)]
struct Hash(u64);

/// What multiplies each step of the hash.
pub(super) const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

impl Hash {
    fn add(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }

    /// The half that depends on every bit.
    fn value(&self) -> u32 {
        (self.0 >> 32) as u32
    }
}

/// A bit for the six highest bits of a hash: where two keys have different ones, they differ.
pub(super) const fn beginning(hash: u32) -> u64 {
    1 << (hash >> 26)
}

/// The hash of a decoded key.
pub(super) fn hash_of(text: &str) -> u32 {
    let mut hash = Hash::default();
    words(text, |word| hash.add(word));
    hash.value()
}
