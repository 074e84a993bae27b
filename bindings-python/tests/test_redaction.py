"""Nothing that is printed, logged, walked or pickled shows a secret."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import socket
import threading
import traceback
import types
from datetime import timedelta
from typing import Any, Callable

import pytest

import valify_link as vl
from canaries import (
    AUTH,
    BODY,
    KEY,
    NAME,
    PROFILE,
    REFERENCE,
    SECRET,
    TOKEN,
    VERIFIER,
    assert_hidden,
    failing,
    reachable,
    texts,
    with_rich,
)
from conftest import BACK, Connection, Server, head


def event() -> vl.Event:
    return VERIFIER.verify(BODY, vl.sign(AUTH, BODY).headers)


def ask(client: vl.Client, timeout: float | None = None) -> vl.Link:
    return client.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5), timeout=timeout)


def link_of(server: Server, **settings: Any) -> Callable[[], vl.Link]:
    def run() -> vl.Link:
        with vl.Client(
            api_key=KEY, environment="sandbox", base_url=server.base_url, max_retries=0, **settings
        ) as client:
            return ask(client)

    return run


def alink_of(server: Server) -> Callable[[], vl.Link]:
    async def main() -> vl.Link:
        async with vl.AsyncClient(api_key=KEY, environment="sandbox", base_url=server.base_url) as client:
            return await client.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5))

    return lambda: asyncio.run(main())


def answering(
    status: str, body: Callable[[Server], bytes] = Server.link_body
) -> Callable[[Callable[..., Server]], Server]:
    def start(serve: Callable[..., Server]) -> Server:
        def script(connection: Connection) -> None:
            connection.request()
            connection.answer(body(server), status)

        server = serve(script)
        return server

    return start


def cut(serve: Callable[..., Server]) -> Server:
    def script(connection: Connection) -> None:
        connection.request()
        connection.socket.sendall(head(1000) + b"{")

    return serve(script)


def unsafe(_server: Server) -> bytes:
    return json.dumps({"session_token": TOKEN, "redirect_url": f"https://evil.example/?token={TOKEN}"}).encode()


FAILURES = {
    "unsafe_link": answering("200 OK", unsafe),
    "malformed_response": answering("200 OK", lambda _: TOKEN.encode()),
    "server_error": answering("503 Service Unavailable"),
    "outcome_unknown": cut,
    "unauthorized": answering("401 Unauthorized"),
}


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("make", [link_of, alink_of], ids=["sync", "async"])
def test_an_error_leads_to_no_secret(kind: str, make: Any, serve: Callable[..., Server], caplog: Any) -> None:
    caplog.set_level(logging.DEBUG, "valify_link")
    error = failing(make(FAILURES[kind](serve)))
    assert isinstance(error, vl.ValifyError)
    assert error.kind == kind
    assert error.__cause__ is None
    assert error.__context__ is None
    formatted = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    assert_hidden(texts(reachable(error)))
    assert_hidden("\n".join([str(error), repr(error), formatted, caplog.text]), REFERENCE)
    assert "valify_link" in caplog.text
    assert f"'{KEY}'" not in with_rich(error)
    assert TOKEN not in with_rich(error)


def test_the_walk_finds_what_is_there() -> None:
    def inner(key: str) -> None:
        raise ValueError(len(key))

    namespace: dict[str, Any] = {"__name__": "elsewhere"}
    moved = types.FunctionType(inner.__code__, namespace, closure=inner.__closure__)
    namespace["ValueError"] = ValueError
    namespace["len"] = len
    error = failing(lambda: moved(KEY))
    assert KEY in texts(reachable(error))
    assert KEY in texts(reachable({"a": [types.SimpleNamespace(key=KEY)]}))


def test_an_error_of_construction_leads_to_no_secret() -> None:
    bad = KEY + " "
    for run in (
        lambda: vl.Client(api_key=bad),
        lambda: vl.Client(api_key=KEY, base_url="not a URL"),
        lambda: vl.AsyncClient(api_key=KEY, max_retries=99),
        lambda: vl.Client.from_document(json.dumps({"api_key": bad})),
        lambda: vl.Verifier(auth=vl.Preset("stripe_style", secrets={"a b": vl.Secret.utf8(SECRET)}), profile=PROFILE),
        lambda: vl.Preset("stripe_style", secrets={"a": SECRET}),  # type: ignore[dict-item]
    ):
        error = failing(run)
        assert isinstance(error, vl.ConfigError)
        assert KEY not in with_rich(error).replace(repr(bad), "")
        assert_hidden(texts(reachable(error)))


def test_nothing_that_is_refused_is_shown() -> None:
    error = failing(lambda: ask(vl.Client(api_key=KEY), timeout=-1))
    assert isinstance(error, vl.InvalidRequestError)
    assert error.field == "timeout_ms"
    shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    assert_hidden(shown, REFERENCE)


def test_a_client_leads_to_no_secret(serve: Callable[..., Server]) -> None:
    server = answering("200 OK")(serve)
    with vl.Client(api_key=KEY, environment="sandbox", base_url=server.base_url) as client:
        link = ask(client)
        assert_hidden(texts(reachable(client)), link.session_token)
        assert_hidden(repr(client) + repr(client.config) + str(client), link.session_token)
        assert_hidden(texts(reachable(link)) + repr(link) + str(link), link.session_token, REFERENCE)


def test_an_interruption_leads_to_no_secret(serve: Callable[..., Server]) -> None:
    reached = threading.Event()

    def silent(connection: Connection) -> None:
        connection.request()
        reached.set()
        connection.request()

    server = serve(silent)

    async def main() -> BaseException:
        async with vl.AsyncClient(api_key=KEY, environment="sandbox", base_url=server.base_url) as client:
            call = asyncio.create_task(
                client.create_link(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5))
            )
            await asyncio.to_thread(reached.wait, 20)
            call.cancel()
            try:
                await call
            except asyncio.CancelledError as error:
                assert_hidden(texts(reachable(error)))
                return error
            raise AssertionError

    assert isinstance(asyncio.run(main()), asyncio.CancelledError)


def test_an_event_shows_nothing_of_its_body() -> None:
    found = event()
    assert found.subject["full_name"] == NAME
    for shown in (
        repr(found),
        str(found),
        repr(found.subject),
        repr(found.keys()),
        f"{found}",
        texts(reachable(found)),
    ):
        assert_hidden(shown, REFERENCE)
    unverified = vl.read_unverified(PROFILE, BODY)
    assert_hidden(repr(unverified) + str(unverified) + repr(unverified.subject), REFERENCE)


def test_json_of_an_event_has_no_token_subject_or_body() -> None:
    written = json.loads(event().to_json())
    assert written["reference_id"] == REFERENCE
    assert {"session_token", "subject", "raw"}.isdisjoint(written)
    assert_hidden(event().to_json())


def test_options_and_secrets_show_nothing() -> None:
    secret = vl.Secret.utf8(SECRET)
    assert repr(secret) == "Secret.utf8(hidden)"
    state = vl.ReturnState({"a": secret})
    binding = vl.Binding()
    issued = state.issue(return_url=BACK, reference_id=REFERENCE, expires_at=timedelta(minutes=5), binding=binding)
    signed = vl.sign(vl.StaticHeader(header="X-Key", secrets={"a": secret}, accept_unsigned_body=True), b"")
    assert signed.headers == [("X-Key", SECRET)]
    things = [secret, AUTH, PROFILE, VERIFIER, state, binding, issued, signed]
    assert_hidden("\n".join(f"{thing!r} {thing}" for thing in things), binding.to_cookie(), issued.nonce)
    number = vl.NationalId.parse("30101010100009")
    assert number.digits not in f"{number!r} {number}"


def test_a_refused_delivery_says_nothing_of_itself() -> None:
    error = failing(lambda: VERIFIER.verify(BODY, {"X-Valify-Signature": "0" * 64}))
    assert isinstance(error, vl.SignatureError)
    assert_hidden(texts(reachable(error)), REFERENCE)


@pytest.mark.parametrize(
    "make", [event, lambda: vl.Secret.utf8(SECRET), lambda: VERIFIER, lambda: vl.Client(api_key=KEY).config]
)
def test_what_must_not_be_stored_says_what_to_do_instead(make: Callable[[], object]) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match=r"cannot be pickled.*: "):
            pickle.dumps(make(), protocol)


def test_a_client_is_not_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(vl.Client(api_key=KEY))


def test_a_secret_may_be_copied_with_what_holds_it() -> None:
    assert isinstance(copy.deepcopy(AUTH), vl.Preset)


def test_a_copy_of_an_event_is_the_event() -> None:
    found = event()
    assert copy.copy(found) is found
    assert copy.deepcopy([found])[0] is found


def test_only_a_verifier_makes_an_event() -> None:
    assert "__init__" not in vars(vl.Event)
    for kind in (vl.Event, vl.UnverifiedEvent, vl.Returned, vl.Link, vl.HttpRequest):
        with pytest.raises(TypeError):
            kind()  # type: ignore[call-arg, unused-ignore]
        with pytest.raises(TypeError):
            object.__new__(kind)
        with pytest.raises(TypeError):
            types.new_class("Sub", (kind,))


def test_no_attribute_of_the_core_can_be_set() -> None:
    for thing in (event(), VERIFIER, AUTH, vl.Secret.utf8(SECRET)):
        with pytest.raises((AttributeError, TypeError)):
            thing.outcome = "passed"  # type: ignore[attr-defined, union-attr, misc, unused-ignore]


def test_the_frames_of_the_package_are_few() -> None:
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    client = vl.Client(api_key=KEY, environment="sandbox", base_url=f"http://127.0.0.1:{port}", max_retries=0)
    error = failing(lambda: ask(client))
    frames = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert frames[-1] == "create_link"
