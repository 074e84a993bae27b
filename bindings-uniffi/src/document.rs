//! Documents on their way in, and values of the core as JSON text on their way out.

use core_api::{Error, ErrorKind};
use zeroize::Zeroizing;

use crate::error::Outcome;

/// Reads a document whose text may hold secrets, and wipes it.
pub(crate) fn read<T>(json: String, read: impl FnOnce(&[u8]) -> Result<T, Error>) -> Outcome<T> {
    let json = Zeroizing::new(json);
    Ok(read(json.as_bytes())?)
}

/// A value of the core as JSON text.
pub(crate) fn write(value: &impl serde::Serialize) -> Outcome<String> {
    let refuse = |_| Error::refused(ErrorKind::Misuse, None, "this cannot be written as JSON");
    Ok(serde_json::to_string(value).map_err(refuse)?)
}
