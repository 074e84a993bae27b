//! One target of `valify-fuzz` under libFuzzer; the variable `FUZZ_TARGET` names it.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use valify_fuzz::{TARGETS, Target};

static CHOSEN: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found.map(|(_, target)| *target).expect("FUZZ_TARGET must name a target")
});

fuzz_target!(|data: &[u8]| (*CHOSEN)(data));
