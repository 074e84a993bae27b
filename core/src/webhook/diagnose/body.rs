//! What the body may have been when it was signed.

use alloc::{borrow::Cow, string::String, vec::Vec};

use sha2::{Digest as _, Sha256};

use super::Mistake;
use crate::{
    encoding::Encoding,
    json::{self, Token, Value, tokens},
};

/// Another form of the body.
pub(super) struct Variant<'a> {
    pub(super) body: Cow<'a, [u8]>,
    pub(super) mistake: Mistake,
    pub(super) found: &'static str,
}

/// The body with other ends: the one that the sender may have signed before something trimmed or added a line break.
pub(super) fn other_ends(body: &[u8]) -> Vec<Variant<'_>> {
    let trimmed = body.trim_ascii();
    let variants = [
        (trimmed.len() < body.len()).then_some(("a body without white space around it", Cow::Borrowed(trimmed))),
        body.strip_suffix(b"\n").map(|body| ("a body without its last line break", Cow::Borrowed(body))),
        Some(("a body with a line break", Cow::Owned([body, b"\n"].concat()))),
        Some(("a body with a line break", Cow::Owned([body, b"\r\n"].concat()))),
    ];
    let variant = |(found, body)| Variant { body, mistake: Mistake::BodyNewline, found };
    variants.into_iter().flatten().map(variant).collect()
}

/// The forms in which common writers of JSON would have written the same values, each made when it is asked for. Numbers keep their text.
/// None for a body that is not JSON.
pub(super) fn rewritten(body: &[u8]) -> impl Iterator<Item = Variant<'static>> {
    let root = json::read(body).ok();
    let most = body.len().saturating_mul(4);
    let mut seen = Vec::from([Sha256::digest(body)]);
    let written = STYLES.iter().filter_map(move |style| Some((style, write(root?, style, most)?)));
    written.filter_map(move |(style, text)| {
        let hash = Sha256::digest(&text);
        if seen.contains(&hash) {
            return None;
        }
        seen.push(hash);
        Some(Variant { body: Cow::Owned(text.into_bytes()), mistake: Mistake::BodyReserialised, found: style.found })
    })
}

struct Style {
    layout: Layout,
    escapes: Escapes,
    line_break: bool,
    found: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Compact,
    /// A space after each comma and colon.
    Spaced,
    /// A line for each value, led by so many spaces a level.
    Lines(usize),
}

/// Which characters of strings are escaped, besides those that JSON demands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// Each string as it was received.
    Kept,
    None,
    /// All that are not ASCII.
    NotAscii,
    /// All that are not ASCII, and the slash.
    Slash,
    /// What HTML gives a meaning.
    Html,
}

/// The likeliest first; those that would come out alike are tried once.
const STYLES: [Style; 14] = [
    style(Layout::Compact, Escapes::Kept, "compact JSON"),
    style(Layout::Spaced, Escapes::Kept, "JSON with spaces"),
    style(Layout::Lines(2), Escapes::Kept, "JSON in lines"),
    style(Layout::Lines(4), Escapes::Kept, "JSON in lines"),
    style(Layout::Compact, Escapes::None, "compact JSON"),
    style(Layout::Spaced, Escapes::NotAscii, "JSON with spaces and escapes"),
    style(Layout::Compact, Escapes::NotAscii, "compact JSON with escapes"),
    style(Layout::Compact, Escapes::Slash, "compact JSON with escaped slashes"),
    style(Layout::Compact, Escapes::Html, "compact JSON with escapes for HTML"),
    style(Layout::Spaced, Escapes::None, "JSON with spaces"),
    style(Layout::Lines(2), Escapes::None, "JSON in lines"),
    style(Layout::Lines(4), Escapes::NotAscii, "JSON in lines with escapes"),
    Style { line_break: true, ..style(Layout::Compact, Escapes::Kept, "compact JSON with a line break") },
    Style { line_break: true, ..style(Layout::Lines(2), Escapes::Kept, "JSON in lines with a line break") },
];

const fn style(layout: Layout, escapes: Escapes, found: &'static str) -> Style {
    Style { layout, escapes, line_break: false, found }
}

/// Writes a checked value in a style; `None` past `most` bytes, since indentation can multiply a body's length.
fn write(root: Value<'_>, style: &Style, most: usize) -> Option<String> {
    let mut out = String::new();
    let mut depth = 0_usize;
    let mut after_open = false;
    for token in tokens(root) {
        match token {
            Token::Close(close) => {
                depth = depth.saturating_sub(1);
                if !after_open {
                    new_line(&mut out, style.layout, depth);
                }
                out.push(close);
                after_open = false;
            }
            Token::Comma => {
                out.push(',');
                match style.layout {
                    Layout::Spaced => out.push(' '),
                    layout => new_line(&mut out, layout, depth),
                }
            }
            Token::Colon => out.push_str(if style.layout == Layout::Compact { ":" } else { ": " }),
            Token::Open(_) | Token::Scalar(_) => {
                if after_open {
                    new_line(&mut out, style.layout, depth);
                }
                after_open = matches!(token, Token::Open(_));
                match token {
                    Token::Open(open) => {
                        out.push(open);
                        depth = depth.saturating_add(1);
                    }
                    Token::Scalar(value) => write_scalar(&mut out, value, style.escapes),
                    Token::Close(_) | Token::Comma | Token::Colon => {}
                }
            }
        }
        if out.len() > most {
            return None;
        }
    }
    if style.line_break {
        out.push('\n');
    }
    Some(out)
}

fn new_line(out: &mut String, layout: Layout, depth: usize) {
    if let Layout::Lines(indent) = layout {
        out.push('\n');
        out.extend(core::iter::repeat_n(' ', depth.saturating_mul(indent)));
    }
}

fn write_scalar(out: &mut String, value: Value<'_>, escapes: Escapes) {
    match value.string() {
        Some(text) if escapes != Escapes::Kept => {
            out.push('"');
            text.chars().for_each(|character| write_character(out, character, escapes));
            out.push('"');
        }
        _ => out.push_str(value.text()),
    }
}

fn write_character(out: &mut String, character: char, escapes: Escapes) {
    let ascii_only = matches!(escapes, Escapes::NotAscii | Escapes::Slash);
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '/' if escapes == Escapes::Slash => out.push_str("\\/"),
        '\0'..='\u{1f}' => write_code(out, character),
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if escapes == Escapes::Html => write_code(out, character),
        _ if ascii_only && !character.is_ascii() => write_code(out, character),
        _ => out.push(character),
    }
}

fn write_code(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        out.push_str("\\u");
        out.push_str(&Encoding::Hex.encode(&unit.to_be_bytes()));
    }
}
