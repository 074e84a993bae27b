//! Nothing leads from a body that nobody has authenticated to "passed".

use valify_link_core::{UnverifiedEvent, Verifier, Outcome};

fn outcome(event: &UnverifiedEvent) -> Outcome {
    event.view().outcome
}

fn checks(event: &UnverifiedEvent) {
    let _ = event.view().checks;
    let _ = event.view().authenticated_by;
}

fn verify(verifier: &Verifier, event: &UnverifiedEvent, now: valify_link_core::Instant) {
    let _ = verifier.verify(event, now);
}

fn main() {}
