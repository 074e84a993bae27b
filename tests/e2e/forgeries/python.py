"""Tries to get a ``passed`` out of a failure by every public means of the package."""

from __future__ import annotations

import array
import copy
import copyreg
import json
import pickle
import sys
import threading
import types
from datetime import datetime, timedelta, timezone
from typing import Any, Callable
from unittest import mock

import valify_link as vl

TOKEN = "5e55104e-0000-4000-8000-000000000001"
OTHER = "5e55104e-0000-4000-8000-000000000002"
NOW = datetime.now(timezone.utc)
SECRETS = {"a": vl.Secret.utf8("fake-webhook-secret-0001")}
AUTH = vl.Preset("x_valify_signature_unverified", secrets=SECRETS)
DECISIONS = [("approved", "passed"), ("rejected", "failed")]


def profile(decisions: Any = None) -> vl.Profile:
    return vl.Profile(
        session_token=["/token"], decision=["/status"], decisions=decisions or DECISIONS, matches_by="session_token"
    )


def verifier(environment: str = "sandbox", decisions: Any = None) -> vl.Verifier:
    return vl.Verifier(environment=environment, auth=AUTH, profile=profile(decisions))


def said(status: str, token: str = TOKEN) -> bytes:
    return json.dumps({"token": token, "status": status}).encode()


def signed(body: bytes) -> list[tuple[str, str]]:
    return list(vl.sign(AUTH, body).headers)


def verified(body: bytes, by: vl.Verifier | None = None) -> vl.Event:
    return (by or verifier()).verify(body, signed(body))


APPROVED, REJECTED = said("approved"), said("rejected")
CLIENT = vl.Client(api_key="fake-key-0001", environment="sandbox", base_url="http://127.0.0.1:1")
REQUEST = vl.LinkRequest(
    return_url="https://shop.example/back", reference_id="user-1", expires_at=NOW + timedelta(minutes=10)
)
ANSWER = json.dumps({"session_token": TOKEN, "redirect_url": f"http://127.0.0.1:1/?token={TOKEN}"}).encode()
LINK = vl.CreateLink(CLIENT.config, REQUEST, seed=0, now=NOW).parse(vl.HttpResponse(200, [], ANSWER, ""), now=NOW)
STATES = vl.ReturnState(SECRETS)
BINDING = vl.Binding()


def requested() -> vl.Verification:
    return CLIENT.requested(REQUEST)


def fresh() -> vl.Verification:
    return requested().issued(LINK)


def failed() -> Any:
    return verified(REJECTED)


def returned() -> vl.Returned:
    issued = STATES.issue(
        return_url="https://shop.example/back",
        reference_id="user-1",
        expires_at=NOW + timedelta(minutes=10),
        binding=BINDING,
    )
    return STATES.check(issued.return_url, reference_id="user-1", binding=BINDING.to_cookie())


def written_to() -> Any:
    event = failed()
    event.outcome = "passed"
    return event


def written_around() -> Any:
    event = failed()
    object.__setattr__(event, "outcome", "passed")
    return event


def of_another_class() -> Any:
    event: Any = vl.read_unverified(profile(), APPROVED)
    event.__class__ = vl.Event
    return event


def subclassed() -> Any:
    return type("Forged", (vl.Event,), {"outcome": "passed"})()


def bytes_changed() -> Any:
    body = bytearray(REJECTED)
    event = verifier().verify(body, signed(REJECTED))
    body[:] = APPROVED
    return event


def profile_changed() -> Any:
    decisions = list(DECISIONS)
    by = verifier(decisions=decisions)
    decisions[1] = ("rejected", "passed")
    return verified(REJECTED, by)


class Fickle(str):
    """A text whose bytes are others each time."""

    def encode(self, *_: Any) -> bytes:
        return APPROVED


def text_of_two_minds() -> Any:
    return verifier().verify(Fickle(REJECTED.decode()), signed(REJECTED))


def the_class_of_its_own() -> Any:
    """A class that says of itself that it is another, with all that an event has."""
    members = {name: property(lambda _self: "passed") for name in dir(vl.Event) if not name.startswith("__")}
    return type("Event", (), {**members, "__class__": vl.Event})()


def its_outcome_replaced() -> Any:
    event = failed()
    kept = vl.Event.__dict__["outcome"]
    vl.Event.outcome = property(lambda _self: "passed")  # type: ignore[misc, assignment]
    try:
        fresh().add(event)
        return event
    finally:
        vl.Event.outcome = kept  # type: ignore[misc]


def bytes_changed_meanwhile() -> Any:
    """Another thread changes them all the time; whatever was verified must be what is said."""
    body, over = bytearray(REJECTED), threading.Event()

    def change() -> None:
        while not over.is_set():
            body[:] = APPROVED
            body[:] = REJECTED

    thread = threading.Thread(target=change)
    thread.start()
    try:
        headers, by, event = signed(REJECTED), verifier(), None
        for _ in range(200):
            try:
                event = by.verify(body, headers)
            except vl.SignatureError:
                continue
            if event.outcome != "failed" or bytes(event.raw) != REJECTED:
                return event
        return event
    finally:
        over.set()
        thread.join()


class TwoMinds:
    """A buffer that is another each time it is asked for (from Python 3.12 on)."""

    def __init__(self) -> None:
        self._bodies = [REJECTED, APPROVED, APPROVED]

    def __buffer__(self, _flags: int) -> memoryview:
        return memoryview(self._bodies.pop(0))


class TwoAnswers(dict[str, str]):
    """Headers that are others each time they are asked for."""

    def items(self) -> Any:
        return signed(REJECTED)

    def __getitem__(self, _name: str) -> str:
        return signed(APPROVED)[0][1]

    def __iter__(self) -> Any:
        return iter(["X-Valify-Signature"])

    def keys(self) -> Any:
        return ["X-Valify-Signature"]


def array_changed() -> Any:
    body = array.array("B", REJECTED)
    event = verifier().verify(memoryview(body), signed(REJECTED))
    body[:] = array.array("B", APPROVED)
    return event


#: Each gives what is added to a record of a link.
EVENTS: dict[str, Callable[[], Any]] = {
    "a namespace": lambda: types.SimpleNamespace(outcome="passed", session_token=TOKEN),
    "a mock": lambda: mock.Mock(spec=vl.Event, outcome="passed", session_token=TOKEN),
    "the constructor": lambda: vl.Event(),  # type: ignore[call-arg]
    "the class without its constructor": lambda: object.__new__(vl.Event),
    "its own __new__": lambda: vl.Event.__new__(vl.Event),
    "a subclass": subclassed,
    "a failure written to": written_to,
    "a failure written to around it": written_around,
    "what was not verified": lambda: vl.read_unverified(profile(), APPROVED),
    "what was not verified, as an event": of_another_class,
    "a copy": lambda: copy.deepcopy(failed()),
    "a pickle": lambda: pickle.loads(pickle.dumps(verified(APPROVED))),
    "a pickle written by hand": lambda: pickle.loads(b"\x80\x04cvalify_link\nEvent\n)\x81."),
    "a pickle of a reduction": lambda: copyreg.__newobj__(vl.Event),  # type: ignore[attr-defined]
    "what its class is made by": lambda: type.__call__(vl.Event),
    "the reconstructor": lambda: copyreg._reconstructor(vl.Event, object, None),  # type: ignore[attr-defined]
    "a state set": lambda: failed().__setstate__({"outcome": "passed"}),
    "a class that says that it is another": the_class_of_its_own,
    "an object of another class": lambda: setattr(types.SimpleNamespace(), "__class__", vl.Event),
    "the class's outcome replaced": its_outcome_replaced,
    "a list of a passed": lambda: [verified(APPROVED)],
    "its JSON": lambda: json.loads(json.dumps(verified(APPROVED).to_json())),
    "no signature": lambda: verifier().verify(APPROVED, []),
    "the signature of another body": lambda: verifier().verify(APPROVED, signed(REJECTED)),
    "bytes changed after the verdict": bytes_changed,
    "a profile changed after the verifier was made": profile_changed,
    "a text of two minds": text_of_two_minds,
    "bytes changed by another thread meanwhile": bytes_changed_meanwhile,
    "an array changed after the verdict": array_changed,
    "a buffer of two minds": lambda: verifier().verify(TwoMinds(), signed(REJECTED)),  # type: ignore[arg-type]
    "headers of two minds": lambda: verifier().verify(APPROVED, TwoAnswers(signed(REJECTED))),
    "a passed of another environment": lambda: verified(APPROVED, verifier("production")),
    "a passed of another session": lambda: verified(said("approved", OTHER)),
    "a return": returned,
    "a link": lambda: LINK,
    "a dictionary": lambda: {"outcome": "passed", "session_token": TOKEN},
}
RECORDS: dict[str, Callable[[], Any]] = {
    **{f"{name}, added": (lambda make=make: fresh().add(make())) for name, make in EVENTS.items()},
    "a return, returned": lambda: fresh().returned(returned()),
    "an event, returned": lambda: fresh().returned(verified(APPROVED)),  # type: ignore[arg-type]
    "a passed before the link is known": lambda: requested().add(verified(APPROVED)),
    "a link of another session, written by hand": lambda: (
        requested()
        .issued(types.SimpleNamespace(session_token=OTHER, redirect_url="", reference_id="user-1"))  # type: ignore[arg-type]
        .add(verified(said("approved", OTHER)))
    ),
    "a record's method on another": lambda: vl.Verification.add(mock.Mock(spec=vl.Verification), verified(APPROVED)),
    "a pickled record's own word": lambda: pickle.loads(b"\x80\x04cvalify_link\nVerification\n)\x81."),
    "a mock merged": lambda: fresh().merge(mock.Mock(spec=vl.Verification, status=lambda: "passed")),
    "an event merged": lambda: fresh().merge(verified(APPROVED)),  # type: ignore[arg-type]
    "the record's constructor": lambda: vl.Verification(APPROVED),  # type: ignore[call-arg]
    "the record without its constructor": lambda: object.__new__(vl.Verification),
}


def forged(make: Callable[[], Any]) -> str | None:
    """What came of it, if that is a passed."""
    try:
        record = make()
        status, may_proceed = record.status(now=NOW), record.may_proceed(now=NOW)
    except Exception:  # noqa: BLE001 (whatever it is, it is no passed)
        return None
    return f"{status}, may proceed: {may_proceed}" if status == "passed" or may_proceed else None


def main() -> int:
    honest = fresh().add(verified(APPROVED))
    # The control: these tests would see it.
    failures = (
        [] if (honest.status(now=NOW), fresh().add(failed()).status(now=NOW)) == ("passed", "failed") else ["honest"]
    )
    failures += [f"{name}: {came}" for name, make in RECORDS.items() if (came := forged(make)) is not None]
    for failure in failures:
        print(f"forgeries on python: {failure}")
    print("forgeries on python")
    print(f"{1 + len(RECORDS) - len(failures)} passed, {len(failures)} failed")
    return 1 if failures else 0


sys.exit(main())
