"""The fixtures as a test of their user's would use them; ``VALIFY_SANDBOX`` names the program."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from valify_sandbox import Sandbox, SandboxError, program

if TYPE_CHECKING:
    import queue
    from pathlib import Path


def link(sandbox: Sandbox, key: str | None = None) -> str:
    body = {"return_url": "http://127.0.0.1:9/back", "reference_id": "user-1", "expires_at": "2099-01-01T00:00:00.000Z"}
    headers = {"content-type": "application/json", "x-valify-api-key": key or sandbox.api_key}
    request = urllib.request.Request(f"{sandbox.url}/api/link/v1/request/?lang=en", json.dumps(body).encode(), headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return str(json.loads(answer.read())["session_token"])


def status_of(sandbox: Sandbox, key: str | None = None) -> int:
    try:
        link(sandbox, key)
    except urllib.error.HTTPError as error:
        return error.code
    return 200


def test_a_session_ends_and_its_webhook_comes(valify_sandbox: Sandbox, receiver: tuple[str, queue.Queue[Any]]) -> None:
    token = link(valify_sandbox)
    ended = valify_sandbox.complete(token, "failed")
    assert ended["redirect_to"] == "http://127.0.0.1:9/back"
    came = receiver[1].get(timeout=30)
    assert (came["data"]["token"], came["data"]["status"]) == (token, "rejected")
    assert [one["session_token"] for one in valify_sandbox.sessions()] == [token]
    assert [one["id"] for one in valify_sandbox.deliveries()] == [ended["delivery_id"]]


def test_each_test_finds_it_empty(valify_sandbox: Sandbox) -> None:
    assert (valify_sandbox.sessions(), valify_sandbox.outbox()) == ([], [])


def test_a_fault_comes_as_often_as_it_was_ordered(valify_sandbox: Sandbox) -> None:
    valify_sandbox.fault("link", "status", status=500)
    assert [status_of(valify_sandbox), status_of(valify_sandbox)] == [500, 200]
    assert status_of(valify_sandbox, "another-fake-key") == 401


def test_what_it_refuses_is_said(valify_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match=r"answered 404 to .*no session"):
        valify_sandbox.complete("11111111-2222-4333-8444-555555555555")


def test_it_keeps_a_folder_and_ends_with_its_block(tmp_path: Path) -> None:
    with Sandbox(data=tmp_path) as first:
        token = link(first)
    with pytest.raises(urllib.error.URLError):
        link(first)
    with Sandbox(data=tmp_path) as second:
        assert [one["session_token"] for one in second.sessions()] == [token]
    second.close()


def test_what_does_not_start_is_said() -> None:
    with pytest.raises(SandboxError, match="ended before it served"):
        Sandbox(webhook_url="http://192.0.2.1/webhook")


def test_no_program_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALIFY_SANDBOX")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SandboxError, match="not installed"):
        program()
