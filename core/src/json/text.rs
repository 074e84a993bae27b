//! The insides of JSON strings: checking, decoding, writing.

use alloc::{borrow::Cow, string::String};

use super::Malformed;

/// JSON's four kinds of white space.
pub(super) const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// What stands after an opening quote: a string's content and its closing quote.
pub(super) struct Quoted<'a> {
    pub(super) has_escape: bool,
    /// What follows the closing quote.
    pub(super) rest: &'a [u8],
}

impl<'a> Quoted<'a> {
    /// Checks the string's content. `word` is given the words of the plain text, as [`words`] has them, if there is no escape.
    pub(super) fn read(mut bytes: &'a [u8], mut word: impl FnMut(u64)) -> Result<Self, Malformed> {
        let mut has_escape = false;
        loop {
            bytes = match after_plain(bytes, &mut word) {
                [b'"', rest @ ..] => return Ok(Self { has_escape, rest }),
                from @ [b'\\', ..] => {
                    let escape = Escape::read(from).ok_or(Malformed)?;
                    from.get(escape.length..).unwrap_or_default()
                }
                _ => return Err(Malformed),
            };
            has_escape = true;
        }
    }
}

/// What begins with the first quote, backslash or control character, if there is one.
fn after_plain(bytes: &[u8], mut word: impl FnMut(u64)) -> &[u8] {
    let mut rest = bytes;
    while let Some((eight, after)) = rest.split_first_chunk() {
        let eight = u64::from_le_bytes(*eight);
        let stops = stops(eight);
        if stops != 0 {
            let before = (stops & stops.wrapping_neg()).wrapping_shr(7).wrapping_sub(1);
            word(eight & before);
            return rest.get(stops.trailing_zeros() as usize / 8..).unwrap_or_default();
        }
        word(eight);
        rest = after;
    }
    let is_stop = |byte: &u8| matches!(byte, b'"' | b'\\' | ..0x20);
    let (plain, rest) = rest.split_at(rest.iter().position(is_stop).unwrap_or(rest.len()));
    word(last_word(plain));
    rest
}

/// Gives each eight bytes of a text, and then what is left, as numbers.
pub(super) fn words(text: &str, mut word: impl FnMut(u64)) {
    let (eights, rest) = text.as_bytes().as_chunks();
    for eight in eights {
        word(u64::from_le_bytes(*eight));
    }
    word(last_word(rest));
}

/// Fewer than eight bytes, the first the lowest.
fn last_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| (word << 8) | u64::from(*byte))
}

/// Eight bytes looked at together: the lowest bit that is set is the highest of the first byte at which a string's plain text stops.
///
/// A borrow out of a byte that is less than what is taken from it can mark a later byte wrongly, and never an earlier one.
const fn stops(word: u64) -> u64 {
    // Exchanging 0x20 and 0x22, of 0x00 to 0x7f exactly the control characters and the quote are less than 0x21.
    let quote_or_control = (word ^ eight(0x02)).wrapping_sub(eight(0x21));
    let backslash = (word ^ eight(b'\\')).wrapping_sub(eight(1));
    (quote_or_control | backslash) & !word & eight(0x80)
}

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The end of a string known to be well-formed: the offset of its closing quote in `rest`.
pub(super) fn string_end(rest: &[u8]) -> usize {
    Quoted::read(rest, |_| ())
        .map_or(rest.len(), |quoted| rest.len().saturating_sub(quoted.rest.len()).saturating_sub(1))
}

/// Decodes the content of a checked string.
pub(super) fn unescape(content: &str) -> Cow<'_, str> {
    let Some(first) = next_escape(content) else { return Cow::Borrowed(content) };
    let mut decoded = String::with_capacity(content.len());
    let mut rest = content;
    let mut next = Some(first);
    while let Some((plain, tail)) = next.and_then(|at| rest.split_at_checked(at)) {
        decoded.push_str(plain);
        let Some(escape) = Escape::read(tail.as_bytes()) else { break };
        decoded.push(escape.stands_for);
        rest = tail.get(escape.length..).unwrap_or_default();
        next = next_escape(rest);
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Where the next escape begins in the content of a checked string, in which plain text stops for nothing else.
fn next_escape(content: &str) -> Option<usize> {
    let rest = after_plain(content.as_bytes(), |_| ());
    if rest.is_empty() { None } else { content.len().checked_sub(rest.len()) }
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
    use super::after_plain;

    #[test]
    #[cfg_attr(miri, ignore = "a million steps")]
    fn plain_text_stops_at_the_first_byte_that_it_must_not_hold() {
        let stops = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        for (first, second) in (0..=u8::MAX).flat_map(|first| (0..=u8::MAX).map(move |second| (first, second))) {
            for at in 0..18 {
                let mut bytes = [b'A'; 19];
                bytes[at..at + 2].copy_from_slice(&[first, second]);
                let expected = bytes.iter().position(|byte| stops(*byte)).unwrap_or(bytes.len());
                assert_eq!(after_plain(&bytes, |_| ()), &bytes[expected..], "{first} {second} at {at}");
            }
        }
    }
}
