//! The listener: connections, the guard in front of every request, and a clean stop.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::Request,
    response::Response,
    routing::{any, get, post},
};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};
use tower_service::Service;

use crate::{
    app::{App, stopped},
    control, guard, home, link_api, page, text,
};

/// How long a request's headers may take, and how long a connection may idle.
const HEADER_PATIENCE: Duration = Duration::from_secs(60);
/// How long connections get to finish when the sandbox stops.
const STOP_PATIENCE: Duration = Duration::from_secs(2);

/// The Host that a request was accepted by.
#[derive(Clone)]
pub(crate) struct AcceptedHost(pub(crate) String);

/// Marks an answer that is not to be given: the connection is closed instead.
#[derive(Clone, Copy)]
pub(crate) struct Drop;

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("closed by a fault")]
struct Closed;

fn router(app: Arc<App>) -> Router {
    let link = |app: &Arc<App>| {
        let app = app.clone();
        any(move |request| link_api::request_link(app, request))
    };
    Router::new()
        .route(link_api::PATH, link(&app))
        .route("/", get(page::show).post(page::submit))
        .route("/healthz", get(|| async { text::answer(200, "text/plain; charset=utf-8", "ok\n") }))
        .route("/_sandbox/assets/{name}", get(page::asset))
        .route("/_sandbox/sessions", get(control::sessions))
        .route("/_sandbox/sessions/{token}", get(control::session))
        .route("/_sandbox/sessions/{token}/complete", post(control::complete))
        .route("/_sandbox/deliveries", get(control::deliveries))
        .route("/_sandbox/deliveries/{id}", get(control::delivery))
        .route("/_sandbox/outbox", get(control::outbox))
        .route("/_sandbox/faults", get(control::faults).post(control::add_fault))
        .route("/_sandbox/reset", post(control::reset))
        .route("/_sandbox/provenance", get(control::provenance))
        .route("/_sandbox/openapi.json", get(control::openapi))
        .route("/_sandbox/events", get(home::events))
        .route("/_sandbox/returned", get(home::returned))
        .route("/_sandbox/home/{part}", get(home::part).post(home::act))
        .method_not_allowed_fallback(|| async { text::message(405, "This path does not take this method.") })
        .fallback(|| async { text::message(404, "Not found: there is no such endpoint.") })
        .layer(DefaultBodyLimit::disable())
        .with_state(app)
}

/// Serves until `stop` turns true, then lets what is under way finish for a moment.
pub(crate) async fn serve(listener: TcpListener, app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let router = router(app.clone());
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped(&mut stop) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, app.clone(), router.clone(), stop.clone()));
            }
            // Too many open files, most likely: those that finish make room.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    let _ = tokio::time::timeout(STOP_PATIENCE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: TcpStream, app: Arc<App>, router: Router, mut stop: watch::Receiver<bool>) {
    // Small answers should not wait for more.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| handle(app.clone(), router.clone(), request));
    let serving = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .max_buf_size(64 << 10)
        .serve_connection(TokioIo::new(stream), service);
    let mut serving = std::pin::pin!(serving);
    // A connection that fails is the client's affair; there is nobody to tell.
    tokio::select! {
        _ = serving.as_mut() => {}
        () = stopped(&mut stop) => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
}

async fn handle(app: Arc<App>, mut router: Router, request: Request<Incoming>) -> Result<Response, Closed> {
    let mut response = match app.hosts.accept(&request) {
        None => guard::misdirected(),
        Some(host) => {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(AcceptedHost(host));
            let answered: Result<Response, Infallible> = router.call(request).await;
            answered.unwrap_or_else(|never| match never {})
        }
    };
    if response.extensions().get::<Drop>().is_some() {
        return Err(Closed);
    }
    guard::protect(&mut response);
    Ok(response)
}
