//! The state of the way back.

use valify_link_core as core;
use valify_link_core::return_state::Binding;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    incoming::instant,
    outgoing::{Outcome, empty, object, thrown, with},
};

/// Issues and checks states.
#[wasm_bindgen]
pub struct ReturnState(core::ReturnState);

#[wasm_bindgen]
impl ReturnState {
    /// Reads the `return_state` document.
    #[wasm_bindgen(js_name = fromDocument)]
    pub fn from_document(json: &[u8]) -> Outcome<ReturnState> {
        core::ReturnState::from_document(json).map(Self).map_err(thrown)
    }

    /// Puts a state into a return URL. `nonce` is 16 random bytes, `binding` the cookie's text.
    pub fn issue(
        &self,
        return_url: &str,
        reference_id: &str,
        expires_at: f64,
        nonce: &[u8],
        binding: &str,
        now: f64,
    ) -> Outcome<JsValue> {
        let nonce = sixteen(nonce)?;
        let binding = Binding::from_cookie(binding).map_err(thrown)?;
        let issued = self.0.issue(return_url, reference_id, instant(expires_at), nonce, &binding, instant(now));
        let issued = issued.map_err(thrown)?;
        with(with(empty(), "return_url", issued.return_url)?, "nonce", issued.nonce)
    }

    /// Checks the state of a return.
    pub fn check(&self, url: &str, reference_id: &str, binding: Option<String>, now: f64) -> Outcome<Returned> {
        self.0.check(url, reference_id, binding.as_deref(), instant(now)).map(Returned).map_err(thrown)
    }
}

/// The cookie's text as the browser has it; where it has none, or one that is no binding, that of 16 random bytes.
#[wasm_bindgen(js_name = bindingOf)]
pub fn binding_of(cookie: Option<String>, random: &[u8]) -> Outcome<String> {
    let kept = cookie.and_then(|cookie| Binding::from_cookie(&cookie).ok());
    Ok(kept.unwrap_or(Binding::new(sixteen(random)?)).to_cookie())
}

fn sixteen(bytes: &[u8]) -> Outcome<[u8; 16]> {
    bytes.try_into().map_err(|_| JsValue::from_str("16 random bytes are needed"))
}

/// A browser has come back.
#[wasm_bindgen]
pub struct Returned(pub(crate) core::Returned);

#[wasm_bindgen]
impl Returned {
    /// All fields at once.
    pub fn view(&self) -> Outcome<JsValue> {
        object(&self.0)
    }

    /// The columns to look a record up by.
    pub fn keys(&self) -> Outcome<JsValue> {
        object(&self.0.keys())
    }
}
