//! One pass over a text that accepts exactly the strict profile.

use alloc::{borrow::Cow, vec::Vec};

use super::{MAX_DEPTH, Malformed, text};

/// Accepts a text that is one JSON value in the profile.
pub(super) fn check(input: &str) -> Result<(), Malformed> {
    let mut checker = Checker { input, at: 0, open: Vec::new(), keys: Vec::new() };
    checker.space();
    checker.document()?;
    if checker.at == input.len() { Ok(()) } else { Err(Malformed) }
}

/// A container that has not been closed yet.
enum Open {
    Array,
    /// Where this object's keys begin in `Checker::keys`.
    Object(usize),
}

struct Checker<'a> {
    input: &'a str,
    at: usize,
    open: Vec<Open>,
    /// The keys of all open objects, innermost last.
    keys: Vec<Cow<'a, str>>,
}

impl<'a> Checker<'a> {
    fn document(&mut self) -> Result<(), Malformed> {
        self.value()?;
        loop {
            self.space();
            match (self.open.last(), self.peek()) {
                (None, None) => return Ok(()),
                (Some(Open::Array), Some(b',')) => {
                    self.advance();
                    self.value()?;
                }
                (Some(Open::Object(_)), Some(b',')) => {
                    self.advance();
                    self.member()?;
                }
                (Some(Open::Array), Some(b']')) => self.close(),
                (Some(Open::Object(first)), Some(b'}')) => {
                    let own = self.keys.get_mut(*first..).ok_or(Malformed)?;
                    own.sort();
                    if own.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
                        return Err(Malformed);
                    }
                    self.keys.truncate(*first);
                    self.close();
                }
                _ => return Err(Malformed),
            }
        }
    }

    /// Reads a value; of a container, its opening and its first value if it is not empty.
    fn value(&mut self) -> Result<(), Malformed> {
        loop {
            self.space();
            match self.peek().ok_or(Malformed)? {
                b'"' => return self.string().map(|_| ()),
                b'[' => {
                    self.enter(Open::Array)?;
                    if self.peek() == Some(b']') {
                        return Ok(());
                    }
                }
                b'{' => {
                    self.enter(Open::Object(self.keys.len()))?;
                    if self.peek() == Some(b'}') {
                        return Ok(());
                    }
                    self.key()?;
                }
                b't' => return self.literal("true"),
                b'f' => return self.literal("false"),
                b'n' => return self.literal("null"),
                _ => return self.number(),
            }
        }
    }

    fn member(&mut self) -> Result<(), Malformed> {
        self.key()?;
        self.value()
    }

    fn key(&mut self) -> Result<(), Malformed> {
        self.space();
        let key = self.string()?;
        self.keys.push(text::unescape(key));
        self.space();
        self.take(b':')
    }

    /// The text between the quotes.
    fn string(&mut self) -> Result<&'a str, Malformed> {
        self.take(b'"')?;
        let rest = self.input.get(self.at..).ok_or(Malformed)?;
        let content = text::checked_string(rest)?;
        self.at = self.at.saturating_add(content.len());
        self.take(b'"')?;
        Ok(content)
    }

    fn number(&mut self) -> Result<(), Malformed> {
        let _sign = self.take(b'-');
        match self.digits() {
            0 => return Err(Malformed),
            1 => {}
            // A leading zero stands alone.
            length if self.input.as_bytes().get(self.at.saturating_sub(length)) == Some(&b'0') => {
                return Err(Malformed);
            }
            _ => {}
        }
        if self.take(b'.').is_ok() && self.digits() == 0 {
            return Err(Malformed);
        }
        if self.take(b'e').or_else(|_| self.take(b'E')).is_ok() {
            let _sign = self.take(b'+').or_else(|_| self.take(b'-'));
            if self.digits() == 0 {
                return Err(Malformed);
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> usize {
        let from = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.advance();
        }
        self.at.saturating_sub(from)
    }

    fn literal(&mut self, word: &str) -> Result<(), Malformed> {
        word.bytes().try_for_each(|byte| self.take(byte))
    }

    fn enter(&mut self, container: Open) -> Result<(), Malformed> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Malformed);
        }
        self.open.push(container);
        self.advance();
        self.space();
        Ok(())
    }

    fn close(&mut self) {
        self.open.pop();
        self.advance();
    }

    fn space(&mut self) {
        while self.peek().is_some_and(text::is_space) {
            self.advance();
        }
    }

    fn take(&mut self, byte: u8) -> Result<(), Malformed> {
        if self.peek() == Some(byte) {
            self.advance();
            Ok(())
        } else {
            Err(Malformed)
        }
    }

    fn peek(&self) -> Option<u8> {
        self.input.as_bytes().get(self.at).copied()
    }

    fn advance(&mut self) {
        self.at = self.at.saturating_add(1);
    }
}
