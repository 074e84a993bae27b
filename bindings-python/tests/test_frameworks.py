"""The adapters in the real frameworks, behind real servers."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import urlsplit

import pytest

import valify_link as vl

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRETS = {"2026-11": vl.Secret.utf8("fake-webhook-secret-0001")}
AUTH = vl.Preset("x_valify_signature_unverified", secrets=SECRETS)
PROFILE = vl.Profile(
    session_token=["/token"],
    reference_id=["/reference"],
    decision=["/status"],
    decisions=[("approved", "passed")],
    matches_by="session_token",
)
MAX_BYTES = 300_000
VERIFIER = vl.Verifier(auth=AUTH, profile=PROFILE, limits=vl.Limits(max_body_bytes=MAX_BYTES))
IN_URL = vl.SecretUrl(query="key", secrets={"a": vl.Secret.utf8("fake-url-secret-0001")}, accept_unsigned_body=True)
URL_VERIFIER = vl.Verifier(auth=IN_URL, profile=PROFILE)

SEEN: list[vl.Event] = []


def handle(event: vl.Event) -> None:
    SEEN.append(event)
    if event.reference_id == "boom":
        raise ValueError("the handler's own trouble")


async def ahandle(event: vl.Event) -> None:
    handle(event)


def fastapi_app() -> Any:
    from fastapi_app import make

    return make(VERIFIER, URL_VERIFIER, handle)


def starlette_app() -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Route

    from valify_link.starlette import valify_webhook

    async def parsed(request: Any) -> Any:
        assert await request.json()
        return await valify_webhook(VERIFIER)(ahandle)(request)

    async def consumed(request: Any) -> Any:
        async for _ in request.stream():
            pass
        return await valify_webhook(VERIFIER)(ahandle)(request)

    everything = ["GET", "POST", "PUT"]
    return Starlette(
        routes=[
            Route("/webhook", valify_webhook(VERIFIER)(ahandle), methods=everything),
            Route("/url", valify_webhook(URL_VERIFIER)(ahandle), methods=["POST"]),
            Route("/parsed", parsed, methods=["POST"]),
            Route("/consumed", consumed, methods=["POST"]),
        ]
    )


def flask_app() -> Any:
    from flask import Flask, request

    from valify_link.flask import valify_webhook

    app = Flask("tests")
    app.add_url_rule("/webhook", "webhook", valify_webhook(VERIFIER)(handle), methods=["GET", "POST", "PUT"])
    app.add_url_rule("/url", "url", valify_webhook(URL_VERIFIER)(handle), methods=["POST"])
    app.add_url_rule("/parsed", "parsed", valify_webhook(VERIFIER)(handle), methods=["POST"])
    app.add_url_rule("/consumed", "consumed", valify_webhook(VERIFIER)(handle), methods=["POST"])

    @app.before_request
    def before() -> None:
        if request.path == "/parsed":
            assert request.get_json()
        if request.path == "/consumed":
            request.stream.read()

    return app


def _django_urls() -> Any:
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(
            ROOT_URLCONF=__name__,
            ALLOWED_HOSTS=["*"],
            SECRET_KEY="fake-django-key",
            DATA_UPLOAD_MAX_MEMORY_SIZE=1000,
            MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        )
        django.setup()
    from django.urls import path

    from valify_link.django import valify_webhook

    def plain(_request: Any, event: vl.Event) -> None:
        handle(event)

    async def asynchronous(_request: Any, event: vl.Event) -> None:
        handle(event)

    def parsed(request: Any) -> Any:
        assert json.loads(request.body)
        return valify_webhook(VERIFIER)(plain)(request)

    def consumed(request: Any) -> Any:
        request.read()
        return valify_webhook(VERIFIER)(plain)(request)

    parsed.csrf_exempt = consumed.csrf_exempt = True
    return [
        path("webhook", valify_webhook(VERIFIER)(plain)),
        path("asynchronous", valify_webhook(VERIFIER)(asynchronous)),
        path("url", valify_webhook(URL_VERIFIER)(plain)),
        path("parsed", parsed),
        path("consumed", consumed),
    ]


def django_wsgi_app() -> Any:
    globals()["urlpatterns"] = _django_urls()
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def django_asgi_app() -> Any:
    globals()["urlpatterns"] = _django_urls()
    from django.core.handlers.asgi import ASGIHandler

    return ASGIHandler()


@contextmanager
def uvicorn_server(app: Any) -> Iterator[int]:
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def werkzeug_server(app: Any) -> Iterator[int]:
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.port
    finally:
        server.shutdown()
        thread.join()


HOSTS: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "fastapi": (fastapi_app, uvicorn_server),
    "starlette": (starlette_app, uvicorn_server),
    "django-asgi": (django_asgi_app, uvicorn_server),
    "django-wsgi": (django_wsgi_app, werkzeug_server),
    "flask": (flask_app, werkzeug_server),
}


class Sender:
    """Sends webhooks to one framework."""

    def __init__(self, name: str, port: int) -> None:
        self.name, self.port = name, port

    def send(
        self,
        body: bytes,
        headers: list[tuple[str, str]],
        *,
        path: str = "/webhook",
        method: str = "POST",
        chunks: list[bytes] | None = None,
        pause: float = 0,
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]:
            connection.putheader(name, value)
        connection.endheaders()
        try:
            for chunk in chunks or [body]:
                connection.send(chunk)
                time.sleep(pause)
        except OSError:
            pass  # an answer may come before the body is through
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text


@pytest.fixture(scope="module", params=list(HOSTS))
def running(request: pytest.FixtureRequest) -> Iterator[Sender]:
    make, server = HOSTS[request.param]
    with server(make()) as port:
        yield Sender(request.param, port)


@pytest.fixture
def sender(running: Sender) -> Sender:
    SEEN.clear()
    return running


def delivery(reference: str = "user-1", padding: int = 0) -> tuple[bytes, list[tuple[str, str]]]:
    # White space and the order of names would not survive parsing and writing again.
    body = json.dumps(
        {"token": "5e55104e", "status": "approved", "reference": reference, "z": 1, "a": "é" + "x" * padding}, indent=1
    ).encode()
    return body, vl.sign(AUTH, body).headers


def test_a_delivery_reaches_the_handler(sender: Sender) -> None:
    body, headers = delivery()
    assert sender.send(body, headers) == (200, b"")
    (event,) = SEEN
    assert (event.outcome, event.reference_id, event.raw()) == ("passed", "user-1", body)


def test_a_delivery_survives_the_frameworks_own_parsing(sender: Sender) -> None:
    body, headers = delivery()
    assert sender.send(body, headers, path="/parsed") == (200, b"")
    assert SEEN[0].raw() == body


def test_a_body_that_is_gone_is_misuse(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    assert sender.send(*delivery(), path="/consumed") == (500, b"")
    assert SEEN == []
    assert "nothing may read or parse it before" in caplog.text


@pytest.mark.parametrize("value", ["", "00", "0" * 64, None])
def test_what_cannot_be_believed_is_one_empty_401(sender: Sender, value: str | None) -> None:
    body, _ = delivery()
    assert sender.send(body, [] if value is None else [("X-Valify-Signature", value)]) == (401, b"")
    assert SEEN == []


def test_a_signature_given_twice_is_refused(sender: Sender) -> None:
    body, headers = delivery()
    assert sender.send(body, headers * 2) == (401, b"")
    assert SEEN == []


def test_an_encoded_body_is_refused(sender: Sender) -> None:
    body, headers = delivery()
    assert sender.send(body, [*headers, ("Content-Encoding", "gzip")]) == (415, b"")
    assert SEEN == []


def test_a_body_over_the_cap_is_refused(sender: Sender) -> None:
    assert sender.send(*delivery(padding=MAX_BYTES)) == (413, b"")
    assert SEEN == []


def test_a_body_under_the_cap_is_taken_whatever_the_frameworks_own_limit(sender: Sender) -> None:
    body, headers = delivery(padding=MAX_BYTES - 1000)
    assert sender.send(body, headers) == (200, b"")
    assert SEEN[0].raw() == body


def test_a_slow_body_is_waited_for(sender: Sender) -> None:
    body, headers = delivery()
    chunks = [body[at : at + 20] for at in range(0, len(body), 20)]
    assert sender.send(body, headers, chunks=chunks, pause=0.02) == (200, b"")
    assert SEEN[0].raw() == body


def test_a_handler_that_raises_is_503_and_logged(sender: Sender, caplog: pytest.LogCaptureFixture) -> None:
    assert sender.send(*delivery("boom")) == (503, b"")
    assert len(SEEN) == 1
    assert "the handler's own trouble" in caplog.text


def test_another_method_is_405(sender: Sender) -> None:
    status, _ = sender.send(b"", [], method="PUT")
    assert status == 405


def test_the_target_is_handed_on_undecoded(sender: Sender) -> None:
    body, _ = delivery()
    url = vl.sign(IN_URL, body).url
    assert url is not None
    query = urlsplit(url).query
    assert sender.send(body, [], path=f"/url?{query}") == (200, b"")
    # The same value in other characters is another value.
    assert sender.send(body, [], path=f"/url?{query.replace('-', '%2D')}") == (401, b"")


@pytest.mark.parametrize("running", ["django-asgi", "django-wsgi"], indirect=True)
def test_an_asynchronous_handler_serves_too(sender: Sender) -> None:
    assert sender.send(*delivery(), path="/asynchronous") == (200, b"")
    assert sender.send(*delivery("boom"), path="/asynchronous") == (503, b"")
    assert len(SEEN) == 2
