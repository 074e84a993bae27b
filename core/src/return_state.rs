//! The way back: a state in `return_url` that shows which attempt a browser comes back from, and nothing about its outcome.
//!
//! ```
//! use valify_link_core::{NamedSecret, ReturnState, Secret, return_state::{Binding, BoundBrowser}};
//! # let now = "2026-01-14T07:00:00Z".parse::<valify_link_core::Instant>().unwrap();
//! # let (nonce, random) = ([1; 16], [2; 16]);
//! let states = ReturnState::new(vec![NamedSecret::new("2026-01", Secret::utf8("an-example-key-of-32-fake-bytes!"))])?;
//!
//! // Before the link is asked for; `nonce` and `random` are 16 bytes each from the system's random source, drawn apart.
//! let binding = Binding::new(random);
//! let issued =
//!     states.issue("https://shop.example/back?lang=ar", "user-1", now + chrono::Duration::minutes(40), nonce, &binding, now)?;
//! let cookie = binding.to_cookie();
//!
//! // When a browser comes back: its URL, the reference from the session, the cookie.
//! let url = format!("{}&status=done", issued.return_url);
//! let returned = states.check(&url, "user-1", Some(&cookie), now)?;
//! assert_eq!(returned.returned_in_bound_browser(), BoundBrowser::Yes);
//! assert_eq!(returned.nonce(), issued.nonce);
//! # Ok::<(), valify_link_core::Error>(())
//! ```
//!
//! # What it is not
//! A return is not an outcome: it can come early, late, twice or never, and says nothing about what happened on the page. It must never
//! log anyone in. Whatever [`ReturnState::check`] refuses means "wait for the webhook", never "make a new link".
//!
//! # The order of checks
//! | | kind | `field` |
//! | --- | --- | --- |
//! | the URL is not absolute | `misuse` | |
//! | there is no state at its place | `state_missing` | |
//! | it is there twice, in another form than it was issued in, or of an unknown version | `state_malformed` | |
//! | no secret has its key id, or its MAC is not of that secret | `state_forged` | |
//! | `now` is past its expiry (at the very instant it is still good) | `state_expired` | |
//! | it was issued for another origin or path | `state_mismatch` | `return_url` |
//! | it was issued for another reference | `state_mismatch` | `reference_id` |
//!
//! So nothing is said about what a state holds before its MAC holds. Parameters and fragments that others append are accepted.
//!
//! # Single use
//! A state can be replayed until it expires, and the core keeps nothing. Where it matters, keep the nonce for that long; the first insert
//! wins, also between two workers:
//! ```sql
//! CREATE TABLE used_return (nonce text PRIMARY KEY, expires_at timestamptz NOT NULL);
//!
//! -- after check(): one row inserted is the first use, none is a replay
//! INSERT INTO used_return (nonce, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING;
//! -- now and then
//! DELETE FROM used_return WHERE expires_at < now();
//! ```
//! A replay is no reason to refuse the page: a person reloads it.
//!
//! # The binding
//! 128 random bits in a cookie that scripts and sibling hosts cannot reach, and that the browser sends when another site sends it back:
//! ```http
//! Set-Cookie: __Host-valify=<Binding::to_cookie>; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600
//! ```
//! Take an existing cookie over ([`Binding::from_cookie`]) instead of setting a new one, so that two tabs do not undo each other. Where there
//! is no cookie (a native app), draw a binding and forget it: every return is then [`BoundBrowser::Unknown`].
//!
//! # A relayed link
//! Whoever holds a link can send it to somebody else, and the wrong person passes. Two recipes:
//! - Match the verified subject to the account: compare what the webhook's ID fields say (name, date of birth, the number's
//!   [pseudonym](crate::NationalId::pseudonym)) with what the account knows, before anything is granted. This is the defence.
//! - Take [`BoundBrowser::No`] for a signal that asks for a second look. It is not a gate: a phone beside a computer, an in-app browser and a
//!   QR hand-off lose the cookie honestly.

mod address;
mod binding;
mod returned;
mod seal;
mod token;

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use self::{
    address::{Address, Place},
    seal::{Key, Tag},
    token::Token,
};
use crate::{
    document::Document,
    error::{Error, ErrorKind, closed_set},
    link::{check_expires_at, check_reference_id},
    secret::{NamedSecret, named},
    time::{self, Instant},
    uri,
};

pub use binding::Binding;
pub use returned::{BoundBrowser, Returned};

closed_set! {
    /// Where in `return_url` the state stands.
    #[derive(Default)]
    Placement {
        /// A query parameter, appended to the query that is there.
        #[default]
        Query = "query",
        /// The last path segment: for a sender that appends `?…` whatever the URL already holds.
        Path = "path",
    }
}

/// Everything but the secrets that a [`ReturnState`] is made of. Defaults: `vl`, in the query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnStateOptions {
    /// The query parameter's name: 1 to 64 of `A-Z a-z 0-9 - _`. Not used with [`Placement::Path`].
    pub parameter: String,
    /// Where the state stands.
    pub placement: Placement,
}

impl Default for ReturnStateOptions {
    fn default() -> Self {
        Self { parameter: "vl".into(), placement: Placement::Query }
    }
}

/// Issues and checks the state that `return_url` carries: `version.key-id.nonce.expiry.tag`, without personal data.
///
/// The first secret issues, all of them check: to rotate, put the new one first and drop the old one when its last state has expired.
#[derive(Clone)]
pub struct ReturnState {
    /// In the order of the secrets; never empty.
    keys: Vec<Key>,
    options: ReturnStateOptions,
}

/// A state that has been issued. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Issued {
    /// The URL to ask the link with: the one given, its query and fragment kept, and the state.
    pub return_url: String,
    /// The nonce as text, the same that [`Returned::nonce`] gives.
    pub nonce: String,
}

impl ReturnState {
    /// With the default options. Errors are `invalid_config`: each secret has an id and at least 16 bytes.
    pub fn new(secrets: Vec<NamedSecret>) -> Result<Self, Error> {
        Self::with_options(secrets, ReturnStateOptions::default())
    }

    /// Checks the secrets and every option.
    pub fn with_options(secrets: Vec<NamedSecret>, options: ReturnStateOptions) -> Result<Self, Error> {
        NamedSecret::check_list(&secrets)?;
        let keys = secrets
            .into_iter()
            .enumerate()
            .map(|(index, NamedSecret { id, secret })| Key::derive(id, &secret.decode_private(&named::path(index))?));
        let keys = keys.collect::<Result<_, _>>()?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if !(1..=64).contains(&options.parameter.len()) || !options.parameter.bytes().all(plain) {
            return Err(Error::config("parameter", "must be 1 to 64 of A-Z a-z 0-9 - _"));
        }
        Ok(Self { keys, options })
    }

    /// Reads a `return_state` document: `{"secrets": […], "parameter"?, "placement"?: "query" or "path"}`, each secret with its `id` and one of
    /// `utf8`, `base64` and `hex`.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        let mut document = Document::read(json, ErrorKind::InvalidConfig)?;
        let default = ReturnStateOptions::default();
        let secrets = NamedSecret::list(&mut document)?;
        let parameter = document.text("parameter")?.unwrap_or(default.parameter);
        let placement = document.name("placement", Placement::from_name, "must be query or path")?;
        document.finish()?;
        Self::with_options(secrets, ReturnStateOptions { parameter, placement: placement.unwrap_or(default.placement) })
    }

    /// Puts a state into `return_url`.
    ///
    /// `reference_id` and `expires_at` follow the rules of [`LinkRequest`](crate::LinkRequest); let the state live a little longer than the
    /// link, for the way back. `nonce` is drawn anew for every state; it and the binding are 16 random bytes each.
    ///
    /// Errors are `invalid_request` and name `return_url`, `reference_id`, `expires_at` or `binding`. `return_url` must be one that a browser
    /// leaves as it is (a host in normal form, no dot segments), carry no state yet, and have at most 2048 bytes with the state in it.
    pub fn issue(
        &self,
        return_url: &str,
        reference_id: &str,
        expires_at: Instant,
        nonce: [u8; 16],
        binding: &Binding,
        now: Instant,
    ) -> Result<Issued, Error> {
        let address = Address::to_return_to(return_url)?;
        if address.carries_state(self.options.placement, &self.options.parameter) {
            return Err(Error::request("return_url", "must not carry a state already"));
        }
        check_reference_id(reference_id)?;
        let expires_at = check_expires_at(expires_at, now)?;
        if binding.is(nonce) {
            return Err(Error::request("binding", "must be drawn apart from the nonce, which everybody can see"));
        }
        let key = self.keys.first().ok_or_else(|| Error::config("secrets", "must have 1 to 16 entries"))?;
        let token = Token::new(key.id(), nonce, expires_at);
        let place = Place::of(&address, address.path_to_seal(self.options.placement));
        let text = token.to_text(&key.tag(&token, &place, reference_id, &binding.hash()));
        let return_url = match self.options.placement {
            Placement::Query => address.with_parameter(&self.options.parameter, &text),
            Placement::Path => address.with_segment(&text),
        };
        if return_url.len() > uri::MAX_BYTES {
            return Err(Error::request("return_url", format!("must leave {} bytes of 2048 to the state", text.len())));
        }
        Ok(Issued { return_url, nonce: token.nonce_text() })
    }

    /// Checks the state of a return, in the order of the [module](self)'s table.
    ///
    /// `url` is the absolute URL that the browser used: the configured public origin followed by the request's undecoded target. Never build
    /// it from the `Host` header, which the sender chooses. `reference_id` is the one that the caller's own session expects. `binding` is the
    /// cookie's text: `None` and empty are [`BoundBrowser::Unknown`], any other text than the one bound is [`BoundBrowser::No`].
    pub fn check(&self, url: &str, reference_id: &str, binding: Option<&str>, now: Instant) -> Result<Returned, Error> {
        let address = Address::split(url).ok_or_else(|| {
            Error::misuse("the URL must be absolute: the configured public origin followed by the request's target")
        })?;
        let (token, tag) = Token::read(self.state_in(&address)?)
            .ok_or_else(|| refuse(ErrorKind::StateMalformed, "the state of the return is not in the form of one"))?;
        let forged = || refuse(ErrorKind::StateForged, "the state of the return was not made with one of the secrets");
        let key = self.keys.iter().find(|key| key.id() == token.key_id()).ok_or_else(forged)?;
        if !key.has_sealed(&token, &tag) {
            return Err(forged());
        }
        if time::to_millisecond(now).unwrap_or(now) > token.expires_at() {
            return Err(refuse(ErrorKind::StateExpired, "the state of the return is too old"));
        }
        let place = Place::of(&address, address.path_of_state(self.options.placement));
        if !key.is_of_place(&token, &tag, &place) {
            let detail = "the state is of another origin or path: is the configured public origin that of return_url?";
            return Err(Error { field: Some("return_url".into()), ..refuse(ErrorKind::StateMismatch, detail) });
        }
        if !key.is_of_reference(&token, &tag, reference_id) {
            let detail =
                "the state is of another reference: the browser's session is not the one that asked for this link";
            return Err(Error { field: Some("reference_id".into()), ..refuse(ErrorKind::StateMismatch, detail) });
        }
        let bound_browser = bound_browser(key, &token, &tag, binding);
        Ok(Returned::new(reference_id, token.nonce_text(), token.expires_at(), bound_browser))
    }

    /// The one state of an address, as text.
    fn state_in<'a>(&self, address: &Address<'a>) -> Result<&'a str, Error> {
        match self.options.placement {
            Placement::Query => one_state(address.parameters(&self.options.parameter)),
            Placement::Path => one_state(address.segments()),
        }
    }
}

fn one_state<'a>(mut states: impl Iterator<Item = Option<&'a str>>) -> Result<&'a str, Error> {
    let malformed = |what| Err(refuse(ErrorKind::StateMalformed, what));
    match (states.next(), states.next()) {
        (None, _) => Err(refuse(ErrorKind::StateMissing, "the return carries no state")),
        (Some(Some(state)), None) => Ok(state),
        (Some(None), None) => malformed("the name of the state's parameter has been re-encoded"),
        (Some(_), Some(_)) => malformed("the return carries a state twice"),
    }
}

fn bound_browser(key: &Key, token: &Token, tag: &Tag, cookie: Option<&str>) -> BoundBrowser {
    let Some(cookie) = cookie.filter(|cookie| !cookie.is_empty()) else { return BoundBrowser::Unknown };
    // Whatever else stands in the cookie is another binding, not an error: the sender chooses it.
    let is_bound = Binding::from_cookie(cookie).is_ok_and(|binding| key.is_of_binding(token, tag, &binding.hash()));
    if is_bound { BoundBrowser::Yes } else { BoundBrowser::No }
}

fn refuse(kind: ErrorKind, what: &str) -> Error {
    Error::new(kind, format!("{what}; wait for the webhook, and make no new link because of it"))
}

impl fmt::Debug for ReturnState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.keys.iter().map(Key::id).collect();
        f.debug_struct("ReturnState").field("secrets", &ids).field("options", &self.options).finish()
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issued(hidden)")
    }
}
