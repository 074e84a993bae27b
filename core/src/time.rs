//! Instants as documents write them. The core has no clock: every function that needs the time takes it.

use alloc::string::String;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, SecondsFormat, TimeZone, Utc, Weekday};

/// An instant, always in UTC.
pub type Instant = DateTime<Utc>;

/// The nearest millisecond, half up; a leap second is the second after it, since documents have none.
///
/// `None` outside the years 0 to 9999: what a document could not hold would be written and never read again.
pub(crate) fn to_millisecond(instant: Instant) -> Option<Instant> {
    let nanoseconds = instant.timestamp_subsec_nanos();
    let beyond = nanoseconds.checked_rem(1_000_000)?;
    let is_whole = beyond == 0 && nanoseconds < 1_000_000_000;
    let rounded = if is_whole {
        Some(instant)
    } else {
        let milliseconds = instant.timestamp_millis().checked_add(i64::from(beyond >= 500_000))?;
        Instant::from_timestamp_millis(milliseconds)
    };
    rounded.filter(is_writable)
}

/// Whether an instant is in a year of four digits.
fn is_writable(instant: &Instant) -> bool {
    (0..=9999).contains(&instant.year())
}

/// `2026-01-14T07:57:54.972Z`.
pub(crate) fn format(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads RFC 3339 with an upper-case `T` and `Z` or `±hh:mm`; no leap second. Rounded as [`to_millisecond`] does.
pub(crate) fn parse(text: &str) -> Option<Instant> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', rest @ ..] = text.as_bytes() else { return None };
    let [h1, h2, b':', i1, i2, b':', s1, s2, rest @ ..] = rest else { return None };
    let date = date(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?)?;
    let time = date.and_hms_opt(number(&[*h1, *h2])?, number(&[*i1, *i2])?, number(&[*s1, *s2])?)?;
    let (milliseconds, zone) = match rest {
        [b'.', rest @ ..] => {
            let (digits, zone) = rest.split_at_checked(rest.iter().position(|byte| !byte.is_ascii_digit())?)?;
            (milliseconds(digits)?, zone)
        }
        zone => (0, zone),
    };
    let local = Utc.from_utc_datetime(&time);
    match milliseconds.checked_sub(offset_minutes(zone)?.checked_mul(60_000)?)? {
        0 => Some(local),
        later => local.checked_add_signed(Duration::milliseconds(later)).filter(is_writable),
    }
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
    let [_, _, _, b',', b' ', d1, d2, b' ', _, _, _, b' ', y1, y2, y3, y4, b' ', time @ ..] = text.as_bytes() else {
        return None;
    };
    let [h1, h2, b':', m1, m2, b':', s1, s2, b' ', b'G', b'M', b'T'] = time else { return None };
    let (weekday, month) = (text.get(..3)?, text.get(8..11)?);
    let month = (1..).zip(MONTHS).find_map(|(number, name)| (name == month).then_some(number))?;
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?, number(&[*s1, *s2])?);
    let date = date(number(&[*y1, *y2, *y3, *y4])?, month, number(&[*d1, *d2])?)?;
    DAYS.contains(&(weekday, date.weekday())).then_some(())?;
    let leap = i64::from(second == 60);
    let second = if leap == 1 { 59 } else { second };
    Some(Utc.from_utc_datetime(&date.and_hms_opt(hour, minute, second)?.checked_add_signed(Duration::seconds(leap))?))
}

fn date(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// The fraction of a second in milliseconds, half up: of the digits past the third, the first decides.
fn milliseconds(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() {
        return None;
    }
    let digit = |place| digits.get(place).map_or(0, |byte| i64::from(byte & 0xf));
    let whole = (0..3).fold(0, |whole: i64, place| whole.saturating_mul(10).saturating_add(digit(place)));
    Some(whole.saturating_add(i64::from(digit(3) >= 5)))
}

fn offset_minutes(zone: &[u8]) -> Option<i64> {
    let (sign, hours, minutes) = match zone {
        b"Z" => return Some(0),
        [b'+', h1, h2, b':', m1, m2] => (1, number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        [b'-', h1, h2, b':', m1, m2] => (-1, number(&[*h1, *h2])?, number(&[*m1, *m2])?),
        _ => return None,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    i64::from(hours.checked_mul(60)?.checked_add(minutes)?).checked_mul(sign)
}

/// A number of a few digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0_u32, |number, byte| {
        byte.is_ascii_digit().then(|| number.wrapping_mul(10).wrapping_add((byte & 0xf).into()))
    })
}

/// Writes an instant into a document the way every host does.
#[cfg(feature = "serde")]
pub(crate) fn serialize<S: serde::Serializer>(instant: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format(*instant))
}
