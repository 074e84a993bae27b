//! Nothing secret or personal shows in any rendering of what the link call touches: canaries in every place, every type looked at.

use std::fmt::{Debug, Display};

use chrono::{DateTime, Duration, Utc};
use valify_link_core::{
    Config, ConfigOptions, CreateLink, Error, Headers, HttpResponse, Input, LinkRequest, Secret, Step, TransportFailure,
};

const KEY: &str = "CANARY-KEY-0123456789";
const TOKEN: &str = "CANARY-TOKEN-0123456789";
const REFERENCE: &str = "CANARY-REFERENCE";
const RETURN_URL: &str = "https://shop.example/back/CANARY-RETURN";

fn now() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn hidden(what: &str, value: &dyn Debug) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.contains("CANARY"), "{what}: {text}");
        assert!(!text.is_empty());
    }
}

fn hidden_in_both<T: Debug + Display>(what: &str, value: &T) {
    hidden(what, value);
    assert!(!value.to_string().contains("CANARY"), "{what}: {value}");
}

fn call() -> CreateLink {
    let config = Config::new(KEY).expect("a configuration");
    let request = LinkRequest::new(RETURN_URL, REFERENCE, now() + Duration::hours(1));
    CreateLink::new(&config, request, now(), 0).expect("a call")
}

fn answer(status: i32, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: Headers::from_iter([("Set-Cookie", "CANARY-COOKIE"), ("Retry-After", "CANARY")]),
        body: body.as_bytes().to_vec(),
        final_url: String::new(),
    }
}

#[test]
fn what_holds_a_secret_hides_it() {
    let config = Config::new(KEY).expect("a configuration");
    hidden("Config", &config);
    let unchecked = ConfigOptions {
        base_url: Some("https://user:CANARY-PASSWORD@a.example".into()),
        link_prefixes: vec!["CANARY".into()],
        return_schemes: vec!["CANARY".into()],
        insecure_hosts: vec!["CANARY".into()],
        ..ConfigOptions::default()
    };
    hidden("ConfigOptions", &unchecked);
    hidden("LinkRequest", &LinkRequest::new(RETURN_URL, REFERENCE, now()));
    let mut call = call();
    hidden("CreateLink", &call);
    let step = call.advance(Input::Start, now()).expect("a step");
    hidden("Step::Send", &step);
    let Step::Send(request) = step else { panic!("not a request") };
    hidden("HttpRequest", &request);
    hidden("Headers", &request.headers);
    let url = format!("https://verify.valifysolutions.com/?token={TOKEN}");
    let good = answer(200, &format!("{{\"session_token\":{TOKEN:?},\"redirect_url \":{url:?}}}"));
    hidden("HttpResponse", &good);
    let input = Input::Response(good);
    hidden("Input::Response", &input);
    let done = call.advance(input, now()).expect("a link");
    hidden("Step::Done", &done);
    let Step::Done(link) = done else { panic!("not a link") };
    hidden("Link", &link);
    for secret in [Secret::utf8("CANARY-SECRET"), Secret::base64("CANARYSECRET"), Secret::hex("CANARY")] {
        hidden_in_both("Secret", &secret);
    }
}

#[test]
fn no_answer_can_put_its_words_into_an_error() {
    let bodies = [
        "CANARY".to_string(),
        "{\"message\":\"CANARY\",\"error_code\":\"CANARY CODE\"}".to_string(),
        "{\"message\":\"CANARY\",\"error_code\":\"CANARY\\nforged log line\"}".to_string(),
        format!("{{\"session_token\":{TOKEN:?},\"redirect_url\":\"https://CANARY.example/\"}}"),
        format!("{{\"session_token\":{TOKEN:?},\"redirect_url\":5}}"),
        "{\"session_token\":\"CANARY !\",\"redirect_url\":\"x\"}".to_string(),
    ];
    for status in [0, 200, 204, 302, 400, 401, 403, 404, 415, 418, 422, 429, 500, 503] {
        for body in &bodies {
            let error = call().parse(&answer(status, body), now()).expect_err("an error");
            hidden_in_both(&format!("{status} {body}"), &error);
            assert_eq!(error.reference_id.as_deref(), Some(REFERENCE), "the field itself keeps it");
        }
    }
    let mut call = call();
    call.advance(Input::Start, now()).expect("a step");
    hidden_in_both(
        "outcome_unknown",
        &call.advance(Input::Failure(TransportFailure::MaybeSent), now()).expect_err("an error"),
    );
    hidden_in_both("misuse", &call.advance(Input::Waited, now()).expect_err("an error"));
}

#[test]
fn no_refused_value_is_in_its_refusal() {
    let mut refusals: Vec<Error> = Vec::new();
    for key in ["CANARY KEY", "CANARY\nKEY", "<CANARY>", "your_CANARY_here"] {
        refusals.push(Config::new(key).expect_err("a refusal"));
    }
    let canary = || vec!["CANARY value".to_string()];
    for options in [
        ConfigOptions { base_url: Some("https://CANARY.example".into()), ..ConfigOptions::default() },
        ConfigOptions { link_prefixes: canary(), ..ConfigOptions::default() },
        ConfigOptions { return_schemes: canary(), ..ConfigOptions::default() },
        ConfigOptions { insecure_hosts: canary(), ..ConfigOptions::default() },
    ] {
        refusals.push(Config::with_options(KEY, options).expect_err("a refusal"));
    }
    for document in [
        r#"{"api_key":"CANARY","CANARY":1}"#,
        r#"{"api_key":["CANARY"]}"#,
        r#"{"api_key":"CANARY-0123456789","lang":"CANARY"}"#,
        r#"{"api_key":"CANARY-0123456789","timeout_ms":"CANARY"}"#,
        r#"{"api_key":"CANARY-0123456789","link_prefixes":["CANARY"]}"#,
        r#"{"api_key":"CANARY-0123456789","api_key":"CANARY"}"#,
        "CANARY",
    ] {
        refusals.push(Config::from_document(document.as_bytes()).expect_err("a refusal"));
        refusals.push(LinkRequest::from_document(document.as_bytes()).expect_err("a refusal"));
    }
    let config = Config::new(KEY).expect("a configuration");
    for request in [
        LinkRequest::new("https://CANARY.example/ ", REFERENCE, now() + Duration::hours(1)),
        LinkRequest::new("CANARY://x", REFERENCE, now() + Duration::hours(1)),
        LinkRequest::new(RETURN_URL, " CANARY", now() + Duration::hours(1)),
        LinkRequest::new(RETURN_URL, REFERENCE, now()),
        LinkRequest::new(RETURN_URL, REFERENCE, now() + Duration::hours(1)).flow("CANARY"),
    ] {
        refusals.push(CreateLink::new(&config, request, now(), 0).expect_err("a refusal"));
    }
    for refusal in &refusals {
        hidden_in_both("a refusal", refusal);
        assert!(refusal.field.is_some(), "{refusal}");
        assert!(refusal.detail.len() > 10, "{refusal}");
    }
}
