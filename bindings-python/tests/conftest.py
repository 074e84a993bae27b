"""The sandbox, scripted servers, and one way to ask for a link with every transport."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import httpx
import pytest

import valify_link as vl

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KEY = "sandbox-key-not-for-production"
REFERENCE = "user-canary-7"
BACK = "https://shop.example/back"


class Sandbox:
    """A running sandbox."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url

    def call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base_url + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def sessions(self) -> list[Any]:
        answer = self.call("/_sandbox/sessions")
        return answer["sessions"] if isinstance(answer, dict) else answer

    def fault(self, action: str, **more: object) -> None:
        self.call("/_sandbox/faults", {"on": "link", "action": action, "count": 1, **more})


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[Sandbox]:
    binary = os.environ.get("VALIFY_SANDBOX")
    if binary is None:
        build = ["cargo", "build", "--quiet", "--package", "valify-sandbox", "--message-format", "json"]
        messages = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        built = [json.loads(line).get("executable") for line in messages]
        binary = next(path for path in built if path)
    server = subprocess.Popen([binary, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith("valify-sandbox ready at "), line
        yield Sandbox(line.split()[-1])
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def sandbox(running_sandbox: Sandbox) -> Sandbox:
    running_sandbox.call("/_sandbox/reset", {})
    return running_sandbox


class Connection:
    """One accepted connection, with what a script needs of HTTP."""

    def __init__(self, accepted: socket.socket, server: Server) -> None:
        self.socket = accepted
        self._server = server
        self._buffer = b""

    def request(self) -> bytes | None:
        """The next request, whole; ``None`` where the client closed."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._more():
                return None
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        ]
        length = lengths[0] if lengths else 0
        while len(rest) < length:
            if not self._more():
                return None
            rest = self._buffer.partition(b"\r\n\r\n")[2]
        self._buffer = rest[length:]
        self._server.requests.append(head + b"\r\n\r\n" + rest[:length])
        return self._server.requests[-1]

    def _more(self) -> bool:
        chunk = self.socket.recv(65536)
        self._buffer += chunk
        return bool(chunk)

    def answer(self, body: bytes = b"", status: str = "200 OK", *lines: str) -> None:
        self.socket.sendall(head(len(body), status, *lines) + body)

    def link(self, *lines: str) -> None:
        self.answer(self._server.link_body(), "200 OK", *lines)


def head(length: int | None, status: str = "200 OK", *lines: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", *([] if length is None else [f"Content-Length: {length}"]), *lines)
    return "\r\n".join([*lines, "", ""]).encode()


class Server:
    """A loopback server that runs a script for each connection."""

    def __init__(
        self, script: Callable[[Connection], None], wrap: Callable[[socket.socket], socket.socket] | None
    ) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self._script, self._wrap = script, wrap
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http{'s' if wrap else ''}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def link_body(self) -> bytes:
        token = "5e55104e-0000-4000-8000-00000000000f"
        return json.dumps({"session_token": token, "redirect_url": f"{self.base_url}/?token={token}"}).encode()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                # Closed here alone: closed by another thread, its number may be the next server's before a last accept.
                self._listener.close()
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        try:
            with closing(self._wrap(accepted) if self._wrap else accepted) as connection:
                self._script(Connection(connection, self))
        except OSError:
            pass  # the client has gone, which some scripts are about

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(
        script: Callable[[Connection], None], wrap: Callable[[socket.socket], socket.socket] | None = None
    ) -> Server:
        servers.append(Server(script, wrap))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


REQUEST = {"return_url": BACK, "reference_id": REFERENCE}


class Asker:
    """Asks for a link with one transport."""

    def __init__(self, name: str, make: Callable[[], Any], run: Callable[[Any], Any] | None) -> None:
        self.name, self._make, self._run = name, make, run

    def __call__(self, base_url: str, *, times: int = 1, **settings: Any) -> vl.Link:
        from datetime import timedelta

        named = {"api_key": KEY, "environment": "sandbox", "base_url": base_url, "backoff_cap": 0, **settings}
        request = {**REQUEST, "expires_at": timedelta(minutes=30)}
        if self._run is None:
            with vl.Client(transport=self._make(), **named) as client:
                for _ in range(times):
                    link = client.create_link(**request)
            return link

        async def ask() -> vl.Link:
            async with vl.AsyncClient(transport=self._make(), **named) as client:
                for _ in range(times):
                    link = await client.create_link(**request)
                return link

        return self._run(ask)


def _requests() -> Any:
    from valify_link.transports.requests import RequestsTransport

    return RequestsTransport()


def _stdlib() -> Any:
    from valify_link.transports.stdlib import StdlibTransport

    return StdlibTransport()


def _aiohttp() -> Any:
    from valify_link.transports.aiohttp import AiohttpTransport

    return AiohttpTransport()


def _asyncio(ask: Callable[[], Any]) -> Any:
    return asyncio.run(ask())


def _trio(ask: Callable[[], Any]) -> Any:
    return pytest.importorskip("trio").run(ask)


def _uvloop(ask: Callable[[], Any]) -> Any:
    return pytest.importorskip("uvloop").run(ask())


def _nothing() -> None:
    return None


ASKERS = [
    Asker("httpx", _nothing, None),
    Asker("requests", _requests, None),
    Asker("stdlib", _stdlib, None),
    Asker("httpx-asyncio", _nothing, _asyncio),
    Asker("httpx-trio", _nothing, _trio),
    Asker("httpx-uvloop", _nothing, _uvloop),
    Asker("aiohttp", _aiohttp, _asyncio),
]


@pytest.fixture(params=ASKERS, ids=lambda asker: asker.name)
def ask(request: pytest.FixtureRequest) -> Asker:
    return request.param


@contextmanager
def raises(kind: str) -> Iterator[list[vl.ValifyError]]:
    """The block raises an error of this kind, which the list holds afterwards."""
    caught: list[vl.ValifyError] = []
    try:
        yield caught
    except vl.ValifyError as error:
        assert error.kind == kind, error
        caught.append(error)
    else:
        pytest.fail(f"nothing was raised, not even {kind}")


@pytest.fixture
def warm_client() -> Iterator[httpx.Client]:
    """A client of the caller's own, with everything set that must not reach the request."""
    client = httpx.Client(
        cookies={"session": "canary-cookie"},
        auth=("canary-user", "canary-password"),
        headers={"X-Own": "canary-header"},
        follow_redirects=True,
        trust_env=False,
    )
    with client:
        yield client
