"""Every kind of error, provoked with canaries in all that it is about: nothing that leads from one shows them."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

import pytest

import valify_link as vl
from canaries import AUTH, BODY, KEY, NAME, PROFILE, REFERENCE, SECRET, TOKEN, assert_hidden, failing, reachable, texts
from conftest import ROOT

CODE = "canary code with spaces"
NUMBER = "30101010100009"
ANOTHER = f"{REFERENCE}-another"
BACK = f"https://shop.example/back/{TOKEN}"
NOW = datetime(2026, 1, 14, 7, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)

CONFIG = vl.Config({"api_key": KEY})
REQUEST = vl.LinkRequest(return_url=BACK, reference_id=REFERENCE, expires_at=NOW + HOUR)
RECORD = vl.Verification.requested(CONFIG, REQUEST, now=NOW)
SECRETS = {"a": vl.Secret.utf8(SECRET)}
TIMED = vl.Hmac(
    header="X-S", digest="sha256", encoding="hex", signs="timestamp.body", timestamp_header="X-T", secrets=SECRETS
)
STATES = vl.ReturnState(SECRETS)
OTHERS = vl.ReturnState({"a": vl.Secret.utf8(f"{SECRET}-another")})


def call() -> vl.CreateLink:
    return vl.CreateLink(CONFIG, REQUEST, seed=0, now=NOW)


def answer(status: int, body: object) -> vl.HttpResponse:
    lines = [("Location", f"https://{KEY}.example/"), ("Set-Cookie", TOKEN)]
    return vl.HttpResponse(status, lines, body if isinstance(body, bytes) else json.dumps(body).encode())


def answered(status: int, body: object = None) -> Callable[[], object]:
    words = {"message": f"{KEY} {SECRET} {TOKEN} {NAME}", "error_code": CODE}
    return lambda: call().parse(answer(status, words if body is None else body), now=NOW)


def failed(failure: Any) -> Callable[[], object]:
    def run() -> None:
        machine = call()
        step: object = machine.start(now=NOW)
        while True:
            step = machine.fail(failure, now=NOW) if isinstance(step, vl.HttpRequest) else machine.waited(now=NOW)

    return run


def delivered(lines: list[tuple[str, str]], body: bytes = BODY, auth: Any = AUTH) -> Callable[[], object]:
    verifier = vl.Verifier(auth=auth, profile=PROFILE, limits=vl.Limits(max_body_bytes=1000))
    return lambda: verifier.verify(body, lines, now=NOW)


def timed(distance: timedelta, **replaced: str | None) -> Callable[[], object]:
    lines = dict(vl.sign(TIMED, BODY, now=NOW + distance).headers)
    for name, value in replaced.items():
        lines[f"X-{name}"] = value or ""
    return delivered([line for line in lines.items() if line[1]], auth=TIMED)


def came_back(
    by: vl.ReturnState = STATES,
    change: Callable[[str], str] = lambda url: url,
    reference: str = REFERENCE,
    at: datetime = NOW,
) -> Callable[[], object]:
    def run() -> object:
        issued = STATES.issue(
            return_url=BACK, reference_id=REFERENCE, expires_at=NOW + HOUR, binding=vl.Binding(), now=NOW
        )
        return by.check(change(issued.return_url), reference_id=reference, binding=KEY, now=at)

    return run


def unsafe() -> dict[str, str]:
    return {"session_token": TOKEN, "redirect_url": f"https://{KEY}.example/?token={TOKEN}"}


PROVOKED: dict[str, list[Callable[[], object]]] = {
    "invalid_config": [
        lambda: vl.Config({"api_key": f"{KEY} "}),
        lambda: vl.Config({"api_key": KEY, "base_url": KEY}),
        lambda: vl.Config({"api_key": KEY, SECRET: TOKEN}),
        lambda: vl.Verifier(auth=vl.Preset("stripe_style", secrets={SECRET: vl.Secret.hex(SECRET)}), profile=PROFILE),
    ],
    "invalid_request": [
        lambda: vl.CreateLink(
            CONFIG, vl.LinkRequest(return_url=f"{TOKEN} ", reference_id=REFERENCE, expires_at=HOUR), seed=0
        ),
        lambda: vl.NationalId.parse(f"{NUMBER}1"),
    ],
    "misuse": [lambda: call().respond(answer(200, unsafe()), now=NOW)],
    "not_sent": [failed("not_sent")],
    "outcome_unknown": [failed("maybe_sent")],
    "rate_limited": [answered(429)],
    "server_error": [answered(500), answered(503)],
    "malformed_response": [answered(200), answered(200, TOKEN.encode()), answered(200, {"session_token": SECRET})],
    "unsafe_link": [answered(200, unsafe())],
    "unexpected_status": [answered(204), answered(418)],
    "bad_request": [answered(400)],
    "unsupported_media_type": [answered(415)],
    "not_found": [answered(404)],
    "unauthorized": [answered(401)],
    "forbidden": [answered(403)],
    "rejected": [answered(422)],
    "redirected": [answered(302), answered(0)],
    "signature_missing": [delivered([]), delivered([("X-Canary", SECRET)])],
    "signature_malformed": [delivered([("X-Valify-Signature", SECRET)])],
    "signature_mismatch": [delivered([("X-Valify-Signature", "0" * 64)])],
    "timestamp_missing": [timed(timedelta(), T=None)],
    "timestamp_malformed": [timed(timedelta(), T=SECRET)],
    "timestamp_out_of_tolerance": [timed(HOUR), timed(-HOUR)],
    "body_too_large": [delivered([], SECRET.encode() * 100)],
    "encoded_body": [delivered([("Content-Encoding", SECRET)])],
    "state_missing": [came_back(change=lambda _: BACK)],
    "state_malformed": [came_back(change=lambda _: f"{BACK}?vl={SECRET}")],
    "state_forged": [came_back(OTHERS)],
    "state_expired": [came_back(at=NOW + timedelta(days=9))],
    "state_mismatch": [came_back(reference=ANOTHER), came_back(change=lambda url: url.replace(TOKEN, NAME[:6]))],
    "record_mismatch": [
        lambda: RECORD.merge(
            vl.Verification.requested(
                CONFIG, vl.LinkRequest(return_url=BACK, reference_id=ANOTHER, expires_at=NOW + HOUR), now=NOW
            )
        )
    ],
    "record_malformed": [
        lambda: vl.Verification.from_text(SECRET),
        lambda: vl.Verification.from_text(json.dumps({"v": 1, KEY: TOKEN})),
    ],
    "record_newer": [lambda: vl.Verification.from_text(json.dumps({**json.loads(RECORD.to_text()), "v": 99}))],
}


def test_no_kind_is_left_out() -> None:
    known = json.loads((ROOT / "tests/vectors/errors.json").read_text(encoding="utf-8"))["errors"]
    assert sorted(PROVOKED) == sorted(known)


@pytest.mark.parametrize(("kind", "run"), [(kind, run) for kind, runs in PROVOKED.items() for run in runs])
def test_an_error_of_this_kind_leads_to_no_secret(kind: str, run: Callable[[], object], caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    error = failing(run)
    assert isinstance(error, vl.ValifyError)
    assert error.kind == kind
    formatted = "".join(traceback.format_exception_only(type(error), error))
    assert_hidden("\n".join([str(error), repr(error), formatted, caplog.text]), REFERENCE, NUMBER, CODE)
    # Fields hold what the service told and whom the call was about, on purpose; what was given to it, they do not.
    assert_hidden(texts(reachable(error)), NUMBER)
    for same in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert_hidden(f"{same!r} {same} {vars(same)!r}", NUMBER)
