//! What `sign` and `verify` share: the body and the time.

use std::{
    io::Read,
    path::Path,
    time::{Duration, SystemTime},
};

use anyhow::Context;
use valify_link_core::Instant;

/// The bytes of a file, or of standard input for `-`.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
    } else {
        bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(bytes)
}

/// The time that was given, or now.
pub(super) fn time(given: Option<Instant>) -> Instant {
    given.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        valify_sandbox::clock::instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    })
}

/// Reads an RFC 3339 time from the command line.
pub(super) fn parse_time(text: &str) -> Result<Instant, String> {
    let at = valify_sandbox::clock::from_text(text).ok_or("must be a time like 2026-01-14T07:57:54.972Z")?;
    Ok(valify_sandbox::clock::instant(at))
}
