//! Digits as people in Egypt type them.

/// Arabic-Indic (U+0660–0669) and Persian (U+06F0–06F9) digits as ASCII ones; all else as it is.
pub(super) fn to_ascii(text: &str) -> String {
    text.chars()
        .map(|character| {
            let value = match character {
                '\u{660}'..='\u{669}' => u32::from(character) - 0x660,
                '\u{6f0}'..='\u{6f9}' => u32::from(character) - 0x6f0,
                _ => return character,
            };
            char::from_digit(value, 10).unwrap_or(character)
        })
        .collect()
}

/// The digits of a number that may be grouped by spaces or hyphens; nothing if anything else is in it.
pub(super) fn only(text: &str) -> Option<String> {
    let ascii = to_ascii(text);
    let grouped = |c: &char| !c.is_whitespace() && *c != '-';
    let digits: String = ascii.chars().filter(grouped).collect();
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_kinds_of_digits_are_read() {
        assert_eq!(only("٣٠١ ۰۱-01").as_deref(), Some("3010101"));
        assert_eq!(only("12a"), None);
    }
}
