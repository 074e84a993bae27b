//! Test personas: people who do not exist, with numbers that satisfy the (assumed) check digit.

use crate::session::{CheckResult, Module, Progress};

/// One of them.
#[derive(Debug)]
pub(crate) struct Persona {
    /// The name in each language.
    pub(crate) name_en: &'static str,
    pub(crate) name_ar: &'static str,
    /// What happens to them.
    pub(crate) story_en: &'static str,
    pub(crate) story_ar: &'static str,
    /// 14 digits.
    pub(crate) national_id: &'static str,
    /// The modules that do not pass, and how they end.
    pub(crate) fails: &'static [(Module, CheckResult)],
}

pub(crate) const PERSONAS: [Persona; 4] = [
    Persona {
        name_en: "Salma Sandbox",
        name_ar: "سلمى تجربة",
        story_en: "every check passes",
        story_ar: "تنجح كل الخطوات",
        national_id: "30101010100009",
        fails: &[],
    },
    Persona {
        name_en: "Karim Sandbox",
        name_ar: "كريم تجربة",
        story_en: "the face does not match the card",
        story_ar: "الوجه لا يطابق البطاقة",
        national_id: "30101010100050",
        fails: &[(Module::FaceMatch, CheckResult::Failed)],
    },
    Persona {
        name_en: "Nour Sandbox",
        name_ar: "نور تجربة",
        story_en: "front and back of the card do not belong together",
        story_ar: "وجه البطاقة وظهرها غير متطابقين",
        national_id: "30101010100131",
        fails: &[(Module::Ocr, CheckResult::Failed)],
    },
    Persona {
        name_en: "Hana Sandbox",
        name_ar: "هنا تجربة",
        story_en: "liveness needs a person to review it",
        story_ar: "إثبات الحيوية يحتاج إلى مراجعة",
        national_id: "30101010100009",
        fails: &[(Module::Liveness, CheckResult::Review)],
    },
];

/// How a module ends when nobody chooses: as the persona's story says, else passed.
pub(crate) fn default_result(persona: Option<usize>, module: Module) -> CheckResult {
    let fails = persona.and_then(|at| PERSONAS.get(at)).map_or(&[][..], |persona| persona.fails);
    fails.iter().find(|(one, _)| *one == module).map_or(CheckResult::Passed, |(_, result)| *result)
}

/// The fields of the card, by the names observed in the OCR product: what was typed, or the persona's.
pub(crate) fn subject(progress: Option<&Progress>) -> Vec<(&'static str, String)> {
    let Some(progress) = progress else { return Vec::new() };
    let persona = progress.persona.and_then(|at| PERSONAS.get(at));
    let name = progress.full_name.clone().or_else(|| persona.map(|one| one.name_ar.to_owned()));
    let number = progress.national_id.clone().or_else(|| persona.map(|one| one.national_id.to_owned()));
    let mut fields = Vec::new();
    if let Some(name) = name {
        fields.push(("first_name", name.split(' ').next().unwrap_or_default().to_owned()));
        fields.push(("full_name", name));
    }
    if let Some(number) = number {
        fields.push(("front_nid", number.clone()));
        fields.push(("back_nid", number));
    }
    fields
}
