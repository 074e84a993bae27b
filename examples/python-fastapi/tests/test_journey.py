"""The whole way against the sandbox: create, redirect, return, webhook, in whatever order they come."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parents[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return int(reserved.getsockname()[1])


class Journey:
    def __init__(self, app: str, sandbox: str) -> None:
        self.app, self.sandbox = app, sandbox
        self.browser = httpx.Client(base_url=app, trust_env=False)

    def status(self) -> str:
        return self.browser.get("/").text.split('<b id="status">')[1].split("<")[0]

    def begin(self) -> str:
        answer = self.browser.post("/verify")
        assert answer.status_code == 303, answer.text
        return urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)["token"][0]

    def complete(self, token: str, outcome: str) -> str:
        answer = httpx.post(
            f"{self.sandbox}/_sandbox/sessions/{token}/complete", json={"outcome": outcome}, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["redirect_to"])

    def wait_for(self, status: str) -> None:
        for _ in range(200):
            if self.status() == status:
                return
            time.sleep(0.05)
        raise AssertionError(f"expected {status}, got {self.status()}")


@pytest.fixture
def journey(tmp_path: Path) -> Iterator[Journey]:
    binary = os.environ.get("VALIFY_SANDBOX")
    if binary is None:
        build = ["cargo", "build", "--quiet", "--package", "valify-sandbox", "--message-format", "json"]
        messages = subprocess.run(build, cwd=HERE, check=True, stdout=subprocess.PIPE).stdout.splitlines()
        binary = next(path for path in (json.loads(line).get("executable") for line in messages) if path)
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    serve = [binary, "serve", "--listen", "127.0.0.1:0", "--webhook-url", f"{origin}/webhooks/valify"]
    sandbox = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
    assert sandbox.stdout is not None
    base_url = sandbox.stdout.readline().split()[-1]
    environment = {
        **os.environ,
        "PUBLIC_ORIGIN": origin,
        "VALIFY_SANDBOX_URL": base_url,
        "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite:///{tmp_path}/attempts.db"),
    }
    app = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "warning"],
        cwd=HERE,
        env=environment,
    )
    try:
        for _ in range(400):
            try:
                urllib.request.urlopen(origin, timeout=5).close()
                break
            except urllib.error.URLError:
                time.sleep(0.05)
        yield Journey(origin, base_url)
    finally:
        for process in (app, sandbox):
            process.terminate()
            process.wait()


@pytest.mark.parametrize(("outcome", "status"), [("passed", "passed"), ("failed", "failed"), ("review", "review")])
def test_the_webhook_decides(journey: Journey, outcome: str, status: str) -> None:
    assert journey.status() == "nothing yet"
    token = journey.begin()
    assert journey.status() == "issued"
    redirect_to = journey.complete(token, outcome)
    journey.wait_for(status)
    # The browser comes after the webhook, and cannot change what it said.
    assert journey.browser.get(redirect_to).status_code == 303
    assert journey.status() == status


def test_a_return_alone_proves_nothing(journey: Journey) -> None:
    faults = {"on": "webhook", "action": "never", "count": 1}
    assert httpx.post(f"{journey.sandbox}/_sandbox/faults", json=faults, trust_env=False).is_success
    redirect_to = journey.complete(journey.begin(), "passed")
    assert journey.browser.get(redirect_to.replace("vl=", "vl=x")).status_code == 303
    assert journey.status() == "issued"
    assert journey.browser.get(redirect_to).status_code == 303
    assert journey.status() == "returned"


def test_a_forged_webhook_is_refused(journey: Journey) -> None:
    body: dict[str, Any] = {"data": {"token": journey.begin(), "status": "approved"}}
    answer = httpx.post(f"{journey.app}/webhooks/valify", json=body, trust_env=False)
    assert (answer.status_code, answer.content) == (401, b"")
    assert journey.status() == "issued"


def test_writes_at_the_same_time_are_all_kept(journey: Journey) -> None:
    redirect_to = journey.complete(journey.begin(), "passed")
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: httpx.get(redirect_to, trust_env=False).status_code, range(16)))
    assert set(answers) == {303}
    journey.wait_for("passed")
