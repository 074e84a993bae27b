//! The hosted page, walked as a browser without script walks it.

use serde_json::{Value, json};
use valify_sandbox::Options;

use crate::{
    client::{Answer, Request},
    receiver::Endpoint,
    world::{World, link_body, link_request},
};

/// Somebody at the page.
struct Visitor<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Visitor<'a> {
    fn new(world: &'a World) -> Self {
        Self { world, token: world.link() }
    }

    fn target(&self) -> String {
        format!("/?token={}", self.token)
    }

    fn look(&self) -> Answer {
        self.world.get(&self.target())
    }

    /// The hidden fields of the page's first form.
    fn hidden(&self) -> Vec<(String, String)> {
        let page = self.look().text();
        let value = |name: &str| {
            let start = page.find(&format!("name=\"{name}\" value=\"")).expect("the field is there");
            let rest = &page[start..];
            rest.split('"').nth(3).unwrap().to_owned()
        };
        vec![("form_token".to_owned(), value("form_token")), ("step".to_owned(), value("step"))]
    }

    fn request(&self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Request {
        let hidden = self.hidden();
        let mut all: Vec<_> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.retain(|(name, _)| !fields.iter().any(|(own, _)| own == name));
        all.extend_from_slice(fields);
        Request::new("POST", &self.target()).multipart(&all, files)
    }

    fn fill(&self, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        self.request(fields, files).send(&self.world.address)
    }

    fn step(&self) -> String {
        self.hidden()[1].1.clone()
    }

    /// The code that was sent last.
    fn code(&self) -> String {
        let outbox = self.world.get("/_sandbox/outbox").json();
        assert_eq!(outbox["messages"][0]["session_token"], self.token.as_str());
        outbox["messages"][0]["code"].as_str().unwrap().to_owned()
    }

    fn confirm(&self, address: &str) -> Answer {
        assert_eq!(self.fill(&[("do", "send"), ("address", address)], &[]).status, 303);
        let code = self.code();
        self.fill(&[("do", "check"), ("code", &code)], &[])
    }

    fn checks(&self) -> Value {
        self.world.session(&self.token)["checks"].clone()
    }
}

fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn jpeg() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

#[test]
fn five_steps_with_photos_and_codes_lead_to_the_return_url_and_the_webhook() {
    let endpoint = Endpoint::new();
    let world = World::with(Options { webhook_url: Some(endpoint.url.clone()), ..Options::default() });
    let visitor = Visitor::new(&world);
    let (front, face) = (png(), jpeg());
    let next = visitor.fill(
        &[("full_name", "Salma"), ("national_id", "٣٠١٠١٠١٠١٠٠٠٠٩")],
        &[("front", "a.png", &front), ("back", "b", &face)],
    );
    assert_eq!((next.status, next.header("location")), (303, visitor.target().as_str()));
    assert_eq!(visitor.fill(&[], &[("selfie", "s.jpg", &face)]).status, 303);
    assert_eq!(visitor.fill(&[], &[("liveness", "l.jpg", &face)]).status, 303);
    assert_eq!(visitor.confirm("salma@example.com").status, 303);
    let last = visitor.confirm("+20 100 000 0000");
    assert_eq!((last.status, last.header("location")), (303, "https://shop.example/back?order=1"));
    let session = world.session(&visitor.token);
    assert_eq!(session["outcome"], "passed");
    let received = endpoint.next();
    assert_eq!(received.json()["data"]["status"], "approved");
    assert_eq!(received.json()["data"]["token"], visitor.token.as_str());
    let all = json!({"ocr": "approved", "face_match": "approved", "liveness": "approved", "email_otp": "approved", "phone_otp": "approved"});
    assert_eq!(received.json()["data"]["checks"], all);
    assert_eq!(visitor.look().status, 410, "the link has been used");
}

#[test]
fn the_last_steps_policy_lets_the_redirect_leave_and_no_other_page_does() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    assert!(visitor.look().header("content-security-policy").contains("form-action 'self'"));
    visitor.fill(&[("persona", "0")], &[]);
    visitor.fill(&[("sample", "1")], &[]);
    visitor.fill(&[("sample", "1")], &[]);
    visitor.confirm("salma@example.com");
    assert_eq!(visitor.step(), "phone_otp");
    assert!(!visitor.look().header("content-security-policy").contains("form-action"));
}

#[test]
fn a_persona_tells_its_story_and_a_choice_overrules_it() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    visitor.fill(&[("persona", "1")], &[]);
    visitor.fill(&[("sample", "1")], &[]);
    visitor.fill(&[("sample", "1"), ("outcome", "review")], &[]);
    visitor.confirm("karim@example.com");
    assert_eq!(
        visitor.checks(),
        json!({"ocr": "passed", "face_match": "failed", "liveness": "review", "email_otp": "passed"})
    );
    visitor.confirm("01000000000");
    assert_eq!(world.session(&visitor.token)["outcome"], "failed", "one failed module fails the session");
}

#[test]
fn what_is_no_picture_is_said_at_its_field_and_changes_nothing() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    let good = png();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice();
    let gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;".as_slice();
    let cut = &good[..good.len() / 2];
    for bad in [svg, gif, cut, b"<html>".as_slice(), b"".as_slice()] {
        let answer = visitor
            .fill(&[], &[("front", "../../x<script>.png", &good), ("back", "<img src=x onerror=alert(1)>", bad)]);
        assert_eq!(answer.status, 422);
        let page = answer.text();
        assert!(page.contains("id=\"back-error\"") && !page.contains("id=\"front-error\""));
        assert!(page.contains("aria-invalid=\"true\""));
        assert!(!page.contains("onerror") && !page.contains("<script>"), "file names are never shown");
    }
    let large = vec![0; (10 << 20) + 1];
    assert!(visitor.fill(&[], &[("front", "x", &large), ("back", "x", &good)]).text().contains("10 MB"));
    let too_large = vec![0; 25 << 20];
    assert_eq!(visitor.fill(&[], &[("front", "x", &too_large)]).status, 413);
    assert_eq!(visitor.step(), "ocr");
}

#[test]
fn a_picture_that_would_fill_the_memory_is_refused() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    let mut bomb = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_luma8(12_001, 10).write_to(&mut bomb, image::ImageFormat::Png).unwrap();
    let bomb = bomb.into_inner();
    assert_eq!(visitor.fill(&[], &[("front", "x", &bomb), ("back", "x", &png())]).status, 422);
}

#[test]
fn typed_text_comes_back_with_the_correction_and_is_never_markup() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    let answer =
        visitor.fill(&[("persona", "0"), ("national_id", "123"), ("full_name", "\"><script>alert(1)</script>")], &[]);
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(page.contains("id=\"national_id-error\"") && page.contains("value=\"123\""));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>alert"));
}

#[test]
fn wrong_codes_can_be_corrected_and_the_fifth_fails_the_module() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    visitor.fill(&[("persona", "0")], &[]);
    visitor.fill(&[("sample", "1")], &[]);
    visitor.fill(&[("sample", "1")], &[]);
    assert_eq!(visitor.fill(&[("do", "send"), ("address", "nonsense")], &[]).status, 422);
    assert_eq!(visitor.fill(&[("do", "send"), ("address", "a@example.com")], &[]).status, 303);
    let first = visitor.code();
    assert_eq!(visitor.fill(&[("do", "again")], &[]).status, 303);
    let second = visitor.code();
    let wrong = |code: &str| visitor.fill(&[("do", "check"), ("code", code)], &[]);
    if first != second {
        assert_eq!(wrong(&first).status, 422, "an older code does not count");
    }
    let not_it = if second == "000000" { "000001" } else { "000000" };
    assert_eq!(wrong(not_it).status, 422);
    assert_eq!(visitor.fill(&[("do", "change")], &[]).status, 303);
    assert!(visitor.look().text().contains("name=\"address\""));
    assert_eq!(visitor.fill(&[("do", "send"), ("address", "b@example.com")], &[]).status, 303);
    let third = visitor.code();
    let not_it = if third == "000000" { "000001" } else { "000000" };
    for _ in 0..5 {
        if visitor.checks()["email_otp"].is_string() {
            break;
        }
        wrong(not_it);
    }
    assert_eq!(visitor.checks()["email_otp"], "failed", "wrong codes count over all codes sent");
    assert_eq!(visitor.step(), "phone_otp");
    let arabic: String = {
        visitor.fill(&[("do", "send"), ("address", "٠١٠٠٠٠٠٠٠٠٠")], &[]);
        visitor.code().chars().map(|digit| char::from_u32(0x660 + digit.to_digit(10).unwrap()).unwrap()).collect()
    };
    assert_eq!(visitor.fill(&[("do", "check"), ("code", &arabic)], &[]).status, 303);
    assert_eq!(world.session(&visitor.token)["outcome"], "failed");
}

#[test]
fn the_back_button_a_second_device_and_a_closed_tab_lead_on_from_where_the_session_is() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    let first_step = visitor.request(&[("persona", "0")], &[]);
    assert_eq!(first_step.send(&world.address).status, 303);
    let again = first_step.send(&world.address);
    assert_eq!(
        (again.status, again.header("location")),
        (303, visitor.target().as_str()),
        "an old form leads to the current step"
    );
    assert_eq!(visitor.checks(), json!({ "ocr": "passed" }));
    assert_eq!(visitor.step(), "face_match", "whoever opens the link finds the current step");
}

#[test]
fn a_form_needs_its_token_and_no_foreign_origin() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    assert_eq!(visitor.fill(&[("persona", "0"), ("form_token", "x")], &[]).status, 403);
    assert_eq!(visitor.fill(&[("persona", "0"), ("form_token", "")], &[]).status, 403);
    let foreign = visitor.request(&[("persona", "0")], &[]).header("Origin", "https://evil.example");
    assert_eq!(foreign.send(&world.address).status, 403);
    let unopened = world.link();
    let blind = Request::new("POST", &format!("/?token={unopened}")).form(&[
        ("form_token", ""),
        ("step", "ocr"),
        ("persona", "0"),
    ]);
    assert_eq!(blind.send(&world.address).status, 403, "an empty form token is never right");
    assert_eq!(visitor.checks(), json!({}));
}

#[test]
fn unknown_expired_and_used_links_have_pages_in_both_languages() {
    let world = World::new();
    let unknown = world.get("/?token=5a9d0b0e-0000-4000-8000-00000000dead");
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("This link is not known"));
    assert_eq!(world.get("/?token=").status, 404);
    assert_eq!(world.get("/?token=x&token=y").status, 404);
    assert!(world.get("/?token=x&lang=ar").text().contains("dir=\"rtl\""));
    let used = world.link();
    world.complete(&used, "passed");
    let page = world.get(&format!("/?token={used}"));
    assert_eq!(page.status, 410);
    assert!(page.text().contains("This link has been used"));
    let expired = world.link();
    world.complete(&expired, "expired");
    assert!(world.get(&format!("/?token={expired}")).text().contains("This link has expired"));
}

#[test]
fn a_link_expires_by_the_clock_without_a_webhook() {
    let endpoint = Endpoint::new();
    let world = World::with(Options { webhook_url: Some(endpoint.url.clone()), ..Options::default() });
    let mut body = link_body();
    let soon = std::time::SystemTime::now() + std::time::Duration::from_millis(1500);
    let millis = soon.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    body["expires_at"] = valify_sandbox::clock::to_text(i64::try_from(millis).unwrap()).into();
    let token = link_request(&body).send(&world.address).json()["session_token"].as_str().unwrap().to_owned();
    while world.session(&token)["status"] != "expired" {
        std::thread::yield_now();
    }
    assert_eq!(world.get(&format!("/?token={token}")).status, 410);
    assert_eq!(endpoint.all().len(), 0);
}

#[test]
fn leaving_ends_the_session_as_abandoned() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    assert_eq!(visitor.fill(&[("do", "abandon")], &[]).header("location"), visitor.target());
    assert_eq!(world.session(&visitor.token)["outcome"], "abandoned");
    let page = visitor.look();
    assert_eq!(page.status, 410);
    assert!(page.text().contains("href=\"https://shop.example/back?order=1\""));
}

#[test]
fn the_page_is_in_the_links_language_and_in_the_one_that_is_chosen() {
    let world = World::new();
    let visitor = Visitor::new(&world);
    assert!(visitor.look().text().contains("<html lang=\"en\" dir=\"ltr\">"));
    let arabic = world.get(&format!("{}&lang=ar", visitor.target())).text();
    assert!(arabic.contains("<html lang=\"ar\" dir=\"rtl\">") && arabic.contains("البطاقة الشخصية"));
    assert!(
        arabic.contains(&format!("action=\"{}&amp;lang=ar\"", visitor.target())),
        "the form stays in that language"
    );
}
