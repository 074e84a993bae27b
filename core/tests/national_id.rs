//! What a national ID number says, in every script, and what it never shows.

mod cases;

use cases::cases;
use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use valify_link_core::{
    Auth, Delivery, Environment, Error, ErrorKind, Instant, NamedSecret, NationalId, Profile, Secret, Verifier,
    national_id::{
        Governorate, NationalIdWarning, Sex,
        SubjectWarning::{self, *},
        date_in_egypt, subject_warnings,
    },
    secret::SANDBOX_WEBHOOK_SECRET,
    sign,
    webhook::{Digest, Hmac, Limits, SignatureEncoding, Signs},
};

const CAIRO_GIRL: &str = "30101010100009";

fn instant(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn now() -> Instant {
    instant("2026-01-14T07:00:00Z")
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn parse(text: &str) -> Result<NationalId, Error> {
    NationalId::parse(text, now())
}

fn parsed(text: &str) -> NationalId {
    parse(text).expect("a number")
}

fn in_script(text: &str, zero: u32) -> String {
    let moved = |c: char| c.to_digit(10).map_or(c, |digit| char::from_u32(zero + digit).expect("a digit"));
    text.chars().map(moved).collect()
}

const ARABIC_INDIC: u32 = 0x660;
const PERSIAN: u32 = 0x6F0;

#[test]
fn a_number_tells_birth_governorate_and_sex() {
    for (text, born, governorate, sex) in [
        (CAIRO_GIRL, "2001-01-01", Some(("01", "Cairo", "القاهرة")), Sex::Female),
        ("29002288801233", "1990-02-28", Some(("88", "Born abroad", "خارج الجمهورية")), Sex::Male),
        ("29912313509875", "1999-12-31", Some(("35", "South Sinai", "جنوب سيناء")), Sex::Male),
        ("30002292104569", "2000-02-29", Some(("21", "Giza", "الجيزة")), Sex::Female),
        ("25606159907775", "1956-06-15", None, Sex::Male),
    ] {
        let id = parsed(text);
        let found = id.governorate().map(|found| (found.code, found.english, found.arabic));
        assert_eq!((id.digits(), id.birth_date(), found, id.sex()), (text, date(born), governorate, sex));
    }
}

#[test]
fn a_check_digit_that_does_not_fit_and_an_unknown_governorate_are_warnings() {
    for fits in ["30101010100009", "30101010100050", "30101010100131", "29002288801233", "29912313509875"] {
        assert_eq!(parsed(fits).warnings(), []);
    }
    assert_eq!(parsed("30101010100008").warnings(), [NationalIdWarning::CheckDigitMismatch]);
    assert_eq!(parsed("25606159907775").warnings(), [NationalIdWarning::UnknownGovernorate]);
    assert_eq!(
        parsed("25606159907774").warnings(),
        [NationalIdWarning::UnknownGovernorate, NationalIdWarning::CheckDigitMismatch]
    );
}

#[test]
fn the_governorates_are_those_of_the_contract() {
    let codes: Vec<_> = Governorate::ALL.iter().map(|governorate| governorate.code).collect();
    let expected = "01 02 03 04 11 12 13 14 15 16 17 18 19 21 22 23 24 25 26 27 28 29 31 32 33 34 35 88";
    assert_eq!(codes.join(" "), expected);
    let known = (0..100).filter(|code| parsed(&format!("3010101{code:02}00009")).governorate().is_some());
    assert_eq!(known.map(|code| format!("{code:02}")).collect::<Vec<_>>(), codes);
    let is_arabic = |name: &str| name.chars().all(|c| c == ' ' || ('\u{621}'..='\u{64A}').contains(&c));
    assert!(Governorate::ALL.iter().all(|governorate| is_arabic(governorate.arabic)));
    assert!(Governorate::ALL.iter().all(|governorate| governorate.english.is_ascii()));
}

#[test]
fn a_bad_number_is_an_invalid_request_that_names_the_field_and_the_rule() {
    for (text, rule) in [
        ("", "14 digits"),
        ("3010101010000", "14 digits"),
        ("301010101000090", "14 digits"),
        ("3010101010000x", "14 digits"),
        ("-30101010100009", "14 digits"),
        ("30101010100009-", "14 digits"),
        ("3010101_0100009", "14 digits"),
        ("301010101\n00009", "14 digits"),
        ("３０１０１０１０１００００９", "14 digits"),
        ("10101010100009", "century"),
        ("40101010100009", "century"),
        ("30113010100009", "exists"),
        ("30100010100009", "exists"),
        ("30101000100009", "exists"),
        ("30102290100009", "exists"),
        ("29002290100009", "exists"),
        ("32601150100009", "future"),
        ("39912310100009", "future"),
    ] {
        let error = parse(text).expect_err(text);
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidRequest, Some("national_id")), "{text}");
        assert!(error.detail.contains(rule), "{text}: {error}");
        assert!(text.is_empty() || !format!("{error} {error:?}").contains(text), "the number is in the error");
    }
}

#[test]
fn nobody_is_born_tomorrow_by_the_date_in_egypt() {
    let born_on_the_14th = "32601140100009";
    assert!(NationalId::parse(born_on_the_14th, instant("2026-01-13T22:00:00Z")).is_ok());
    assert!(NationalId::parse(born_on_the_14th, instant("2026-01-13T21:59:59.999Z")).is_err());
    assert_eq!(date_in_egypt(instant("2025-12-31T22:00:00Z")), date("2026-01-01"));
    assert_eq!(date_in_egypt(Instant::MAX_UTC), NaiveDate::MAX);
}

#[test]
fn a_minor_is_one_until_the_eighteenth_birthday() {
    let id = parsed("30101010100009");
    for (on, minor) in
        [("1999-06-01", true), ("2001-01-01", true), ("2018-12-31", true), ("2019-01-01", false), ("2020-01-01", false)]
    {
        assert_eq!(id.is_minor(date(on)), minor, "{on}");
    }
    let leap = parsed("30002292104569");
    assert!(leap.is_minor(date("2018-02-28")));
    assert!(!leap.is_minor(date("2018-03-01")));
}

#[test]
fn a_pseudonym_is_the_documented_mac_and_needs_a_fit_key() {
    let id = parsed(CAIRO_GIRL);
    let key = Secret::utf8("an-example-key-of-32-fake-bytes!");
    // HMAC-SHA256 made by another implementation.
    assert_eq!(id.pseudonym(&key).unwrap(), "0a4e140b24c1ee8655cddb19d2ebe35134b733face9cde79cd82ae1dc012895a");
    assert_eq!(id.pseudonym(&key), parsed("٣٠١٠١٠١٠١٠٠٠٠٩").pseudonym(&key));
    assert_ne!(id.pseudonym(&key), parsed("30101010100050").pseudonym(&key));
    assert_ne!(id.pseudonym(&key), id.pseudonym(&Secret::utf8("another-example-key-of-fake-byte")));

    let refused = |key: Secret| {
        let error = id.pseudonym(&key).unwrap_err();
        (error.kind, error.field.unwrap())
    };
    assert_eq!(refused(Secret::utf8("short")), (ErrorKind::InvalidConfig, "key.utf8".into()));
    assert_eq!(refused(Secret::base64("not base64, and long enough")), (ErrorKind::InvalidConfig, "key.base64".into()));
    assert_eq!(refused(Secret::utf8(SANDBOX_WEBHOOK_SECRET)), (ErrorKind::InvalidConfig, "key.utf8".into()));
}

#[test]
fn renderings_show_nothing() {
    let id = parsed(CAIRO_GIRL);
    assert_eq!(format!("{id:?}"), "NationalId(hidden)");
    assert_eq!(format!("{id:#?} {id}"), "NationalId(hidden) (hidden)");
}

type Fields = [(&'static str, &'static str)];

#[test]
fn subject_warnings_compare_the_fields_of_a_card() {
    let front = ("front_nid", CAIRO_GIRL);
    let cases: &[(&Fields, &[SubjectWarning])] = &[
        (&[], &[]),
        (&[front], &[]),
        (&[front, ("back_nid", "٣٠١٠١٠١ ٠١ ٠٠٠٠٩")], &[]),
        (&[front, ("back_nid", "30101010100050")], &[NationalIdsDiffer]),
        (&[front, ("back_nid", "3010101010000")], &[NationalIdUnreadable]),
        (&[("front_nid", "?"), ("back_nid", "?")], &[NationalIdUnreadable]),
        (&[front, ("back_nid", "  ")], &[]),
        (&[front, ("date_of_birth", "2001/01/01")], &[]),
        (&[front, ("date_of_birth", " ٢٠٠١ / ١ / ٠١ ")], &[]),
        (&[front, ("date_of_birth", "2001-1-1")], &[]),
        (&[front, ("date_of_birth", "2001/01/02")], &[BirthDateDiffers]),
        (&[("back_nid", CAIRO_GIRL), ("date_of_birth", "1901/01/01")], &[BirthDateDiffers]),
        (&[("date_of_birth", "2001/01/02")], &[]),
        (&[front, ("date_of_birth", "01/01/2001")], &[BirthDateUnreadable]),
        (&[front, ("date_of_birth", "2001/02/30")], &[BirthDateUnreadable]),
        (&[front, ("date_of_birth", "2001/01")], &[BirthDateUnreadable]),
        (&[front, ("date_of_birth", "2001/01/01/01")], &[BirthDateUnreadable]),
        (&[front, ("date_of_birth", "2001/001/01")], &[BirthDateUnreadable]),
        (&[("expiry_date", "2026/01")], &[]),
        (&[("expiry_date", "2026/02")], &[]),
        (&[("expiry_date", "2025/12")], &[CardExpired]),
        (&[("expiry_date", "٢٠٢٥/١٢")], &[CardExpired]),
        (&[("expiry_date", "2026/13")], &[ExpiryDateUnreadable]),
        (&[("expiry_date", "26/01")], &[ExpiryDateUnreadable]),
        (&[("expiry_date", "2026/01/31")], &[ExpiryDateUnreadable]),
        (
            &[
                front,
                ("back_nid", "30002292104569"),
                ("date_of_birth", "1990/02/28"),
                ("expiry_date", "2020/01"),
                ("full_name", "Example"),
            ],
            &[NationalIdsDiffer, BirthDateDiffers, CardExpired],
        ),
    ];
    for (fields, expected) in cases {
        let subject: BTreeMap<String, String> =
            fields.iter().map(|(name, text)| ((*name).into(), (*text).into())).collect();
        assert_eq!(subject_warnings(&subject, now()), *expected, "{fields:?}");
    }
}

#[test]
fn an_event_offers_its_subject_with_the_warnings() {
    let secrets = vec![NamedSecret::new("2026-01", Secret::utf8("an-example-key-of-32-fake-bytes!"))];
    let auth = Auth::Hmac(Hmac::new("X-Signature", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, secrets));
    let profile = br#"{ "matches_by": "session_token", "session_token": ["/token"],
        "subject": { "front_nid": ["/front"], "back_nid": ["/back"], "date_of_birth": ["/born"], "expiry_date": ["/until"] } }"#;
    let profile = Profile::from_document(profile).expect("a profile");
    let verifier = Verifier::new(Environment::Production, &auth, &profile, Limits::default()).expect("a verifier");
    let warnings = |body: &str| {
        let signed = sign(&auth, body.as_bytes(), None, now()).expect("a signature");
        let delivery = Delivery { headers: &signed.headers, body: body.as_bytes(), url: None };
        verifier.verify(&delivery, now()).expect("an event").subject().warnings(now())
    };
    let body = r#"{ "token": "0-token-0", "front": 30101010100009, "back": "٣٠١٠١٠١٠١٠٠٠٥٠", "born": "2001/1/2", "until": "2030/01" }"#;
    assert_eq!(warnings(body), [NationalIdsDiffer, BirthDateDiffers]);
    let body = r#"{ "token": "0-token-0", "front": 30101010100009, "born": "2001/1/1", "until": "2030/01" }"#;
    assert_eq!(warnings(body), []);
}

#[test]
fn a_card_is_good_until_its_month_ends_in_egypt() {
    let subject = BTreeMap::from([("expiry_date".to_string(), "2026/01".to_string())]);
    assert_eq!(subject_warnings(&subject, instant("2026-01-31T21:59:59Z")), []);
    assert_eq!(subject_warnings(&subject, instant("2026-01-31T22:00:00Z")), [CardExpired]);
}

/// Any number with a date of birth that has been, and what went into it.
fn number() -> impl Strategy<Value = (String, NaiveDate, usize, u16)> {
    let days = (date("2026-01-14") - date("1900-01-01")).num_days();
    (0..=u64::try_from(days).expect("days"), 0..Governorate::ALL.len(), 0..10_000_u16).prop_map(
        |(days, governorate, sequence)| {
            let born = date("1900-01-01") + Days::new(days);
            let century = if born < date("2000-01-01") { 2 } else { 3 };
            let code = Governorate::ALL[governorate].code;
            (format!("{century}{}{code}{sequence:04}", born.format("%y%m%d")), born, governorate, sequence)
        },
    )
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn every_number_says_what_went_into_it((start, born, governorate, sequence) in number()) {
        let ids: Vec<_> = (0..10).map(|check| parsed(&format!("{start}{check}"))).collect();
        for id in &ids {
            prop_assert_eq!(id.birth_date(), born);
            prop_assert_eq!(id.governorate(), Some(Governorate::ALL[governorate]));
            prop_assert_eq!(id.sex(), if sequence % 2 == 1 { Sex::Male } else { Sex::Female });
        }
        prop_assert_eq!(ids.iter().filter(|id| id.warnings().is_empty()).count(), 1, "one check digit fits");
    }

    #[test]
    fn scripts_and_separators_change_nothing(
        (start, ..) in number(),
        separators in prop::collection::vec("[ \u{A0}\u{202F}\u{2010}\u{2011}-]{0,3}", 13),
        around in "[ \t\r\n\u{A0}]{0,3}",
    ) {
        let plain = format!("{start}7");
        let expected = parsed(&plain);
        for zero in [0x30, ARABIC_INDIC, PERSIAN] {
            let digits = in_script(&plain, zero);
            let mut apart = String::new();
            for (digit, separator) in digits.chars().zip(separators.iter().map(String::as_str).chain([""])) {
                apart.push(digit);
                apart.push_str(separator);
            }
            let id = parsed(&format!("{around}{apart}{around}"));
            prop_assert_eq!(id.digits(), plain.as_str());
            prop_assert!(id == expected);
        }
    }

    #[test]
    fn any_text_gives_a_number_or_the_one_error(
        text in prop_oneof![any::<String>(), "[0-9٠-٩۰-۹ -]{0,20}", "[23][0-9]{2}[01][0-9][0-3][0-9]{8}"],
        seconds in -8_000_000_000_000_i64..8_000_000_000_000,
    ) {
        let now = Instant::from_timestamp(seconds, 0).expect("an instant");
        match NationalId::parse(&text, now) {
            Ok(id) => {
                prop_assert!(id.birth_date() <= date_in_egypt(now));
                prop_assert_eq!(NationalId::parse(id.digits(), now), Ok(id));
            }
            Err(error) => {
                prop_assert_eq!(error.kind, ErrorKind::InvalidRequest);
                prop_assert_eq!(error.field.as_deref(), Some("national_id"));
            }
        }
    }

    #[test]
    fn any_subject_is_checked_without_a_panic(
        texts in prop::collection::vec(prop_oneof![any::<String>(), "[0-9٠-٩/ -]{0,12}"], 4),
    ) {
        let names = ["front_nid", "back_nid", "date_of_birth", "expiry_date"];
        let subject = names.iter().map(ToString::to_string).zip(texts).collect();
        let found = subject_warnings(&subject, now());
        prop_assert!(found.is_sorted_by(|earlier, later| earlier < later), "in order, each once: {:?}", found);
    }
}
