"""Strings that are nowhere else, what the package is given that holds them, and the search for them afterwards."""

from __future__ import annotations

import gc
import io
import json
import types
from typing import Callable

import pytest
import rich.console
import rich.traceback

import valify_link as vl

KEY = "fake-canary-key-0001"
SECRET = "fake-canary-secret-0001"
REFERENCE = "canary-reference-0001"
TOKEN = "canary-token-0001"
NAME = "Canary Person"

AUTH = vl.Preset("x_valify_signature_unverified", secrets={"2026-11": vl.Secret.utf8(SECRET)})
PROFILE = vl.Profile(
    session_token=["/token"],
    reference_id=["/reference"],
    subject={"full_name": ["/name"]},
    decision=["/status"],
    decisions=[("approved", "passed")],
    matches_by="session_token",
)
VERIFIER = vl.Verifier(auth=AUTH, profile=PROFILE)
BODY = json.dumps({"token": TOKEN, "reference": REFERENCE, "name": NAME, "status": "approved"}).encode()


#: What the frames of the tests themselves hold is not the package's.
OWN = {"canaries", "test_redaction", "test_redaction_by_kind", "conftest", "pytest"}


def reachable(root: object) -> list[object]:
    """Everything that can be come to from an object: attributes, items, referents, frames of the package and of what it calls."""
    seen: dict[int, object] = {}
    queue = [root]
    while queue:
        found = queue.pop()
        if id(found) in seen or isinstance(found, (type, types.ModuleType, types.BuiltinFunctionType)):
            continue
        seen[id(found)] = found
        if isinstance(found, types.FrameType):
            if found.f_globals["__name__"].split(".")[0] not in OWN | {"_pytest", "pluggy"}:
                queue += found.f_locals.values()
            continue
        if isinstance(found, types.TracebackType):
            queue += [found.tb_frame, found.tb_next]
            continue
        if isinstance(found, BaseException):
            queue += [found.__cause__, found.__context__, found.__traceback__, found.args, vars(found)]
            continue
        if isinstance(found, types.FunctionType):
            queue += [cell.cell_contents for cell in found.__closure__ or () if cell is not None]
            continue
        queue += gc.get_referents(found)
    return [thing for thing in seen.values() if thing is not None]


def texts(things: list[object]) -> str:
    return "\n".join(
        thing.decode("latin-1")
        if isinstance(thing, (bytes, bytearray))
        else thing
        if isinstance(thing, str)
        else repr(thing)
        for thing in things
        if not isinstance(thing, (dict, list, tuple, set, types.FrameType))
    )


def with_rich(error: BaseException) -> str:
    out = io.StringIO()
    shown = rich.traceback.Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, width=400
    )
    console = rich.console.Console(file=out, width=500)
    console.print(shown)
    return out.getvalue()


def failing(run: Callable[[], object]) -> BaseException:
    try:
        run()
    except BaseException as error:  # noqa: BLE001
        return error
    pytest.fail("nothing was raised")


def assert_hidden(text: str, *more: str) -> None:
    for canary in (KEY, SECRET, TOKEN, NAME, *more):
        assert canary not in text
