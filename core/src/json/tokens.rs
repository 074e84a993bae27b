//! The tokens of a checked text, one after the other: for what rewrites or describes a text in one pass, however deep it is.

use super::{Value, text::is_space, walk::length};

/// A piece of a checked text.
#[derive(Clone, Copy)]
pub(crate) enum Token<'a> {
    /// `{` or `[`.
    Open(char),
    /// `}` or `]`.
    Close(char),
    Comma,
    Colon,
    /// A key, or a value that is no container.
    Scalar(Value<'a>),
}

/// The tokens of a value, without the white space between them.
pub(crate) fn tokens(value: Value<'_>) -> impl Iterator<Item = Token<'_>> {
    let mut rest = value.text();
    core::iter::from_fn(move || {
        let from = rest.trim_start_matches(|c: char| u8::try_from(c).is_ok_and(is_space));
        let structural = |token| from.get(1..).map(|after| (token, after));
        let (token, after) = match from.chars().next()? {
            open @ ('{' | '[') => structural(Token::Open(open)),
            close @ ('}' | ']') => structural(Token::Close(close)),
            ',' => structural(Token::Comma),
            ':' => structural(Token::Colon),
            _ => {
                let (scalar, after) = from.split_at_checked(length(from.as_bytes()))?;
                Some((Token::Scalar(Value::part(scalar)), after))
            }
        }?;
        rest = after;
        Some(token)
    })
}
