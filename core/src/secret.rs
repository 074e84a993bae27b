//! A secret with the encoding it was given in: hidden in every rendering, wiped when dropped.

pub(crate) mod named;

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use zeroize::Zeroizing;

use crate::{encoding, error::Error};

pub use named::NamedSecret;

/// The key of the local sandbox. The core refuses it outside [`Environment::Sandbox`](crate::Environment::Sandbox).
pub const SANDBOX_API_KEY: &str = "sandbox-key-not-for-production";
/// The webhook secret of the local sandbox (UTF-8). The core refuses it outside [`Environment::Sandbox`](crate::Environment::Sandbox).
pub const SANDBOX_WEBHOOK_SECRET: &str = "sandbox-secret-not-for-production";

/// Whether a key or secret is one of the local sandbox's own, which everybody knows, whatever it is given as. Of Basic credentials the
/// password counts.
pub(crate) fn is_well_known(bytes: &[u8]) -> bool {
    let password = bytes.splitn(2, |byte| *byte == b':').last().unwrap_or(bytes);
    [SANDBOX_API_KEY, SANDBOX_WEBHOOK_SECRET].iter().any(|known| known.as_bytes() == password)
}

/// The least length of a secret in bytes, unless a scheme's `allow_short_secret` says otherwise.
const MIN_BYTES: usize = 16;

/// A secret and how its text is to be read. There is no detection and no fallback.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
    encoding: Encoding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Base64,
    Hex,
}

impl Encoding {
    const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Base64 => "base64",
            Self::Hex => "hex",
        }
    }
}

impl Secret {
    /// The bytes of the text itself.
    pub fn utf8(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), encoding: Encoding::Utf8 }
    }

    /// Standard base64 with padding, canonical.
    pub fn base64(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), encoding: Encoding::Base64 }
    }

    /// Hexadecimal digits of either case.
    pub fn hex(text: impl Into<String>) -> Self {
        Self { text: Zeroizing::new(text.into()), encoding: Encoding::Hex }
    }

    /// The text as it was given, for reading it in another way than it says.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The name of the encoding, which is also the name of the text's field in a document.
    pub(crate) const fn encoding_name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Decodes the secret under the rules that every scheme shares.
    ///
    /// `at` is the path of the secret's entry, such as `secrets[0]`; errors name `secrets[0].hex` and the rule, never the text.
    pub(crate) fn decode(&self, at: &str, rules: SecretRules) -> Result<Zeroizing<Vec<u8>>, Error> {
        let field = || format!("{at}.{}", self.encoding.name());
        let text = self.text.as_str();
        let refuse = |rule: &str| Err(Error::config(field(), rule));
        if text.is_empty() {
            return refuse("a secret must not be empty; is the environment variable set?");
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return refuse("a secret must have no white space at its ends and no control characters");
        }
        if is_placeholder(text) {
            return refuse("this is a placeholder, not a secret");
        }
        let bytes = match self.encoding {
            Encoding::Utf8 => Zeroizing::new(text.as_bytes().to_vec()),
            Encoding::Base64 => {
                let text = if rules.whsec_prefix { text.strip_prefix("whsec_").unwrap_or(text) } else { text };
                match encoding::Encoding::Base64.decode(text) {
                    Some(bytes) => Zeroizing::new(bytes),
                    None => return refuse("must be standard base64 with padding"),
                }
            }
            Encoding::Hex => match encoding::Encoding::Hex.decode(text) {
                Some(bytes) => Zeroizing::new(bytes),
                None => return refuse("must be an even number of hexadecimal digits"),
            },
        };
        if bytes.is_empty() {
            return refuse("a secret must not be empty");
        }
        if bytes.len() < MIN_BYTES && !rules.allow_short {
            return refuse(
                "a secret must have at least 16 bytes; allow_short_secret lifts this for a sender that has no more",
            );
        }
        Ok(bytes)
    }

    /// Decodes a secret that never leaves the integrator and belongs to no environment: the sandbox's, which everybody knows, is never one.
    pub(crate) fn decode_private(&self, at: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
        let bytes = self.decode(at, SecretRules::default())?;
        if is_well_known(&bytes) {
            let field = format!("{at}.{}", self.encoding.name());
            return Err(Error::config(field, "this is the local sandbox's own secret, which everybody knows"));
        }
        Ok(bytes)
    }
}

/// What a scheme allows of its secrets.
#[derive(Clone, Copy, Default)]
pub(crate) struct SecretRules {
    pub(crate) allow_short: bool,
    /// `whsec_` before base64 is the habit of Standard Webhooks.
    pub(crate) whsec_prefix: bool,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret::{}(hidden)", self.encoding.name())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Whether a key or secret is what a template or a missing variable leaves behind (assumed).
pub(crate) fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 10] =
        ["undefined", "null", "none", "nil", "nan", "changeme", "change-me", "todo", "secret", "password"];
    const BRACKETS: [(&str, &str); 4] = [("<", ">"), ("${", "}"), ("{{", "}}"), ("%", "%")];
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    WORDS.contains(&lower.as_str())
        || (lower.starts_with("your_") && lower.ends_with("_here"))
        || BRACKETS.iter().any(|(open, close)| {
            lower.len() >= open.len().saturating_add(close.len()) && lower.starts_with(open) && lower.ends_with(close)
        })
}
