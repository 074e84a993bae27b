//! Answers: a link leads to a configured place and carries the one session, everything else is an error of the closed set; and the machine
//! never sends more than it may, nor forgets that an outcome is unknown.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use url::Url;
use valify_link_core::{
    Config, ConfigOptions, CreateLink, ErrorKind, Headers, HttpResponse, Input, Link, LinkRequest, Step,
    TransportFailure,
};

use crate::{check_error, now, pieces};

const PREFIXES: [&str; 3] =
    ["https://verify.valifysolutions.com/?", "https://links.example:8443/v/", "https://links.example/"];
const TOKEN: &str = "CANARY-token-0";
const SENT_TO: &str = "https://verify.valifysolutions.com/api/link/v1/request/?lang=en";
const SENT_TO_WITH_FRAGMENT: &str = "https://verify.valifysolutions.com/api/link/v1/request/?lang=en#a";
const URL: &[&str] = &[
    "https://verify.valifysolutions.com/?",
    "https://links.example:8443/v/",
    "https://links.example/",
    "token=",
    TOKEN,
    "?",
    "&",
    ";",
    "%74oken=",
    "tok%65n=",
    "token=CANARY-token-1",
    "a=b",
    "+",
    "#",
    "\\",
    "@",
    "//evil.example",
    "/..",
    "http://",
    ":443",
];

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let prefixes = u.int_in_range(0..=PREFIXES.len())?;
    let options = ConfigOptions {
        link_prefixes: PREFIXES.iter().take(prefixes).map(ToString::to_string).collect(),
        resend_when_unknown: u.arbitrary()?,
        max_retries: u.int_in_range(0..=4)?,
        deadline_ms: *u.choose(&[1, 60_000, 3_600_000])?,
        ..ConfigOptions::default()
    };
    let config = Config::with_options("CANARY-fake-key-0123456789", options.clone()).expect("a configuration");
    let request = LinkRequest::new("https://shop.example/back", "CANARY-user", now() + Duration::minutes(1));
    let mut call = CreateLink::new(&config, request, now(), u.arbitrary()?).expect("a call");

    let (mut sent, mut waited_for_answer, mut unknown, mut at) = (0, false, false, now());
    for step in 0..u.int_in_range(1..=12)? {
        at += Duration::milliseconds(u.int_in_range(-1_000..=70_000)?);
        let input = if step == 0 && u.ratio(15, 16)? { Input::Start } else { input(u)? };
        if let Input::Response(response) = &input {
            check_answer(&call, response);
        }
        let said = (maybe_processed(&input), call.clone().advance(input.clone(), at).map(|step| format!("{step:?}")));
        let result = call.advance(input, at);
        assert_eq!(
            result.as_ref().map(|step| format!("{step:?}")).map_err(Clone::clone),
            said.1,
            "the same input, the same step"
        );
        match result {
            Ok(Step::Send(request)) => {
                sent += 1;
                waited_for_answer = true;
                assert!(request.timeout_ms > 0 && request.timeout_ms <= options.timeout_ms);
            }
            Ok(Step::Wait(delay)) => {
                unknown |= said.0 && waited_for_answer;
                waited_for_answer = false;
                assert!(delay.as_millis() < u128::try_from(options.deadline_ms).expect("a positive number"));
                assert!(!unknown || options.resend_when_unknown);
            }
            Ok(Step::Done(_)) => {
                assert!(waited_for_answer);
                return Ok(());
            }
            Err(error) if error.kind == ErrorKind::Misuse => check_error(&error),
            Err(error) => {
                check_error(&error);
                assert_eq!(error.reference_id.as_deref(), Some("CANARY-user"));
                assert!(
                    !unknown || error.kind == ErrorKind::OutcomeUnknown,
                    "an unknown outcome is not forgotten: {error}"
                );
                let again = call.advance(Input::Start, at).expect_err("the call has ended");
                assert_eq!(again.kind, ErrorKind::Misuse);
                break;
            }
        }
    }
    assert!(sent <= options.max_retries + 1);
    Ok(())
}

/// What leaves open whether a session was made.
fn maybe_processed(input: &Input) -> bool {
    match input {
        Input::Response(response) => (500..600).contains(&response.status),
        Input::Failure(failure) => *failure == TransportFailure::MaybeSent,
        _ => false,
    }
}

fn input(u: &mut Unstructured<'_>) -> Result<Input> {
    Ok(match u.int_in_range(0..=7)? {
        0 => Input::Start,
        1 | 2 => Input::Waited,
        3 => Input::Failure(TransportFailure::NotSent),
        4 => Input::Failure(TransportFailure::MaybeSent),
        _ => Input::Response(response(u)?),
    })
}

fn response(u: &mut Unstructured<'_>) -> Result<HttpResponse> {
    let mut headers = Headers::new();
    if u.ratio(1, 3)? {
        let pieces = [
            "0",
            "1",
            "30",
            "31",
            "9007199254740993",
            "99999999999999999999",
            "Wed, 14 Jan 2026 07:58:00 GMT",
            " ",
            "-1",
            ".",
        ];
        headers.push(*u.choose(&["Retry-After", "retry-after"])?, pieces::text(u, &pieces)?);
    }
    let status =
        if u.ratio(1, 8)? { u.arbitrary()? } else { *u.choose(&[200, 200, 200, 429, 500, 422, 400, 307, 0, 599])? };
    let final_url = u.choose(&["", SENT_TO, SENT_TO_WITH_FRAGMENT, "https://evil.example/"])?;
    Ok(HttpResponse { status, headers, body: body(u)?, final_url: (*final_url).to_string() })
}

fn body(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    if u.ratio(1, 8)? {
        return pieces::json(u);
    }
    let token = if u.ratio(3, 4)? { TOKEN.to_string() } else { pieces::text(u, &[TOKEN, "a", "-", "é"])? };
    let mut members = vec![format!("\"session_token\":{}", serde_json::Value::from(token))];
    for _ in 0..u.int_in_range(0..=2)? {
        let key = u.choose(&[
            "redirect_url",
            "redirect_url ",
            " redirect_url",
            "redirect_url\\u0020",
            "redirect_url\\u00a0",
        ])?;
        members.push(format!("\"{key}\":{}", serde_json::Value::from(pieces::text(u, URL)?)));
    }
    if u.ratio(1, 4)? {
        members.push(format!(
            "\"error_code\":{}",
            u.choose(&["7005", "\"7005\"", "null", "{}", "\"<script>\"", "1e400"])?
        ));
    }
    let mut body = format!("{{{}}}", members.join(",")).into_bytes();
    if u.ratio(1, 4)? {
        pieces::edit(u, &mut body)?;
    }
    Ok(body)
}

fn check_answer(call: &CreateLink, response: &HttpResponse) {
    match call.parse(response, now()) {
        Ok(link) => {
            assert_eq!(response.status, 200);
            check_link(&link);
        }
        Err(error) => {
            check_error(&error);
            assert_eq!(error.status, Some(response.status));
            let expected: &[ErrorKind] = match response.status {
                200 => &[ErrorKind::MalformedResponse, ErrorKind::UnsafeLink],
                0 | 300..=399 => &[ErrorKind::Redirected],
                400 => &[ErrorKind::BadRequest],
                401 => &[ErrorKind::Unauthorized],
                403 => &[ErrorKind::Forbidden],
                404 => &[ErrorKind::NotFound],
                415 => &[ErrorKind::UnsupportedMediaType],
                422 => &[ErrorKind::Rejected],
                429 => &[ErrorKind::RateLimited],
                500..=599 => &[ErrorKind::ServerError],
                _ => &[ErrorKind::UnexpectedStatus],
            };
            assert!(expected.contains(&error.kind) || error.kind == ErrorKind::Redirected, "{error}");
            assert!(error.retry_after_ms.is_none_or(|ms| (0..=9_007_199_254_740_991).contains(&ms)));
        }
    }
}

/// Where a browser goes with a link, by a reader of URLs that is not the core's.
fn check_link(link: &Link) {
    let url = Url::parse(&link.redirect_url).expect("a URL");
    let origins: Vec<_> = PREFIXES.iter().map(|prefix| Url::parse(prefix).expect("a URL").origin()).collect();
    assert!(origins.contains(&url.origin()), "the link leads elsewhere");
    assert!(url.username().is_empty() && url.password().is_none() && url.fragment().is_none());
    let tokens: Vec<_> = url.query_pairs().filter(|(name, _)| name == "token").map(|(_, value)| value).collect();
    assert_eq!(tokens, [link.session_token.as_str()], "exactly one token, and that of the session");
    assert!(!format!("{link:?}").contains("token"));
}
