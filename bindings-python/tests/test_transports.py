"""Every transport over loopback: what is sent, what is refused, and what may be claimed afterwards."""

from __future__ import annotations

import gzip
import json
import os
import socket
import ssl
import threading
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, Callable

import httpx
import pytest
import trustme

import valify_link as vl
from conftest import ASKERS, BACK, KEY, REFERENCE, Asker, Connection, Sandbox, Server, head, raises
from valify_link.transports.httpx import HttpxTransport

if TYPE_CHECKING:
    from pathlib import Path

Serve = Callable[..., Server]


def once_a_link(connection: Connection) -> None:
    connection.request()
    connection.link("Connection: close")


def test_a_link_comes_from_the_sandbox(ask: Asker, sandbox: Sandbox) -> None:
    link = ask(sandbox.base_url)
    assert link.redirect_url == f"{sandbox.base_url}/?token={link.session_token}"
    assert (link.reference_id, link.environment) == (REFERENCE, "sandbox")
    assert len(sandbox.sessions()) == 1


def test_the_request_is_the_contracts_and_nothing_is_added(ask: Asker, serve: Serve) -> None:
    server = serve(once_a_link)
    ask(server.base_url, lang="ar")
    (request,) = server.requests
    start, *lines = request.split(b"\r\n\r\n")[0].decode().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    assert start == "POST /api/link/v1/request/?lang=ar HTTP/1.1"
    assert headers["x-valify-api-key"] == KEY
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"
    assert not {"cookie", "authorization", "transfer-encoding"} & {*headers}
    body = json.loads(request.split(b"\r\n\r\n", 1)[1])
    assert {**body, "expires_at": ""} == {"return_url": BACK, "reference_id": REFERENCE, "expires_at": ""}


# --- nothing was sent --------------------------------------------------------------------------------------------------------------


def test_refused_is_not_sent(ask: Asker) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    with raises("not_sent") as caught:
        ask(f"http://127.0.0.1:{port}", max_retries=1)
    assert caught[0].transport_error
    assert caught[0].transport_error in str(caught[0])


def test_a_name_that_is_not_found_is_not_sent(ask: Asker) -> None:
    host = "valify-link.invalid"
    with raises("not_sent"):
        ask(f"http://{host}", insecure_hosts=[host], max_retries=0)


def test_a_certificate_that_nobody_trusts_is_not_sent(ask: Asker, serve: Serve) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    server = serve(once_a_link, lambda accepted: context.wrap_socket(accepted, server_side=True))
    with raises("not_sent"):
        ask(server.base_url, max_retries=0)
    assert server.requests == []


def test_a_connection_that_is_never_made_is_not_sent(ask: Asker) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        address = listener.getsockname()
        # Nobody accepts, and the queue is full: a further SYN is not answered.
        queue = [socket.socket() for _ in range(4)]
        for waiting in queue:
            waiting.setblocking(False)
            waiting.connect_ex(address)
        time.sleep(0.05)
        try:
            with raises("not_sent"):
                ask(f"http://127.0.0.1:{address[1]}", timeout=1.5, max_retries=0)
        finally:
            for waiting in queue:
                waiting.close()


def test_a_call_that_was_not_sent_is_sent_again(ask: Asker, serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    server = serve(once_a_link)

    def open_late() -> None:
        time.sleep(0.3)
        with socket.create_server(("127.0.0.1", port)) as late:
            accepted, _ = late.accept()
            with accepted:
                connection = Connection(accepted, server)
                connection.request()
                token = "5e55104e-0000-4000-8000-00000000000f"
                url = f"http://127.0.0.1:{port}/?token={token}"
                connection.answer(json.dumps({"session_token": token, "redirect_url": url}).encode())

    thread = threading.Thread(target=open_late)
    thread.start()
    # Full jitter from 0 to 0.5, 1, 2 … seconds: ten attempts reach beyond the opening.
    link = ask(f"http://127.0.0.1:{port}", max_retries=10, backoff_cap=8)
    thread.join()
    assert link.session_token
    assert len(server.requests) == 1


@pytest.mark.parametrize("bytes_per_second", [0, 10])
def test_a_handshake_that_does_not_end_is_not_sent(ask: Asker, serve: Serve, bytes_per_second: int) -> None:
    ended = threading.Event()

    def unfinished(connection: Connection) -> None:
        # The head of a record that is longer than all that comes of it.
        connection.socket.sendall(b"\x16\x03\x03\x3f\xff")
        while not ended.wait(0.1) and bytes_per_second:
            connection.socket.sendall(bytes(1))
        ended.wait(20)

    server = serve(unfinished)
    with raises("not_sent"):
        ask(server.base_url.replace("http:", "https:"), timeout=1.5, max_retries=0)
    ended.set()


# libuv resolves by itself.
@pytest.mark.parametrize(
    "ask", [asker for asker in ASKERS if asker.name != "httpx-uvloop"], indirect=True, ids=lambda asker: asker.name
)
def test_a_name_that_nobody_resolves_in_time_is_not_sent(
    ask: Asker, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def slow(host: Any, *rest: Any, **more: Any) -> Any:
        # No resolver of a test's own can be had without root: the delay is put before the system's.
        if host in ("localhost", b"localhost") and not more.get("flags", 0) & socket.AI_NUMERICHOST:
            time.sleep(4)
        return resolve(host, *rest, **more)

    server = serve(once_a_link)
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with raises("not_sent"):
        ask(server.base_url.replace("127.0.0.1", "localhost"), timeout=1.5, max_retries=0)
    assert server.requests == []


def test_the_next_address_of_a_name_is_tried(ask: Asker, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def two(host: Any, *rest: Any, **more: Any) -> Any:
        found = resolve(host, *rest, **more)
        if host not in ("localhost", b"localhost"):
            return found
        # Of the loopback range, but nobody listens there.
        answering = [entry for entry in found if entry[0] == socket.AF_INET]
        return [(*entry[:4], ("127.0.0.7", *entry[4][1:])) for entry in answering] + answering

    server = serve(once_a_link)
    monkeypatch.setattr(socket, "getaddrinfo", two)
    assert ask(server.base_url.replace("127.0.0.1", "localhost"), link_prefixes=[f"{server.base_url}/?"]).session_token


# --- it may have been processed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("action", "sessions"), [("drop_before", 0), ("drop_after", 1), ("truncate", 1)])
def test_a_cut_is_outcome_unknown_and_not_sent_again(ask: Asker, sandbox: Sandbox, action: str, sessions: int) -> None:
    sandbox.fault(action)
    with raises("outcome_unknown") as caught:
        ask(sandbox.base_url, max_retries=5)
    assert (caught[0].reference_id, caught[0].next) == (REFERENCE, "do_not_resend")
    assert len(sandbox.sessions()) == sessions


@pytest.mark.parametrize("lines", [0, 1, 2])
@pytest.mark.parametrize("more", [b"", b"Content-"])
def test_a_head_that_is_cut_is_outcome_unknown(ask: Asker, serve: Serve, lines: int, more: bytes) -> None:
    def cut(connection: Connection) -> None:
        connection.request()
        whole = head(0, "429 Too Many Requests", "Retry-After: 0").split(b"\r\n")
        connection.socket.sendall(b"\r\n".join([*whole[:lines], more]))

    server = serve(cut)
    with raises("outcome_unknown"):
        ask(server.base_url)
    assert len(server.requests) == 1


def test_a_server_error_is_not_sent_again(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=503)
    with raises("server_error") as caught:
        ask(sandbox.base_url, max_retries=5)
    assert caught[0].status == 503
    assert sandbox.sessions() == []


def test_too_many_requests_are_sent_again(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.fault("status", status=429)
    assert ask(sandbox.base_url).session_token
    assert len(sandbox.sessions()) == 1


def test_silence_ends_with_the_timeout(ask: Asker, serve: Serve) -> None:
    silence = threading.Event()

    def silent(connection: Connection) -> None:
        connection.request()
        silence.wait(20)

    server = serve(silent)
    with raises("outcome_unknown") as caught:
        ask(server.base_url, timeout=1.5, max_retries=5)
    silence.set()
    assert len(server.requests) == 1
    # The client's own clock and ours run to the same end.
    assert "time" in (caught[0].transport_error or "").lower()


@pytest.mark.parametrize("part", ["head", "body"])
def test_an_answer_that_drips_ends_with_the_timeout(ask: Asker, serve: Serve, part: str) -> None:
    def drip(connection: Connection) -> None:
        connection.request()
        body = server.link_body()
        whole = head(len(body)) + body
        at = 5 if part == "head" else len(whole) - len(body)
        connection.socket.sendall(whole[:at])
        for byte in whole[at:]:
            time.sleep(0.1)  # each byte in time, all of them not
            connection.socket.sendall(bytes([byte]))

    server = serve(drip)
    with raises("outcome_unknown"):
        ask(server.base_url, timeout=2)


# --- what comes back -------------------------------------------------------------------------------------------------------------------


def test_a_redirect_is_refused_and_the_key_stays(ask: Asker, serve: Serve) -> None:
    other = serve(once_a_link)

    def redirect(connection: Connection) -> None:
        connection.request()
        connection.answer(b"", "307 Temporary Redirect", f"Location: {other.base_url}/api/link/v1/request/?lang=en")

    with raises("redirected") as caught:
        ask(serve(redirect).base_url)
    assert caught[0].status == 307
    assert other.connections == 0


def test_an_encoded_answer_is_read(ask: Asker, serve: Serve) -> None:
    def encoded(connection: Connection) -> None:
        connection.request()
        connection.answer(gzip.compress(server.link_body()), "200 OK", "Content-Encoding: gzip")

    server = serve(encoded)
    assert ask(server.base_url).session_token


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_an_encoded_answer_that_cannot_be_decoded_is_outcome_unknown(ask: Asker, serve: Serve, encoding: str) -> None:
    def broken(connection: Connection) -> None:
        connection.request()
        connection.answer(gzip.compress(server.link_body())[:-12], "200 OK", f"Content-Encoding: {encoding}")

    server = serve(broken)
    with raises("outcome_unknown"):
        ask(server.base_url)


def test_a_bomb_is_not_unpacked(ask: Asker, serve: Serve) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    ask(serve(once_a_link).base_url)  # imports are not what is measured

    def drop(connection: Connection) -> None:
        connection.request()
        connection.answer(bomb, "200 OK", "Content-Encoding: gzip")

    server = serve(drop)
    tracemalloc.start()
    try:
        with raises("outcome_unknown") as caught:
            ask(server.base_url, max_response_bytes=100_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "larger" in str(caught[0])
    assert peak < 20_000_000


def test_a_body_without_end_is_not_read_to_it(ask: Asker, serve: Serve) -> None:
    def endless(connection: Connection) -> None:
        connection.request()
        connection.socket.sendall(head(None, "200 OK", "Connection: close"))
        while True:
            connection.socket.sendall(bytes(65536))

    with raises("outcome_unknown") as caught:
        ask(serve(endless).base_url, max_response_bytes=1_000_000)
    assert "larger" in str(caught[0])


def test_a_malformed_answer_is_the_cores_to_judge(ask: Asker, sandbox: Sandbox) -> None:
    sandbox.fault("malformed")
    with raises("malformed_response") as caught:
        ask(sandbox.base_url)
    assert caught[0].transport_error is None


# --- connections -----------------------------------------------------------------------------------------------------------------------


def stale(connection: Connection) -> None:
    """Offers to keep the connection, and closes it without an answer when it is used again."""
    connection.request()
    connection.link("Connection: keep-alive")
    connection.request()


def test_each_request_has_a_connection_of_its_own(ask: Asker, serve: Serve) -> None:
    server = serve(stale)
    assert ask(server.base_url, times=3).session_token
    assert len(server.requests) == 3


def test_nothing_is_kept_between_requests(ask: Asker, serve: Serve) -> None:
    def with_cookie(connection: Connection) -> None:
        connection.request()
        connection.link("Connection: close", "Set-Cookie: tracker=canary-cookie")

    server = serve(with_cookie)
    ask(server.base_url, times=2)
    assert b"canary-cookie" not in server.requests[1]


def test_the_environment_adds_nothing(
    ask: Asker, serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login canary-user password canary-password\n")
    netrc.chmod(0o600)
    server = serve(once_a_link)
    monkeypatch.setenv("NETRC", os.fspath(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    ask(server.base_url)
    assert b"authorization" not in server.requests[0].lower()


def own(client: httpx.Client, base_url: str) -> vl.Client:
    return vl.Client(api_key=KEY, environment="sandbox", base_url=base_url, transport=HttpxTransport(client))


def ask_own(client: httpx.Client, base_url: str) -> vl.Link:
    from datetime import timedelta

    with own(client, base_url) as valify:
        return valify.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5))


def test_a_client_of_the_callers_own_adds_nothing_and_stays_open(warm_client: httpx.Client, serve: Serve) -> None:
    server = serve(once_a_link)
    ask_own(warm_client, server.base_url)
    assert b"canary" not in server.requests[0].replace(REFERENCE.encode(), b"")
    assert not warm_client.is_closed


def test_a_client_of_the_callers_own_follows_no_redirect(warm_client: httpx.Client, serve: Serve) -> None:
    other = serve(once_a_link)

    def redirect(connection: Connection) -> None:
        connection.request()
        connection.answer(b"", "307 Temporary Redirect", f"Location: {other.base_url}/")

    with raises("redirected"):
        ask_own(warm_client, serve(redirect).base_url)
    assert other.connections == 0


def test_an_idle_connection_of_the_callers_own_client_is_not_used(warm_client: httpx.Client, serve: Serve) -> None:
    server = serve(stale)
    for _ in range(2):
        warm_client.get(server.base_url)
        assert ask_own(warm_client, server.base_url).session_token
    # Each connection has carried one request: none came to one that had been used.
    assert server.connections == len(server.requests) == 4


# --- the caller ------------------------------------------------------------------------------------------------------------------------


def test_a_cancelled_call_raises_the_hosts_own_type(serve: Serve) -> None:
    import asyncio

    reached = threading.Event()

    def silent(connection: Connection) -> None:
        connection.request()
        reached.set()
        connection.request()

    server = serve(silent)

    async def main() -> None:
        from datetime import timedelta

        async with vl.AsyncClient(api_key=KEY, environment="sandbox", base_url=server.base_url) as client:
            call = asyncio.create_task(
                client.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5))
            )
            await asyncio.to_thread(reached.wait, 20)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call

    asyncio.run(main())


def test_a_closed_client_says_so(sandbox: Sandbox) -> None:
    client = vl.Client(api_key=KEY, environment="sandbox", base_url=sandbox.base_url)
    client.close()
    request = vl.LinkRequest.from_document(
        json.dumps({"return_url": BACK, "reference_id": REFERENCE, "expires_at": "2999-01-01T00:00:00Z"})
    )
    with raises("misuse"):
        client.create_link(request)
    assert sandbox.sessions() == []


def test_whatever_a_transport_of_the_callers_raises_is_outcome_unknown() -> None:
    from datetime import timedelta

    class Broken:
        def send(self, request: vl.HttpRequest) -> vl.HttpResponse:
            raise KeyError(f"no luck with {dict(request.headers)} and\n{request.body!r}")

        def close(self) -> None:
            raise AssertionError("it is not the client's to close")

    with vl.Client(api_key="fake-canary-key-1", transport=Broken()) as client, raises("outcome_unknown") as caught:
        client.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5))
    assert caught[0].transport_error
    assert caught[0].transport_error.startswith("KeyError: ")
    for hidden in ("fake-canary-key-1", REFERENCE, BACK, "\n"):
        assert hidden not in str(caught[0])
