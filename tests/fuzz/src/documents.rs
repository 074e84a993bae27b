//! Configuration documents that are nearly right.

use arbitrary::{Result, Unstructured};

use crate::pieces;

/// What a part of a document may be.
pub(crate) enum Shape {
    /// One of these JSON texts.
    Of(&'static [&'static str]),
    /// A JSON string of these pieces.
    Pieces(&'static [&'static str]),
    /// These members; those marked stand nearly always.
    Object(&'static [(&'static str, Presence, Shape)]),
    List(&'static Shape),
    Either(&'static [Shape]),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

impl Shape {
    pub(crate) fn document(&self, u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
        let mut text = String::new();
        self.write(u, &mut text)?;
        let mut bytes = text.into_bytes();
        if u.ratio(1, 8)? {
            pieces::edit(u, &mut bytes)?;
        }
        Ok(bytes)
    }

    fn write(&self, u: &mut Unstructured<'_>, text: &mut String) -> Result<()> {
        if u.ratio(1, 32)? {
            text.push_str(&String::from_utf8_lossy(&pieces::json(u)?));
            return Ok(());
        }
        match self {
            Self::Of(texts) => text.push_str(u.choose(texts)?),
            Self::Pieces(list) => text.push_str(&serde_json::Value::from(pieces::text(u, list)?).to_string()),
            Self::Object(members) => {
                text.push('{');
                let mut first = true;
                for (name, presence, shape) in *members {
                    let stands = if *presence == Presence::Required { !u.ratio(1, 32)? } else { u.ratio(1, 4)? };
                    if stands {
                        separate(text, &mut first);
                        text.push_str(&serde_json::Value::from(*name).to_string());
                        text.push(':');
                        shape.write(u, text)?;
                    }
                }
                if u.ratio(1, 32)? {
                    separate(text, &mut first);
                    text.push_str(u.choose(&[
                        "\"CANARY\":1",
                        "\"__proto__\":{}",
                        "\"api_key\":\"CANARY\"",
                        "\"\":null",
                    ])?);
                }
                text.push('}');
            }
            Self::List(shape) => {
                text.push('[');
                let mut first = true;
                for _ in 0..u.int_in_range(0..=3)? {
                    separate(text, &mut first);
                    shape.write(u, text)?;
                }
                text.push(']');
            }
            Self::Either(shapes) => u.choose(shapes)?.write(u, text)?,
        }
        Ok(())
    }
}

fn separate(text: &mut String, first: &mut bool) {
    if !*first {
        text.push(',');
    }
    *first = false;
}

use Presence::{Optional as O, Required as R};
use Shape::{Either, List, Object, Of, Pieces};

const BOOLEAN: Shape = Of(&["false", "true"]);
const NUMBER: Shape = Of(&[
    "300000",
    "0",
    "1",
    "-1",
    "1000",
    "999",
    "86400000",
    "86400001",
    "3600001",
    "1e3",
    "1.5",
    "9007199254740993",
    "67108865",
]);
const ENVIRONMENT: Shape = Of(&["\"production\"", "\"sandbox\"", "\"CANARY\"", "null"]);

pub(crate) const CONFIG: Shape = Object(&[
    (
        "api_key",
        R,
        Of(&[
            "\"CANARY-fake-key-0123456789\"",
            "\"sandbox-key-not-for-production\"",
            "\"\"",
            "\"undefined\"",
            "\"<CANARY>\"",
            "\"CANARY \"",
            "null",
        ]),
    ),
    (
        "base_url",
        O,
        Either(&[
            Of(&[
                "\"https://verify.valifysolutions.com\"",
                "\"http://127.0.0.1:8484\"",
                "\"https://localhost:1\"",
                "\"http://[::1]\"",
                "\"http://valify:8484\"",
                "\"https://verify.example:443\"",
            ]),
            Pieces(ADDRESS),
        ]),
    ),
    ("lang", O, Of(&["\"en\"", "\"ar\"", "null", "\"CANARY\""])),
    ("environment", O, ENVIRONMENT),
    ("timeout_ms", O, NUMBER),
    ("deadline_ms", O, NUMBER),
    ("max_retries", O, NUMBER),
    ("backoff_cap_ms", O, NUMBER),
    ("retry_after_cap_ms", O, NUMBER),
    ("max_response_bytes", O, NUMBER),
    ("expiry_grace_ms", O, NUMBER),
    ("resend_when_unknown", O, BOOLEAN),
    ("link_prefixes", O, List(&Pieces(ADDRESS))),
    (
        "return_schemes",
        O,
        List(&Pieces(&["com.example.app", "https", "javascript", "data", "+", ".", "1", "-", "CANARY"])),
    ),
    ("insecure_hosts", O, List(&Pieces(&["valify", ":8484", ":80", "127.0.0.1", "[::1]", ".", "/", "CANARY"]))),
]);

const ADDRESS: &[&str] = &[
    "https://",
    "http://",
    "HTTPS://",
    "//",
    "verify.valifysolutions.com",
    "localhost",
    "127.0.0.1",
    "0x7f.1",
    "[::1]",
    "[::ffff:7f00:1]",
    "xn--e1a",
    ":443",
    ":80",
    ":8484",
    ":0",
    "/",
    "?",
    "#",
    "@",
    "\\",
    "%2e",
    "..",
    "é",
    "token=",
    "CANARY",
];

pub(crate) const REQUEST: Shape = Object(&[
    (
        "return_url",
        R,
        Either(&[
            Of(&[
                "\"https://shop.example/back?a=b#c\"",
                "\"http://127.0.0.1:3000/\"",
                "\"com.example.app:back\"",
                "\"javascript:CANARY\"",
            ]),
            Pieces(ADDRESS),
        ]),
    ),
    ("reference_id", R, Pieces(&["user-1", "CANARY", " ", "\u{a0}", "\u{85}", "\n", "\"", "منى", "\u{200b}", "\\"])),
    (
        "expires_at",
        R,
        Either(&[
            Of(&[
                "\"2026-01-14T08:57:54.972Z\"",
                "\"2026-01-14T07:57:54.972Z\"",
                "\"9999-12-31T23:59:59.9995Z\"",
                "\"2026-01-14T10:57:54+02:00\"",
            ]),
            Pieces(TIME),
        ]),
    ),
    (
        "flow",
        O,
        Of(&[
            "null",
            "\"0B9C6A58-53de-4cb1-9c7e-0a6d4e1f2a3b\"",
            "\"{0b9c6a58-53de-4cb1-9c7e-0a6d4e1f2a3b}\"",
            "\"CANARY\"",
        ]),
    ),
    ("lang", O, Of(&["\"en\"", "\"ar\"", "null", "\"CANARY\""])),
]);

const TIME: &[&str] = &[
    "2026-01-14",
    "9999-12-31",
    "0000-01-01",
    "2024-02-30",
    "T",
    "t",
    " ",
    "08:57:54",
    "24:00:00",
    "23:59:60",
    ".",
    "9995",
    "Z",
    "z",
    "+02:00",
    "-23:59",
    "+24:00",
];

const SECRET: Shape = Either(&[
    Object(&[
        ("id", R, ID),
        (
            "utf8",
            R,
            Of(&[
                "\"CANARY-fake-secret-0001\"",
                "\"CANARY\"",
                "\"changeme\"",
                "\" CANARY-fake-secret-0001\"",
                "\"user:CANARY-fake-secret\"",
            ]),
        ),
    ]),
    Object(&[
        ("id", R, ID),
        (
            "base64",
            R,
            Of(&["\"Q0FOQVJZLWZha2Utc2VjcmV0\"", "\"whsec_Q0FOQVJZLWZha2Utc2VjcmV0\"", "\"Q0FOQVJZ\"", "\"CANARY!\""]),
        ),
    ]),
    Object(&[
        ("id", R, ID),
        ("hex", R, Of(&["\"43414e4152592d66616b652d736563726574\"", "\"434\"", "\"CANARY\""])),
        ("utf8", O, Of(&["\"CANARY\""])),
    ]),
]);
const ID: Shape = Either(&[Of(&["\"2026-11\"", "\"a\"", "\"b\""]), Pieces(&["a", "-", " ", "é", "\n"])]);
const HEADER: Shape =
    Of(&["\"X-Valify-Signature\"", "\"X-Id\"", "\"x-id\"", "\"X CANARY\"", "\"Content-Encoding\"", "\"\"", "\"é\""]);

const AUTH: Shape = Either(&[
    Object(&[
        ("scheme", R, Of(&["\"hmac\""])),
        ("header", R, HEADER),
        ("digest", R, Of(&["\"sha256\"", "\"sha512\"", "\"sha1\"", "\"CANARY\""])),
        ("encoding", R, Of(&["\"hex\"", "\"base64\"", "\"base64url\"", "\"CANARY\""])),
        ("prefix", O, Pieces(&["sha256=", "v1", ",", " ", "=", "CANARY"])),
        ("signs", R, Of(&["\"body\"", "\"timestamp.body\"", "\"id.timestamp.body\"", "\"CANARY\""])),
        ("id_header", O, HEADER),
        ("timestamp_header", O, HEADER),
        ("tolerance_ms", O, NUMBER),
        ("allow_sha1", O, BOOLEAN),
        ("allow_short_secret", O, BOOLEAN),
        ("secrets", R, List(&SECRET)),
    ]),
    Object(&[
        (
            "preset",
            R,
            Of(&["\"standard_webhooks\"", "\"stripe_style\"", "\"x_valify_signature_unverified\"", "\"CANARY\""]),
        ),
        ("tolerance_ms", O, NUMBER),
        ("secrets", R, List(&SECRET)),
    ]),
    Object(&[
        ("scheme", R, Of(&["\"static_header\"", "\"basic\""])),
        ("header", O, HEADER),
        ("accept_unsigned_body", R, BOOLEAN),
        ("allow_short_secret", O, BOOLEAN),
        ("secrets", R, List(&SECRET)),
    ]),
    Object(&[
        ("scheme", R, Of(&["\"secret_url\""])),
        ("query", O, Pieces(&["key", "a", "-", "CANARY", "é", "="])),
        ("path_segment", O, BOOLEAN),
        ("accept_unsigned_body", R, BOOLEAN),
        ("secrets", R, List(&SECRET)),
    ]),
    Object(&[
        ("scheme", R, Of(&["\"attested\""])),
        ("by", R, Of(&["\"mtls\"", "\"\"", "\"é\""])),
        ("accept_unsigned_body", R, BOOLEAN),
    ]),
]);

const POINTERS: Shape = List(&Either(&[
    Of(&["\"\"", "\"/a\"", "\"/data/token\"", "\"/a/0\"", "\"/a~1b\"", "\"/a~2\"", "\"CANARY\""]),
    Pieces(&["/", "a", "~0", "~1", "~", "0", "CANARY"]),
]));
const VALUES: Shape = List(&Object(&[
    (
        "value",
        R,
        Of(&["\"approved\"", "\"rejected\"", "true", "false", "1", "1.0", "9007199254740993", "null", "\"CANARY\""]),
    ),
    (
        "outcome",
        R,
        Of(&[
            "\"passed\"",
            "\"failed\"",
            "\"review\"",
            "\"abandoned\"",
            "\"expired\"",
            "\"indeterminate\"",
            "\"CANARY\"",
        ]),
    ),
]));
const CHECK: Shape = Object(&[("at", R, POINTERS), ("values", R, VALUES)]);

const PROFILE: Shape = Object(&[
    ("reference_id", R, POINTERS),
    ("session_token", R, POINTERS),
    ("transaction_id", O, POINTERS),
    ("flow", O, POINTERS),
    ("occurred_at", O, POINTERS),
    ("decision", R, POINTERS),
    ("decisions", R, VALUES),
    ("checks", O, Object(&[("ocr", O, CHECK), ("liveness", O, CHECK), ("CANARY", O, CHECK)])),
    ("subject", O, Object(&[("front_nid", O, POINTERS), ("a1", O, POINTERS), ("CANARY", O, POINTERS)])),
    ("passed_when", O, Of(&["\"decision\"", "\"all_checks\"", "\"CANARY\""])),
    ("matches_by", R, Of(&["\"session_token\"", "\"reference_id\"", "\"CANARY\""])),
    ("reference_per_link", O, BOOLEAN),
    ("latest_decision_wins", O, BOOLEAN),
]);

pub(crate) const VERIFIER: Shape = Object(&[
    ("environment", O, ENVIRONMENT),
    ("auth", R, AUTH),
    ("profile", R, PROFILE),
    ("limits", O, Object(&[("max_body_bytes", O, NUMBER)])),
]);

pub(crate) const RETURN_STATE: Shape = Object(&[
    ("secrets", R, List(&SECRET)),
    ("parameter", O, Pieces(&["vl", "a", "-", "=", "&", "é", "CANARY"])),
    ("placement", O, Of(&["\"query\"", "\"path\"", "\"CANARY\""])),
]);
