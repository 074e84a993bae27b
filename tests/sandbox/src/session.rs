//! One verification session: what was asked for, how far the person has come, how it ended.

use serde::{Deserialize, Serialize};

use crate::{clock::Millis, token::Token};

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The name in documents.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads the name.
            pub fn from_name(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == text)
            }
        }
    };
}
pub(crate) use names;

names! {
    /// A step that a flow may have (documented).
    Module {
        /// Egyptian national ID.
        Ocr = "ocr",
        /// The selfie against the card.
        FaceMatch = "face_match",
        /// Somebody alive is in front of the camera.
        Liveness = "liveness",
        /// A code by e-mail.
        EmailOtp = "email_otp",
        /// A code by phone.
        PhoneOtp = "phone_otp",
    }
}

names! {
    /// How a module ended (assumed).
    CheckResult {
        /// It was fine.
        Passed = "passed",
        /// It was not.
        Failed = "failed",
        /// A person at Valify would have to look.
        Review = "review",
    }
}

names! {
    /// How a session ended. `indeterminate` is not among them: it is what a receiver makes of a delivery that it cannot read.
    Outcome {
        /// Every check was fine.
        Passed = "passed",
        /// One was not.
        Failed = "failed",
        /// One needs a person to look.
        Review = "review",
        /// The person went away.
        Abandoned = "abandoned",
        /// The link ran out.
        Expired = "expired",
    }
}

names! {
    /// The page's language.
    Lang {
        /// English (documented).
        En = "en",
        /// Arabic (observed).
        Ar = "ar",
    }
}

impl From<CheckResult> for Outcome {
    fn from(result: CheckResult) -> Self {
        match result {
            CheckResult::Passed => Self::Passed,
            CheckResult::Failed => Self::Failed,
            CheckResult::Review => Self::Review,
        }
    }
}

/// One session. Small, because a sandbox under load holds a million; what only a visited page needs is in [`Progress`].
#[derive(Clone, Debug)]
pub struct Session {
    /// Its name, which the link carries.
    pub token: Token,
    /// The integrator's id of the user, as it came.
    pub reference_id: Box<str>,
    /// Where the browser goes at the end.
    pub return_url: Box<str>,
    /// When the link runs out.
    pub expires_at: Millis,
    /// When it was asked for.
    pub created_at: Millis,
    /// The index of its flow in the settings.
    pub flow: u16,
    /// The language asked for.
    pub lang: Lang,
    /// What the page knows, once it has been opened.
    pub progress: Option<Box<Progress>>,
    /// How it ended.
    pub end: Option<Box<End>>,
}

/// How far the person at the page has come.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Every form of this session carries it back.
    pub form_token: String,
    /// When the page was first opened.
    pub opened_at: Millis,
    /// Finished modules in the order of their ends.
    pub results: Vec<(Module, CheckResult)>,
    /// The index of the test persona chosen for the card.
    pub persona: Option<usize>,
    /// The name typed beside the card.
    pub full_name: Option<String>,
    /// The number typed beside the card, in ASCII digits.
    pub national_id: Option<String>,
    /// The code that was sent last, for the module that waits for one.
    pub otp: Option<Otp>,
}

/// A code on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Otp {
    /// For which module.
    pub module: Module,
    /// Where to.
    pub address: String,
    /// The six digits.
    pub code: String,
    /// When it was sent.
    pub sent_at: Millis,
    /// Wrong codes so far, over all codes of this module.
    pub wrong: u8,
}

/// How and when a session ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct End {
    /// How.
    pub outcome: Outcome,
    /// When.
    pub at: Millis,
    /// The name of the transaction in the webhook.
    pub transaction_id: Token,
    /// The webhook's delivery, if one was made.
    pub delivery_id: Option<Token>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asked for, not opened yet.
    Issued,
    /// Opened.
    Opened,
    /// Past `expires_at` without an end.
    Expired,
    /// Ended.
    Ended(Outcome),
}

impl Standing {
    /// The name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Opened => "opened",
            Self::Expired => "expired",
            Self::Ended(outcome) => outcome.name(),
        }
    }
}

impl Session {
    /// Where it stands at `now`.
    pub fn standing(&self, now: Millis) -> Standing {
        match (&self.end, &self.progress) {
            (Some(end), _) => Standing::Ended(end.outcome),
            _ if now >= self.expires_at => Standing::Expired,
            (None, Some(_)) => Standing::Opened,
            (None, None) => Standing::Issued,
        }
    }

    /// The page's knowledge, made at the first visit.
    pub fn progress_mut(&mut self, now: Millis) -> &mut Progress {
        self.progress.get_or_insert_with(|| {
            Box::new(Progress { form_token: crate::token::form_token(), opened_at: now, ..Progress::default() })
        })
    }

    /// The result of a module, if it has ended.
    pub fn result(&self, module: Module) -> Option<CheckResult> {
        let results = &self.progress.as_ref()?.results;
        results.iter().find(|(one, _)| *one == module).map(|(_, result)| *result)
    }

    /// The first of a flow's modules that has not ended.
    pub fn next_module(&self, modules: &[Module]) -> Option<Module> {
        modules.iter().copied().find(|module| self.result(*module).is_none())
    }
}

/// What the results of all modules amount to (assumed): any failed fails, else any review makes review, else passed.
pub fn overall(results: &[(Module, CheckResult)]) -> Outcome {
    let has = |wanted| results.iter().any(|(_, result)| *result == wanted);
    if has(CheckResult::Failed) {
        Outcome::Failed
    } else if has(CheckResult::Review) {
        Outcome::Review
    } else {
        Outcome::Passed
    }
}
