//! The closed sets that events speak in.

use crate::error::closed_set;

closed_set! {
    /// What an event says. Valify's own values are not known (contract): the integrator's map turns them into these.
    Outcome {
        /// The user passed.
        Passed = "passed",
        /// The user did not pass.
        Failed = "failed",
        /// A person has to look at it.
        Review = "review",
        /// The user did not finish.
        Abandoned = "abandoned",
        /// The link expired first.
        Expired = "expired",
        /// The event does not say, or not in a way that the profile knows. Never to be read as passed, nor as failed.
        Indeterminate = "indeterminate",
    }
}

closed_set! {
    /// Why an event says less than it might. Where there are several, the first in this order is reported.
    Problem {
        /// The body is not JSON in the strict profile. Its bytes are kept.
        MalformedBody = "malformed_body",
        /// Pointers of one list name different values. The field is left out and the outcome is indeterminate.
        PointersDisagree = "pointers_disagree",
        /// An identifier is neither a string nor an integer. It is left out and the outcome is indeterminate.
        FieldMalformed = "field_malformed",
        /// Nothing stands where the profile says that the decision is.
        DecisionMissing = "decision_missing",
        /// The decision is a value that the profile gives no meaning to.
        DecisionUnmapped = "decision_unmapped",
        /// The time of occurrence cannot be read and is left out. The outcome stands.
        TimeUnreadable = "time_unreadable",
    }
}

closed_set! {
    /// A step of the verification (documented as such; the names are this project's).
    Module {
        /// Egyptian national ID OCR.
        Ocr = "ocr",
        /// Face match.
        FaceMatch = "face_match",
        /// Liveness detection.
        Liveness = "liveness",
        /// A code sent by e-mail.
        EmailOtp = "email_otp",
        /// A code sent by phone.
        PhoneOtp = "phone_otp",
    }
}

closed_set! {
    /// How a delivery was authenticated. Presets are HMAC schemes.
    SchemeName {
        /// A MAC over the body.
        Hmac = "hmac",
        /// A secret header value.
        StaticHeader = "static_header",
        /// HTTP Basic credentials.
        Basic = "basic",
        /// A secret in the URL.
        SecretUrl = "secret_url",
        /// Something in front of the integrator's server.
        Attested = "attested",
    }
}

/// The outcome of each module that an event tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
#[non_exhaustive]
pub struct Checks {
    /// Egyptian national ID OCR.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub ocr: Option<Outcome>,
    /// Face match.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub face_match: Option<Outcome>,
    /// Liveness detection.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub liveness: Option<Outcome>,
    /// A code sent by e-mail.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub email_otp: Option<Outcome>,
    /// A code sent by phone.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub phone_otp: Option<Outcome>,
}

impl Checks {
    /// The outcome of one module.
    pub const fn get(&self, module: Module) -> Option<Outcome> {
        match module {
            Module::Ocr => self.ocr,
            Module::FaceMatch => self.face_match,
            Module::Liveness => self.liveness,
            Module::EmailOtp => self.email_otp,
            Module::PhoneOtp => self.phone_otp,
        }
    }

    pub(super) fn set(&mut self, module: Module, outcome: Outcome) {
        let place = match module {
            Module::Ocr => &mut self.ocr,
            Module::FaceMatch => &mut self.face_match,
            Module::Liveness => &mut self.liveness,
            Module::EmailOtp => &mut self.email_otp,
            Module::PhoneOtp => &mut self.phone_otp,
        };
        *place = Some(outcome);
    }
}
