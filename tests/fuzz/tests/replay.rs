//! Every input of the corpus, and a stream of pseudo-random ones, through its target: what once failed stays mended, and no target rots.

use std::{fs, path::Path};

use valify_fuzz::{TARGETS, Target};

fn target(name: &str) -> Target {
    TARGETS.iter().find(|(target, _)| *target == name).map(|(_, target)| *target).expect("a target")
}

fn replay(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut inputs = 0;
    for file in fs::read_dir(&folder).expect("the corpus") {
        let path = file.expect("a file").path();
        println!("{}", path.display()); // shown where the target panics
        target(name)(&fs::read(&path).expect("an input"));
        inputs += 1;
    }
    assert!(inputs > 0, "{} is empty", folder.display());
}

/// Inputs of up to 400 bytes from a fixed seed.
fn noise(name: &str, inputs: usize) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut byte = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[4]
    };
    for _ in 0..inputs {
        let length = usize::from(byte()) + usize::from(byte() % 145);
        let input: Vec<u8> = (0..length).map(|_| byte()).collect();
        target(name)(&input);
    }
}

macro_rules! replayed {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
            noise(stringify!($name), 2_000);
        })+

        #[test]
        fn every_target_is_replayed() {
            let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),+]);
        }
    };
}

replayed! { config response webhook json return_state record national_id }
