//! Digits as people in Egypt write them.

use alloc::string::String;

use zeroize::Zeroizing;

/// The value of an ASCII, Arabic-Indic or Persian digit.
pub(super) fn value(character: char) -> Option<u8> {
    // Each script's ten digits end in the same four bits, 0 to 9.
    match character {
        '0'..='9' | '\u{660}'..='\u{669}' | '\u{6F0}'..='\u{6F9}' => u8::try_from(u32::from(character) & 0xF).ok(),
        _ => None,
    }
}

/// The values of exactly 14 digits; spaces and hyphens may stand between them, and white space around them.
pub(super) fn fourteen(text: &str) -> Option<Zeroizing<[u8; 14]>> {
    let text = text.trim();
    // What stands between digits has one on either side.
    if !text.starts_with(is_digit) || !text.ends_with(is_digit) {
        return None;
    }
    let mut digits = Zeroizing::new([0; 14]);
    let mut places = digits.iter_mut();
    for character in text.chars().filter(|character| !is_separator(*character)) {
        *places.next()? = value(character)?;
    }
    let complete = places.next().is_none();
    complete.then_some(digits)
}

/// The digits in ASCII.
pub(super) fn to_text(digits: &[u8; 14]) -> Zeroizing<String> {
    // Of its final size from the start: growing would leave copies behind that nobody wipes.
    let mut text = Zeroizing::new(String::with_capacity(digits.len()));
    text.extend(digits.iter().filter_map(|digit| char::from_digit((*digit).into(), 10)));
    text
}

fn is_digit(character: char) -> bool {
    value(character).is_some()
}

fn is_separator(character: char) -> bool {
    let is_space = character.is_whitespace() && !character.is_control();
    // The hyphen of ASCII, and the two that text processors put in its place.
    is_space || matches!(character, '-' | '\u{2010}' | '\u{2011}')
}
