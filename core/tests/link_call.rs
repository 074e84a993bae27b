//! The machine under every script of inputs, and what an answer may lead to.

mod cases;

use cases::cases;
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use valify_link_core::{
    Config, ConfigOptions, CreateLink, ErrorKind, Headers, HttpResponse, Input, Link, LinkRequest, Step,
    TransportFailure,
};

const TOKEN: &str = "00000000-0000-4000-8000-00000000000a";

fn start() -> DateTime<Utc> {
    "2026-01-14T07:00:00Z".parse().expect("an instant")
}

fn call(options: ConfigOptions, seed: u64) -> CreateLink {
    let config = Config::with_options("fake-key-0123456789", options).expect("a configuration");
    let request = LinkRequest::new("https://shop.example/back", "user-1", start() + Duration::hours(1));
    CreateLink::new(&config, request, start(), seed).expect("a call")
}

fn answer(status: i32, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, body: body.into(), ..HttpResponse::default() }
}

fn with_link(url: &str) -> HttpResponse {
    answer(200, serde_json::json!({ "session_token": TOKEN, "redirect_url ": url }).to_string())
}

fn parsed(response: &HttpResponse) -> Result<Link, ErrorKind> {
    call(ConfigOptions::default(), 0).parse(response, start()).map_err(|error| error.kind)
}

/// What a transport may bring, and what a confused host may say.
#[derive(Clone, Debug)]
enum Event {
    Good,
    Status(i32, Option<String>),
    Fails(TransportFailure),
    Nonsense(Input),
}

fn event() -> impl Strategy<Value = Event> {
    let retry_after = prop::option::of(prop_oneof![
        "[0-9]{1,3}",
        Just("Wed, 14 Jan 2026 07:00:10 GMT".to_string()),
        Just("soon".to_string()),
        Just("99999999999999999999".to_string())
    ]);
    let status = prop_oneof![
        3 => Just(429),
        3 => prop::sample::select(vec![500, 502, 503, 504]),
        2 => prop::sample::select(vec![400, 401, 403, 404, 415, 422, 302]),
        1 => any::<i32>()
    ];
    prop_oneof![
        1 => Just(Event::Good),
        4 => (status, retry_after).prop_map(|(status, after)| Event::Status(status, after)),
        3 => Just(Event::Fails(TransportFailure::NotSent)),
        2 => Just(Event::Fails(TransportFailure::MaybeSent)),
        1 => prop::sample::select(vec![Input::Start, Input::Waited]).prop_map(Event::Nonsense),
    ]
}

fn input(event: &Event) -> Input {
    match event {
        Event::Good => Input::Response(with_link(&format!("https://verify.valifysolutions.com/?token={TOKEN}"))),
        Event::Status(status, after) => {
            let headers: Headers = after.iter().map(|value| ("retry-after", value.as_str())).collect();
            Input::Response(HttpResponse { headers, ..answer(*status, "{}") })
        }
        Event::Fails(failure) => Input::Failure(*failure),
        Event::Nonsense(input) => input.clone(),
    }
}

#[cfg(not(miri))] // its generators alone would take Miri hours
proptest! {
    #![proptest_config(cases(4000))]

    /// Drives the machine as a host would and checks the promises of the design on every path.
    #[test]
    fn every_script_keeps_the_promises(
        events in prop::collection::vec((event(), 0_i64..20_000), 0..12),
        max_retries in 0_i64..5,
        resend in any::<bool>(),
        seed in any::<u64>(),
        deadline_ms in 1_i64..120_000,
        retry_after_cap_ms in 0_i64..60_000,
        backoff_cap_ms in 0_i64..10_000,
    ) {
        let options = ConfigOptions {
            max_retries,
            deadline_ms,
            retry_after_cap_ms,
            backoff_cap_ms,
            resend_when_unknown: resend,
            ..ConfigOptions::default()
        };
        let mut call = call(options, seed);
        let mut now = start();
        let deadline = start() + Duration::milliseconds(deadline_ms);
        let (mut sends, mut unknown, mut left_the_machine) = (0_i64, false, false);
        let mut step = call.advance(Input::Start, now);
        for (event, pause) in events {
            match &step {
                Ok(Step::Send(request)) => {
                    if !matches!(event, Event::Nonsense(_)) {
                        sends += 1;
                    }
                    prop_assert!(sends <= 1 + max_retries);
                    prop_assert!(resend || !unknown, "sent again although the outcome was unknown");
                    prop_assert!((1..=30_000).contains(&request.timeout_ms));
                    let ends = now + Duration::milliseconds(request.timeout_ms);
                    prop_assert!(matches!(event, Event::Nonsense(_)) || ends <= deadline);
                }
                Ok(Step::Wait(delay)) => {
                    let delay = Duration::from_std(*delay).expect("a short delay");
                    prop_assert!(now + delay < deadline);
                    // Sometimes a host oversleeps.
                    now += delay + Duration::milliseconds(pause / 8);
                    step = call.advance(Input::Waited, now);
                    continue;
                }
                Ok(Step::Done(link)) => {
                    prop_assert_eq!(link.session_token.as_str(), TOKEN);
                    prop_assert_eq!(call.advance(input(&event), now).expect_err("ended").kind, ErrorKind::Misuse);
                    return Ok(());
                }
                Err(error) => {
                    prop_assert_eq!(error.reference_id.as_deref(), Some("user-1"));
                    prop_assert!(!unknown || matches!(error.kind, ErrorKind::OutcomeUnknown | ErrorKind::ServerError), "{:?}", error);
                    prop_assert!(error.kind != ErrorKind::NotSent || !left_the_machine);
                    prop_assert_eq!(call.advance(input(&event), now).expect_err("ended").kind, ErrorKind::Misuse);
                    return Ok(());
                }
            }
            if let Event::Nonsense(nonsense) = event {
                prop_assert_eq!(call.advance(nonsense, now).expect_err("out of order").kind, ErrorKind::Misuse);
                continue;
            }
            now += Duration::milliseconds(pause);
            left_the_machine |= !matches!(event, Event::Fails(TransportFailure::NotSent));
            unknown |= matches!(event, Event::Fails(TransportFailure::MaybeSent) | Event::Status(500..=599, _));
            step = call.advance(input(&event), now);
        }
    }

    #[test]
    fn any_answer_is_a_link_or_a_documented_error(
        status in prop_oneof![Just(200), 0..600, any::<i32>()],
        body in prop::collection::vec(any::<u8>(), 0..80),
    ) {
        let kind = parsed(&answer(status, body)).expect_err("no link in noise");
        prop_assert!(!matches!(kind, ErrorKind::Misuse | ErrorKind::InvalidConfig | ErrorKind::InvalidRequest));
    }

    /// What passes the check is read by a browser as this host and this one token.
    #[test]
    fn browsers_agree_on_accepted_links(
        scheme in "https?://",
        host in "(verify\\.valifysolutions\\.com|[a-z.@\\\\:]{0,9}verify\\.valifysolutions\\.com[a-z.@\\\\:]{0,9})",
        between in "(/\\?|/|\\?|/[a-z]{0,3}\\?)",
        before in "(a=1[&;]|t%6fken=x&|%74oken=1;|token=x&|\\?)?",
        token in "token=(00000000-0000-4000-8000-00000000000a|0000)",
        after in "([&;#]a=[a-z%]{0,4}|&token=[0a]?|\t)?",
    ) {
        let url = format!("{scheme}{host}{between}{before}{token}{after}");
        if parsed(&with_link(&url)).is_ok() {
            let seen = url::Url::parse(&url).expect("a URL");
            prop_assert_eq!(seen.origin().ascii_serialization(), "https://verify.valifysolutions.com");
            let tokens: Vec<_> = seen.query_pairs().filter(|(name, _)| name == "token").collect();
            prop_assert_eq!(tokens.len(), 1);
            prop_assert_eq!(&tokens[0].1, TOKEN);
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_delays() {
    let delays = |seed| {
        let options = ConfigOptions { max_retries: 10, deadline_ms: 3_600_000, ..ConfigOptions::default() };
        let mut call = call(options, seed);
        let mut delays = Vec::new();
        let mut input = Input::Start;
        while let Ok(step) = call.advance(input, start()) {
            input = match step {
                Step::Wait(delay) => {
                    delays.push(delay.as_millis());
                    Input::Waited
                }
                _ => Input::Failure(TransportFailure::NotSent),
            };
        }
        delays
    };
    assert_eq!(delays(7), delays(7));
    assert_ne!(delays(7), delays(8));
    let ceilings = [500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];
    for seed in 0..200 {
        let delays = delays(seed);
        assert_eq!(delays.len(), 10);
        assert!(delays.iter().zip(ceilings).all(|(delay, ceiling)| *delay <= ceiling), "{delays:?}");
    }
}

#[test]
fn links_that_could_lead_elsewhere_are_unsafe() {
    let host = "https://verify.valifysolutions.com";
    let good = format!("{host}/?token={TOKEN}");
    assert_eq!(parsed(&with_link(&good)).map(|link| link.redirect_url), Ok(good.clone()));
    for url in [
        String::new(),
        format!("http://verify.valifysolutions.com/?token={TOKEN}"),
        format!("HTTPS://verify.valifysolutions.com/?token={TOKEN}"),
        format!("https://evil.example/?token={TOKEN}"),
        format!("https://evil.example\\@verify.valifysolutions.com/?token={TOKEN}"),
        format!("https://verify.valifysolutions.com@evil.example/?token={TOKEN}"),
        format!("https://verify.valifysolutions.com.evil.example/?token={TOKEN}"),
        format!("{host}:8443/?token={TOKEN}"),
        format!("{host}/other?token={TOKEN}"),
        format!("{good}#x"),
        format!("{good} "),
        format!("{good}\n"),
        format!("{good}&token={TOKEN}"),
        format!("{good}&%74oken=other"),
        format!("{host}/?token=other-token"),
        format!("{host}/?Token={TOKEN}"),
        format!("{host}/?token=%30{}", &TOKEN[1..]),
        format!("{host}/?a=1"),
        format!("//verify.valifysolutions.com/?token={TOKEN}"),
    ] {
        assert_eq!(parsed(&with_link(&url)), Err(ErrorKind::UnsafeLink), "{url}");
    }
}

#[test]
fn both_spellings_of_the_spaced_key_are_one() {
    let url = format!("https://verify.valifysolutions.com/?token={TOKEN}");
    let other = format!("{url}&x=1");
    let body = |keys: &[(&str, &str)]| {
        let members: Vec<_> = keys.iter().map(|(key, url)| format!("{key:?}:{url:?}")).collect();
        answer(200, format!("{{\"session_token\":{TOKEN:?},{}}}", members.join(",")))
    };
    let same = [("redirect_url", url.as_str()), (" redirect_url ", url.as_str())];
    for keys in [&same[..], &same[..1], &same[1..]] {
        assert_eq!(parsed(&body(keys)).map(|link| link.redirect_url).as_ref(), Ok(&url), "{keys:?}");
    }
    let differ = body(&[("redirect_url", &url), ("redirect_url ", &other)]);
    assert_eq!(parsed(&differ), Err(ErrorKind::MalformedResponse));
    assert_eq!(parsed(&body(&[("Redirect_url", &url)])), Err(ErrorKind::MalformedResponse));
    // Trimming is for that one key alone.
    let spaced_token = answer(200, format!("{{\"session_token \":{TOKEN:?},\"redirect_url\":{url:?}}}"));
    assert_eq!(parsed(&spaced_token), Err(ErrorKind::MalformedResponse));
}

#[test]
fn a_code_that_has_been_observed_is_explained_and_no_other() {
    let call = call(ConfigOptions::default(), 0);
    let detail = |body: &str| call.parse(&answer(422, body), start()).expect_err("a refusal").detail;
    let observed = [
        (5001, "bundle exhausted"),
        (5039, "non-matching"),
        (7001, "no internet"),
        (7005, "trials exceeded"),
        (7101, "document validation failed"),
        (7103, "front and back ID numbers differ"),
        (7201, "face recognition error"),
    ];
    for (code, meaning) in observed {
        assert!(detail(&format!(r#"{{"error_code": {code}}}"#)).contains(&format!("observed to mean: {meaning}")));
    }
    assert!(!detail(r#"{"error_code": 7006}"#).contains("observed"));
}
