//! Every behaviour that the sandbox emulates, with what is known about it: the one table behind `/_sandbox/provenance` and `--strict`.
//!
//! *documented* is on Valify's public page for the web verification flow; *observed* was seen in public client code or a third-party
//! write-up; *assumed* was chosen by this project because nothing is known.

use serde::Serialize;

/// What is known about a behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// On Valify's own public page for the web verification flow.
    Documented,
    /// Seen in public client code or a dated third-party write-up; unchecked.
    Observed,
    /// Chosen by this project because nothing is known.
    Assumed,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Row {
    /// A stable name, by which refusals speak of the behaviour.
    pub id: &'static str,
    /// What is known about it.
    pub provenance: Provenance,
    /// What the sandbox does.
    pub does: &'static str,
    /// What it does instead under `--strict`; for a documented behaviour, the same.
    pub strict: &'static str,
}

const SAME: &str = "the same";

macro_rules! behaviours {
    ($($name:ident = $id:literal, $provenance:ident, $does:literal, $strict:expr;)*) => {
        /// A behaviour by name, so that code which emulates something has to say what.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each is described by its row of the table")]
        pub enum Behaviour { $($name),* }

        /// The whole table, in the order of the flow.
        pub const TABLE: &[Row] = &[
            $(Row { id: $id, provenance: Provenance::$provenance, does: $does, strict: $strict }),*
        ];
    };
}

behaviours! {
    LinkCreated = "link.created", Documented,
        "POST /api/link/v1/request/?lang=en with a key and return_url, reference_id and expires_at answers 200 with session_token and \"redirect_url \", the space included", SAME;
    LinkBadRequest = "link.400", Documented, "missing or invalid input and invalid JSON answer 400 with a message", SAME;
    LinkUnauthorized = "link.401", Documented, "a key that is missing or not known answers 401 with a message", SAME;
    LinkNotFound = "link.404", Documented, "a wrong endpoint answers 404 with a message", SAME;
    LinkMediaType = "link.415", Documented, "a Content-Type other than application/json answers 415 with a message", SAME;
    LinkRejected = "link.422", Documented, "a Valify error answers 422 with message and error_code, a number", SAME;
    LinkForbidden = "link.403", Documented, "403 with a message that speaks of an access token exists; what leads to it is not documented", SAME;
    LinkInternal = "link.500", Documented, "500 with a message, by a fault", SAME;
    LinkLangAr = "link.lang_ar", Observed, "lang=ar gives an Arabic page", "400";
    LinkLangAbsent = "link.lang_absent", Assumed, "without lang the page is English", "400";
    LinkLangOther = "link.lang_other", Assumed, "any other lang answers 400", SAME;
    LinkMethod = "link.method", Assumed, "a method other than POST on the link path answers 404, since 405 is not documented", SAME;
    LinkOrder = "link.order_of_checks", Assumed, "path, key, media type, body, flow: the first that fails answers", "the same, since some order is needed";
    LinkBodyLimit = "link.body_limit", Assumed, "a body over 64 KiB answers 400", SAME;
    LinkUnknownField = "link.unknown_field", Assumed, "unknown body fields are ignored", "400";
    LinkExpiresInPast = "link.expires_in_past", Assumed, "an expires_at that is not in the future answers 400", SAME;
    LinkReturnScheme = "link.return_url_scheme", Assumed, "return_url must be an http or https URL, or of a scheme that the configuration lists; otherwise 400", SAME;
    LinkFlowNotGiven = "link.flow_not_given", Assumed, "an account with several flows that names none answers 400", SAME;
    LinkFlowUnknown = "link.flow_unknown", Assumed, "a well-formed flow that the account does not have answers 422 with error_code 9001, a number never seen", "400";
    LinkBundle = "link.bundle_exhausted", Observed, "a flow whose configured bundle of links is used up answers 422 with error_code 5001 (the code is observed, the trigger assumed)", "a bundle in the configuration is refused";
    LinkKeyDisabled = "link.key_disabled", Assumed, "a disabled key answers 403; sandbox-key-disabled is one where the file lists no keys", "401";
    LinkRepeatedReference = "link.repeated_reference", Assumed, "a repeated reference_id gives a new session", "400";
    LinkHost = "link.host", Assumed, "the link is on the Host that the request came to", "the same, since the documented host is not this machine";
    LinkTransportFaults = "fault.link.transport", Assumed, "link faults delay, truncate, malformed, drop_before, drop_after, slow and never", "such a fault is refused";
    LinkOtherStatus = "fault.link.status", Assumed, "a link fault with a status that is not documented, 429 and 503 among them", "such a fault is refused";
    PageLink = "page.link", Documented, "the link opens a page with an upload form, and the modules of the flow are its steps", SAME;
    PageForms = "page.forms", Assumed, "fields, order, wording, limits of uploads (PNG, JPEG or WebP, 10 MiB) and Arabic digits", "the same, since the documented return cannot be reached without";
    PageOtp = "page.otp", Assumed, "codes have six digits, live ten minutes and go to the outbox page; five wrong ones fail the module", "the same, since the documented modules need one";
    PageOutcome = "page.outcome_choice", Assumed, "the person at the page chooses how each module ends", "not offered; every module passes";
    PagePersona = "page.personas", Assumed, "test personas stand in for a card and a face", "not offered";
    PageAbandon = "page.abandon", Assumed, "a session can be left unfinished, which ends it as abandoned, without a redirect", "not offered";
    PageSingleUse = "page.single_use", Assumed, "a used link answers 410 with a page", "501";
    PageExpired = "page.expired", Assumed, "an expired link answers 410 with a page", "501";
    PageUnknown = "page.unknown", Assumed, "an unknown link answers 404 with a page", "501";
    PageResult = "page.result", Assumed, "any failed module fails the session, else any review makes it review, else it passed; every step is walked all the same", "every module passes";
    ReturnRedirect = "return.redirect", Documented, "when the user is done the browser is redirected to return_url", SAME;
    ReturnPlain = "return.no_parameters", Assumed, "nothing is added to return_url", "the same, since nothing is documented that could be added";
    CompleteOutcome = "complete.outcome", Assumed, "the control surface ends a session with any outcome, and gives return_url for each", "only passed and failed";
    WebhookCalled = "webhook.called", Documented, "the webhook is called on completion with the result; how is not documented", "no webhook is sent";
    WebhookForm = "webhook.form", Assumed, "POST, JSON, for every outcome that the configuration lists; natural expiry calls nothing", "no webhook is sent";
    WebhookSignature = "webhook.signature", Observed, "X-Valify-Signature, HMAC-SHA256, hex, over the body (seen twice in public receivers, confirmed by nobody); others by configuration", "no webhook is sent";
    WebhookPayload = "webhook.payload", Assumed, "the body's shape, decision values, checks and images", "no webhook is sent";
    WebhookRetries = "webhook.retries", Assumed, "anything but 2xx is sent again with a doubling back-off", "no webhook is sent";
    WebhookOrder = "webhook.order", Assumed, "the webhook and the redirect race, or one comes first by configuration", "no webhook is sent";
    WebhookFaults = "fault.webhook", Assumed, "webhooks late, twice, out of order, cut, malformed, or never", "such a fault is refused";
}

impl Behaviour {
    /// The behaviour's row.
    pub fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }

    /// Whether it is on Valify's own page.
    pub fn is_documented(self) -> bool {
        self.row().provenance == Provenance::Documented
    }
}

/// What may be emulated: everything in the table, or only what is documented.
#[derive(Clone, Copy, Debug, Default)]
pub struct Emulation {
    /// Refuse whatever is not documented.
    pub strict: bool,
}

impl Emulation {
    /// Whether a behaviour may be emulated.
    pub fn allows(self, behaviour: Behaviour) -> bool {
        !self.strict || behaviour.is_documented()
    }

    /// What to tell somebody who asked for a behaviour that `--strict` refuses.
    pub fn refusal(behaviour: Behaviour) -> String {
        format!("not emulated under --strict: {} is not documented (see /_sandbox/provenance)", behaviour.row().id)
    }
}
