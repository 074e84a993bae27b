//! Which names may be shown. A name from outside is data: some senders make keys of people's names, addresses and numbers.

use alloc::string::{String, ToString};

/// What stands in the place of a name that is not shown.
pub(super) const MASKED: &str = "(masked)";

/// The longest name that is shown.
const MAX_NAME: usize = 40;
/// The most digits of a name that is shown: `sha256` has three, and a year has four.
const MAX_DIGITS: usize = 3;

/// Whether a key is a plain identifier and does not look like anybody's data. A person's name in ASCII letters alone cannot be told from a
/// field's name.
pub(super) fn is_plain_key(key: &str) -> bool {
    is_plain(key, &['_'])
}

/// The name of a header, or that it is masked.
pub(in super::super) fn shown_header(name: &str) -> String {
    if is_plain(name, &['_', '-']) { name.to_string() } else { MASKED.to_string() }
}

fn is_plain(name: &str, marks: &[char]) -> bool {
    let digits = name.chars().filter(char::is_ascii_digit).count();
    (1..=MAX_NAME).contains(&name.len())
        && digits <= MAX_DIGITS
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_ascii_alphanumeric() || marks.contains(&character))
}
