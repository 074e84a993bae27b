//! The demo as a newcomer meets it.

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_valify-demo")).args(arguments).output().expect("the demo runs");
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    (output, text)
}

#[test]
fn each_outcome_is_the_verdict_in_both_languages() {
    for (outcome, may_proceed) in [("passed", true), ("failed", false), ("review", false)] {
        for lang in ["en", "ar"] {
            let (output, text) = demo(&["--outcome", outcome, "--lang", lang]);
            assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
            let proceed = if may_proceed { "the user may proceed" } else { "the user may not proceed" };
            assert!(text.contains(&format!("verdict: {outcome} ({proceed})")), "{text}");
            assert_eq!(text.contains("الهاتف"), lang == "ar", "{text}");
            for step in ["sandbox", "record", "link", "page", "redirect", "return", "webhook"] {
                assert!(text.lines().any(|line| line.split_whitespace().nth(1) == Some(step)), "no {step} in {text}");
            }
        }
    }
}

#[test]
fn colour_is_for_terminals_and_help_for_everybody() {
    let (_, text) = demo(&[]);
    assert!(!text.contains('\x1b'), "{text}");
    let (output, text) = demo(&["--help"]);
    assert!(output.status.success() && text.contains("--interactive") && text.contains("Exit status"), "{text}");
    let (output, text) = demo(&["--outcome", "perhaps"]);
    assert_eq!((output.status.code(), text.as_str()), (Some(2), ""));
}
