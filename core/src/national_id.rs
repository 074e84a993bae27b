//! The Egyptian national ID number: what its 14 digits say, and a pseudonym to store instead of them.
//!
//! The layout is observed (several agreeing sources), not published by the issuer: century (2 = 1900s, 3 = 2000s), `YYMMDD` of birth,
//! governorate (2 digits), sequence (4 digits, the last one odd for a man and even for a woman), check digit.
//!
//! | what | kind | field |
//! | --- | --- | --- |
//! | not 14 digits, no such century, no such date, a birth in the future | `invalid_request` | `national_id` |
//! | the key of a pseudonym is not fit | `invalid_config` | `key.utf8`, `key.base64` or `key.hex` |
//!
//! What may be wrong without making the number unusable is a [`NationalIdWarning`]. That a number is well-formed does not prove that it
//! was issued, nor that it belongs to whoever typed it.
//!
//! ```
//! use valify_link_core::{NationalId, Secret, national_id::Sex};
//! # let now = "2026-01-14T07:00:00Z".parse::<valify_link_core::Instant>().unwrap();
//! let id = NationalId::parse("٣٠١٠١٠١-٠١-٠٠٠٠-٩", now)?;
//! assert_eq!(id.digits(), "30101010100009");
//! assert_eq!((id.birth_date().to_string().as_str(), id.sex()), ("2001-01-01", Sex::Female));
//! assert_eq!(id.governorate().map(|governorate| governorate.english), Some("Cairo"));
//! assert_eq!(format!("{id:?} {id}"), "NationalId(hidden) (hidden)");
//!
//! // What a table stores to find the same person again: no one without the key can tell the number.
//! let key = Secret::utf8("an-example-key-of-32-fake-bytes!");
//! assert_eq!(id.pseudonym(&key)?.len(), 64);
//! # Ok::<(), valify_link_core::Error>(())
//! ```

mod digits;
mod governorate;
mod subject;

use alloc::{string::String, vec::Vec};
use core::fmt;

use chrono::{Datelike as _, Duration, NaiveDate};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{
    encoding::Encoding,
    error::{Error, closed_set},
    secret::Secret,
    time::Instant,
};

pub use governorate::Governorate;
pub use subject::{SubjectWarning, subject_warnings};

closed_set! {
    /// The sex that the sequence number encodes.
    Sex {
        /// The last digit of the sequence is odd.
        Male = "male",
        /// The last digit of the sequence is even.
        Female = "female",
    }
}

closed_set! {
    /// What looks wrong about a number and does not make it unusable: the rules behind it are not published.
    NationalIdWarning {
        /// The governorate's code is not one of those observed.
        UnknownGovernorate = "unknown_governorate",
        /// The check digit is not the one that the assumed rule gives.
        CheckDigitMismatch = "check_digit_mismatch",
    }
}

/// A well-formed Egyptian national ID number. `Debug` and `Display` hide it, and its digits are wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub struct NationalId {
    digits: Zeroizing<String>,
    birth_date: NaiveDate,
    governorate: Option<Governorate>,
    sex: Sex,
    check_digit_fits: bool,
}

impl NationalId {
    /// Reads a number: 14 ASCII, Arabic-Indic (U+0660 to U+0669) or Persian (U+06F0 to U+06F9) digits, with any spaces or hyphens
    /// between them and white space around them.
    ///
    /// `now` is for one rule alone: nobody is born after [`date_in_egypt`]`(now)`.
    pub fn parse(text: &str, now: Instant) -> Result<Self, Error> {
        let refuse = |rule: &str| Error::request("national_id", rule);
        let digits = digits::fourteen(text).ok_or_else(|| {
            refuse("must be 14 digits (ASCII, Arabic-Indic or Persian) with nothing but spaces or hyphens between them")
        })?;
        let [century, y1, y2, m1, m2, d1, d2, g1, g2, _, _, _, parity, check] = *digits;
        let century = match century {
            2 => 1900,
            3 => 2000,
            _ => return Err(refuse("must begin with 2 or 3, for the century of birth")),
        };
        let year = i32::from(two(y1, y2)).saturating_add(century);
        let birth_date = NaiveDate::from_ymd_opt(year, two(m1, m2).into(), two(d1, d2).into())
            .ok_or_else(|| refuse("must hold a date of birth that exists"))?;
        if birth_date > date_in_egypt(now) {
            return Err(refuse("must hold a date of birth that is not in the future"));
        }
        Ok(Self {
            birth_date,
            governorate: Governorate::of_code(two(g1, g2)),
            sex: if parity % 2 == 1 { Sex::Male } else { Sex::Female },
            check_digit_fits: check == check_digit(&digits),
            digits: digits::to_text(&digits),
        })
    }

    /// The 14 ASCII digits. They are personal data: store [`NationalId::pseudonym`] where that serves.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The date of birth in the number.
    pub fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// Where the birth was registered; `None`, and a warning, where the code is not one of those observed.
    pub fn governorate(&self) -> Option<Governorate> {
        self.governorate
    }

    /// The sex in the number.
    pub fn sex(&self) -> Sex {
        self.sex
    }

    /// Whether the holder is under 18 on this date: a child under Egypt's Child Law (12/1996), whose data law 151/2020 calls sensitive
    /// (both from summaries; a lawyer confirms). It is not the civil age of majority, which is 21.
    ///
    /// The eighteenth birthday itself is not minor any more; who was born on 29 February comes of age on 1 March. A date before the birth
    /// is minor. [`date_in_egypt`] gives today.
    pub fn is_minor(&self, on: NaiveDate) -> bool {
        let born = self.birth_date;
        // As triples, so that a 29 February needs no date that does not exist.
        (on.year(), on.month(), on.day()) < (born.year().saturating_add(18), born.month(), born.day())
    }

    /// What looks wrong, in the order of the set.
    pub fn warnings(&self) -> Vec<NationalIdWarning> {
        let governorate = self.governorate.is_none().then_some(NationalIdWarning::UnknownGovernorate);
        let check_digit = (!self.check_digit_fits).then_some(NationalIdWarning::CheckDigitMismatch);
        governorate.into_iter().chain(check_digit).collect()
    }

    /// A name for this number that nobody can turn back without the key: HMAC-SHA256 over `valify-link national-id v1`, newline, the 14
    /// digits; 64 lower-case hexadecimal digits.
    ///
    /// There are few enough numbers to try them all, so a hash without a key would hide nothing: keep the key apart from the table. The
    /// key has at least 16 bytes, and the local sandbox's well-known secret is refused.
    pub fn pseudonym(&self, key: &Secret) -> Result<String, Error> {
        let key = key.decode_private("key")?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key)
            .map_err(|_| Error::config("key", "must be usable as a key of HMAC-SHA256"))?;
        mac.update(b"valify-link national-id v1\n");
        mac.update(self.digits.as_bytes());
        Ok(Encoding::Hex.encode(&mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalId(hidden)")
    }
}

impl fmt::Display for NationalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// The date that it is in Egypt, by its standard time (UTC+2) all the year round.
///
/// In the months of summer time the new day begins an hour late: a person is then taken for a minor, and a card for valid, an hour longer.
pub fn date_in_egypt(now: Instant) -> NaiveDate {
    now.naive_utc().checked_add_signed(Duration::hours(2)).map_or(NaiveDate::MAX, |local| local.date())
}

fn two(tens: u8, ones: u8) -> u8 {
    tens.saturating_mul(10).saturating_add(ones)
}

/// The assumed rule (never published): weights over the first 13 digits, then (11 − sum mod 11) mod 10.
fn check_digit(digits: &[u8; 14]) -> u8 {
    const WEIGHTS: [u8; 13] = [2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2];
    let products = WEIGHTS.iter().zip(digits).map(|(weight, digit)| u16::from(weight.saturating_mul(*digit)));
    let remainder = products.fold(0_u16, u16::saturating_add) % 11;
    u8::try_from(11_u16.saturating_sub(remainder) % 10).unwrap_or(u8::MAX)
}
