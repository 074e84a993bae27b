//! Instants as documents write them. The core has no clock: every function that needs the time takes it.

use alloc::string::String;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, SecondsFormat, TimeZone, Utc, Weekday};

/// An instant, always in UTC.
pub type Instant = DateTime<Utc>;

/// The nearest millisecond, half up; a leap second is the second after it, since documents have none.
///
/// `None` outside the years 0 to 9999: what a document could not hold would be written and never read again.
pub(crate) fn to_millisecond(instant: Instant) -> Option<Instant> {
    let rounds_up = instant.timestamp_subsec_nanos().checked_rem(1_000_000)? >= 500_000;
    let milliseconds = instant.timestamp_millis().checked_add(i64::from(rounds_up))?;
    Instant::from_timestamp_millis(milliseconds).filter(|instant| (0..=9999).contains(&instant.year()))
}

/// `2026-01-14T07:57:54.972Z`.
pub(crate) fn format(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads RFC 3339 with an upper-case `T` and `Z` or `±hh:mm`; no leap second. Rounded as [`to_millisecond`] does.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    let (date, rest) = text.split_at_checked(10)?;
    let (time, rest) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let (year, month, day) = three(date, [4, 2, 2], '-')?;
    let (hour, minute, second) = three(time, [2, 2, 2], ':')?;
    let (nanos, zone) = match rest.strip_prefix('.') {
        None => (0, rest),
        Some(rest) => {
            let (digits, zone) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit())?)?;
            (nanoseconds(digits)?, zone)
        }
    };
    let naive = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_opt(hour, minute, second)?
        .checked_add_signed(Duration::nanoseconds(nanos))?;
    to_millisecond(Utc.from_utc_datetime(&naive.checked_sub_signed(Duration::minutes(offset_minutes(zone)?))?))
}

/// Reads IMF-fixdate, the one form of an HTTP date that senders may use: `Sun, 06 Nov 1994 08:49:37 GMT`. A leap second is the second after it.
pub(crate) fn parse_http(text: &str) -> Option<Instant> {
    const DAYS: [(&str, Weekday); 7] = [
        ("Mon", Weekday::Mon),
        ("Tue", Weekday::Tue),
        ("Wed", Weekday::Wed),
        ("Thu", Weekday::Thu),
        ("Fri", Weekday::Fri),
        ("Sat", Weekday::Sat),
        ("Sun", Weekday::Sun),
    ];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (weekday, rest) = text.strip_suffix(" GMT")?.split_once(", ")?;
    let (day, rest) = rest.split_once(' ')?;
    let (month, rest) = rest.split_once(' ')?;
    let (year, time) = rest.split_once(' ')?;
    let month = (1..).zip(MONTHS).find_map(|(number, name)| (name == month).then_some(number))?;
    let (hour, minute, second) = three(time, [2, 2, 2], ':')?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(year, 4)?).ok()?, month, number(day, 2)?)?;
    DAYS.contains(&(weekday, date.weekday())).then_some(())?;
    let leap = i64::from(second == 60);
    let second = if leap == 1 { 59 } else { second };
    Some(Utc.from_utc_datetime(&date.and_hms_opt(hour, minute, second)?.checked_add_signed(Duration::seconds(leap))?))
}

/// The fraction of a second; digits past the ninth cannot change a rounding to milliseconds, half up.
fn nanoseconds(digits: &str) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    let kept = digits.get(..9).unwrap_or(digits);
    kept.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(u32::try_from(9_usize.checked_sub(kept.len())?).ok()?)?)
}

fn offset_minutes(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    i64::from(hours.checked_mul(60)?.checked_add(minutes)?).checked_mul(sign)
}

fn three(text: &str, lengths: [usize; 3], separator: char) -> Option<(u32, u32, u32)> {
    let [a, b, c] = lengths;
    let (first, rest) = text.split_at_checked(a)?;
    let (second, rest) = rest.strip_prefix(separator)?.split_at_checked(b)?;
    Some((number(first, a)?, number(second, b)?, number(rest.strip_prefix(separator)?, c)?))
}

/// A number of a few digits.
fn number(text: &str, length: usize) -> Option<u32> {
    let digit = |number: u32, byte: u8| {
        byte.is_ascii_digit().then(|| number.wrapping_mul(10).wrapping_add((byte & 0xf).into()))
    };
    if text.len() == length { text.bytes().try_fold(0, digit) } else { None }
}

/// Writes an instant into a document the way every host does.
#[cfg(feature = "serde")]
pub(crate) fn serialize<S: serde::Serializer>(instant: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*instant))
}
