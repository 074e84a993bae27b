//! Deliveries: an event only of what a secret's holder has sent, and what they have sent unchanged; otherwise an error of the closed set.
//! Diagnosis and inspection look at the same delivery and tell nothing of what it says.

use arbitrary::{Result, Unstructured};
use chrono::Duration;
use valify_link_core::{
    Auth, Delivery, Environment, ErrorKind, Event, Instant, Outcome, Profile, Verifier, inspect, read_unverified,
    webhook::{
        BodyForm, Diagnosis, Limits, MatchesBy, Mistake, Module, ModuleProfile, PassedWhen, Problem, Signs,
        SubjectField, ValueMeaning,
    },
};

use crate::{CANARY, check_error, delivery, delivery::Parcel, now, pieces};

/// What `verify` may answer, besides the caller's own `misuse`.
const REFUSALS: [ErrorKind; 8] = [
    ErrorKind::SignatureMissing,
    ErrorKind::SignatureMalformed,
    ErrorKind::SignatureMismatch,
    ErrorKind::TimestampMissing,
    ErrorKind::TimestampMalformed,
    ErrorKind::TimestampOutOfTolerance,
    ErrorKind::BodyTooLarge,
    ErrorKind::EncodedBody,
];

pub(crate) fn target(u: &mut Unstructured<'_>) -> Result<()> {
    let auth = delivery::auth(u)?;
    let profile = profile(u)?;
    let limits = Limits { max_body_bytes: *u.choose(&[8_388_608, 8_388_608, 64])? };
    let verifier = Verifier::new(Environment::Production, &auth, &profile, limits).expect("a verifier");

    let original = Parcel::signed(&auth, &pieces::json(u)?, "msg-1", now());
    let mut arrived = original.clone();
    for _ in 0..u.int_in_range(0..=3)? {
        arrived.mistreat(u)?;
    }
    let received =
        now() + Duration::milliseconds(*u.choose(&[0, 0, 1, -999, 299_972, 300_028, -300_973, 400_000, 86_400_000])?);
    let result = arrived.with(|delivery| verifier.verify(delivery, received));
    match &result {
        Ok(event) => check_event(event, &auth, &profile, &original, &arrived, received),
        Err(error) => {
            check_error(error);
            let no_url = matches!(auth, Auth::SecretUrl(_)) && arrived.url.is_none();
            assert!(REFUSALS.contains(&error.kind) || (error.kind == ErrorKind::Misuse && no_url), "{error}");
            let too_large = original.body.len() > verifier.max_body_bytes();
            assert!(arrived != original || received != now() || too_large, "what was sent is what arrived: {error}");
        }
    }
    let refused = result.err().map(|error| error.kind);
    arrived.with(|delivery| {
        check_diagnosis(&verifier.diagnose(delivery, received), refused);
        check_inspection(delivery, &auth, refused, received);
    });
    Ok(())
}

fn profile(u: &mut Unstructured<'_>) -> Result<Profile> {
    const POINTERS: [&str; 10] = [
        "/data/token",
        "/data/status",
        "/token",
        "/status",
        "/a",
        "/a/0",
        "",
        "/data/reference_id",
        "/data/occurred_at",
        "/a~1b",
    ];
    let mut some = |most: usize| -> Result<Vec<String>> {
        let count = u.int_in_range(1..=most)?;
        (0..count).map(|_| u.choose(&POINTERS).map(ToString::to_string)).collect()
    };
    Ok(Profile {
        reference_id: some(2)?,
        session_token: some(2)?,
        transaction_id: some(1)?,
        flow: some(1)?,
        occurred_at: some(2)?,
        decision: some(2)?,
        checks: vec![ModuleProfile {
            module: Module::Liveness,
            at: some(2)?,
            values: vec![ValueMeaning::boolean(true, Outcome::Passed)],
        }],
        subject: vec![SubjectField { name: "front_nid".into(), at: some(2)? }],
        decisions: vec![
            ValueMeaning::text("approved", Outcome::Passed),
            ValueMeaning::text("rejected", Outcome::Failed),
            ValueMeaning::integer(1, Outcome::Passed),
        ],
        passed_when: *u.choose(PassedWhen::ALL)?,
        matches_by: Some(MatchesBy::SessionToken),
        reference_per_link: u.arbitrary()?,
        latest_decision_wins: u.arbitrary()?,
    })
}

fn check_event(event: &Event, auth: &Auth, profile: &Profile, original: &Parcel, arrived: &Parcel, received: Instant) {
    let view = event.view();
    assert_eq!(event.raw(), arrived.body);
    assert_eq!(view.received_at, received);
    assert_eq!(event.dedupe_key().expect("the body is here").len(), 64);
    assert!(arrived.body.len() <= 8_388_608);
    if let Some(signs) = delivery::signs(auth) {
        assert!(view.authenticated_by.body_signed);
        assert_eq!(arrived.body, original.body, "nobody else can sign another body");
        assert_eq!(view.authenticated_by.fresh, signs != Signs::Body);
        if signs != Signs::Body {
            // The timestamp is the sender's, in whole seconds.
            let age_ms = received.timestamp_millis() - now().timestamp() * 1000;
            assert!(age_ms.abs() <= delivery::tolerance_ms(auth), "an event of another time");
        }
    } else {
        assert!(!view.authenticated_by.body_signed && !view.authenticated_by.fresh);
        assert!(presents_a_secret(auth, arrived), "nobody has shown a secret");
    }
    assert!(view.outcome != Outcome::Passed || matches!(view.problem, None | Some(Problem::TimeUnreadable)));
    let shown = format!("{event} {event:?} {:?}", event.subject());
    assert!(!shown.contains(CANARY), "{shown}");
    // Without authentication the same is read, and no outcome.
    let unverified = read_unverified(profile, event.raw()).expect("a reading");
    let claimed = unverified.view();
    assert_eq!(
        (
            claimed.problem,
            &claimed.reference_id,
            &claimed.session_token,
            &claimed.flow,
            &claimed.transaction_id,
            claimed.occurred_at
        ),
        (view.problem, &view.reference_id, &view.session_token, &view.flow, &view.transaction_id, view.occurred_at)
    );
}

fn presents_a_secret(auth: &Auth, arrived: &Parcel) -> bool {
    let in_header = |wanted: &str| {
        let wanted = wanted.as_bytes();
        arrived.headers.iter().any(|(_, value)| value.windows(wanted.len()).any(|part| part == wanted))
    };
    match auth {
        Auth::StaticHeader(_) => delivery::SECRETS.iter().any(|secret| in_header(secret)),
        Auth::Basic(_) => {
            delivery::SECRETS.iter().any(|secret| in_header(&data_encoding::BASE64.encode(secret.as_bytes())))
        }
        Auth::SecretUrl(_) => {
            let url = arrived.url.as_deref().unwrap_or_default();
            delivery::URL_SECRETS.iter().any(|secret| url.contains(secret))
        }
        _ => matches!(auth, Auth::Attested(_)),
    }
}

fn check_diagnosis(diagnosis: &Diagnosis, refused: Option<ErrorKind>) {
    assert_eq!(diagnosis.refused, refused);
    assert!(diagnosis.macs <= Diagnosis::MOST_MACS);
    let verified = |mistake| matches!(mistake, Mistake::NoMistake | Mistake::OlderSecret);
    assert!(refused.is_some() || diagnosis.mistakes().all(verified));
    assert!(refused.is_none() || diagnosis.mistakes().all(|mistake| mistake != Mistake::NoMistake));
    let shown = format!("{diagnosis} {diagnosis:?}");
    assert!(!shown.contains(CANARY), "{shown}");
}

fn check_inspection(delivery: &Delivery<'_>, auth: &Auth, refused: Option<ErrorKind>, received: Instant) {
    let inspection =
        inspect(delivery, std::slice::from_ref(auth), Environment::Production, received).expect("an inspection");
    let authenticated = inspection.candidates.iter().any(|candidate| candidate.authenticated_by.is_some());
    // The verifier of the two may have a smaller limit.
    assert!(authenticated == refused.is_none() || refused == Some(ErrorKind::BodyTooLarge));
    assert_eq!(inspection.proposal.is_some(), authenticated && inspection.body == BodyForm::Json);
    let shown = format!("{inspection} {inspection:?}");
    // Keys in letters alone are shown, so that a value must be held to more: no edit turns this part of one into a key of letters.
    assert!(!shown.contains("CANARY-"), "{shown}");
}
