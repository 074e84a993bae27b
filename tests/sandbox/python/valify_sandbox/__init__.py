"""A local Valify for tests, as a process of its own on a free port."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

__all__ = ["Sandbox", "SandboxError", "program"]

_READY = "valify-sandbox ready at "
# Whatever proxy the environment names is not for loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class SandboxError(Exception):
    """The sandbox did not start, or refused a request of the control surface."""


def program() -> str:
    """The path of the ``valify-sandbox`` program of this installation. ``VALIFY_SANDBOX`` names another one."""
    named = os.environ.get("VALIFY_SANDBOX")
    if named:
        return named
    file = "valify-sandbox.exe" if sys.platform == "win32" else "valify-sandbox"
    beside = Path(sysconfig.get_path("scripts")) / file
    found = str(beside) if beside.exists() else shutil.which(file)
    if found is None:
        raise SandboxError(
            "the valify-sandbox program is not installed beside this package: VALIFY_SANDBOX can name one"
        )
    return found


class Sandbox:
    """A running sandbox. Ends with ``close`` or the ``with`` block.

    ``webhook_url`` is where webhooks go (an http URL on loopback; none is sent without it), ``data`` a folder that keeps the sessions,
    ``config`` a configuration file, ``args`` more arguments as on the command line.
    """

    #: The key and the webhook secret that it takes unless a configuration file says otherwise.
    api_key = "sandbox-key-not-for-production"
    webhook_secret = "sandbox-secret-not-for-production"

    def __init__(
        self,
        *,
        webhook_url: str | None = None,
        strict: bool = False,
        data: str | os.PathLike[str] | None = None,
        config: str | os.PathLike[str] | None = None,
        listen: str = "127.0.0.1:0",
        args: Sequence[str] = (),
    ) -> None:
        command = [program(), "serve", "--listen", listen]
        if webhook_url is not None:
            command += ["--webhook-url", webhook_url]
        if strict:
            command.append("--strict")
        if data is not None:
            command += ["--data", os.fspath(data)]
        if config is not None:
            command += ["--config", os.fspath(config)]
        self._process = subprocess.Popen([*command, *args], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if not line.startswith(_READY):
            self.close()
            raise SandboxError("the sandbox ended before it served: what it printed on standard error says why")
        #: Its origin: the ``base_url`` of a client with ``environment="sandbox"``.
        self.url = line[len(_READY) :]

    def complete(self, session_token: str, outcome: str = "passed") -> dict[str, Any]:
        """End a session as the hosted page would: ``{"redirect_to": …, "delivery_id": …}``. The webhook is sent."""
        token = urllib.parse.quote(session_token, safe="")
        ended: dict[str, Any] = self._call(f"/_sandbox/sessions/{token}/complete", {"outcome": outcome})
        return ended

    def sessions(self) -> list[dict[str, Any]]:
        """The sessions that exist."""
        sessions: list[dict[str, Any]] = self._call("/_sandbox/sessions")["sessions"]
        return sessions

    def deliveries(self) -> list[dict[str, Any]]:
        """The webhooks, each with its attempts."""
        deliveries: list[dict[str, Any]] = self._call("/_sandbox/deliveries")["deliveries"]
        return deliveries

    def outbox(self) -> list[dict[str, Any]]:
        """The one-time codes, the newest first."""
        messages: list[dict[str, Any]] = self._call("/_sandbox/outbox")["messages"]
        return messages

    def fault(self, on: str, action: str, **more: int) -> None:
        """Order a fault on ``link`` or ``webhook``; ``status``, ``delay_ms`` and ``count`` as on the control surface."""
        self._call("/_sandbox/faults", {"on": on, "action": action, **more})

    def reset(self) -> None:
        """Empty the sandbox."""
        self._call("/_sandbox/reset", {})

    def close(self) -> None:
        """End the process, and wait for its end."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Sandbox:
        """The sandbox itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def _call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        try:
            with _opener.open(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")
            raise SandboxError(f"the sandbox answered {error.code} to {path}: {said}") from None
        return json.loads(text) if text else None
