//! Deliveries in, events out; and the sender's side.

use js_sys::Array;
use valify_link_core as core;
use valify_link_core::{
    Auth, Delivery, Environment, Profile,
    webhook::{Digest, HostMac, Subject},
};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    incoming::{headers, instant, named_secrets},
    outgoing::{Outcome, empty, lines, object, thrown, with},
};

#[wasm_bindgen]
extern "C" {
    /// The runtime's own hash, where the package's entry has brought one.
    pub type HostHash;

    #[wasm_bindgen(method, catch)]
    fn hmac(this: &HostHash, digest: &str, key: &[u8], head: &[u8], body: &[u8]) -> Result<Vec<u8>, JsValue>;
}

impl HostMac for HostHash {
    /// The host looks at the module's own memory: the very bytes that are read afterwards. What it throws is no answer.
    fn tag(&self, digest: Digest, key: &[u8], parts: &[&[u8]]) -> Option<Vec<u8>> {
        let (body, head) = parts.split_last().filter(|(body, _)| body.len() >= FROM_BYTES)?;
        self.hmac(digest.as_str(), key, &head.concat(), body).ok()
    }
}

/// From this length of a body on, the way to the host is shorter than its hash is faster.
const FROM_BYTES: usize = 1024;

/// Authenticates deliveries.
#[wasm_bindgen]
pub struct Verifier(core::Verifier, Option<HostHash>);

#[wasm_bindgen]
impl Verifier {
    /// Reads the `verifier` document.
    #[wasm_bindgen(js_name = fromDocument)]
    pub fn from_document(json: &[u8], host: Option<HostHash>) -> Outcome<Verifier> {
        core::Verifier::from_document(json).map(|verifier| Self(verifier, host)).map_err(thrown)
    }

    /// `production` or `sandbox`.
    #[wasm_bindgen(getter)]
    pub fn environment(&self) -> Outcome<String> {
        Ok(self.0.environment().as_str().into())
    }

    /// The largest body that is looked at, in bytes.
    #[wasm_bindgen(getter, js_name = maxBodyBytes)]
    pub fn max_body_bytes(&self) -> Outcome<u32> {
        Ok(u32::try_from(self.0.max_body_bytes()).unwrap_or(u32::MAX))
    }

    /// The names of all headers that are read, in lower case.
    #[wasm_bindgen(js_name = headerNames)]
    pub fn header_names(&self) -> Outcome<Vec<String>> {
        Ok(self.0.header_names().map(str::to_ascii_lowercase).collect())
    }

    /// Authenticates one delivery. `lines` are names and values in turn.
    pub fn verify(&self, body: &[u8], lines: Vec<String>, url: Option<String>, now: f64) -> Outcome<Event> {
        let headers = headers(lines);
        let delivery = Delivery { headers: &headers, body, url: url.as_deref() };
        let host = self.1.as_ref().map(|host| host as &dyn HostMac);
        // Without the body: the garbage collector does not see this memory, and the caller has the bytes.
        self.0.verify_detached(&delivery, instant(now), host).map(Event).map_err(thrown)
    }
}

#[wasm_bindgen]
impl Verifier {
    /// Which mistake was it. `lines` are all header lines, `older` ids, encodings and texts of secrets in turn.
    pub fn diagnose(
        &self,
        body: &[u8],
        lines: Vec<String>,
        url: Option<String>,
        older: Option<Vec<String>>,
        now: f64,
    ) -> Outcome<JsValue> {
        let headers = headers(lines);
        let delivery = Delivery { headers: &headers, body, url: url.as_deref() };
        let mut diagnosis = match older.map(named_secrets) {
            Some(older) => self.0.diagnose_with_older(&delivery, instant(now), &older).map_err(thrown)?,
            None => self.0.diagnose(&delivery, instant(now)),
        };
        for finding in &mut diagnosis.findings {
            finding.off_by_ms = finding.off_by_ms.map(|ms| ms.clamp(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER));
        }
        with(object(&diagnosis)?, "text", diagnosis.to_string())
    }
}

/// The largest integer that a JavaScript number holds exactly; a sender's timestamp can be further off.
const MAX_SAFE_INTEGER: i64 = 9_007_199_254_740_991;

/// What a delivery looks like, its values masked. `candidates` are `auth` documents.
#[wasm_bindgen]
pub fn inspect(
    body: &[u8],
    lines: Vec<String>,
    url: Option<String>,
    candidates: Vec<String>,
    environment: &str,
    now: f64,
) -> Outcome<JsValue> {
    let headers = headers(lines);
    let delivery = Delivery { headers: &headers, body, url: url.as_deref() };
    let candidates: Result<Vec<_>, _> = candidates.iter().map(|auth| Auth::from_document(auth.as_bytes())).collect();
    let environment = Environment::from_name(environment).unwrap_or_default();
    let inspection = core::webhook::inspect(&delivery, &candidates.map_err(thrown)?, environment, instant(now));
    let inspection = inspection.map_err(thrown)?;
    with(object(&inspection)?, "text", inspection.to_string())
}

/// What an authenticated delivery says.
#[wasm_bindgen]
pub struct Event(pub(crate) core::Event);

#[wasm_bindgen]
impl Event {
    /// All fields at once, the token too.
    pub fn view(&self) -> Outcome<JsValue> {
        let view = self.0.view();
        with(object(view)?, "session_token", view.session_token.clone())
    }

    /// What is asked most often has a way of its own: the whole view costs ten times as much.
    pub fn outcome(&self) -> Outcome<String> {
        Ok(self.0.view().outcome.as_str().into())
    }

    /// The session that the event is about.
    #[wasm_bindgen(js_name = sessionToken)]
    pub fn session_token(&self) -> Outcome<Option<String>> {
        Ok(self.0.view().session_token.clone())
    }

    /// The integrator's reference of the user.
    #[wasm_bindgen(js_name = referenceId)]
    pub fn reference_id(&self) -> Outcome<Option<String>> {
        Ok(self.0.view().reference_id.clone())
    }

    /// Names and values of the personal fields, in turn.
    pub fn subject(&self) -> Outcome<Array> {
        Ok(names_and_values(self.0.subject()))
    }

    /// What does not fit among the personal fields.
    #[wasm_bindgen(js_name = subjectWarnings)]
    pub fn subject_warnings(&self, now: f64) -> Outcome<JsValue> {
        object(&self.0.subject().warnings(instant(now)))
    }

    /// The columns to look a record up by.
    pub fn keys(&self) -> Outcome<JsValue> {
        object(&self.0.keys())
    }

    /// What guards side effects against a delivery that comes twice. `raw` is the body that the caller keeps.
    #[wasm_bindgen(js_name = dedupeKeyOf)]
    pub fn dedupe_key_of(&self, raw: &[u8]) -> Outcome<String> {
        Ok(self.0.dedupe_key_of(raw))
    }

    /// What a log may show.
    pub fn text(&self) -> Outcome<String> {
        Ok(self.0.to_string())
    }
}

/// What a body claims that nobody has authenticated.
#[wasm_bindgen]
pub struct UnverifiedEvent(core::UnverifiedEvent);

#[wasm_bindgen]
impl UnverifiedEvent {
    /// Reads a body by a `profile` document.
    #[wasm_bindgen(js_name = read)]
    pub fn read(profile: &[u8], body: &[u8]) -> Outcome<UnverifiedEvent> {
        let profile = Profile::from_document(profile).map_err(thrown)?;
        core::read_unverified(&profile, body).map(Self).map_err(thrown)
    }

    /// All fields at once, the token too.
    pub fn view(&self) -> Outcome<JsValue> {
        let view = self.0.view();
        with(object(view)?, "session_token", view.session_token.clone())
    }

    /// Names and values of the personal fields, in turn.
    pub fn subject(&self) -> Outcome<Array> {
        Ok(names_and_values(self.0.subject()))
    }
}

fn names_and_values(subject: &Subject) -> Array {
    subject.iter().flat_map(|(name, value)| [JsValue::from(name), JsValue::from(value)]).collect()
}

/// One value of a body as its exact JSON text.
#[wasm_bindgen(js_name = rawAt)]
pub fn raw_at(body: &[u8], pointer: &str) -> Outcome<Option<String>> {
    core::webhook::raw_at(body, pointer).map(|text| text.map(Into::into)).map_err(thrown)
}

/// What a verifier with this `auth` document accepts.
#[wasm_bindgen]
pub fn sign(auth: &[u8], body: &[u8], id: Option<String>, now: f64) -> Outcome<JsValue> {
    let auth = Auth::from_document(auth).map_err(thrown)?;
    let signed = core::sign(&auth, body, id.as_deref(), instant(now)).map_err(thrown)?;
    with(with(empty(), "lines", lines(&signed.headers))?, "url", signed.url)
}
