//! Random names and codes.

use std::fmt;

/// A UUID (version 4) that names a session, a delivery or a transaction. Kept as bytes: a million sessions are a million of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// A fresh one from the system's randomness.
    pub fn random() -> Self {
        let mut bytes = random_bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        Self(bytes)
    }

    /// Reads `8-4-4-4-12` hexadecimal digits of either case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if text.len() != 36 {
            return None;
        }
        let mut bytes = [0; 16];
        let mut digits = 0;
        for (at, &byte) in text.iter().enumerate() {
            if matches!(at, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return None;
                }
                continue;
            }
            let nibble = u8::try_from(char::from(byte).to_digit(16)?).ok()?;
            bytes[digits / 2] = bytes[digits / 2] << 4 | nibble;
            digits += 1;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if matches!(at, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Token {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Token {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("must be a UUID: 8-4-4-4-12 hexadecimal digits"))
    }
}

/// Random bytes. A machine without randomness cannot serve.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// A code of six digits.
pub(crate) fn otp_code() -> String {
    format!("{:06}", u32::from_le_bytes(random_bytes()) % 1_000_000)
}

/// 128 random bits in hexadecimal, for forms.
pub(crate) fn form_token() -> String {
    data_encoding::HEXLOWER.encode(&random_bytes::<16>())
}
