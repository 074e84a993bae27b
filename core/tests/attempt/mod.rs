//! One attempt to test records with: its link, its events, its return, and a plain model of what a record says.

use chrono::{DateTime, Duration, Utc};
use valify_link_core::{
    Auth, Config, CreateLink, Delivery, Environment, Error, Event, Headers, HttpResponse, Link, LinkRequest,
    NamedSecret, Outcome, Profile, ReturnState, Returned, Secret, Status, Verification, Verifier,
    return_state::{Binding, BoundBrowser},
    sign,
    webhook::{Digest, Hmac, Limits, MatchesBy, SignatureEncoding, Signs, StaticHeader, ValueMeaning},
};

const FLOW: &str = "0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b";
const OTHER_FLOW: &str = "0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3c";
const TOKEN: &str = "own-session-00000000";

pub(crate) struct World {
    pub(crate) reference_id: String,
    pub(crate) requested_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    config: Config,
}

/// Whom an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Our reference and our token.
    Own,
    /// Our reference and another token.
    Token(u8),
    OtherToken,
    /// Our token and another user's reference.
    OtherReference,
    OtherFlow,
    /// Our token and nobody's reference.
    TokenAlone,
    /// Everything ours, in the sandbox.
    Sandbox,
    NothingButTime,
    /// Our reference alone, by a profile that matches by it.
    Reference,
    /// The same by a profile that matches by the token.
    NoToken,
    /// Nothing, by a profile that matches by the reference.
    NoReference,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_reference("user-1")
    }

    pub(crate) fn with_reference(reference_id: &str) -> Self {
        let requested_at: DateTime<Utc> = "2026-01-14T07:00:00Z".parse().expect("an instant");
        Self {
            reference_id: reference_id.into(),
            requested_at,
            expires_at: requested_at + Duration::minutes(30),
            config: Config::new("fake-key-0123456789").expect("a configuration"),
        }
    }

    /// The same user's next attempt.
    pub(crate) fn requested_later(&self) -> Self {
        Self { requested_at: self.requested_at + Duration::seconds(1), ..Self::with_reference(&self.reference_id) }
    }

    fn request(&self) -> LinkRequest {
        LinkRequest::new("https://shop.example/back", &self.reference_id, self.expires_at).flow(FLOW)
    }

    fn requested(&self) -> Verification {
        Verification::requested(&self.config, &self.request(), self.requested_at).expect("a record")
    }

    pub(crate) fn link(&self) -> Link {
        let call = CreateLink::new(&self.config, self.request(), self.requested_at, 0).expect("a call");
        let url = format!("https://verify.valifysolutions.com/?token={TOKEN}");
        let body = serde_json::json!({ "session_token": TOKEN, "redirect_url ": url }).to_string();
        let response = HttpResponse { status: 200, body: body.into_bytes(), ..HttpResponse::default() };
        call.parse(&response, self.requested_at).expect("a link")
    }

    pub(crate) fn returned(&self, browser: BoundBrowser) -> Returned {
        let states = ReturnState::new(vec![secret()]).expect("a return state");
        let (own, other) = (Binding::new([1; 16]), Binding::new([2; 16]));
        let issued = states
            .issue("https://shop.example/back", &self.reference_id, self.expires_at, [3; 16], &own, self.requested_at)
            .expect("a state");
        let cookie = match browser {
            BoundBrowser::Yes => Some(own.to_cookie()),
            BoundBrowser::No => Some(other.to_cookie()),
            BoundBrowser::Unknown => None,
        };
        states.check(&issued.return_url, &self.reference_id, cookie.as_deref(), self.requested_at).expect("a return")
    }

    /// When an event that occurred then is received: not in the order of occurrence.
    pub(crate) fn received_at(&self, occurred_ms: i64) -> DateTime<Utc> {
        self.requested_at + Duration::milliseconds(5_000 + occurred_ms * 7 % 4_000)
    }

    pub(crate) fn event(&self, outcome: Outcome, who: Who, strong: bool, wins: bool, occurred_ms: i64) -> Event {
        let (reference, token, flow) = match who {
            Who::Own | Who::Sandbox => (Some(self.reference_id.as_str()), Some(TOKEN.to_string()), Some(FLOW)),
            Who::Token(number) => (Some(self.reference_id.as_str()), Some(format!("other-session-{number}")), None),
            Who::OtherToken => (Some(self.reference_id.as_str()), Some("other-session-x".into()), None),
            Who::OtherReference => (Some("somebody else"), Some(TOKEN.into()), None),
            Who::OtherFlow => (Some(self.reference_id.as_str()), Some(TOKEN.into()), Some(OTHER_FLOW)),
            Who::TokenAlone => (None, Some(TOKEN.into()), Some(FLOW)),
            Who::NothingButTime | Who::NoReference => (None, None, None),
            Who::Reference | Who::NoToken => (Some(self.reference_id.as_str()), None, None),
        };
        let by_reference = matches!(who, Who::Reference | Who::NoReference);
        let matches_by = if by_reference { MatchesBy::ReferenceId } else { MatchesBy::SessionToken };
        let profile = Profile {
            matches_by: Some(matches_by),
            // A scheme that does not sign the body cannot say when anything occurred.
            reference_per_link: !strong,
            latest_decision_wins: wins,
            ..profile()
        };
        let environment = if who == Who::Sandbox { Environment::Sandbox } else { Environment::Production };
        let occurred = Some(self.requested_at + Duration::milliseconds(occurred_ms));
        self.delivered(environment, &profile, strong, outcome, reference, token.as_deref(), flow, occurred, occurred_ms)
    }

    /// An event that names our reference alone.
    pub(crate) fn by_reference(&self, outcome: Outcome, occurred_ms: Option<i64>, per_link: bool) -> Event {
        let profile = Profile { matches_by: Some(MatchesBy::ReferenceId), reference_per_link: per_link, ..profile() };
        let occurred = occurred_ms.map(|ms| self.requested_at + Duration::milliseconds(ms));
        let reference = Some(self.reference_id.as_str());
        self.delivered(Environment::Production, &profile, true, outcome, reference, None, None, occurred, 0)
    }

    #[allow(clippy::too_many_arguments)]
    fn delivered(
        &self,
        environment: Environment,
        profile: &Profile,
        strong: bool,
        outcome: Outcome,
        reference: Option<&str>,
        token: Option<&str>,
        flow: Option<&str>,
        occurred: Option<DateTime<Utc>>,
        received_ms: i64,
    ) -> Event {
        let body = serde_json::json!({
            "reference_id": reference, "token": token, "flow": flow, "status": outcome.as_str(),
            "occurred_at": occurred.map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)),
        });
        let body = body.to_string().into_bytes();
        let auth = if strong {
            Auth::Hmac(Hmac::new("X-Signature", Digest::Sha256, SignatureEncoding::Hex, Signs::Body, vec![secret()]))
        } else {
            Auth::StaticHeader(StaticHeader {
                header: "X-Token".into(),
                accept_unsigned_body: true,
                allow_short_secret: false,
                secrets: vec![secret()],
            })
        };
        let now = self.received_at(received_ms);
        let headers: Headers = sign(&auth, &body, None, now).expect("signed").headers;
        let verifier = Verifier::new(environment, &auth, profile, Limits::default()).expect("a verifier");
        verifier.verify(&Delivery { headers: &headers, body: &body, url: None }, now).expect("an event")
    }
}

fn secret() -> NamedSecret {
    NamedSecret::new("a", Secret::utf8("an-obviously-fake-secret"))
}

fn profile() -> Profile {
    let at = |name: &str| vec![format!("/{name}")];
    Profile {
        reference_id: at("reference_id"),
        session_token: at("token"),
        flow: at("flow"),
        occurred_at: at("occurred_at"),
        decision: at("status"),
        decisions: Outcome::ALL.iter().map(|outcome| ValueMeaning::text(outcome.as_str(), *outcome)).collect(),
        ..Profile::default()
    }
}

/// Something that becomes known.
#[derive(Clone, Debug)]
pub(crate) enum Fact {
    Issued,
    Returned(BoundBrowser),
    Event { outcome: Outcome, who: Who, strong: bool, wins: bool, occurred_ms: i64 },
    Resolve { outcome: Outcome, operator: &'static str, at_ms: i64 },
}

impl Fact {
    pub(crate) fn event(outcome: Outcome, who: Who, occurred_ms: i64) -> Self {
        Self::Event { outcome, who, strong: true, wins: false, occurred_ms }
    }

    pub(crate) fn add_to(&self, world: &World, record: &Verification) -> Result<Verification, Error> {
        match self {
            Self::Issued => record.issued(&world.link()),
            Self::Returned(browser) => record.returned(&world.returned(*browser)),
            Self::Event { outcome, who, strong, wins, occurred_ms } => {
                record.add(&world.event(*outcome, *who, *strong, *wins, *occurred_ms))
            }
            Self::Resolve { outcome, operator, at_ms } => {
                record.resolve(*outcome, operator, world.requested_at + Duration::milliseconds(*at_ms), "a ticket")
            }
        }
    }
}

/// The record after these facts; what is another attempt's is refused and changes nothing.
pub(crate) fn apply(world: &World, facts: &[Fact]) -> Verification {
    facts.iter().fold(world.requested(), |record, fact| fact.add_to(world, &record).unwrap_or(record))
}

/// The status by a plain reading of the design's table over the whole list, without slots.
pub(crate) fn holds(world: &World, facts: &[Fact], now: DateTime<Utc>) -> Status {
    let issued = facts.iter().any(|fact| matches!(fact, Fact::Issued));
    let all: Vec<_> = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Event { outcome, who: Who::Own, strong, wins, occurred_ms } if issued => {
                Some((*outcome, *strong, *wins, *occurred_ms))
            }
            Fact::Event { outcome, who: Who::Reference, strong, wins, occurred_ms } => {
                Some((*outcome, *strong, *wins, *occurred_ms))
            }
            _ => None,
        })
        .collect();
    let is_decision = |outcome| matches!(outcome, Outcome::Passed | Outcome::Failed);
    let strong_decision = all.iter().any(|(outcome, strong, ..)| *strong && is_decision(*outcome));
    let counted: Vec<_> = all.into_iter().filter(|(_, strong, ..)| *strong || !strong_decision).collect();
    let of = |wanted: Outcome| counted.iter().filter(move |(outcome, ..)| *outcome == wanted);

    let resolution = facts
        .iter()
        .filter_map(|fact| match fact {
            Fact::Resolve { outcome, operator, at_ms } => Some((*at_ms, *operator, *outcome)),
            _ => None,
        })
        .max();
    if let Some((at_ms, _, resolved)) = resolution {
        let at = world.requested_at + Duration::milliseconds(at_ms);
        let contradicted = [Outcome::Passed, Outcome::Failed].into_iter().any(|decision| {
            decision != resolved
                && of(decision)
                    .map(|(_, _, _, occurred)| world.received_at(*occurred))
                    .min()
                    .is_some_and(|first| first > at)
        });
        if !contradicted {
            return resolved.into();
        }
    }
    if of(Outcome::Passed).next().is_some() && of(Outcome::Failed).next().is_some() {
        let latest = |outcome| of(outcome).filter(|(_, strong, ..)| *strong).map(|(.., occurred)| *occurred).max();
        let (passed, failed) = (latest(Outcome::Passed), latest(Outcome::Failed));
        let all_let = counted.iter().filter(|(outcome, ..)| is_decision(*outcome)).all(|(_, _, wins, _)| *wins);
        return match (passed, failed) {
            (Some(passed), Some(failed)) if all_let && passed > failed => Status::Passed,
            (Some(passed), Some(failed)) if all_let && failed > passed => Status::Failed,
            _ => Status::Conflicting,
        };
    }
    if let Some(outcome) = Outcome::ALL.iter().find(|outcome| of(**outcome).next().is_some()) {
        return (*outcome).into();
    }
    if facts.iter().any(|fact| matches!(fact, Fact::Returned(_))) {
        return Status::Returned;
    }
    if now > world.expires_at + Duration::milliseconds(300_000) {
        return Status::Expired;
    }
    if issued { Status::Issued } else { Status::Requested }
}
