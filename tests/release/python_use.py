"""An installed valify-link, used for real: a link of the sandbox's, its webhook verified, and a forged one refused."""

import queue
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

from valify_sandbox import Sandbox

import valify_link as vl

came: "queue.Queue[tuple[bytes, list[tuple[str, str]]]]" = queue.Queue()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        came.put((self.rfile.read(int(self.headers["content-length"])), self.headers.items()))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


with HTTPServer(("127.0.0.1", 0), Receiver) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with Sandbox(webhook_url=f"http://127.0.0.1:{server.server_port}/webhooks/valify") as sandbox:
        with vl.Client(api_key=sandbox.api_key, environment="sandbox", base_url=sandbox.url) as valify:
            request = vl.LinkRequest(
                return_url="https://shop.example/back", reference_id="user-1", expires_at=timedelta(minutes=5)
            )
            record = valify.requested(request)
            link = valify.create_link(request)
        assert link.redirect_url.startswith(sandbox.url), link
        sandbox.complete(link.session_token, "passed")
        body, headers = came.get(timeout=60)
        secrets = {"sandbox": vl.Secret.utf8(sandbox.webhook_secret)}
    server.shutdown()

verifier = vl.Verifier(
    environment="sandbox",
    auth=vl.Preset("x_valify_signature_unverified", secrets=secrets),
    profile=vl.Profile(
        session_token=["/data/token"],
        decision=["/data/status"],
        decisions=[("approved", "passed"), ("rejected", "failed")],
        matches_by="session_token",
    ),
)
record = record.issued(link).add(verifier.verify(body, headers))
assert record.status() == "passed"
assert record.may_proceed()
try:
    verifier.verify(body.replace(b"approved", b"rejected"), headers)
except vl.SignatureError:
    print(f"{vl.__file__}: a link, a webhook believed, a forged one refused")
else:
    raise SystemExit("a forged webhook was believed")
