//! Secrets by name: several may be good at once while one takes another's place.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use super::Secret;
use crate::{document::Document, error::Error};

/// The most secrets of one list.
const MAX_SECRETS: usize = 16;
/// The longest id of a secret, in characters.
const MAX_ID: usize = 64;

/// A secret and its id: 1 to 64 visible ASCII characters, unique in its list. The id is no secret; it appears in logs and results.
#[derive(Clone)]
pub struct NamedSecret {
    /// The id, such as the month in which the secret was made.
    pub id: String,
    /// The secret.
    pub secret: Secret,
}

impl NamedSecret {
    /// A secret under this id.
    pub fn new(id: impl Into<String>, secret: Secret) -> Self {
        Self { id: id.into(), secret }
    }

    /// Reads the list `secrets` of a document, each entry with an id and one of `utf8`, `base64` and `hex`.
    pub(crate) fn list(document: &mut Document<'_>) -> Result<Vec<Self>, Error> {
        let entries = document.objects("secrets")?.ok_or_else(|| document.missing("secrets"))?;
        entries.into_iter().enumerate().map(|(index, entry)| Self::entry(index, entry)).collect()
    }

    fn entry(index: usize, mut entry: Document<'_>) -> Result<Self, Error> {
        let id = entry.required_text("id")?;
        let given = [
            entry.text("utf8")?.map(Secret::utf8),
            entry.text("base64")?.map(Secret::base64),
            entry.text("hex")?.map(Secret::hex),
        ];
        entry.finish()?;
        let mut given = given.into_iter().flatten();
        match (given.next(), given.next()) {
            (Some(secret), None) => Ok(Self { id, secret }),
            _ => Err(Error::config(path(index), "must have exactly one of utf8, base64 and hex")),
        }
    }

    /// Checks what holds for every list: its length, and its ids. The secrets themselves are checked by their use.
    pub(crate) fn check_list(secrets: &[Self]) -> Result<(), Error> {
        if secrets.is_empty() || secrets.len() > MAX_SECRETS {
            return Err(Error::config("secrets", "must have 1 to 16 entries"));
        }
        let mut ids: Vec<&str> = Vec::with_capacity(secrets.len());
        for (index, NamedSecret { id, .. }) in secrets.iter().enumerate() {
            let refuse = |rule: &str| Err(Error::config(format!("{}.id", path(index)), rule));
            if !is_id(id) {
                return refuse(ID_RULE);
            }
            if ids.contains(&id.as_str()) {
                return refuse("must be unique in the list");
            }
            ids.push(id);
        }
        Ok(())
    }
}

pub(crate) const ID_RULE: &str = "must be 1 to 64 visible ASCII characters without spaces";

/// Whether a text can be an id that logs and results show.
pub(crate) fn is_id(id: &str) -> bool {
    (1..=MAX_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The path of an entry, for [`Secret::decode`] and errors.
pub(crate) fn path(index: usize) -> String {
    format!("secrets[{index}]")
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NamedSecret({}, hidden)", self.id)
    }
}
