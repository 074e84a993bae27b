//! The fixed slots that events fall into: one per outcome and strength of authentication.

use alloc::{string::String, vec::Vec};

use crate::{encoding::Encoding, time::Instant, webhook::Outcome};

/// Whether the body that said it was signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    Strong,
    Weak,
}

/// What is kept of all events with one outcome and one strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    /// The earliest receipt, in milliseconds since 1970.
    pub(super) first_received_ms: i64,
    /// The latest signed `occurred_at`, in milliseconds since 1970.
    pub(super) last_occurred_ms: Option<i64>,
    /// Whether every event came by a profile with `latest_decision_wins`.
    pub(super) latest_wins: bool,
}

impl Slot {
    /// What lies before 1970 counts as its first millisecond from the start: a record that is stored and read must say what it said before.
    pub(super) fn new(first_received: Instant, last_occurred: Option<Instant>, latest_wins: bool) -> Self {
        let storable = |instant: Instant| instant.timestamp_millis().clamp(0, MOST_MS);
        Self { first_received_ms: storable(first_received), last_occurred_ms: last_occurred.map(storable), latest_wins }
    }

    pub(super) fn join(self, other: Self) -> Self {
        Self {
            first_received_ms: self.first_received_ms.min(other.first_received_ms),
            last_occurred_ms: self.last_occurred_ms.max(other.last_occurred_ms),
            latest_wins: self.latest_wins && other.latest_wins,
        }
    }
}

/// At most one slot per outcome and strength, in one fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Slots(Vec<((Strength, Outcome), Slot)>);

impl Slots {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, strength: Strength, outcome: Outcome) -> Option<Slot> {
        let found = self.0.binary_search_by_key(&(strength, outcome), |(key, _)| *key).ok()?;
        self.0.get(found).map(|(_, slot)| *slot)
    }

    pub(super) fn add(&mut self, strength: Strength, outcome: Outcome, slot: Slot) {
        let key = (strength, outcome);
        match self.0.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(at) => self.0.iter_mut().skip(at).take(1).for_each(|(_, own)| *own = own.join(slot)),
            Err(at) => self.0.insert(at, (key, slot)),
        }
    }

    pub(super) fn join(&mut self, other: &Self) {
        for ((strength, outcome), slot) in &other.0 {
            self.add(*strength, *outcome, *slot);
        }
    }

    /// 17 characters a slot: a letter for strength, outcome and `latest_wins`, the receipt, the occurrence or dots.
    ///
    /// Compact, because a record that does not know its token yet keeps four of these under 2 kB.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for ((strength, outcome), slot) in &self.0 {
            let letters = LETTERS.iter().find(|(s, o, _)| s == strength && o == outcome);
            text.extend(letters.map(|(_, _, [wins, not])| if slot.latest_wins { wins } else { not }));
            text.push_str(&instant_text(slot.first_received_ms));
            text.push_str(&slot.last_occurred_ms.map_or(String::from(NO_INSTANT), instant_text));
        }
        text
    }

    /// Reads what [`Slots::text`] writes, in its order and without repetition.
    pub(super) fn from_text(mut text: &str) -> Option<Self> {
        let mut slots = Self::default();
        while let Some(letter) = text.chars().next() {
            let (own, rest) = text.split_at_checked(SLOT_LENGTH)?;
            let (first, last) = own.get(1..)?.split_at_checked(NO_INSTANT.len())?;
            let (strength, outcome, letters) = LETTERS.iter().find(|(_, _, letters)| letters.contains(&letter))?;
            let key = (*strength, *outcome);
            if slots.0.last().is_some_and(|(before, _)| *before >= key) {
                return None;
            }
            let slot = Slot {
                first_received_ms: instant_from_text(first)?,
                last_occurred_ms: if last == NO_INSTANT { None } else { Some(instant_from_text(last)?) },
                latest_wins: letters.first() == Some(&letter),
            };
            // Only what a signed body says of its time is kept.
            if *strength == Strength::Weak && slot.last_occurred_ms.is_some() {
                return None;
            }
            slots.0.push((key, slot));
            text = rest;
        }
        Some(slots)
    }
}

const SLOT_LENGTH: usize = 17;
const NO_INSTANT: &str = "........";

/// Of each pair the first letter says that the latest decision wins.
const LETTERS: [(Strength, Outcome, [char; 2]); 12] = [
    (Strength::Strong, Outcome::Passed, ['L', 'P']),
    (Strength::Strong, Outcome::Failed, ['M', 'F']),
    (Strength::Strong, Outcome::Review, ['S', 'R']),
    (Strength::Strong, Outcome::Abandoned, ['B', 'A']),
    (Strength::Strong, Outcome::Expired, ['Y', 'E']),
    (Strength::Strong, Outcome::Indeterminate, ['J', 'I']),
    (Strength::Weak, Outcome::Passed, ['l', 'p']),
    (Strength::Weak, Outcome::Failed, ['m', 'f']),
    (Strength::Weak, Outcome::Review, ['s', 'r']),
    (Strength::Weak, Outcome::Abandoned, ['b', 'a']),
    (Strength::Weak, Outcome::Expired, ['y', 'e']),
    (Strength::Weak, Outcome::Indeterminate, ['j', 'i']),
];

/// The last instant that a slot can hold, past the year 9999.
const MOST_MS: i64 = 0xffff_ffff_ffff;

/// 48 bits of milliseconds since 1970, most significant first, as 8 characters of base64url.
fn instant_text(milliseconds: i64) -> String {
    Encoding::Base64UrlNoPad.encode(milliseconds.to_be_bytes().get(2..).unwrap_or_default())
}

fn instant_from_text(text: &str) -> Option<i64> {
    let bytes = Encoding::Base64UrlNoPad.decode(text).filter(|bytes| bytes.len() == 6)?;
    Some(bytes.iter().fold(0_i64, |sum, byte| (sum << 8) | i64::from(*byte)))
}
