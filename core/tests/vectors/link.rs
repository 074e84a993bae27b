//! The kinds about asking for a link.

use std::time::Duration;

use serde_json::{Map, Value};
use valify_link_core::{Config, CreateLink, Error, HttpResponse, Input, LinkRequest, Step, TransportFailure};

use super::{
    given,
    verdict::{self, Verdict, fields},
};

pub(crate) fn config(given: &Value) -> Verdict {
    Config::from_document(&given::document(&given["config"]))?;
    Ok(Map::new())
}

pub(crate) fn request(given: &Value) -> Verdict {
    Ok(verdict::request(&new_call(given)?.request()))
}

pub(crate) fn response(given: &Value) -> Verdict {
    let link = new_call(given)?.parse(&http_response(given), given::instant(&given["now"]))?;
    Ok(verdict::link(&link))
}

pub(crate) fn call(given: &Value) -> Verdict {
    let mut call = new_call(given)?;
    let mut steps = Vec::new();
    for input in given["inputs"].as_array().expect("inputs are a list") {
        let step = call.advance(self::input(input), given::instant(&input["now"]));
        steps.push(Value::from(self::step(&step)));
        if step.is_err() {
            break;
        }
    }
    Ok(fields([("steps", steps.into())]))
}

fn new_call(given: &Value) -> Result<CreateLink, Error> {
    let config = Config::from_document(&given::document(&given["config"]))?;
    let request = LinkRequest::from_document(&given::document(&given["request"]))?;
    CreateLink::new(&config, request, given::instant(&given["now"]), seed(given))
}

fn http_response(given: &Value) -> HttpResponse {
    HttpResponse {
        status: given["status"].as_i64().and_then(|status| i32::try_from(status).ok()).expect("a status"),
        headers: given::headers(&given["headers"]),
        body: given::bytes(&given["body"]),
        final_url: given["final_url"].as_str().unwrap_or_default().to_owned(),
    }
}

fn input(input: &Value) -> Input {
    match given::text(&input["input"]) {
        "start" => Input::Start,
        "waited" => Input::Waited,
        "response" => Input::Response(http_response(input)),
        "failure" => Input::Failure(match given::text(&input["failure"]) {
            "not_sent" => TransportFailure::NotSent,
            "maybe_sent" => TransportFailure::MaybeSent,
            other => panic!("unknown failure {other}"),
        }),
        other => panic!("unknown input {other}"),
    }
}

fn step(step: &Result<Step, Error>) -> Map<String, Value> {
    let (name, mut fields) = match step {
        Ok(Step::Send(request)) => {
            let mut fields = verdict::request(request);
            fields.insert("timeout_ms".to_owned(), request.timeout_ms.into());
            ("send", fields)
        }
        Ok(Step::Wait(delay)) => ("wait", fields([("delay_ms", milliseconds(*delay))])),
        Ok(Step::Done(link)) => ("done", verdict::link(link)),
        Err(error) => {
            let mut fields = verdict::error_fields(error);
            fields.extend(self::fields([
                ("retry_after_ms", error.retry_after_ms.into()),
                ("reference_id", error.reference_id.clone().into()),
            ]));
            ("error", fields)
        }
    };
    fields.insert("step".to_owned(), name.into());
    fields
}

fn milliseconds(duration: Duration) -> Value {
    u64::try_from(duration.as_millis()).expect("a short time").into()
}

/// 64 bits; 0 where a kind of case has no use for one.
fn seed(given: &Value) -> u64 {
    given.get("seed").map_or(0, |seed| seed.as_u64().expect("a seed is an integer of 64 bits"))
}
