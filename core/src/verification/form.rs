//! The stored form of a record: one versioned JSON object, canonical when written, in any order when read.
//!
//! `schema/verification.v1.schema.json` says what it holds, to the last character: what is empty is left out, and a text that this module
//! would have written in another way is not a record.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use super::{
    Verification,
    identity::Identity,
    record::{PENDING_TOKENS, Returns},
    resolution::Resolution,
    slots::Slots,
};
use crate::{
    config::{Environment, MAX_EXPIRY_GRACE_MS},
    document::Document,
    error::{Error, ErrorKind},
    json::write_string,
    keys::Hashed,
    link::{check_flow, check_reference_id},
    time::{self, Instant},
    webhook::Outcome,
};

/// The version that this release writes. Older ones stay readable.
const VERSION: i64 = 1;

impl Returns {
    /// The answers that have been given, with spaces between.
    fn text(self) -> String {
        let said = [("yes", self.yes), ("no", self.no), ("unknown", self.unknown)];
        let said: Vec<_> = said.into_iter().filter(|(_, said)| *said).map(|(name, _)| name).collect();
        said.join(" ")
    }
}

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
        string(&mut text, "returned", Some(self.returns.text()).filter(|said| !said.is_empty()).as_deref());
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
            Some(text) => read_slots(&text).ok_or_else(|| document.refuse("events", EVENTS_RULE))?,
        };
        let pending = read_pending(&mut document, token.is_none())?;
        let returns = read_returns(&mut document)?;
        let resolution = document.object("resolution")?.map(read_resolution).transpose()?;
        document.finish()?;
        Ok(Self { identity, token, slots, pending, returns, resolution })
    }
}

const EVENTS_RULE: &str = "must be slots of 17 characters in their order";

fn read_identity(document: &mut Document<'_>) -> Result<Identity, Error> {
    Ok(Identity {
        environment: document
            .name("environment", Environment::from_name, "must be production or sandbox")?
            .ok_or_else(|| document.missing("environment"))?,
        reference_id: read_reference(document)?,
        flow: read_flow(document)?,
        requested_at: read_instant(document, "requested_at")?,
        expires_at: read_instant(document, "expires_at")?,
        expiry_grace_ms: read_grace(document)?,
        nonce: read_hash(document, "nonce")?,
    })
}

fn read_reference(document: &mut Document<'_>) -> Result<String, Error> {
    let reference = document.required_text("reference_id")?;
    check_reference_id(&reference).map_err(|refused| document.refuse("reference_id", &refused.detail))?;
    Ok(reference)
}

fn read_flow(document: &mut Document<'_>) -> Result<Option<String>, Error> {
    let Some(text) = document.text("flow")? else { return Ok(None) };
    match check_flow(text.clone()) {
        Ok(flow) if flow == text => Ok(Some(flow)),
        _ => Err(document.refuse("flow", "must be a UUID in lower case")),
    }
}

fn read_grace(document: &mut Document<'_>) -> Result<i64, Error> {
    let grace_ms = document.integer("grace_ms")?.ok_or_else(|| document.missing("grace_ms"))?;
    if (0..=MAX_EXPIRY_GRACE_MS).contains(&grace_ms) {
        Ok(grace_ms)
    } else {
        Err(document.refuse("grace_ms", "must be from 0 to 2592000000"))
    }
}

fn read_instant(document: &mut Document<'_>, name: &str) -> Result<Instant, Error> {
    let text = document.required_text(name)?;
    let instant = time::parse(&text).filter(|instant| time::format(*instant) == text);
    instant.ok_or_else(|| document.refuse(name, "must be RFC 3339 in UTC with milliseconds"))
}

fn read_hash(document: &mut Document<'_>, name: &str) -> Result<Option<Hashed>, Error> {
    let text = document.text(name)?;
    text.map(|text| Hashed::from_text(&text).ok_or_else(|| document.refuse(name, HASH_RULE))).transpose()
}

const HASH_RULE: &str = "must be a hash of 22 characters of base64url";

/// Slots that hold something.
fn read_slots(text: &str) -> Option<Slots> {
    Slots::from_text(text).filter(|slots| !slots.is_empty())
}

fn read_pending(document: &mut Document<'_>, may_stand: bool) -> Result<BTreeMap<Hashed, Slots>, Error> {
    let mut pending = BTreeMap::new();
    let Some(mut buckets) = document.object("pending")? else { return Ok(pending) };
    let names = buckets.names();
    if !may_stand || !(1..=PENDING_TOKENS).contains(&names.len()) {
        return Err(document.refuse("pending", "must name 1 to 4 tokens, and none where the record knows its own"));
    }
    for name in names {
        let token = Hashed::from_text(&name).ok_or_else(|| document.refuse("pending", HASH_RULE))?;
        // The names are data: a refusal names the object alone.
        let slots = buckets.text(&name).ok().flatten().and_then(|text| read_slots(&text));
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
            _ => {}
        }
    }
    if returns != Returns::default() && returns.text() == text {
        Ok(returns)
    } else {
        Err(document.refuse("returned", "must be of yes, no and unknown, in this order"))
    }
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
