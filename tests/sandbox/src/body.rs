//! Reading request bodies: never more than allowed, never for longer than allowed.

use std::time::Duration;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How much of a body that is too large is still read, so that the client gets to see the answer.
const DRAINED: usize = 64 << 20;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoBody {
    /// Over the limit.
    TooLarge,
    /// It did not come in time.
    TooSlow,
    /// The connection ended, or the framing was wrong.
    Broken,
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, NoBody> {
    tokio::time::timeout(PATIENCE, collect(body, limit)).await.unwrap_or(Err(NoBody::TooSlow))
}

async fn collect(mut body: Body, limit: usize) -> Result<Bytes, NoBody> {
    let mut read = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        length += data.len();
        if length > limit.max(DRAINED) {
            return Err(NoBody::TooLarge);
        }
        if length <= limit {
            read.extend_from_slice(&data);
        } else {
            read.clear();
        }
    }
    if length > limit { Err(NoBody::TooLarge) } else { Ok(read.freeze()) }
}
