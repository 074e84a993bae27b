//! What the commands about deliveries share: the body, the headers and the time.

use std::{
    io::Read,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use anyhow::Context;
use clap::Args;
use valify_link_core::{Delivery, Headers, Instant};

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

/// One delivery, as it was received.
#[derive(Args)]
pub(super) struct Received {
    /// The body, byte for byte as it was received; - is standard input.
    file: PathBuf,
    /// A header as it was received, "Name: value". May be given several times.
    #[arg(long = "header", short = 'H', value_name = "LINE", value_parser = parse_header)]
    headers: Vec<(String, String)>,
    /// The URL that it came to, for secrets in the URL.
    #[arg(long)]
    url: Option<String>,
    /// When it was received, like 2026-01-14T07:57:54.972Z; by default now.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    now: Option<Instant>,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

impl Received {
    /// The body and the headers.
    pub(super) fn read(&self) -> anyhow::Result<(Vec<u8>, Headers)> {
        Ok((read(&self.file)?, self.headers.iter().cloned().collect()))
    }

    pub(super) fn delivery<'a>(&'a self, body: &'a [u8], headers: &'a Headers) -> Delivery<'a> {
        Delivery { headers, body, url: self.url.as_deref() }
    }

    pub(super) fn time(&self) -> Instant {
        time(self.now)
    }
}

fn parse_header(line: &str) -> Result<(String, String), String> {
    let (name, value) = line.split_once(':').ok_or("must be \"Name: value\"")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
