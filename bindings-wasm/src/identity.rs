//! The Egyptian national ID number.

use valify_link_core as core;
use valify_link_core::national_id::date_in_egypt;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use crate::{
    incoming::{instant, secret},
    outgoing::{Outcome, empty, object, thrown, with},
};

/// A well-formed number.
#[wasm_bindgen]
pub struct NationalId(core::NationalId);

#[wasm_bindgen]
impl NationalId {
    /// Reads a number.
    pub fn parse(text: &str, now: f64) -> Outcome<NationalId> {
        core::NationalId::parse(text, instant(now)).map(Self).map_err(thrown)
    }

    /// What the digits say.
    pub fn view(&self) -> Outcome<JsValue> {
        let view = with(empty(), "digits", self.0.digits())?;
        let view = with(view, "birth_date", self.0.birth_date().to_string())?;
        let view = with(view, "governorate", object(&self.0.governorate())?)?;
        let view = with(view, "sex", self.0.sex().as_str())?;
        with(view, "warnings", object(&self.0.warnings())?)
    }

    /// Whether the holder is under 18 on the date that it is in Egypt at this instant.
    #[wasm_bindgen(js_name = isMinor)]
    pub fn is_minor(&self, at: f64) -> Outcome<bool> {
        Ok(self.0.is_minor(date_in_egypt(instant(at))))
    }

    /// A name for the number that needs the key. The secret's encoding is `utf8`, `base64` or `hex`.
    pub fn pseudonym(&self, encoding: &str, text: String) -> Outcome<String> {
        self.0.pseudonym(&secret(encoding, text)).map_err(thrown)
    }
}
