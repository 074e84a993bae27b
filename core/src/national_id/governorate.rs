//! The governorates that the number's eighth and ninth digits name (observed).

/// A governorate, or a birth abroad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Governorate {
    /// The two digits in the number.
    pub code: &'static str,
    /// The English name.
    pub english: &'static str,
    /// The Arabic name.
    pub arabic: &'static str,
}

impl Governorate {
    /// Every governorate, by code.
    pub const ALL: &'static [Self] = &[
        Self::new("01", "Cairo", "القاهرة"),
        Self::new("02", "Alexandria", "الإسكندرية"),
        Self::new("03", "Port Said", "بورسعيد"),
        Self::new("04", "Suez", "السويس"),
        Self::new("11", "Damietta", "دمياط"),
        Self::new("12", "Dakahlia", "الدقهلية"),
        Self::new("13", "Sharqia", "الشرقية"),
        Self::new("14", "Qalyubia", "القليوبية"),
        Self::new("15", "Kafr El Sheikh", "كفر الشيخ"),
        Self::new("16", "Gharbia", "الغربية"),
        Self::new("17", "Monufia", "المنوفية"),
        Self::new("18", "Beheira", "البحيرة"),
        Self::new("19", "Ismailia", "الإسماعيلية"),
        Self::new("21", "Giza", "الجيزة"),
        Self::new("22", "Beni Suef", "بني سويف"),
        Self::new("23", "Fayoum", "الفيوم"),
        Self::new("24", "Minya", "المنيا"),
        Self::new("25", "Asyut", "أسيوط"),
        Self::new("26", "Sohag", "سوهاج"),
        Self::new("27", "Qena", "قنا"),
        Self::new("28", "Aswan", "أسوان"),
        Self::new("29", "Luxor", "الأقصر"),
        Self::new("31", "Red Sea", "البحر الأحمر"),
        Self::new("32", "New Valley", "الوادي الجديد"),
        Self::new("33", "Matrouh", "مطروح"),
        Self::new("34", "North Sinai", "شمال سيناء"),
        Self::new("35", "South Sinai", "جنوب سيناء"),
        Self::new("88", "Born abroad", "خارج الجمهورية"),
    ];

    const fn new(code: &'static str, english: &'static str, arabic: &'static str) -> Self {
        Self { code, english, arabic }
    }

    pub(super) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.iter().find(|governorate| governorate.code.parse() == Ok(code)).copied()
    }
}
