"""The whole way against the sandbox: create, redirect, return, webhook, in whatever order they come, in each database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from databases import free_port

import valify_link as vl

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parents[1]
AUTH = vl.Preset(
    "x_valify_signature_unverified", secrets={"2026-11": vl.Secret.utf8("sandbox-secret-not-for-production")}
)


class App:
    """One process of the app."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.browser = self.browser_of("user-1")

    def browser_of(self, user: str) -> httpx.Client:
        return httpx.Client(base_url=self.origin, cookies={"user": user}, trust_env=False, timeout=60)

    def status(self, browser: httpx.Client | None = None) -> str:
        return (browser or self.browser).get("/").text.split('<b id="status">')[1].split("<")[0]

    def begin(self, browser: httpx.Client | None = None) -> str:
        answer = (browser or self.browser).post("/verify")
        assert answer.status_code == 303, answer.text
        return urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["location"]).query)["token"][0]

    def wait_for(self, status: str) -> None:
        for _ in range(200):
            if self.status() == status:
                return
            time.sleep(0.05)
        raise AssertionError(f"expected {status}, got {self.status()}")

    def deliver(self, token: str, status: str) -> httpx.Response:
        """A webhook as the sandbox sends it."""
        body = json.dumps({"data": {"token": token, "status": status}}).encode()
        headers = vl.sign(AUTH, body).headers
        return httpx.post(f"{self.origin}/webhooks/valify", content=body, headers=headers, trust_env=False, timeout=60)


class Journey:
    """Two processes of the app over one database, and the sandbox, which calls the first."""

    def __init__(self, app: App, other: App, sandbox: str) -> None:
        self.app, self.other, self.sandbox = app, other, sandbox

    def fault(self, action: str) -> None:
        fault = {"on": "webhook", "action": action, "count": 1}
        assert httpx.post(f"{self.sandbox}/_sandbox/faults", json=fault, trust_env=False, timeout=60).is_success

    def complete(self, token: str, outcome: str) -> str:
        answer = httpx.post(
            f"{self.sandbox}/_sandbox/sessions/{token}/complete", json={"outcome": outcome}, trust_env=False, timeout=60
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["redirect_to"])


def sandbox_binary() -> str:
    if "VALIFY_SANDBOX" in os.environ:
        return os.environ["VALIFY_SANDBOX"]
    build = ["cargo", "build", "--quiet", "--package", "valify-sandbox", "--message-format", "json"]
    messages = subprocess.run(build, cwd=HERE, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    return next(path for path in (json.loads(line).get("executable") for line in messages) if path)


@contextmanager
def ending(process: subprocess.Popen[Any]) -> Iterator[subprocess.Popen[Any]]:
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def serving(public_origin: str, port: int, sandbox: str, database: str) -> Iterator[App]:
    environment = {
        **os.environ,
        "PORT": str(port),
        "PUBLIC_ORIGIN": public_origin,
        "VALIFY_SANDBOX_URL": sandbox,
        "DATABASE_URL": database,
    }
    with ending(subprocess.Popen([sys.executable, "app.py"], cwd=HERE, env=environment)) as process:
        app = App(f"http://127.0.0.1:{port}")
        while process.poll() is None:
            try:
                app.status()
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        assert process.returncode is None, "the app has ended"
        yield app


@pytest.fixture
def journey(database: str) -> Iterator[Journey]:
    port, other_port = free_port(), free_port()
    origin = f"http://127.0.0.1:{port}"
    serve = [sandbox_binary(), "serve", "--listen", "127.0.0.1:0", "--webhook-url", f"{origin}/webhooks/valify"]
    with ending(subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)) as sandbox:
        assert sandbox.stdout is not None
        base_url = sandbox.stdout.readline().split()[-1]
        with (
            serving(origin, port, base_url, database) as app,
            serving(origin, other_port, base_url, database) as other,
        ):
            yield Journey(app, other, base_url)


@pytest.mark.parametrize(("outcome", "status"), [("passed", "passed"), ("failed", "failed"), ("review", "review")])
def test_the_webhook_decides(journey: Journey, outcome: str, status: str) -> None:
    app = journey.app
    assert app.status() == "nothing yet"
    token = app.begin()
    assert app.status() == "issued"
    redirect_to = journey.complete(token, outcome)
    app.wait_for(status)
    # The browser comes after the webhook, and cannot change what it said.
    assert app.browser.get(redirect_to).status_code == 303
    assert app.status() == status


def test_a_return_alone_proves_nothing(journey: Journey) -> None:
    app = journey.app
    journey.fault("never")
    redirect_to = journey.complete(app.begin(), "passed")
    assert app.browser.get(redirect_to.replace("vl=", "vl=x")).status_code == 303
    assert app.status() == "issued"
    assert app.browser.get(redirect_to).status_code == 303
    assert app.status() == "returned"


def test_a_forged_webhook_is_refused(journey: Journey) -> None:
    body: dict[str, Any] = {"data": {"token": journey.app.begin(), "status": "approved"}}
    answer = httpx.post(f"{journey.app.origin}/webhooks/valify", json=body, trust_env=False, timeout=60)
    assert (answer.status_code, answer.content) == (401, b"")
    assert journey.app.status() == "issued"


def test_each_user_has_attempts_of_their_own(journey: Journey) -> None:
    app = journey.app
    somebody_else = app.browser_of("user-2")
    assert app.deliver(app.begin(), "approved").status_code == 200
    assert app.deliver(app.begin(somebody_else), "rejected").status_code == 200
    assert (app.status(), app.status(somebody_else)) == ("passed", "failed")
    # A new attempt is a new row, and what is told of the first is told of the first alone.
    first = app.begin()
    app.begin()
    assert app.deliver(first, "approved").status_code == 200
    assert app.status() == "issued"


def test_what_two_processes_write_at_once_is_all_kept(journey: Journey) -> None:
    app, other = journey.app, journey.other
    users = [f"user-{number}" for number in range(12)]
    browsers = {user: app.browser_of(user) for user in users}

    def begin(user: str) -> tuple[str, str]:
        journey.fault("never")
        token = app.begin(browsers[user])
        return token, journey.complete(token, "passed")

    begun = [begin(user) for user in users]
    with ThreadPoolExecutor(8) as pool:
        for user, (token, redirect_to) in zip(users, begun):
            back = f"{other.origin}/back?{urllib.parse.urlsplit(redirect_to).query}"
            answers = [
                pool.submit(app.deliver, token, "approved"),
                pool.submit(other.deliver, token, "rejected"),
                pool.submit(app.deliver, token, "review"),
                pool.submit(browsers[user].get, back),
            ]
            assert [answer.result().status_code for answer in answers] == [200, 200, 200, 303]
    for user in users:
        # Passed and failed both: neither has undone the other.
        assert other.status(browsers[user]) == "conflicting"
