//! The documents of a verifier, as every host hands them over, turned into the plain data that Rust hosts write themselves.
//!
//! Only shapes are checked here: names, types, and what cannot be expressed as data. Every other rule is checked where the data is used.

use alloc::{string::String, vec::Vec};

use super::{
    auth::{
        Attested, Auth, Basic, Digest, Hmac, Preset, PresetName, SecretPlace, SecretUrl, SignatureEncoding, Signs,
        StaticHeader,
    },
    outcome::{Module, Outcome, SchemeName},
    profile::{DecisionValue, MatchesBy, ModuleProfile, PassedWhen, Profile, SubjectField, ValueMeaning},
    verifier::Limits,
};
use crate::{
    document::Document,
    error::{Error, ErrorKind},
    json::{Kind, Number},
    secret::NamedSecret,
};

impl Auth {
    /// Reads an `auth` document, such as
    /// `{"scheme": "hmac", "header": "X-Valify-Signature", "digest": "sha256", "encoding": "hex", "signs": "body", "secrets": […]}`.
    ///
    /// Its names are `scheme` (a [`SchemeName`]) or `preset` (a [`PresetName`]), and the fields of that variant of `Auth`; the place of a
    /// secret URL is `"query": "name"` or `"path_segment": true`. A secret has its `id` and one of `utf8`, `base64` and `hex`.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        Self::read(Document::read(json, ErrorKind::InvalidConfig)?)
    }

    pub(super) fn read(mut document: Document<'_>) -> Result<Self, Error> {
        let auth = if document.has("preset") { read_preset(&mut document) } else { read_scheme(&mut document) }?;
        // A name that some scheme knows is no outside data and can be named.
        if let Some(name) = AUTH_NAMES.iter().find(|name| document.has(name)) {
            return Err(document.refuse(name, "does not apply to this scheme"));
        }
        document.finish()?;
        Ok(auth)
    }
}

const AUTH_NAMES: [&str; 17] = [
    "scheme",
    "preset",
    "header",
    "digest",
    "encoding",
    "prefix",
    "signs",
    "id_header",
    "timestamp_header",
    "tolerance_ms",
    "allow_sha1",
    "allow_short_secret",
    "accept_unsigned_body",
    "query",
    "path_segment",
    "by",
    "secrets",
];

fn read_scheme(document: &mut Document<'_>) -> Result<Auth, Error> {
    const RULE: &str = "must be hmac, static_header, basic, secret_url or attested";
    Ok(match required(document, "scheme", SchemeName::from_name, RULE)? {
        SchemeName::Hmac => Auth::Hmac(read_hmac(document)?),
        SchemeName::StaticHeader => Auth::StaticHeader(StaticHeader {
            header: document.required_text("header")?,
            accept_unsigned_body: flag(document, "accept_unsigned_body")?,
            allow_short_secret: flag(document, "allow_short_secret")?,
            secrets: NamedSecret::list(document)?,
        }),
        SchemeName::Basic => Auth::Basic(Basic {
            accept_unsigned_body: flag(document, "accept_unsigned_body")?,
            allow_short_secret: flag(document, "allow_short_secret")?,
            secrets: NamedSecret::list(document)?,
        }),
        SchemeName::SecretUrl => Auth::SecretUrl(SecretUrl {
            place: read_place(document)?,
            accept_unsigned_body: flag(document, "accept_unsigned_body")?,
            allow_short_secret: flag(document, "allow_short_secret")?,
            secrets: NamedSecret::list(document)?,
        }),
        SchemeName::Attested => Auth::Attested(Attested {
            by: document.required_text("by")?,
            accept_unsigned_body: flag(document, "accept_unsigned_body")?,
        }),
    })
}

fn read_hmac(document: &mut Document<'_>) -> Result<Hmac, Error> {
    const SIGNS: &str = "must be body, timestamp.body or id.timestamp.body";
    Ok(Hmac {
        header: document.required_text("header")?,
        digest: required(document, "digest", Digest::from_name, "must be sha256, sha512 or sha1")?,
        encoding: required(document, "encoding", SignatureEncoding::from_name, "must be hex, base64 or base64url")?,
        prefix: document.text("prefix")?.unwrap_or_default(),
        signs: required(document, "signs", Signs::from_name, SIGNS)?,
        id_header: document.text("id_header")?,
        timestamp_header: document.text("timestamp_header")?,
        tolerance_ms: document.integer("tolerance_ms")?,
        allow_sha1: flag(document, "allow_sha1")?,
        allow_short_secret: flag(document, "allow_short_secret")?,
        secrets: NamedSecret::list(document)?,
    })
}

fn read_preset(document: &mut Document<'_>) -> Result<Auth, Error> {
    const RULE: &str = "must be standard_webhooks, stripe_style or x_valify_signature_unverified";
    Ok(Auth::Preset(Preset {
        preset: required(document, "preset", PresetName::from_name, RULE)?,
        tolerance_ms: document.integer("tolerance_ms")?,
        secrets: NamedSecret::list(document)?,
    }))
}

fn read_place(document: &mut Document<'_>) -> Result<SecretPlace, Error> {
    let path_segment = flag(document, "path_segment")?;
    match document.text("query")? {
        Some(_) if path_segment => Err(document.refuse("path_segment", "must not be given together with query")),
        Some(name) => Ok(SecretPlace::Query(name)),
        None if path_segment => Ok(SecretPlace::PathSegment),
        None => Err(document.refuse("query", "is required, unless path_segment is true")),
    }
}

impl Profile {
    /// Reads a `profile` document, such as
    /// `{"session_token": ["/data/token"], "decision": ["/data/status"], "decisions": [{"value": "approved", "outcome": "passed"}],`
    /// `"matches_by": "session_token"}`.
    ///
    /// Its names are the fields of `Profile`. `checks` and `subject` are objects by name:
    /// `{"liveness": {"at": ["/data/liveness"], "values": [{"value": true, "outcome": "passed"}]}}` and `{"front_nid": ["/data/front_nid"]}`.
    pub fn from_document(json: &[u8]) -> Result<Self, Error> {
        Self::read(Document::read(json, ErrorKind::InvalidConfig)?)
    }

    pub(super) fn read(mut document: Document<'_>) -> Result<Self, Error> {
        let profile = Self {
            reference_id: pointers(&mut document, "reference_id")?,
            session_token: pointers(&mut document, "session_token")?,
            transaction_id: pointers(&mut document, "transaction_id")?,
            flow: pointers(&mut document, "flow")?,
            occurred_at: pointers(&mut document, "occurred_at")?,
            decision: pointers(&mut document, "decision")?,
            decisions: read_meanings(&mut document, "decisions")?,
            checks: read_checks(&mut document)?,
            subject: read_subject(&mut document)?,
            passed_when: document
                .name("passed_when", PassedWhen::from_name, "must be decision or all_checks")?
                .unwrap_or_default(),
            matches_by: document.name("matches_by", MatchesBy::from_name, "must be session_token or reference_id")?,
            reference_per_link: flag(&mut document, "reference_per_link")?,
            latest_decision_wins: flag(&mut document, "latest_decision_wins")?,
        };
        document.finish()?;
        Ok(profile)
    }
}

fn read_meanings(document: &mut Document<'_>, name: &str) -> Result<Vec<ValueMeaning>, Error> {
    let entries = document.objects(name)?.unwrap_or_default();
    entries.into_iter().map(read_meaning).collect()
}

fn read_meaning(mut entry: Document<'_>) -> Result<ValueMeaning, Error> {
    let value = entry.value("value").ok_or_else(|| entry.missing("value"))?;
    let value = match value.kind() {
        Kind::String => value.string().map(|text| DecisionValue::Text(text.into_owned())),
        Kind::Boolean => value.boolean().map(DecisionValue::Boolean),
        Kind::Number => Number::parse(value.text()).and_then(|number| number.integer()).map(DecisionValue::Integer),
        Kind::Null | Kind::Array | Kind::Object => None,
    };
    let value = value.ok_or_else(|| entry.refuse("value", DecisionValue::RULE))?;
    let outcome = required(
        &mut entry,
        "outcome",
        Outcome::from_name,
        "must be passed, failed, review, abandoned, expired or indeterminate",
    )?;
    entry.finish()?;
    Ok(ValueMeaning { value, outcome })
}

fn read_checks(document: &mut Document<'_>) -> Result<Vec<ModuleProfile>, Error> {
    let Some(mut modules) = document.object("checks")? else { return Ok(Vec::new()) };
    let mut checks = Vec::new();
    for module in Module::ALL {
        if let Some(mut check) = modules.object(module.as_str())? {
            let at = pointers(&mut check, "at")?;
            let values = read_meanings(&mut check, "values")?;
            check.finish()?;
            checks.push(ModuleProfile { module: *module, at, values });
        }
    }
    modules.finish()?;
    Ok(checks)
}

fn read_subject(document: &mut Document<'_>) -> Result<Vec<SubjectField>, Error> {
    let Some(mut fields) = document.object("subject")? else { return Ok(Vec::new()) };
    let mut subject = Vec::new();
    for name in fields.names() {
        // A name that is not well-formed must not come back in the path of an error about its value.
        if !SubjectField::is_name(&name) {
            return Err(Error::config("subject", SubjectField::NAME_RULE));
        }
        let at = pointers(&mut fields, &name)?;
        subject.push(SubjectField { name, at });
    }
    Ok(subject)
}

impl Limits {
    pub(super) fn read(mut document: Document<'_>) -> Result<Self, Error> {
        let default = Self::default();
        let max_body_bytes = document.integer("max_body_bytes")?.unwrap_or(default.max_body_bytes);
        document.finish()?;
        Ok(Self { max_body_bytes })
    }
}

fn required<T: Copy>(
    document: &mut Document<'_>,
    name: &str,
    from_name: impl Fn(&str) -> Option<T>,
    rule: &str,
) -> Result<T, Error> {
    document.name(name, from_name, rule)?.ok_or_else(|| document.missing(name))
}

fn flag(document: &mut Document<'_>, name: &str) -> Result<bool, Error> {
    Ok(document.boolean(name)?.unwrap_or_default())
}

fn pointers(document: &mut Document<'_>, name: &str) -> Result<Vec<String>, Error> {
    Ok(document.texts(name)?.unwrap_or_default())
}
