//! The stored form of a record: one versioned JSON object, canonical when written, in any order when read.
//!
//! `{"v":1,"grace_ms","environment","reference_id","flow"?,"requested_at","expires_at","nonce"?,"token"?,"events"?,"pending"?,`
//! `"returned"?,"resolution"?}`: hashes and events as in `keys.rs` and `slots.rs`, instants as RFC 3339 in UTC with milliseconds, what is
//! empty left out.

use alloc::{collections::BTreeMap, format, string::String};

use super::{Verification, identity::Identity, record::Returns, resolution::Resolution, slots::Slots};
use crate::{
    config::Environment,
    document::Document,
    error::{Error, ErrorKind},
    json::write_string,
    keys::Hashed,
    link::check_reference_id,
    time::{self, Instant},
    webhook::Outcome,
};

/// The version that this release writes. Older ones stay readable.
const VERSION: i64 = 1;

impl Verification {
    /// The canonical text: the same bytes for the same record in every host, under 2 kB.
    pub fn to_text(&self) -> String {
        let identity = &self.identity;
        let mut text = format!("{{\"v\":{VERSION},\"grace_ms\":{}", identity.expiry_grace_ms);
        string(&mut text, "environment", Some(identity.environment.as_str()));
        string(&mut text, "reference_id", Some(&identity.reference_id));
        string(&mut text, "flow", identity.flow.as_deref());
        string(&mut text, "requested_at", Some(&time::format(identity.requested_at)));
        string(&mut text, "expires_at", Some(&time::format(identity.expires_at)));
        string(&mut text, "nonce", identity.nonce.map(Hashed::text).as_deref());
        string(&mut text, "token", self.token.map(Hashed::text).as_deref());
        string(&mut text, "events", Some(self.slots.text()).filter(|slots| !slots.is_empty()).as_deref());
        if !self.pending.is_empty() {
            let buckets = self.pending.iter().map(|(token, slots)| (token.text(), slots.text()));
            object(&mut text, "pending", buckets);
        }
        if self.returns != Returns::default() {
            let said = [("yes", self.returns.yes), ("no", self.returns.no), ("unknown", self.returns.unknown)];
            let said: alloc::vec::Vec<_> = said.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect();
            string(&mut text, "returned", Some(&said.join(" ")));
        }
        if let Some(resolution) = &self.resolution {
            let fields = [
                ("at", time::format(resolution.at)),
                ("operator", resolution.operator.clone()),
                ("outcome", String::from(resolution.outcome.as_str())),
                ("reason", resolution.reason.clone()),
            ];
            object(&mut text, "resolution", fields.into_iter().map(|(name, value)| (String::from(name), value)));
        }
        text.push('}');
        text
    }

    /// Reads what [`Verification::to_text`] wrote, its keys in any order and with any white space, as a `jsonb` column gives it back.
    ///
    /// `record_malformed` for anything else, and `record_newer` for a newer version: keep it as it is and update this software.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        let mut document = Document::read(text.as_bytes(), ErrorKind::RecordMalformed)?;
        match document.integer("v")?.ok_or_else(|| document.missing("v"))? {
            VERSION => {}
            newer if newer > VERSION => {
                return Err(Error::new(
                    ErrorKind::RecordNewer,
                    "a newer version has written this record: keep it as it is, and update before writing to it",
                ));
            }
            _ => return Err(document.refuse("v", "must be a known version")),
        }
        let identity = read_identity(&mut document)?;
        let token = read_hash(&mut document, "token")?;
        let slots = match document.text("events")? {
            None => Slots::default(),
            Some(text) => Slots::from_text(&text).ok_or_else(|| document.refuse("events", EVENTS_RULE))?,
        };
        let pending = read_pending(&mut document)?;
        let returns = read_returns(&mut document)?;
        let resolution = document.object("resolution")?.map(read_resolution).transpose()?;
        document.finish()?;
        let mut record = Self { identity, token, slots, pending, returns, resolution };
        record.settle();
        Ok(record)
    }
}

const EVENTS_RULE: &str = "must be slots of 17 characters in their order";

fn read_identity(document: &mut Document<'_>) -> Result<Identity, Error> {
    Ok(Identity {
        environment: document
            .name("environment", Environment::from_name, "must be production or sandbox")?
            .ok_or_else(|| document.missing("environment"))?,
        reference_id: read_reference(document)?,
        flow: document.text("flow")?,
        requested_at: read_instant(document, "requested_at")?,
        expires_at: read_instant(document, "expires_at")?,
        expiry_grace_ms: document.integer("grace_ms")?.ok_or_else(|| document.missing("grace_ms"))?,
        nonce: read_hash(document, "nonce")?,
    })
}

fn read_reference(document: &mut Document<'_>) -> Result<String, Error> {
    let reference = document.required_text("reference_id")?;
    check_reference_id(&reference).map_err(|refused| document.refuse("reference_id", &refused.detail))?;
    Ok(reference)
}

fn read_instant(document: &mut Document<'_>, name: &str) -> Result<Instant, Error> {
    let text = document.required_text(name)?;
    time::parse(&text).ok_or_else(|| document.refuse(name, "must be RFC 3339 in UTC"))
}

fn read_hash(document: &mut Document<'_>, name: &str) -> Result<Option<Hashed>, Error> {
    let text = document.text(name)?;
    text.map(|text| Hashed::from_text(&text).ok_or_else(|| document.refuse(name, HASH_RULE))).transpose()
}

const HASH_RULE: &str = "must be a hash of 22 characters of base64url";

fn read_pending(document: &mut Document<'_>) -> Result<BTreeMap<Hashed, Slots>, Error> {
    let mut pending = BTreeMap::new();
    let Some(mut buckets) = document.object("pending")? else { return Ok(pending) };
    for name in buckets.names() {
        let token = Hashed::from_text(&name).ok_or_else(|| document.refuse("pending", HASH_RULE))?;
        let slots = buckets.text(&name)?.and_then(|text| Slots::from_text(&text)).filter(|slots| !slots.is_empty());
        pending.insert(token, slots.ok_or_else(|| document.refuse("pending", EVENTS_RULE))?);
    }
    Ok(pending)
}

fn read_returns(document: &mut Document<'_>) -> Result<Returns, Error> {
    let mut returns = Returns::default();
    let Some(text) = document.text("returned")? else { return Ok(returns) };
    for word in text.split(' ') {
        match word {
            "yes" => returns.yes = true,
            "no" => returns.no = true,
            "unknown" => returns.unknown = true,
            _ => return Err(document.refuse("returned", "must be of yes, no and unknown")),
        }
    }
    Ok(returns)
}

fn read_resolution(mut document: Document<'_>) -> Result<Resolution, Error> {
    let at = read_instant(&mut document, "at")?;
    let operator = document.required_text("operator")?;
    let reason = document.required_text("reason")?;
    let outcome = document
        .name("outcome", Outcome::from_name, "must be an outcome")?
        .ok_or_else(|| document.missing("outcome"))?;
    let refusal = document.refuse("operator", "operator or reason is out of its bounds");
    document.finish()?;
    Resolution::new(outcome, &operator, at, &reason).map_err(|_| refusal)
}

/// Appends one string member, if there is a value.
fn string(text: &mut String, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        text.push(',');
        member(text, name, value);
    }
}

fn member(text: &mut String, name: &str, value: &str) {
    write_string(text, name);
    text.push(':');
    write_string(text, value);
}

/// Appends one member that is an object of strings.
fn object(text: &mut String, name: &str, members: impl Iterator<Item = (String, String)>) {
    text.push(',');
    write_string(text, name);
    text.push_str(":{");
    for (index, (name, value)) in members.enumerate() {
        if index > 0 {
            text.push(',');
        }
        member(text, &name, &value);
    }
    text.push('}');
}
