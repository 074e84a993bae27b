//! Whether the chosen ID fields of an event fit each other.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use chrono::{Datelike as _, NaiveDate};

use super::{NationalId, closed_set, date_in_egypt, digits};
use crate::time::Instant;

closed_set! {
    /// What does not fit among the ID fields of an event. It never changes an outcome: it is for a rule or a person of the integrator's.
    SubjectWarning {
        /// `front_nid` or `back_nid` cannot be read as a national ID number.
        NationalIdUnreadable = "national_id_unreadable",
        /// `front_nid` and `back_nid` are different numbers.
        NationalIdsDiffer = "national_ids_differ",
        /// `date_of_birth` cannot be read as year/month/day.
        BirthDateUnreadable = "birth_date_unreadable",
        /// `date_of_birth` is not the date in a national ID number.
        BirthDateDiffers = "birth_date_differs",
        /// `expiry_date` cannot be read as year/month.
        ExpiryDateUnreadable = "expiry_date_unreadable",
        /// The month of `expiry_date` is over.
        CardExpired = "card_expired",
    }
}

/// Checks the fields `front_nid`, `back_nid`, `date_of_birth` (year/month/day) and `expiry_date` (year/month) against each other and
/// against `now`; the warnings come in the order of their set, each at most once.
///
/// [`Subject::warnings`](crate::webhook::Subject::warnings) does it for an event. The names and forms are those observed in Valify's OCR
/// product: a profile whose `subject` uses these names gets the checks. A field that is absent or blank is not checked. Dates take the
/// three scripts of digits, slashes or hyphens, and spaces around each part. A card is good until the end of its month (assumed), by
/// [`date_in_egypt`].
pub fn subject_warnings(subject: &BTreeMap<String, String>, now: Instant) -> Vec<SubjectWarning> {
    let field = |name: &str| subject.get(name).map(String::as_str).filter(|text| !text.trim().is_empty());
    let number = |name: &str| field(name).map(|text| NationalId::parse(text, now).ok());
    let numbers = [number("front_nid"), number("back_nid")];
    let birth_date = field("date_of_birth").map(full_date);
    let expiry = field("expiry_date").map(year_and_month);

    let holds = |warning: &SubjectWarning| match warning {
        SubjectWarning::NationalIdUnreadable => numbers.contains(&Some(None)),
        SubjectWarning::NationalIdsDiffer => {
            matches!(&numbers, [Some(Some(front)), Some(Some(back))] if front != back)
        }
        SubjectWarning::BirthDateUnreadable => birth_date == Some(None),
        SubjectWarning::BirthDateDiffers => birth_date
            .flatten()
            .is_some_and(|date| numbers.iter().flatten().flatten().any(|number| number.birth_date() != date)),
        SubjectWarning::ExpiryDateUnreadable => expiry == Some(None),
        SubjectWarning::CardExpired => {
            let today = date_in_egypt(now);
            expiry.flatten().is_some_and(|month| month < (today.year(), today.month()))
        }
    };
    SubjectWarning::ALL.iter().copied().filter(holds).collect()
}

fn full_date(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = parts(text)?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

fn year_and_month(text: &str) -> Option<(i32, u32)> {
    let [year, month] = parts(text)?;
    let first = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1)?;
    Some((first.year(), first.month()))
}

/// The numbers of a date that begins with a year of four digits; the other parts have one or two.
fn parts<const COUNT: usize>(text: &str) -> Option<[u32; COUNT]> {
    let mut numbers = [0; COUNT];
    let mut texts = text.split(['/', '-']);
    for (index, place) in numbers.iter_mut().enumerate() {
        let lengths = if index == 0 { 4..=4 } else { 1..=2 };
        *place = number(texts.next()?.trim(), lengths)?;
    }
    texts.next().is_none().then_some(numbers)
}

fn number(text: &str, lengths: core::ops::RangeInclusive<usize>) -> Option<u32> {
    if !lengths.contains(&text.chars().count()) {
        return None;
    }
    let ten_times_and = |number: u32, digit: u8| number.saturating_mul(10).saturating_add(digit.into());
    text.chars().try_fold(0, |number, character| digits::value(character).map(|digit| ten_times_and(number, digit)))
}
