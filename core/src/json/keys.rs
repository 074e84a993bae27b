//! Keys that must differ within their object.

use alloc::{borrow::Cow, vec::Vec};

use super::{
    Malformed,
    text::{Quoted, unescape, words},
};

/// A decoded key and its hash.
pub(super) struct Key<'a> {
    pub(super) hash: u32,
    pub(super) text: Cow<'a, str>,
}

impl<'a> Key<'a> {
    /// The key that stands after an opening quote, and what follows its closing quote.
    pub(super) fn read(text: &'a str, from: &'a [u8]) -> Result<(Self, &'a [u8]), Malformed> {
        let mut hash = Hash::default();
        let quoted = Quoted::read(from, |word| hash.add(word))?;
        let at = |rest: &[u8]| text.len().checked_sub(rest.len());
        let range = at(from).zip(at(quoted.rest).and_then(|end| end.checked_sub(1)));
        let content = range.and_then(|(start, end)| text.get(start..end)).ok_or(Malformed)?;
        let key = if quoted.has_escape {
            let text = unescape(content);
            Self { hash: hash_of(&text), text }
        } else {
            Self { hash: hash.value(), text: Cow::Borrowed(content) }
        };
        Ok((key, quoted.rest))
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

/// How many places of the table are looked at per key before it is given up.
const MOST_STEPS: usize = 8;

/// Whether no two keys are equal, by a hash table with open addressing that is at most half full.
///
/// The hash is no secret: who makes keys collide on purpose is met by sorting, in O(n log n).
fn are_distinct(keys: &[Key<'_>], table: &mut Vec<u32>) -> bool {
    if keys.len() < 2 {
        return true;
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
                    if other.is_some_and(|other| other.hash == key.hash && other.text == key.text) {
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
    let mut texts: Vec<&str> = keys.iter().map(|key| &*key.text).collect();
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

/// The hash of a decoded key.
pub(super) fn hash_of(text: &str) -> u32 {
    let mut hash = Hash::default();
    words(text, |word| hash.add(word));
    hash.value()
}
