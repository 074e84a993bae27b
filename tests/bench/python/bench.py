"""Measures the Python package beside what its users have now: stripe, standardwebhooks, and bare hmac with json.

Each number is the best of several rounds, and the sides take turns within a round, so that a busy machine is as busy for all of them.
Run by `tests/run bench python`; the wheel is the argument.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable

import httpx
import standardwebhooks
import stripe

import valify_link as vl

KEY = b"fake-benchmark-secret-of-32-byte"
SERVE = "--serve"
SIZES = {"0.5 kB": 500, "4 kB": 4_000, "64 kB": 64_000, "1 MiB": 1 << 20, "8 MiB": (8 << 20) - 1}
PROFILE = vl.Profile(
    session_token=["/data/token"],
    reference_id=["/data/reference_id"],
    decision=["/data/status"],
    decisions=[("approved", "passed"), ("rejected", "failed")],
    matches_by="session_token",
)


def body_of(size: int) -> bytes:
    """A delivery as the sandbox sends it; what is missing to the size is an image in base64."""
    data: dict[str, Any] = {
        "reference_id": "user-1",
        "token": "5e55104e-0000-4000-8000-000000000001",
        "transaction_id": "0e55104e-0000-4000-8000-000000000001",
        "status": "approved",
        "occurred_at": "2026-01-14T07:57:54.972Z",
        "checks": dict.fromkeys(["ocr", "face_match", "liveness"], True),
        "image": "",
    }
    rest = size - len(json.dumps({"data": data}))
    data["image"] = (base64.b64encode(hashlib.sha512(b"image").digest() * (rest // 64 + 1)).decode())[:rest]
    return json.dumps({"data": data}).encode()


def verifier(auth: vl.Preset) -> vl.Verifier:
    return vl.Verifier(auth=auth, profile=PROFILE)


def sides(body: bytes) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """What is compared: the other, and ours doing the same job."""
    standard_auth = vl.Preset("standard_webhooks", secrets={"a": vl.Secret.base64(base64.b64encode(KEY).decode())})
    stripe_auth = vl.Preset("stripe_style", secrets={"a": vl.Secret.utf8(KEY.decode())})
    plain_auth = vl.Preset("x_valify_signature_unverified", secrets={"a": vl.Secret.utf8(KEY.decode())})
    standard_headers = dict(vl.sign(standard_auth, body, id="msg_1").headers)
    stripe_headers = dict(vl.sign(stripe_auth, body).headers)
    plain_headers = dict(vl.sign(plain_auth, body).headers)
    theirs = standardwebhooks.Webhook(base64.b64encode(KEY).decode())
    signature = plain_headers["X-Valify-Signature"]
    stripe_signature = stripe_headers["Stripe-Signature"]
    standard, striped, plain = verifier(standard_auth), verifier(stripe_auth), verifier(plain_auth)

    def bare() -> object:
        if not hmac.compare_digest(hmac.new(KEY, body, hashlib.sha256).hexdigest(), signature):
            raise ValueError
        return json.loads(body)

    return {
        "standardwebhooks": (
            lambda: theirs.verify(body, standard_headers),
            lambda: standard.verify(body, standard_headers).outcome,
        ),
        "stripe": (
            lambda: stripe.Webhook.construct_event(body, stripe_signature, KEY.decode()),
            lambda: striped.verify(body, stripe_headers).outcome,
        ),
        "hmac + json": (bare, lambda: plain.verify(body, plain_headers).outcome),
    }


def best(sides: list[Callable[[], object]], seconds: float = 0.6) -> list[float]:
    """The shortest time of one call in microseconds, of each side."""
    found = [float("inf")] * len(sides)
    calls = [max(1, int(0.01 / max(timed(side, 1), 1e-7))) for side in sides]
    until = time.perf_counter() + seconds * len(sides)
    while time.perf_counter() < until:
        for index, side in enumerate(sides):
            found[index] = min(found[index], timed(side, calls[index]))
    return [1e6 * one for one in found]


def timed(side: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        side()
    return (time.perf_counter() - began) / calls


def import_ms(module: str) -> float:
    """The shortest time of an import in a fresh interpreter, in milliseconds, the interpreter's own start left out."""
    code = f"import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"
    runs = [subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True) for _ in range(15)]
    return 1e3 * min(float(run.stdout) for run in runs)


class Answer(BaseHTTPRequestHandler):
    """Answers each POST with a link, on a connection that ends with it."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        host, port = self.server.server_address[:2]
        token = "5e55104e-0000-4000-8000-000000000001"
        body = json.dumps({"session_token": token, "redirect_url": f"http://{host}:{port}/?token={token}"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def serve() -> None:
    """Says where it serves, and serves."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def overhead(host: str) -> tuple[float, float]:
    """Milliseconds of a call by bare httpx and by ours, both on fresh connections: medians of paired calls."""
    # In a process of its own, so that it does not take the interpreter from what is measured.
    server = subprocess.Popen([sys.executable, __file__, SERVE], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    base_url = server.stdout.readline().strip().replace("127.0.0.1", host)
    bare = httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), trust_env=False)
    # The server names itself by its address.
    prefixes = [base_url.replace(host, "127.0.0.1") + "/?"]
    ours = vl.Client(
        api_key="sandbox-key-not-for-production", environment="sandbox", base_url=base_url, link_prefixes=prefixes
    )
    payload = {
        "return_url": "https://shop.example/back",
        "reference_id": "user-1",
        "expires_at": "2999-01-01T00:00:00Z",
    }

    def by_bare() -> object:
        answer = bare.post(f"{base_url}/api/link/v1/request/?lang=en", json=payload, headers={"X-Valify-Api-Key": "k"})
        answer.raise_for_status()
        return answer.json()["redirect_url"]

    def by_ours() -> object:
        return ours.create_link(
            return_url="https://shop.example/back", reference_id="user-1", expires_at=timedelta(minutes=30)
        ).redirect_url

    for warm in (by_bare, by_ours) * 20:
        warm()
    pairs = [(timed(by_bare, 1), timed(by_ours, 1)) for _ in range(800)]
    server.terminate()
    server.wait()
    return tuple(1e3 * statistics.median(column) for column in zip(*pairs))  # type: ignore[return-value]


def main() -> None:
    print("verify and parse, microseconds (ours does the same job as the side it stands beside)")
    print(f"{'':8} {'':18} {'theirs':>10} {'ours':>10} {'ours/theirs':>12}")
    for name, size in SIZES.items():
        body = body_of(size)
        for side, (other, own) in sides(body).items():
            theirs, ours = best([other, own])
            print(f"{name:8} {side:18} {theirs:10.1f} {ours:10.1f} {ours / theirs:12.3f}")
    print("\nimport, milliseconds")
    for module in ("valify_link", "stripe", "standardwebhooks", "httpx"):
        print(f"{module:18} {import_ms(module):8.1f}")
    print("\na call on loopback on fresh connections, milliseconds (medians)")
    # A name is resolved in a thread, an address is not.
    for host in ("127.0.0.1", "localhost"):
        bare, ours = overhead(host)
        print(f"to {host:10} bare httpx {bare:.3f}, ours {ours:.3f}: {100 * (ours / bare - 1):+.1f} %")
    for wheel in sys.argv[1:]:
        print(f"\nwheel {Path(wheel).stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    serve() if SERVE in sys.argv else main()
