//! The kinds about deliveries.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use valify_link_core::{
    Delivery, Error, ErrorKind, Event, NamedSecret, Secret, Verifier, sign as sign_body,
    webhook::{Auth, Module, Problem},
};

use super::{
    given,
    verdict::{self, Verdict, fields},
};

/// The parts of a `verifier` document that a case may give.
const PARTS: [&str; 4] = ["environment", "auth", "profile", "limits"];

pub(crate) fn verify(given: &Value) -> Verdict {
    let verifier = verifier(given)?;
    let headers = given::headers(&given["headers"]);
    let body = given::bytes(&given["body"]);
    let delivery = Delivery { headers: &headers, body: &body, url: given["url"].as_str() };
    Ok(event(&verifier.verify(&delivery, given::instant(&given["now"]))?))
}

pub(crate) fn diagnose(given: &Value) -> Verdict {
    let verifier = verifier(given)?;
    let headers = given::headers(&given["headers"]);
    let body = given::bytes(&given["body"]);
    let delivery = Delivery { headers: &headers, body: &body, url: given["url"].as_str() };
    let now = given::instant(&given["now"]);
    let diagnosis = match given.get("older_secrets") {
        Some(older) => verifier.diagnose_with_older(&delivery, now, &secrets(older))?,
        None => verifier.diagnose(&delivery, now),
    };
    let mistakes: Vec<Value> = diagnosis.mistakes().map(|mistake| mistake.as_str().into()).collect();
    Ok(fields([
        ("refused", diagnosis.refused.map(ErrorKind::as_str).into()),
        ("mistakes", mistakes.into()),
        ("off_by_ms", diagnosis.findings.iter().find_map(|finding| finding.off_by_ms).into()),
    ]))
}

fn verifier(given: &Value) -> Result<Verifier, Error> {
    let parts = PARTS.iter().filter_map(|part| Some(((*part).to_owned(), given.get(part)?.clone())));
    Verifier::from_document(&given::document(&Value::Object(parts.collect())))
}

fn secrets(list: &Value) -> Vec<NamedSecret> {
    let secret = |entry: &Value| {
        let text = |name: &str| entry[name].as_str().map(str::to_owned);
        let secret =
            text("utf8").map(Secret::utf8).or(text("base64").map(Secret::base64)).or(text("hex").map(Secret::hex));
        NamedSecret::new(given::text(&entry["id"]), secret.expect("a secret"))
    };
    list.as_array().expect("secrets are a list").iter().map(secret).collect()
}

pub(crate) fn sign(given: &Value) -> Verdict {
    let auth = Auth::from_document(&given::document(&given["auth"]))?;
    let now = given::instant(&given["now"]);
    let signed = sign_body(&auth, &given::bytes(&given["body"]), given["id"].as_str(), now)?;
    Ok(fields([("headers", verdict::headers(&signed.headers)), ("url", signed.url.clone().into())]))
}

fn event(event: &Event) -> Map<String, Value> {
    let view = event.view();
    let checks = Module::ALL.iter().filter_map(|module| {
        let outcome = view.checks.get(*module)?;
        Some((module.as_str().to_owned(), outcome.as_str().into()))
    });
    let subject = event.subject().iter().map(|(name, value)| (name.to_owned(), value.into()));
    let by = &view.authenticated_by;
    fields([
        ("environment", view.environment.as_str().into()),
        ("outcome", view.outcome.as_str().into()),
        ("checks", Value::Object(checks.collect())),
        ("problem", view.problem.map(Problem::as_str).into()),
        ("reference_id", view.reference_id.clone().into()),
        ("session_token", view.session_token.clone().into()),
        ("flow", view.flow.clone().into()),
        ("transaction_id", view.transaction_id.clone().into()),
        ("occurred_at", view.occurred_at.map_or(Value::Null, verdict::instant)),
        ("received_at", verdict::instant(view.received_at)),
        ("subject", Value::Object(subject.collect())),
        ("dedupe_key", event.dedupe_key().expect("its body").into()),
        (
            "authenticated_by",
            fields([
                ("scheme", by.scheme.as_str().into()),
                ("secret", by.secret.as_str().into()),
                ("body_signed", by.body_signed.into()),
                ("fresh", by.fresh.into()),
            ])
            .into(),
        ),
        ("raw", data_encoding::HEXLOWER.encode(&Sha256::digest(event.raw())).into()),
    ])
}
