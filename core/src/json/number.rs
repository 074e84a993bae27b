//! Numbers by their value, however they are written and however long they are: no host's number is in between.

use alloc::string::String;

/// The largest integer that every host can hold exactly: 2^53 − 1.
const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// A number in its one normal form: `digits` has no zeros at its ends, and the value is ±`digits` · 10^`exponent`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Number {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Number {
    /// Reads the text of a JSON number. `None` if its exponent does not fit 64 bits.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = String::with_capacity(mantissa.len());
        digits.extend([whole, fraction]);
        let kept = digits.trim_end_matches('0').len();
        let zeros = digits.len().checked_sub(kept)?;
        digits.truncate(kept);
        if digits.is_empty() {
            return Some(Self { negative: false, digits, exponent: 0 });
        }
        let shift = i64::try_from(zeros).ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let leading = digits.len().checked_sub(digits.trim_start_matches('0').len())?;
        digits.drain(..leading);
        Some(Self { negative, digits, exponent: exponent.checked_add(shift)? })
    }

    /// The value, if it is an integer within ±(2^53 − 1).
    pub(crate) fn integer(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        // Past sixteen digits the next line would only find out that it overflows.
        let scale = 10_i64.checked_pow(u32::try_from(self.exponent).ok().filter(|exponent| *exponent <= 16)?)?;
        let value = self.digits.parse::<i64>().ok()?.checked_mul(scale)?;
        (value <= MAX_INTEGER).then(|| if self.negative { value.checked_neg() } else { Some(value) })?
    }
}

/// Whether an integer is one that every host can hold exactly.
pub(crate) fn is_exact(integer: i64) -> bool {
    (-MAX_INTEGER..=MAX_INTEGER).contains(&integer)
}
