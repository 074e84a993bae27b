//! Nobody but the check of a return says that a browser has come back.

use valify_link_core::{Returned, return_state::BoundBrowser};

fn main() {
    let _ = Returned {
        reference_id: "user-1".to_string(),
        nonce: String::new(),
        expires_at: "2026-01-14T07:00:00Z".parse().unwrap(),
        bound_browser: BoundBrowser::Yes,
    };
}
