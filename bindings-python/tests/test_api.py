"""The package as a Python developer meets it: arguments, times, bodies, errors, records, threads."""

from __future__ import annotations

import json
import pickle
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

import valify_link as vl
from conftest import BACK, ROOT, raises
from valify_link import _types, errors

NOW = datetime(2026, 1, 14, 7, 0, tzinfo=timezone.utc)
KEY = "fake-key-0001"
AUTH = vl.Hmac(
    header="X-Valify-Signature",
    digest="sha256",
    encoding="hex",
    signs="body",
    secrets={"2026-11": vl.Secret.utf8("fake-webhook-secret-0001")},
)
PROFILE = vl.Profile(
    session_token=["/token"],
    reference_id=["/reference"],
    decision=["/status"],
    decisions=[("approved", "passed"), ("rejected", "failed"), (True, "passed"), (1, "review")],
    checks={"liveness": vl.Check(at=["/live"], values=[(True, "passed")])},
    matches_by="session_token",
)
VERIFIER = vl.Verifier(auth=AUTH, profile=PROFILE)


def verified(body: Any, signed: bytes | None = None, **more: Any) -> vl.Event:
    return VERIFIER.verify(body, vl.sign(AUTH, body if signed is None else signed).headers, **more)


# --- errors ------------------------------------------------------------------------------------------------------------------------------


def test_the_classes_are_those_of_errors_json() -> None:
    model = json.loads(Path(ROOT / "tests/vectors/errors.json").read_text(encoding="utf-8"))
    for name, entry in model["classes"].items():
        kind = getattr(errors, entry["python"])
        parent = Exception if entry["parent"] is None else getattr(errors, model["classes"][entry["parent"]]["python"])
        assert kind.__bases__ == (parent,), name
        assert getattr(vl, entry["python"]) is kind
    assert {entry["python"] for entry in model["classes"].values()} == {*errors.__all__}
    assert {*get_args(_types.ErrorKind)} == {*model["errors"]}
    for kind, entry in model["errors"].items():
        error = vl._core.refusal(kind, None, "a detail")
        assert type(error).__name__ == entry["class"]["python"]
        assert (error.kind, error.next) == (kind, entry["next"])
    assert {*get_args(_types.Next)} == {entry["next"] for entry in model["errors"].values()}


def test_an_error_pickles_with_all_it_says() -> None:
    with raises("invalid_request") as caught:
        vl.NationalId.parse("1")
    again = pickle.loads(pickle.dumps(caught[0]))
    assert (type(again), vars(again), str(again)) == (vl.InvalidRequestError, vars(caught[0]), str(caught[0]))


# --- configuration -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"api_key": None}, "api_key"),
        ({"api_key": ""}, "api_key"),
        ({"api_key": b"fake-key"}, "api_key"),
        ({"timeout": float("nan")}, "timeout_ms"),
        ({"timeout": float("inf")}, "timeout_ms"),
        ({"timeout": 0}, "timeout_ms"),
        ({"timeout": True}, "timeout_ms"),
        ({"deadline": timedelta(hours=2)}, "deadline_ms"),
        ({"max_retries": 1.5}, "max_retries"),
        ({"max_retries": 10**30}, "max_retries"),
        ({"lang": "fr"}, "lang"),
        ({"environment": "staging"}, "environment"),
        ({"link_prefixes": "https://x.example/"}, "link_prefixes"),
        ({"link_prefixes": ["https://x.example/", 7]}, "link_prefixes[1]"),
        ({"return_schemes": {"app"}}, "return_schemes"),
        ({"base_url": "https://Verify.example"}, "base_url"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(settings: dict[str, Any], field: str) -> None:
    with raises("invalid_config") as caught:
        vl.Client(**{"api_key": KEY, **settings})
    assert caught[0].field == field


def test_a_list_that_holds_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with raises("invalid_config"):
        vl.Client(api_key=KEY, link_prefixes=endless)


def test_a_lone_surrogate_is_refused() -> None:
    with raises("invalid_config"):
        vl.Client(api_key="fake-\ud800-key")
    with raises("invalid_request"):
        vl.LinkRequest(return_url=BACK, reference_id="user-\udfff", expires_at=timedelta(1))
    with raises("misuse"):
        VERIFIER.verify("\ud800", {})


def test_plain_text_as_a_secret_is_refused_with_advice() -> None:
    with raises("invalid_config") as caught:
        vl.Preset("stripe_style", secrets={"a": "fake-webhook-secret-0001"})  # type: ignore[dict-item]
    assert caught[0].field == "secrets"
    assert "Secret.utf8" in str(caught[0])


@pytest.mark.parametrize(
    ("profile", "field"),
    [
        ({"decisions": [(None, "passed")]}, "decisions[0].value"),
        ({"decisions": [(float("nan"), "passed")]}, "decisions[0].value"),
        ({"decisions": ["approved"]}, "decisions[0].value"),
        ({"decisions": [("a", "passed"), ("a", "failed")]}, "decisions[1].value"),
        ({"decision": "/status"}, "decision"),
        ({"decision": 7}, "decision"),
        ({"session_token": []}, "session_token"),
        ({"checks": {"iris": vl.Check(at=[], values=[])}}, "checks"),
    ],
)
def test_a_wrong_profile_is_refused_by_name(profile: dict[str, Any], field: str) -> None:
    with raises("invalid_config") as caught:
        vl.Verifier(
            auth=AUTH, profile=vl.Profile(**{"session_token": ["/t"], "matches_by": "session_token", **profile})
        )
    assert caught[0].field == field


# --- times -----------------------------------------------------------------------------------------------------------------------------


def sent(expires_at: Any, **more: Any) -> str:
    request = vl.LinkRequest(return_url=BACK, reference_id="user-1", expires_at=expires_at)
    call = vl.CreateLink(vl.Client(api_key=KEY).config, request, seed=1, now=NOW, **more)
    text: str = json.loads(call.request().body)["expires_at"]
    return text


@pytest.mark.parametrize(
    "zone",
    [
        timezone.utc,
        timezone(timedelta(hours=2)),
        ZoneInfo("UTC"),
        ZoneInfo("Africa/Cairo"),
        timezone(-timedelta(seconds=3661)),
    ],
)
def test_an_expiry_may_be_of_any_zone(zone: Any) -> None:
    moment = datetime(2026, 7, 14, 7, 57, 54, 972_499, tzinfo=timezone.utc)
    assert sent(moment.astimezone(zone)) == "2026-07-14T07:57:54.972Z"


def test_an_expiry_is_rounded_by_the_core() -> None:
    assert sent(datetime(2026, 7, 14, 7, 57, 54, 972_500, tzinfo=timezone.utc)) == "2026-07-14T07:57:54.973Z"


def test_a_timedelta_counts_from_now() -> None:
    before = datetime.now(timezone.utc)
    request = vl.LinkRequest(return_url=BACK, reference_id="user-1", expires_at=timedelta(minutes=30))
    counted = request.expires_at - before - timedelta(minutes=30)
    assert timedelta(milliseconds=-1) < counted < timedelta(minutes=1)


@pytest.mark.parametrize(
    "expires_at",
    [
        datetime(2999, 1, 1),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))),
        timedelta.max,
        -timedelta(days=4000),
        NOW - timedelta(days=1),
        1e9,
        "2999-01-01T00:00:00Z",
        None,
    ],
)
def test_an_expiry_that_is_none_is_refused_by_name(expires_at: Any) -> None:
    with raises("invalid_request") as caught:
        sent(expires_at)
    assert caught[0].field == "expires_at"


def test_a_naive_expiry_is_refused_with_advice() -> None:
    state = vl.ReturnState({"a": vl.Secret.utf8("fake-return-secret-0001")})
    for ask in (
        lambda: sent(datetime(2999, 1, 1)),
        lambda: state.issue(
            return_url=BACK, reference_id="user-1", expires_at=datetime(2999, 1, 1), binding=vl.Binding()
        ),
    ):
        with raises("invalid_request") as caught:
            ask()
        assert "aware datetime" in str(caught[0])


@pytest.mark.parametrize(
    "field", [{"return_url": BACK}, {"reference_id": "u"}, {"expires_at": timedelta(1)}, {"flow": "f"}, {"lang": "ar"}]
)
def test_a_request_and_its_fields_are_not_given_both(field: dict[str, Any]) -> None:
    request = vl.LinkRequest(return_url=BACK, reference_id="user-1", expires_at=timedelta(1))
    with vl.Client(api_key=KEY, transport=Answering()) as client:
        for call in (client.requested, client.create_link):
            with raises("misuse"):
                call(request, **field)


def test_a_naive_now_is_refused() -> None:
    for naive in (datetime(2026, 1, 1), 1e9, "now"):
        with raises("misuse") as caught:
            verified(b"{}", now=naive)
        assert "aware datetime" in str(caught[0])


def test_the_clock_is_pythons_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_768_374_000_000_000_000)
    assert verified(b"{}").received_at == NOW


# --- deliveries ------------------------------------------------------------------------------------------------------------------------

BODY = '{"token": "t-1", "status": "approved", "name": "أحمد", "live": true}'


@pytest.mark.parametrize(
    "form", [str, str.encode, lambda text: bytearray(text.encode()), lambda text: memoryview(text.encode())]
)
def test_a_body_is_bytes_or_their_text(form: Any) -> None:
    event = verified(form(BODY), BODY.encode())
    assert (event.outcome, event.checks, event.raw()) == ("passed", {"liveness": "passed"}, BODY.encode())


@pytest.mark.parametrize("body", [json.loads(BODY), [1], None, 7, object()])
def test_a_parsed_body_is_refused_with_advice(body: Any) -> None:
    with raises("misuse") as caught:
        VERIFIER.verify(body, {})
    assert "raw bytes" in str(caught[0])


class Headers(Mapping[str, str]):
    """A mapping that is no dict."""

    def __init__(self, pairs: Any) -> None:
        self._map = dict(pairs)

    def __getitem__(self, name: str) -> str:
        return self._map[name]

    def __iter__(self) -> Any:
        return iter(self._map)

    def __len__(self) -> int:
        return len(self._map)


@pytest.mark.parametrize(
    "form",
    [
        dict,
        Headers,
        iter,
        tuple,
        lambda pairs: {name: [value] for name, value in pairs},
        lambda pairs: {name.encode(): value.encode() for name, value in pairs},
        lambda pairs: [(name.upper().encode(), b" " + value.encode() + b"\t") for name, value in pairs],
        lambda pairs: __import__("httpx").Headers(pairs),
        lambda pairs: __import__("multidict").CIMultiDict(pairs),
        lambda pairs: __import__("werkzeug.datastructures").datastructures.Headers(pairs),
    ],
)
def test_headers_are_pairs_or_a_mapping(form: Any) -> None:
    assert VERIFIER.verify(BODY, form(vl.sign(AUTH, BODY).headers)).outcome == "passed"


def test_a_repeated_header_is_seen_as_such() -> None:
    ((name, value),) = vl.sign(AUTH, BODY).headers
    for twice in ([(name, value)] * 2, {name: [value, value]}, {name: (value, value)}):
        with raises("signature_malformed"):
            VERIFIER.verify(BODY, twice)


@pytest.mark.parametrize("value", ["é", "\udcff", b"\xff"])
def test_a_header_that_is_not_ascii_is_malformed(value: Any) -> None:
    with raises("signature_malformed"):
        VERIFIER.verify(BODY, {"X-Valify-Signature": value})


@pytest.mark.parametrize("headers", [None, 7, "X: y", {"X": 7}, {7: "x"}, [("X",)], [("X", "y", "z")], [("X", None)]])
def test_headers_of_another_form_are_misuse(headers: Any) -> None:
    with raises("misuse"):
        VERIFIER.verify(BODY, headers)


def test_a_value_is_matched_by_its_json_type() -> None:
    for written, outcome in (
        ("true", "passed"),
        ('"true"', "indeterminate"),
        ("1", "review"),
        ("1.0", "review"),
        ('"1"', "indeterminate"),
    ):
        body = f'{{"token": "t-1", "status": {written}}}'
        assert verified(body).outcome == outcome


def test_a_number_is_given_as_it_was_written() -> None:
    event = verified('{"token": "t-1", "n": 12345678901234567890.10}')
    assert event.raw_at("/n") == "12345678901234567890.10"
    assert event.raw_at("/absent") is None
    with raises("misuse"):
        event.raw_at("n")


# --- records -----------------------------------------------------------------------------------------------------------------------------


class Answering:
    """A transport that answers with a link."""

    def send(self, request: vl.HttpRequest) -> vl.HttpResponse:
        body = {"session_token": "t-000001", "redirect_url ": "https://verify.valifysolutions.com/?token=t-000001"}
        return vl.HttpResponse(200, {}, json.dumps(body).encode())

    def close(self) -> None:
        raise AssertionError


def test_one_attempt_from_request_to_verdict() -> None:
    state = vl.ReturnState({"a": vl.Secret.utf8("fake-return-secret-0001")})
    binding = vl.Binding()
    issued = state.issue(return_url=BACK, reference_id="user-1", expires_at=timedelta(hours=1), binding=binding)
    request = vl.LinkRequest(return_url=issued.return_url, reference_id="user-1", expires_at=timedelta(minutes=30))
    with vl.Client(api_key=KEY, transport=Answering()) as valify:
        record = valify.requested(request).bound_to(issued.nonce)
        assert record.status() == "requested"
        record = record.issued(valify.create_link(request))
    assert record.status() == "issued"
    returned = state.check(issued.return_url, reference_id="user-1", binding=binding.to_cookie())
    assert returned.keys().nonce_hash == record.keys().nonce_hash
    record = record.returned(returned)
    assert (record.status(), record.returned_in_bound_browser, record.may_proceed()) == ("returned", "yes", False)
    event = verified('{"token": "t-000001", "reference": "user-1", "status": "approved"}')
    assert event.keys().token_hash == record.keys().token_hash
    other = valify_record("user-2")
    found = vl.route(event, [other, record])
    assert (found.index, found.ambiguous) == (1, False)
    assert vl.route(event, [other]) != found
    assert vl.route(event, [record, record]).ambiguous
    assert repr(found) == "Route(One(1))"
    record = record.add(event).merge(record)
    assert (record.status(), record.may_proceed()) == ("passed", True)
    with raises("record_mismatch") as caught:
        other.add(event)
    assert caught[0].next == "keep_delivery"
    resolved = record.resolve("failed", operator="ops-1", reason="T-1")
    assert resolved.status() == "failed"
    with raises("invalid_request") as caught:
        record.resolve("maybe", operator="ops-1", reason="T-1")  # type: ignore[arg-type]
    assert caught[0].field == "outcome"


def valify_record(reference: str) -> vl.Verification:
    client = vl.Client(api_key=KEY)
    return client.requested(return_url=BACK, reference_id=reference, expires_at=timedelta(minutes=30))


def test_a_record_is_stored_as_text_or_pickled() -> None:
    record = valify_record("user-1")
    assert vl.Verification.from_text(record.to_text()) == record
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(record, protocol)) == record
    with raises("record_malformed"):
        vl.Verification.from_text("{}")


def test_a_return_that_fails_means_wait() -> None:
    state = vl.ReturnState({"a": vl.Secret.utf8("fake-return-secret-0001")}, placement="path")
    binding = vl.Binding.from_cookie(vl.Binding().to_cookie())
    issued = state.issue(return_url=BACK, reference_id="user-1", expires_at=timedelta(hours=1), binding=binding)
    assert state.check(issued.return_url + "?status=ok", reference_id="user-1").returned_in_bound_browser == "unknown"
    with raises("state_mismatch") as caught:
        state.check(issued.return_url, reference_id="user-2")
    assert (caught[0].field, caught[0].next) == ("reference_id", "wait_for_webhook")
    with raises("invalid_request") as caught:
        state.issue(return_url=BACK, reference_id="user-1", expires_at=datetime(2999, 1, 1), binding=binding)
    assert caught[0].field == "expires_at"


# --- people ------------------------------------------------------------------------------------------------------------------------------


def test_a_national_id_says_what_its_digits_say() -> None:
    number = vl.NationalId.parse("٣٠١٠١٠١-٠١-٠٠٠٠-٩", now=NOW)
    assert number == vl.NationalId.parse("30101010100009")
    assert (number.digits, number.birth_date.isoformat(), number.sex) == ("30101010100009", "2001-01-01", "female")
    assert number.governorate is not None
    assert (number.governorate.code, number.governorate.english) == ("01", "Cairo")
    assert number.warnings == []
    assert vl.NationalId.parse("30101010100001").warnings == ["check_digit_mismatch"]
    assert number.is_minor(datetime(2018, 12, 31).date())
    assert not number.is_minor()
    assert len(number.pseudonym(vl.Secret.utf8("fake-pseudonym-key-0001"))) == 64
    with raises("invalid_config") as caught:
        number.pseudonym(vl.Secret.hex("00"))
    assert caught[0].field == "key.hex"


def test_what_does_not_fit_in_a_subject_is_a_warning() -> None:
    profile = vl.Profile(
        session_token=["/t"],
        subject={"front_nid": ["/front"], "back_nid": ["/back"]},
        matches_by="session_token",
    )
    verifier = vl.Verifier(auth=AUTH, profile=profile)
    body = b'{"t": "t-1", "front": "30101010100009", "back": 30101010100050}'
    subject = verifier.verify(body, vl.sign(AUTH, body).headers).subject
    assert dict(subject) == {"front_nid": "30101010100009", "back_nid": "30101010100050"}
    assert ("front_nid" in subject, len(subject), subject.get("age")) == (True, 2, None)
    assert [*subject] == subject.keys()
    assert subject.warnings() == ["national_ids_differ"]


# --- threads -----------------------------------------------------------------------------------------------------------------------------


def test_a_verifier_and_a_client_are_shared_between_threads() -> None:
    bodies = [f'{{"token": "t-{n}", "status": "approved"}}' + " " * (n * 997 % 40_000) for n in range(200)]
    with ThreadPoolExecutor(8) as pool, vl.Client(api_key=KEY, transport=Answering()) as client:
        assert [event.session_token for event in pool.map(verified, bodies)] == [f"t-{n}" for n in range(200)]
        request = vl.LinkRequest(return_url=BACK, reference_id="user-1", expires_at=timedelta(minutes=30))
        assert {link.session_token for link in pool.map(lambda _: client.create_link(request), range(50))} == {
            "t-000001"
        }


def test_others_run_while_a_large_body_is_hashed() -> None:
    body = b'{"token": "t-1", "a": "' + b"x" * (8 * 1024 * 1024 - 100) + b'"}'
    headers = vl.sign(AUTH, body).headers

    def ran_beside() -> bool:
        begun, ended = threading.Event(), threading.Event()

        def hashing() -> None:
            begun.set()
            VERIFIER.verify(body, headers)
            ended.set()

        thread = threading.Thread(target=hashing)
        thread.start()
        begun.wait(20)
        beside = not ended.is_set()
        thread.join()
        return beside

    patience = sys.getswitchinterval()
    # Nobody takes the GIL from a thread that does not give it up. A busy machine may still let this one come late: several tries.
    sys.setswitchinterval(1000)
    try:
        assert any(ran_beside() for _ in range(20))
    finally:
        sys.setswitchinterval(patience)


# --- finding mistakes --------------------------------------------------------------------------------------------------------------------


def test_a_mistake_is_named_and_nothing_is_shown() -> None:
    headers = vl.sign(AUTH, BODY).headers
    assert VERIFIER.diagnose(BODY, headers).refused is None
    cut = VERIFIER.diagnose(BODY + "\n", headers)
    assert (cut.refused, [finding.mistake for finding in cut.findings]) == ("signature_mismatch", ["body_newline"])
    assert cut.findings[0].advice in str(cut)
    assert json.loads(cut.to_json())["refused"] == "signature_mismatch"
    old = vl.Secret.utf8("fake-older-secret-0001")
    signed = vl.sign(vl.Preset("x_valify_signature_unverified", secrets={"old": old}), BODY).headers
    (finding,) = VERIFIER.diagnose(BODY, signed, older={"old": old}).findings
    assert (finding.mistake, finding.secret) == ("older_secret", "old")
    assert {*get_args(_types.Mistake)} >= {finding.mistake, "unknown"}
    with raises("invalid_config"):
        VERIFIER.diagnose(BODY, signed, older={"old": "text"})  # type: ignore[dict-item]


def test_an_unknown_delivery_is_described_without_its_content() -> None:
    inspection = vl.inspect(BODY, vl.sign(AUTH, BODY).headers, candidates=[AUTH])
    described = json.loads(inspection.to_json())
    assert described["candidates"][0]["authenticated_by"]["secret"] == "2026-11"
    assert described["proposal"] is not None
    for text in (str(inspection), repr(inspection), inspection.to_json()):
        assert "أحمد" not in text
        assert "approved" not in text
    with raises("invalid_config") as caught:
        vl.inspect(BODY, {}, environment="staging")  # type: ignore[arg-type]
    assert caught[0].field == "environment"
