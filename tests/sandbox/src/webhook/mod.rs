//! Webhooks: where they go, what they say, how they are signed, and the sending.

mod deliver;
mod payload;
mod signer;
mod target;

pub use deliver::{Attempt, Delivery, DeliveryState, Exchange};
pub(crate) use deliver::{Courier, Outgoing, cut, slow};
pub(crate) use payload::Facts;
pub use payload::{Images, Payload};
pub use signer::Signer;
pub use target::{Target, TargetError};
