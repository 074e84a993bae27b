//! Live updates: server-sent events that say what has changed, never what it is now.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{body::Body, extract::State, response::Response};
use bytes::Bytes;
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::sync::{broadcast, watch};

use crate::{
    app::{App, stopped},
    store::Change,
    text,
};

/// A comment in the stream, so that a connection which died is noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Under load a page learns of changes in bundles.
const BUNDLE: Duration = Duration::from_millis(100);

/// `GET /_sandbox/events`.
pub(crate) async fn events(State(app): State<Arc<App>>) -> Response {
    let state = Some((app.store.watch(), app.stopping.clone(), true));
    let events = futures_util::stream::unfold(state, |state| async {
        let (mut changes, mut stopping, is_first) = state?;
        if is_first {
            // Sent at once, so that the page knows that it is connected, and looks at what it may have missed.
            let all = Change::ALL.map(event).concat();
            return Some((frame(format!("retry: 1000\n\n{all}")), Some((changes, stopping, false))));
        }
        let text = next(&mut changes, &mut stopping).await?;
        Some((frame(text), Some((changes, stopping, false))))
    });
    text::answer(200, "text/event-stream", Body::new(StreamBody::new(events)))
}

/// A piece of a stream that cannot fail.
#[allow(clippy::unnecessary_wraps, reason = "the stream's items are results")]
fn frame(text: String) -> Result<Frame<Bytes>, Infallible> {
    Ok(Frame::data(text.into()))
}

fn event(change: Change) -> String {
    format!("event: {}\ndata: changed\n\n", change.name())
}

/// The next bundle of changes; nothing when the sandbox stops.
async fn next(changes: &mut broadcast::Receiver<Change>, stopping: &mut watch::Receiver<bool>) -> Option<String> {
    let first = tokio::select! {
        first = changes.recv() => first,
        () = tokio::time::sleep(HEARTBEAT) => return Some(":\n\n".to_owned()),
        () = stopped(stopping) => return None,
    };
    let mut bundle = match first {
        Ok(change) => vec![change],
        // It missed some, so everything may have changed.
        Err(broadcast::error::RecvError::Lagged(_)) => Change::ALL.to_vec(),
        Err(broadcast::error::RecvError::Closed) => return None,
    };
    tokio::time::sleep(BUNDLE).await;
    loop {
        match changes.try_recv() {
            Ok(change) if bundle.contains(&change) => {}
            Ok(change) => bundle.push(change),
            Err(broadcast::error::TryRecvError::Lagged(_)) => bundle = Change::ALL.to_vec(),
            Err(_) => break,
        }
    }
    Some(bundle.into_iter().map(event).collect())
}
