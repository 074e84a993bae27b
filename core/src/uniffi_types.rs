//! How the core's time crosses to Kotlin and Swift.

use alloc::vec::Vec;

use chrono::DateTime;

use crate::time::Instant;

/// An instant on its way between the core and a host, with all the digits that a host's own type has.
#[derive(uniffi::Record)]
pub struct Moment {
    /// Seconds since 1970, rounded down.
    pub seconds: i64,
    /// The rest, from 0 to 999,999,999.
    pub nanos: i32,
}

uniffi::custom_type!(Instant, Moment, {
    remote,
    lower: |instant| Moment {
        seconds: instant.timestamp(),
        // A leap second has more than a thousand million of them.
        nanos: i32::try_from(instant.timestamp_subsec_nanos()).unwrap_or(i32::MAX).min(999_999_999),
    },
    // What the calendar does not hold becomes its end, which every rule of the core refuses.
    try_lift: |moment| Ok(u32::try_from(moment.nanos)
        .ok()
        .and_then(|nanos| DateTime::from_timestamp(moment.seconds, nanos))
        .unwrap_or(if moment.seconds < 0 { Instant::MIN_UTC } else { Instant::MAX_UTC })),
});
