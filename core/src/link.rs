//! Asking for a link: what is sent, what comes back, and the machine that a host's loop drives.
//!
//! ```
//! use valify_link_core::{Config, CreateLink, Input, LinkRequest, Step};
//! # let now = "2026-01-14T07:00:00Z".parse::<valify_link_core::Instant>().unwrap();
//! let config = Config::new("a-key-from-valify")?;
//! let request = LinkRequest::new("https://shop.example/back", "user-1", now + chrono::Duration::minutes(30));
//! let mut call = CreateLink::new(&config, request, now, 7)?;
//! let Step::Send(request) = call.advance(Input::Start, now)? else { unreachable!() };
//! assert_eq!(request.url, "https://verify.valifysolutions.com/api/link/v1/request/?lang=en");
//! # Ok::<(), valify_link_core::Error>(())
//! ```

mod call;
mod request;
mod response;
mod retry;

pub use call::{CreateLink, Input, Step};
pub use request::LinkRequest;
pub(crate) use request::{CheckedRequest, check_expires_at, check_flow, check_reference_id, parse_return_url};
pub use response::Link;
