//! The client's settings and the machine of one call.

use js_sys::{Array, Uint8Array};
use valify_link_core as core;
use valify_link_core::{HttpRequest, HttpResponse, Input, LinkRequest, TransportFailure};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    incoming::{headers, instant},
    outgoing::{Outcome, empty, lines, object, thrown, with},
};

/// Checked settings of a client.
#[wasm_bindgen]
pub struct Config(pub(crate) core::Config);

#[wasm_bindgen]
impl Config {
    /// Reads the `config` document.
    #[wasm_bindgen(js_name = fromDocument)]
    pub fn from_document(json: &[u8]) -> Outcome<Config> {
        core::Config::from_document(json).map(Self).map_err(thrown)
    }

    /// `production` or `sandbox`.
    #[wasm_bindgen(getter)]
    pub fn environment(&self) -> Outcome<String> {
        Ok(self.0.environment().as_str().into())
    }

    /// Whether the service's origin is a loopback address.
    #[wasm_bindgen(getter, js_name = baseUrlIsLoopback)]
    pub fn base_url_is_loopback(&self) -> Outcome<bool> {
        Ok(self.0.base_url_is_loopback())
    }

    /// The service's origin.
    #[wasm_bindgen(getter, js_name = baseUrl)]
    pub fn base_url(&self) -> Outcome<String> {
        Ok(self.0.base_url().into())
    }
}

/// One call for a link.
#[wasm_bindgen]
pub struct CreateLink(core::CreateLink);

#[wasm_bindgen]
impl CreateLink {
    /// Checks the `request` document.
    #[wasm_bindgen(js_name = create)]
    pub fn create(config: &Config, request: &[u8], now: f64, seed: u64) -> Outcome<CreateLink> {
        let request = LinkRequest::from_document(request).map_err(thrown)?;
        core::CreateLink::new(&config.0, request, instant(now), seed).map(Self).map_err(thrown)
    }

    /// Another timeout for each attempt of this call, in milliseconds.
    #[wasm_bindgen(js_name = timeout)]
    pub fn timeout(&self, milliseconds: f64) -> Outcome<CreateLink> {
        // What is not a whole number within the range is refused by the range: a fraction is put outside it.
        #[allow(clippy::cast_possible_truncation)]
        let whole = if milliseconds.fract() == 0.0 { milliseconds as i64 } else { -1 };
        self.0.clone().timeout_ms(whole).map(Self).map_err(thrown)
    }

    /// The input `start`.
    pub fn start(&mut self, now: f64) -> Outcome<JsValue> {
        self.advance(Input::Start, now)
    }

    /// The input `response`, as the transport hands it over: `lines` are names and values in turn.
    pub fn response(
        &mut self,
        status: i32,
        lines: Vec<String>,
        body: Vec<u8>,
        final_url: String,
        now: f64,
    ) -> Outcome<JsValue> {
        self.advance(Input::Response(HttpResponse { status, headers: headers(lines), body, final_url }), now)
    }

    /// The input `failure`.
    pub fn failure(&mut self, not_sent: bool, now: f64) -> Outcome<JsValue> {
        let failure = if not_sent { TransportFailure::NotSent } else { TransportFailure::MaybeSent };
        self.advance(Input::Failure(failure), now)
    }

    /// The input `waited`.
    pub fn waited(&mut self, now: f64) -> Outcome<JsValue> {
        self.advance(Input::Waited, now)
    }

    /// The request, for those who want no loop.
    pub fn request(&self) -> Outcome<Array> {
        Ok(request(&self.0.request()))
    }

    /// What a transport's exception says, without anything of the request.
    pub fn clean(&self, text: &str) -> Outcome<String> {
        Ok(self.0.request().clean(text))
    }

    /// What one answer means, for those who want no loop.
    pub fn parse(&self, status: i32, lines: Vec<String>, body: Vec<u8>, final_url: String, now: f64) -> Outcome<Link> {
        let response = HttpResponse { status, headers: headers(lines), body, final_url };
        self.0.parse(&response, instant(now)).map(Link).map_err(thrown)
    }
}

impl CreateLink {
    fn advance(&mut self, input: Input, now: f64) -> Outcome<JsValue> {
        match self.0.advance(input, instant(now)).map_err(thrown)? {
            core::Step::Send(sent) => with(empty(), "send", request(&sent)),
            core::Step::Wait(delay) => with(empty(), "wait", number(delay.as_millis())),
            core::Step::Done(link) => with(empty(), "done", Link(link)),
        }
    }
}

/// A link that has passed the check.
#[wasm_bindgen]
pub struct Link(pub(crate) core::Link);

#[wasm_bindgen]
impl Link {
    /// All fields at once.
    pub fn view(&self) -> Outcome<JsValue> {
        object(&self.0)
    }
}

/// Everything that a transport needs, the key included: the TypeScript hides it at once. Without names, since setting each by itself
/// costs more than all that the core does for a call.
fn request(request: &HttpRequest) -> Array {
    Array::of5(
        &request.url.as_str().into(),
        &lines(&request.headers),
        &Uint8Array::from(request.body.as_slice()),
        &number(request.timeout_ms).into(),
        &number(request.max_response_bytes).into(),
    )
}

/// Milliseconds and bytes of the core are far within this range.
fn number(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}
