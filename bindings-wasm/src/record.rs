//! What is known about one attempt.

use valify_link_core as core;
use valify_link_core::{LinkRequest, Outcome as Decision, Route};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    call::{Config, Link},
    delivery::Event,
    incoming::instant,
    outgoing::{Outcome, object, thrown},
    way_back::Returned,
};

/// A record. No method changes it.
#[wasm_bindgen]
pub struct Verification(core::Verification);

#[wasm_bindgen]
impl Verification {
    /// A record of a call that is about to be made, by its `request` document.
    pub fn requested(config: &Config, request: &[u8], now: f64) -> Outcome<Verification> {
        let request = LinkRequest::from_document(request).map_err(thrown)?;
        core::Verification::requested(&config.0, &request, instant(now)).map(Self).map_err(thrown)
    }

    /// The same record bound to the nonce of a return state.
    #[wasm_bindgen(js_name = boundTo)]
    pub fn bound_to(&self, nonce: &str) -> Outcome<Verification> {
        self.0.clone().bound_to(nonce).map(Self).map_err(thrown)
    }

    /// Adds that the link was issued.
    pub fn issued(&self, link: &Link) -> Outcome<Verification> {
        self.0.issued(&link.0).map(Self).map_err(thrown)
    }

    /// Adds that the browser came back.
    pub fn returned(&self, returned: &Returned) -> Outcome<Verification> {
        self.0.returned(&returned.0).map(Self).map_err(thrown)
    }

    /// Adds what a webhook said.
    pub fn add(&self, event: &Event) -> Outcome<Verification> {
        self.0.add(&event.0).map(Self).map_err(thrown)
    }

    /// Adds an operator's word. `None` is an outcome that is not one.
    pub fn resolve(&self, outcome: &str, operator: &str, at: f64, reason: &str) -> Outcome<Option<Verification>> {
        let Some(outcome) = Decision::from_name(outcome) else { return Ok(None) };
        self.0.resolve(outcome, operator, instant(at), reason).map(|record| Some(Self(record))).map_err(thrown)
    }

    /// The union of two copies.
    pub fn merge(&self, other: &Verification) -> Outcome<Verification> {
        self.0.merge(&other.0).map(Self).map_err(thrown)
    }

    /// What is known at this instant.
    pub fn status(&self, now: f64) -> Outcome<String> {
        Ok(self.0.status(instant(now)).as_str().into())
    }

    /// True for passed alone.
    #[wasm_bindgen(js_name = mayProceed)]
    pub fn may_proceed(&self, now: f64) -> Outcome<bool> {
        Ok(self.0.may_proceed(instant(now)))
    }

    /// `yes`, `no` or `unknown`.
    #[wasm_bindgen(js_name = returnedInBoundBrowser)]
    pub fn returned_in_bound_browser(&self) -> Outcome<String> {
        Ok(self.0.returned_in_bound_browser().as_str().into())
    }

    /// `production` or `sandbox`.
    pub fn environment(&self) -> Outcome<String> {
        Ok(self.0.environment().as_str().into())
    }

    /// The columns to look the record up by.
    pub fn keys(&self) -> Outcome<JsValue> {
        object(&self.0.keys())
    }

    /// The canonical form.
    #[wasm_bindgen(js_name = toText)]
    pub fn to_text(&self) -> Outcome<String> {
        Ok(self.0.to_text())
    }

    /// Reads a stored record, its members in any order.
    #[wasm_bindgen(js_name = fromText)]
    pub fn from_text(text: &str) -> Outcome<Verification> {
        core::Verification::from_text(text).map(Self).map_err(thrown)
    }
}

/// Several records, for the question which of them an event is about.
#[wasm_bindgen]
#[derive(Default)]
pub struct Records(Vec<core::Verification>);

#[wasm_bindgen]
impl Records {
    /// None yet.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Records {
        Self::default()
    }

    /// One more.
    pub fn push(&mut self, record: &Verification) -> Outcome<()> {
        self.0.push(record.0.clone());
        Ok(())
    }

    /// The index of the record, -1 for none, -2 for several.
    pub fn route(&self, event: &Event) -> Outcome<i32> {
        Ok(match core::route(&event.0, &self.0) {
            Route::One(index) => i32::try_from(index).unwrap_or(-2),
            Route::None => -1,
            Route::Ambiguous => -2,
        })
    }
}
