//! The insides of JSON strings: checking, decoding, writing.

use alloc::{borrow::Cow, string::String};

use memchr::memchr2;

use super::Malformed;

/// JSON's four kinds of white space.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The content of the string whose opening quote stands just before `rest`; the closing quote is the next byte.
pub(super) fn checked_string(rest: &str) -> Result<&str, Malformed> {
    let bytes = rest.as_bytes();
    let mut at = 0_usize;
    loop {
        let tail = bytes.get(at..).ok_or(Malformed)?;
        let length = memchr2(b'"', b'\\', tail).ok_or(Malformed)?;
        let (plain, stop) = tail.split_at_checked(length).ok_or(Malformed)?;
        if has_control(plain) {
            return Err(Malformed);
        }
        at = at.saturating_add(length);
        if stop.first() == Some(&b'"') {
            return rest.get(..at).ok_or(Malformed);
        }
        let escape = Escape::read(stop).ok_or(Malformed)?;
        at = at.saturating_add(escape.length);
    }
}

/// Whether a byte is below 0x20. Eight at a time, so that megabytes of base64 cost next to nothing even where the compiler saves space.
fn has_control(bytes: &[u8]) -> bool {
    const BOUND: u64 = u64::from_ne_bytes([0x20; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    // A byte below the bound borrows from its high bit, which only a byte of 0x80 or more has set before.
    let borrowed = words
        .iter()
        .map(|word| u64::from_ne_bytes(*word))
        .fold(0, |all, word| all | (word.wrapping_sub(BOUND) & !word));
    borrowed & HIGH != 0 || rest.iter().any(|byte| *byte < 0x20)
}

/// The end of a string known to be well-formed: the offset of its closing quote in `rest`.
pub(super) fn string_end(rest: &[u8]) -> usize {
    let mut at = 0_usize;
    while let Some(tail) = rest.get(at..) {
        let Some(length) = memchr2(b'"', b'\\', tail) else { break };
        at = at.saturating_add(length);
        if rest.get(at) == Some(&b'"') {
            return at;
        }
        at = at.saturating_add(2);
    }
    rest.len()
}

/// Decodes the content of a checked string.
pub(super) fn unescape(content: &str) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'\\', content.as_bytes()) else { return Cow::Borrowed(content) };
    let mut decoded = String::with_capacity(content.len());
    let mut rest = content;
    let mut next = Some(first);
    while let Some((plain, tail)) = next.and_then(|at| rest.split_at_checked(at)) {
        decoded.push_str(plain);
        let Some(escape) = Escape::read(tail.as_bytes()) else { break };
        decoded.push(escape.stands_for);
        rest = tail.get(escape.length..).unwrap_or_default();
        next = memchr::memchr(b'\\', rest.as_bytes());
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// One escape sequence: its length in the text and the character that it stands for.
struct Escape {
    length: usize,
    stands_for: char,
}

impl Escape {
    /// Reads the escape at the start of `bytes`; a surrogate only together with its other half.
    fn read(bytes: &[u8]) -> Option<Self> {
        let simple = |stands_for| Some(Self { length: 2, stands_for });
        match bytes.get(1)? {
            b'"' => simple('"'),
            b'\\' => simple('\\'),
            b'/' => simple('/'),
            b'b' => simple('\u{8}'),
            b'f' => simple('\u{c}'),
            b'n' => simple('\n'),
            b'r' => simple('\r'),
            b't' => simple('\t'),
            b'u' => {
                let first = hex4(bytes.get(2..6)?)?;
                if let Some(stands_for) = char::from_u32(u32::from(first)) {
                    return Some(Self { length: 6, stands_for });
                }
                let second = hex4(bytes.get(6..12)?.strip_prefix(b"\\u")?)?;
                let mut decoded = char::decode_utf16([first, second]);
                let stands_for = decoded.next()?.ok()?;
                decoded.next().is_none().then_some(Self { length: 12, stands_for })
            }
            _ => None,
        }
    }
}

fn hex4(digits: &[u8]) -> Option<u16> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(core::str::from_utf8(digits).ok()?, 16).ok()
}

/// Writes a JSON string, escaping only what JSON demands.
pub(crate) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{0}'..='\u{1f}' => {
                let code = u32::from(character);
                out.push_str("\\u00");
                out.extend([code >> 4, code & 0xf].iter().filter_map(|nibble| char::from_digit(*nibble, 16)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::has_control;

    #[test]
    fn control_characters_are_found_wherever_they_stand() {
        for (first, second) in (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second))) {
            for at in 0..18 {
                let mut bytes = [b'A'; 19];
                bytes[at..at + 2].copy_from_slice(&[first, second]);
                assert_eq!(has_control(&bytes), first < 0x20 || second < 0x20, "{first} {second} at {at}");
            }
        }
    }
}
