//! How many cases a property is held to.

use proptest::prelude::ProptestConfig;

/// So many; under Miri, which is some thousand times slower and has no files to keep failures in, a few.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    if cfg!(miri) {
        ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2) }
    } else {
        ProptestConfig::with_cases(count)
    }
}
