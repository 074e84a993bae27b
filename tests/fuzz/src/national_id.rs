//! National ID numbers and the fields beside them: read by a plain second reading, hidden in every rendering, and never a panic.

use std::collections::BTreeMap;

use arbitrary::{Result, Unstructured};
use chrono::{Datelike as _, NaiveDate};
use valify_link_core::{
    ErrorKind, NationalId, Secret,
    national_id::{Sex, SubjectWarning, date_in_egypt, subject_warnings},
};

use crate::{check_error, now, pieces};

const NUMBER: &[&str] = &[
    "30101010100009",
    "29902290100013",
    "2",
    "3",
    "99",
    "01",
    "12",
    "31",
    "0",
    "88",
    "٣٠١٠١٠١٠١٠٠٠٠٩",
    "۳",
    "-",
    " ",
    "\u{2011}",
    "\u{a0}",
    "\n",
    "٠",
    "CANARY",
    "०",
];
const DATE: &[&str] = &["2001/01/01", "2001", "/", "-", "1", "01", "12", "31", "٢٠٠١", " ", "CANARY", "99999"];

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let text = if u.arbitrary()? {
        // Fourteen digits, of one script or of several.
        let digit = |u: &mut Unstructured<'_>| -> Result<Option<char>> {
            let zero = u.choose(&['0', '0', '\u{660}', '\u{6f0}'])?;
            Ok(char::from_u32(u32::from(*zero) + u.int_in_range(0..=9)?))
        };
        (0..14).map(|_| digit(u)).collect::<Result<Option<String>>>()?.unwrap_or_default()
    } else {
        pieces::text(u, NUMBER)?
    };
    match NationalId::parse(&text, now()) {
        Ok(number) => check_number(&number, &text),
        Err(error) => {
            check_error(&error);
            assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some("national_id")));
        }
    }

    let fields = [
        ("front_nid", text),
        ("back_nid", pieces::text(u, NUMBER)?),
        ("date_of_birth", pieces::text(u, DATE)?),
        ("expiry_date", pieces::text(u, DATE)?),
    ];
    let mut subject = BTreeMap::new();
    for (name, value) in fields {
        if u.ratio(3, 4)? {
            subject.insert(name.to_string(), value);
        }
    }
    let warnings = subject_warnings(&subject, now());
    assert!(warnings.windows(2).all(|two| matches!(two, [one, other] if one < other)), "in their order, each once");
    let has = |warning| warnings.contains(&warning);
    let there = |name: &str| subject.get(name).is_some_and(|text| !text.trim().is_empty());
    assert!(!has(SubjectWarning::NationalIdUnreadable) || there("front_nid") || there("back_nid"));
    assert!(!has(SubjectWarning::NationalIdsDiffer) || (there("front_nid") && there("back_nid")));
    assert!(!has(SubjectWarning::BirthDateUnreadable) || !has(SubjectWarning::BirthDateDiffers));
    assert!(!has(SubjectWarning::ExpiryDateUnreadable) || !has(SubjectWarning::CardExpired));
    Ok(())
}

fn check_number(number: &NationalId, text: &str) {
    let digits = number.digits();
    // A plain reading: the last four bits of each digit's code point, whatever its script.
    let plain: String = text
        .chars()
        .filter(|c| c.is_numeric())
        .map(|c| char::from(b'0' + u8::try_from(u32::from(c) & 0xF).expect("four bits")))
        .collect();
    assert_eq!(digits, plain);
    assert_eq!(digits.len(), 14);
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<u32>().ok()).expect("digits");
    let year = part(1, 3) + if digits.starts_with('2') { 1900 } else { 2000 };
    let born = NaiveDate::from_ymd_opt(i32::try_from(year).expect("a year"), part(3, 5), part(5, 7));
    assert_eq!(Some(number.birth_date()), born);
    assert!(number.birth_date() <= date_in_egypt(now()));
    assert_eq!(number.sex() == Sex::Male, part(12, 13) % 2 == 1);
    assert_eq!(
        number.governorate().map(|place| place.code),
        digits.get(7..9).filter(|_| number.governorate().is_some())
    );
    assert!(number.is_minor(number.birth_date()));
    let of_age = NaiveDate::from_ymd_opt(number.birth_date().year() + 18, 12, 31).expect("a date");
    assert!(!number.is_minor(of_age));
    let again = NationalId::parse(digits, now()).expect("its own digits");
    assert_eq!(&again, number);
    let key = Secret::utf8("an-obviously-fake-secret");
    let pseudonym = number.pseudonym(&key).expect("a pseudonym");
    assert_eq!(again.pseudonym(&key).as_deref(), Ok(pseudonym.as_str()));
    let shown = format!("{number} {number:?}");
    assert!(!shown.contains(digits) && !pseudonym.contains(digits));
}
