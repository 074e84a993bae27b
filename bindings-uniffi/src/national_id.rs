//! The Egyptian national ID number.

use core::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use core_api::{
    Error, ErrorKind, Instant, NationalId,
    national_id::{self, NationalIdWarning, Sex},
};

use crate::{error::Outcome, secret::SecretHandle};

/// A well-formed Egyptian national ID number. No text shows it.
#[derive(uniffi::Object)]
#[uniffi::export(Debug, Display, Eq)]
pub(crate) struct NationalIdHandle(NationalId);

#[uniffi::export]
impl NationalIdHandle {
    /// Reads 14 ASCII, Arabic-Indic or Persian digits, with any spaces or hyphens between them.
    #[uniffi::constructor]
    pub(crate) fn parse(text: String, now: Instant) -> Outcome<Arc<Self>> {
        Ok(Arc::new(Self(NationalId::parse(&text, now)?)))
    }

    /// All that the number says.
    pub(crate) fn view(&self) -> Outcome<NationalIdView> {
        let governorate = self.0.governorate();
        Ok(NationalIdView {
            digits: self.0.digits().to_owned(),
            birth_date: self.0.birth_date().to_string(),
            governorate: governorate.map(|governorate| GovernorateView {
                code: governorate.code.to_owned(),
                english: governorate.english.to_owned(),
                arabic: governorate.arabic.to_owned(),
            }),
            sex: self.0.sex(),
            warnings: self.0.warnings(),
        })
    }

    /// Whether the holder is under 18 on this date, `YYYY-MM-DD`.
    pub(crate) fn is_minor_on(&self, date: String) -> Outcome<bool> {
        let refuse = |_| Error::refused(ErrorKind::Misuse, None, "a date must be written as YYYY-MM-DD");
        Ok(self.0.is_minor(date.parse::<NaiveDate>().map_err(refuse)?))
    }

    /// Whether the holder is under 18 at this time, by the date in Egypt.
    pub(crate) fn is_minor_at(&self, now: Instant) -> Outcome<bool> {
        Ok(self.0.is_minor(national_id::date_in_egypt(now)))
    }

    /// A name for this number that nobody can turn back without the key: 64 hexadecimal digits. The key has at least 16 bytes.
    pub(crate) fn pseudonym(&self, key: Arc<SecretHandle>) -> Outcome<String> {
        Ok(self.0.pseudonym(&key.0)?)
    }
}

impl PartialEq for NationalIdHandle {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for NationalIdHandle {}

impl fmt::Debug for NationalIdHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for NationalIdHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// All that a number says. No text shows it.
#[derive(uniffi::Record)]
#[uniffi::export(Debug)]
pub(crate) struct NationalIdView {
    /// The 14 ASCII digits. They are personal data: store the pseudonym where that serves.
    pub(crate) digits: String,
    /// The date of birth in the number, `YYYY-MM-DD`.
    pub(crate) birth_date: String,
    /// Where the birth was registered; nothing, and a warning, where the code is not one of those observed.
    pub(crate) governorate: Option<GovernorateView>,
    /// The sex in the number.
    pub(crate) sex: Sex,
    /// What looks wrong and does not make the number unusable.
    pub(crate) warnings: Vec<NationalIdWarning>,
}

impl fmt::Debug for NationalIdView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NationalIdView(hidden)")
    }
}

/// A governorate, or a birth abroad.
#[derive(Debug, uniffi::Record)]
pub(crate) struct GovernorateView {
    /// The two digits in the number.
    pub(crate) code: String,
    /// The English name.
    pub(crate) english: String,
    /// The Arabic name.
    pub(crate) arabic: String,
}
