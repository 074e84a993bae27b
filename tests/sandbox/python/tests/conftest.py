"""A receiver for the sandbox's webhooks, as a user's ``conftest.py`` would name one."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def receiver() -> Iterator[tuple[str, queue.Queue[Any]]]:
    """Where webhooks go, and what has come."""
    came: queue.Queue[Any] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/webhooks/valify", came
        server.shutdown()


@pytest.fixture(scope="session")
def valify_sandbox_webhook_url(receiver: tuple[str, queue.Queue[Any]]) -> str:
    """What the plugin's own fixture of this name leaves to its users."""
    return receiver[0]
