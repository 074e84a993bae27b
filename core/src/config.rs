//! The account's settings: key, base URL, language, limits and environment, checked once at construction.
//!
//! Every refusal is `invalid_config` with the field and the rule; the value is never in it.

use alloc::{format, string::String, vec, vec::Vec};
use core::{fmt, time::Duration};

use zeroize::Zeroizing;

use crate::{
    document::Document,
    error::{Error, ErrorKind, closed_set},
    secret::{is_placeholder, is_well_known},
    uri::{MAX_BYTES, Origin},
};

closed_set! {
    /// The language of Valify's page. `en` is documented; `ar` is observed in Valify's other products.
    #[derive(Default)]
    Lang {
        /// English.
        #[default]
        En = "en",
        /// Arabic.
        Ar = "ar",
    }
}

closed_set! {
    /// Where something belongs. What is of one environment never counts in another.
    #[derive(Default)]
    Environment {
        /// The real service.
        #[default]
        Production = "production",
        /// The local sandbox.
        Sandbox = "sandbox",
    }
}

/// The production address of the service (documented).
pub const PRODUCTION_BASE_URL: &str = "https://verify.valifysolutions.com";

/// Everything but the key that a [`Config`] is made of. Nothing is checked before [`Config::with_options`].
///
/// Defaults: English, production, 30 s an attempt and 60 s in all, 2 retries with a back-off of at most 8 s, a `Retry-After` of at most
/// 30 s, 1 MiB of answer, 5 minutes of grace, no resending when the outcome is unknown, empty lists.
#[derive(Clone)]
pub struct ConfigOptions {
    /// The service's origin, in normal form. `None` is the production address, and refused in the sandbox environment.
    pub base_url: Option<String>,
    /// The language of links whose request names none.
    pub lang: Lang,
    /// Production, or the local sandbox on a loopback address.
    pub environment: Environment,
    /// One attempt's time from hand-over to the last byte of the answer, in milliseconds: 1 to 3,600,000.
    pub timeout_ms: i64,
    /// The time over all attempts, in milliseconds: 1 to 3,600,000.
    pub deadline_ms: i64,
    /// How many times a request is sent again: 0 to 10. 429 and `NotSent` share it.
    pub max_retries: i64,
    /// The cap on the back-off's delay, in milliseconds: 0 to 3,600,000.
    pub backoff_cap_ms: i64,
    /// The longest `Retry-After` that is waited for, in milliseconds: 0 to 3,600,000. Beyond it the call ends.
    pub retry_after_cap_ms: i64,
    /// The cap on an answer's decoded body, in bytes: 1 to 67,108,864.
    pub max_response_bytes: i64,
    /// How long after `expires_at` a record still waits for an event, in milliseconds: 0 to 2,592,000,000.
    pub expiry_grace_ms: i64,
    /// Send again after 5xx and after a failure that leaves the outcome unknown. Two sessions may be created and billed.
    pub resend_when_unknown: bool,
    /// What a link may begin with; empty is the base URL's origin followed by `/?`.
    pub link_prefixes: Vec<String>,
    /// Schemes besides https that `return_url` may have, for app deep links.
    pub return_schemes: Vec<String>,
    /// `host` or `host:port` that may be spoken to over http in the sandbox environment, for a container network.
    pub insecure_hosts: Vec<String>,
}

impl fmt::Debug for ConfigOptions {
    /// Without the addresses: what has not been checked may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigOptions")
            .field("lang", &self.lang)
            .field("environment", &self.environment)
            .field("timeout_ms", &self.timeout_ms)
            .field("deadline_ms", &self.deadline_ms)
            .field("max_retries", &self.max_retries)
            .field("resend_when_unknown", &self.resend_when_unknown)
            .finish_non_exhaustive()
    }
}

impl Default for ConfigOptions {
    fn default() -> Self {
        Self {
            base_url: None,
            lang: Lang::En,
            environment: Environment::Production,
            timeout_ms: 30_000,
            deadline_ms: 60_000,
            max_retries: 2,
            backoff_cap_ms: 8_000,
            retry_after_cap_ms: 30_000,
            max_response_bytes: 1_048_576,
            expiry_grace_ms: 300_000,
            resend_when_unknown: false,
            link_prefixes: Vec::new(),
            return_schemes: Vec::new(),
            insecure_hosts: Vec::new(),
        }
    }
}

/// Checked settings. `Debug` hides the key.
#[derive(Clone)]
pub struct Config {
    api_key: Zeroizing<String>,
    base_url: String,
    options: ConfigOptions,
}

impl Config {
    /// The production service with the default options.
    pub fn new(api_key: impl Into<String>) -> Result<Self, Error> {
        Self::with_options(api_key, ConfigOptions::default())
    }

    /// The local sandbox at `base_url`, with the default options.
    pub fn sandbox(api_key: impl Into<String>, base_url: impl Into<String>) -> Result<Self, Error> {
        let options = ConfigOptions {
            base_url: Some(base_url.into()),
            environment: Environment::Sandbox,
            ..ConfigOptions::default()
        };
        Self::with_options(api_key, options)
    }

    /// Checks the key and every option.
    pub fn with_options(api_key: impl Into<String>, mut options: ConfigOptions) -> Result<Self, Error> {
        let api_key = Zeroizing::new(api_key.into());
        check_api_key(&api_key, options.environment)?;
        check_ranges(&options)?;
        check_insecure_hosts(&options)?;
        let base_url = options.base_url.take();
        let base = check_base_url(base_url.as_deref(), &options)?;
        check_return_schemes(&mut options.return_schemes)?;
        if options.link_prefixes.is_empty() {
            options.link_prefixes = vec![format!("{}/?", base.text)];
        } else {
            check_link_prefixes(&options, &base)?;
        }
        Ok(Self { api_key, base_url: base.text, options })
    }

    /// Reads a `config` document: an object with `api_key` and, by the names of the fields of [`ConfigOptions`], what is not to be the default.
    /// An unknown name, a wrong type and `null` (but for `lang`) are refused.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        let mut document = Document::read(json, ErrorKind::InvalidConfig)?;
        let default = ConfigOptions::default();
        let api_key = Zeroizing::new(document.required_text("api_key")?);
        let options = ConfigOptions {
            base_url: document.text("base_url")?,
            lang: lang(&mut document)?.unwrap_or_default(),
            environment: environment(&mut document)?,
            timeout_ms: document.integer("timeout_ms")?.unwrap_or(default.timeout_ms),
            deadline_ms: document.integer("deadline_ms")?.unwrap_or(default.deadline_ms),
            max_retries: document.integer("max_retries")?.unwrap_or(default.max_retries),
            backoff_cap_ms: document.integer("backoff_cap_ms")?.unwrap_or(default.backoff_cap_ms),
            retry_after_cap_ms: document.integer("retry_after_cap_ms")?.unwrap_or(default.retry_after_cap_ms),
            max_response_bytes: document.integer("max_response_bytes")?.unwrap_or(default.max_response_bytes),
            expiry_grace_ms: document.integer("expiry_grace_ms")?.unwrap_or(default.expiry_grace_ms),
            resend_when_unknown: document.boolean("resend_when_unknown")?.unwrap_or(default.resend_when_unknown),
            link_prefixes: document.texts("link_prefixes")?.unwrap_or_default(),
            return_schemes: document.texts("return_schemes")?.unwrap_or_default(),
            insecure_hosts: document.texts("insecure_hosts")?.unwrap_or_default(),
        };
        document.finish()?;
        Self::with_options(api_key.as_str(), options)
    }

    /// The same settings with another default language.
    #[must_use]
    pub fn lang(mut self, lang: Lang) -> Self {
        self.options.lang = lang;
        self
    }

    /// Production or sandbox.
    pub fn environment(&self) -> Environment {
        self.options.environment
    }

    /// The service's origin.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Whether the service's origin is a loopback address: the only one that a host without secrets of its own, a browser, may speak to.
    pub fn base_url_is_loopback(&self) -> bool {
        Origin::split(&self.base_url).is_ok_and(|(origin, _)| origin.is_loopback)
    }

    /// How long after `expires_at` a record still waits for an event.
    pub fn expiry_grace(&self) -> Duration {
        milliseconds(self.options.expiry_grace_ms)
    }

    pub(crate) fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The checked options; `link_prefixes` is filled in, and `base_url` is [`Config::base_url`].
    pub(crate) fn options(&self) -> &ConfigOptions {
        &self.options
    }

    /// The cap on an answer's decoded body, in bytes.
    pub(crate) fn max_response_bytes(&self) -> usize {
        usize::try_from(self.options.max_response_bytes).unwrap_or(usize::MAX)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("api_key", &"(hidden)")
            .field("base_url", &self.base_url)
            .field("environment", &self.options.environment)
            .field("lang", &self.options.lang)
            .finish_non_exhaustive()
    }
}

/// A checked number of milliseconds as a duration.
pub(crate) fn milliseconds(number: i64) -> Duration {
    Duration::from_millis(u64::try_from(number).unwrap_or_default())
}

/// Reads an optional `lang`, which may be `null`.
pub(crate) fn lang(document: &mut Document<'_>) -> Result<Option<Lang>, Error> {
    let text = document.nullable_text("lang")?;
    text.map(|text| Lang::from_name(&text).ok_or_else(|| document.refuse("lang", "must be en or ar"))).transpose()
}

/// Reads an optional `environment`.
pub(crate) fn environment(document: &mut Document<'_>) -> Result<Environment, Error> {
    let found = document.name("environment", Environment::from_name, "must be production or sandbox")?;
    Ok(found.unwrap_or_default())
}

fn check_api_key(key: &str, environment: Environment) -> Result<(), Error> {
    let refuse = |rule: &str| Err(Error::config("api_key", rule));
    if key.is_empty() {
        return refuse("the key must not be empty; is the environment variable set?");
    }
    if key.len() > 512 || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refuse("the key must be 1 to 512 visible ASCII characters without spaces or line breaks");
    }
    if is_placeholder(key) {
        return refuse("this is a placeholder, not a key");
    }
    if is_well_known(key.as_bytes()) && environment != Environment::Sandbox {
        return refuse("this is the local sandbox's own key: it needs environment sandbox");
    }
    Ok(())
}

/// Refuses a number outside its range, naming both.
pub(crate) fn check_range(field: &str, value: i64, least: i64, most: i64) -> Result<(), Error> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(Error::config(field, format!("must be from {least} to {most}")))
    }
}

const HOUR_MS: i64 = 3_600_000;
/// Thirty days.
pub(crate) const MAX_EXPIRY_GRACE_MS: i64 = 2_592_000_000;

fn check_ranges(options: &ConfigOptions) -> Result<(), Error> {
    check_range("timeout_ms", options.timeout_ms, 1, HOUR_MS)?;
    check_range("deadline_ms", options.deadline_ms, 1, HOUR_MS)?;
    check_range("max_retries", options.max_retries, 0, 10)?;
    check_range("backoff_cap_ms", options.backoff_cap_ms, 0, HOUR_MS)?;
    check_range("retry_after_cap_ms", options.retry_after_cap_ms, 0, HOUR_MS)?;
    check_range("max_response_bytes", options.max_response_bytes, 1, 67_108_864)?;
    check_range("expiry_grace_ms", options.expiry_grace_ms, 0, MAX_EXPIRY_GRACE_MS)
}

fn check_insecure_hosts(options: &ConfigOptions) -> Result<(), Error> {
    if options.environment != Environment::Sandbox && !options.insecure_hosts.is_empty() {
        return Err(Error::config("insecure_hosts", "only allowed with environment sandbox"));
    }
    for (index, host) in options.insecure_hosts.iter().enumerate() {
        // Only http has such hosts, so that port 80 is the one that may not be written out.
        let well_formed = Origin::split(&format!("http://{host}")).is_ok_and(|(_, after)| after.is_empty());
        if !well_formed {
            return Err(Error::config(format!("insecure_hosts[{index}]"), "must be host or host:port, in lower case"));
        }
    }
    Ok(())
}

impl ConfigOptions {
    fn allows_insecure(&self, origin: &Origin) -> bool {
        self.insecure_hosts.iter().any(|host| *host == origin.host || *host == origin.host_and_port)
    }

    /// The transport rule for the service's own addresses.
    fn check_origin(&self, origin: &Origin) -> Result<(), &'static str> {
        let local = origin.is_loopback || self.allows_insecure(origin);
        match self.environment {
            Environment::Production if origin.is_loopback => {
                Err("must not be loopback in production; use environment sandbox")
            }
            Environment::Production if !origin.is_https => Err("must be https"),
            Environment::Sandbox if !local => {
                Err("must be loopback, or listed in insecure_hosts, in the sandbox environment")
            }
            _ => Ok(()),
        }
    }
}

fn check_base_url(base_url: Option<&str>, options: &ConfigOptions) -> Result<Origin, Error> {
    let refuse = |rule: &str| Error::config("base_url", rule);
    let text = match (base_url, options.environment) {
        (Some(text), _) => text,
        (None, Environment::Production) => PRODUCTION_BASE_URL,
        (None, Environment::Sandbox) => return Err(refuse("is required in the sandbox environment")),
    };
    if text.len() > MAX_BYTES {
        return Err(refuse("must be at most 2048 bytes"));
    }
    let (origin, after) = Origin::split(text).map_err(|not_normal| refuse(not_normal.0))?;
    if !after.is_empty() {
        return Err(refuse("must end after the host or port: no path, query or fragment, and no slash"));
    }
    options.check_origin(&origin).map_err(refuse)?;
    Ok(origin)
}

fn check_link_prefixes(options: &ConfigOptions, base: &Origin) -> Result<(), Error> {
    for (index, prefix) in options.link_prefixes.iter().enumerate() {
        let refuse = |rule: &str| Error::config(format!("link_prefixes[{index}]"), rule);
        if prefix.len() > MAX_BYTES || !is_link_text(prefix) {
            return Err(refuse("must be at most 2048 visible ASCII characters without backslash or fragment"));
        }
        let (origin, after) = Origin::split(prefix).map_err(|not_normal| refuse(not_normal.0))?;
        if !after.starts_with('/') {
            return Err(refuse("must reach past the host: end the origin with a slash"));
        }
        if !origin.is_https {
            let base_is_local = base.is_loopback || options.allows_insecure(base);
            if !base_is_local || !(origin.is_loopback || options.allows_insecure(&origin)) {
                return Err(refuse("must be https, unless it and base_url are loopback or in insecure_hosts"));
            }
        }
    }
    Ok(())
}

/// What a link is made of: visible ASCII without backslash and fragment.
pub(crate) fn is_link_text(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\' && byte != b'#')
}

/// Schemes that run or show what the URL itself holds, or read files: no return may have one.
const DANGEROUS_SCHEMES: [&str; 9] =
    ["javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source", "content"];

fn check_return_schemes(schemes: &mut [String]) -> Result<(), Error> {
    for (index, scheme) in schemes.iter_mut().enumerate() {
        let refuse = |rule: &str| Error::config(format!("return_schemes[{index}]"), rule);
        let well_formed = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        if !well_formed || scheme.len() > 64 {
            return Err(refuse("must be a URI scheme of at most 64 characters, without the colon"));
        }
        scheme.make_ascii_lowercase();
        if DANGEROUS_SCHEMES.contains(&scheme.as_str()) || matches!(scheme.as_str(), "http" | "https") {
            return Err(refuse("http and https are not listed here, and schemes that carry content are never allowed"));
        }
    }
    Ok(())
}
