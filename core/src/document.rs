//! Reading a configuration document: one object whose every name is known and every value of the right type.
//!
//! A refusal names the path and the rule, never the value. An unknown name is outside data, so its parent's path is named.

use alloc::{borrow::Cow, format, string::String, vec::Vec};

use crate::{
    error::{Error, ErrorKind},
    json::{self, Kind, Value},
};

/// One object of a document, while its members are taken out by name.
pub(crate) struct Document<'a> {
    members: Vec<(Cow<'a, str>, Value<'a>)>,
    path: String,
    kind: ErrorKind,
}

impl<'a> Document<'a> {
    /// Reads a whole document. `kind` is what a refusal is called: `InvalidConfig` or `InvalidRequest`.
    pub(crate) fn read(bytes: &'a [u8], kind: ErrorKind) -> Result<Self, Error> {
        let root = json::read(bytes).map_err(|_| {
            refuse(kind, "", "the document must be JSON in UTF-8 without duplicate keys or lone surrogates")
        })?;
        Self::of(root, String::new(), kind)
    }

    fn of(value: Value<'a>, path: String, kind: ErrorKind) -> Result<Self, Error> {
        if value.kind() != Kind::Object {
            return Err(refuse(kind, path, "must be an object"));
        }
        Ok(Self { members: value.members().collect(), path, kind })
    }

    /// The path of a member, in the form that `Error.field` has.
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { String::from(name) } else { format!("{}.{name}", self.path) }
    }

    /// A refusal of one member by the rule that it breaks.
    pub(crate) fn refuse(&self, name: &str, rule: &str) -> Error {
        refuse(self.kind, self.path_of(name), rule)
    }

    /// The refusal of a member that must be there.
    pub(crate) fn missing(&self, name: &str) -> Error {
        self.refuse(name, "is required")
    }

    fn take(&mut self, name: &str) -> Option<Value<'a>> {
        let at = self.members.iter().position(|(key, _)| key == name)?;
        Some(self.members.swap_remove(at).1)
    }

    /// Whether a member is there and not taken yet.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(key, _)| key == name)
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.string() {
                Some(text) => Ok(Some(text.into_owned())),
                None => Err(self.refuse(name, "must be a string")),
            },
        }
    }

    pub(crate) fn required_text(&mut self, name: &str) -> Result<String, Error> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// A text that may also be `null`, which is the same as leaving it out.
    pub(crate) fn nullable_text(&mut self, name: &str) -> Result<Option<String>, Error> {
        if self.members.iter().any(|(key, value)| key == name && value.kind() == Kind::Null) {
            self.take(name);
        }
        self.text(name)
    }

    pub(crate) fn boolean(&mut self, name: &str) -> Result<Option<bool>, Error> {
        self.take(name)
            .map(|value| value.boolean().ok_or_else(|| self.refuse(name, "must be true or false")))
            .transpose()
    }

    /// An integer. One that does not fit 64 bits is left to the range rule of the field, which refuses it by name.
    pub(crate) fn integer(&mut self, name: &str) -> Result<Option<i64>, Error> {
        self.take(name)
            .map(|value| {
                let digits = value.integer().ok_or_else(|| self.refuse(name, "must be an integer"))?;
                Ok(digits.parse().unwrap_or(if digits.starts_with('-') { i64::MIN } else { i64::MAX }))
            })
            .transpose()
    }

    /// One name of a closed set.
    pub(crate) fn name<T: Copy>(
        &mut self,
        name: &str,
        from_name: impl Fn(&str) -> Option<T>,
        rule: &str,
    ) -> Result<Option<T>, Error> {
        let text = self.text(name)?;
        text.map(|text| from_name(&text).ok_or_else(|| self.refuse(name, rule))).transpose()
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(values) = self.array(name)? else { return Ok(None) };
        let texts = values.iter().enumerate().map(|(index, value)| {
            let text = value.string().ok_or_else(|| self.refuse(&format!("{name}[{index}]"), "must be a string"))?;
            Ok(text.into_owned())
        });
        texts.collect::<Result<_, _>>().map(Some)
    }

    fn array(&mut self, name: &str) -> Result<Option<Vec<Value<'a>>>, Error> {
        match self.take(name) {
            None => Ok(None),
            Some(value) if value.kind() == Kind::Array => Ok(Some(value.elements().collect())),
            Some(_) => Err(self.refuse(name, "must be an array")),
        }
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Document<'a>>, Error> {
        self.take(name).map(|value| Self::of(value, self.path_of(name), self.kind)).transpose()
    }

    /// An array of objects, each with its own path.
    pub(crate) fn objects(&mut self, name: &str) -> Result<Option<Vec<Document<'a>>>, Error> {
        let Some(values) = self.array(name)? else { return Ok(None) };
        let path = |index| format!("{}[{index}]", self.path_of(name));
        let objects = values.into_iter().enumerate().map(|(index, value)| Self::of(value, path(index), self.kind));
        objects.collect::<Result<_, _>>().map(Some)
    }

    /// An object that is a document of its own: the paths inside it start anew.
    pub(crate) fn document(&mut self, name: &str) -> Result<Option<Document<'a>>, Error> {
        self.take(name).map(|value| Self::of(value, String::new(), self.kind)).transpose()
    }

    /// A value of any type, for the one field that takes several.
    pub(crate) fn value(&mut self, name: &str) -> Option<Value<'a>> {
        self.take(name)
    }

    /// The names that are left, for objects whose names are data (each still to be checked).
    pub(crate) fn names(&self) -> Vec<String> {
        self.members.iter().map(|(name, _)| name.clone().into_owned()).collect()
    }

    /// Refuses whatever has not been taken.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.members.is_empty() { Ok(()) } else { Err(refuse(self.kind, self.path, "has a name that is not known")) }
    }
}

fn refuse(kind: ErrorKind, path: impl Into<String>, rule: &str) -> Error {
    Error { field: Some(path.into()), ..Error::new(kind, rule) }
}
