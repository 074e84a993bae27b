"""What type checkers must refuse, line by line: never run, and an ignored error that is none fails the check.

Each line says how mypy and how pyright call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import valify_link as vl

if TYPE_CHECKING:
    from collections.abc import Sequence


def only_a_verifier_makes_an_event(body: bytes) -> None:
    vl.Event()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Event(body)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    class Own(vl.Event): ...  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]


def nor_has_any_other_of_these_a_constructor() -> None:
    vl.AuthenticatedBy()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Diagnosis()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Finding()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Governorate()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.HttpRequest()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Inspection()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Issued()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Keys()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Link()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.NationalId()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Returned()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Route()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Secret()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Signed()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Subject()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.UnverifiedEvent()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Verification()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def from_what_nobody_authenticated_nothing_leads_to_passed(
    claimed: vl.UnverifiedEvent, returned: vl.Returned, record: vl.Verification, records: Sequence[vl.Verification]
) -> None:
    _ = claimed.outcome  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    claimed.keys()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    record.add(claimed)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    record.add(returned)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    vl.route(claimed, records)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_parsed_body_cannot_be_passed(verifier: vl.Verifier, parsed: dict[str, object]) -> None:
    verifier.verify(parsed, {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_text_is_no_secret() -> None:
    vl.Preset("stripe_style", secrets={"a": "text"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]
    vl.ReturnState({"a": "text"})  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType]


def nothing_is_accepted_by_default(auth: vl.Hmac, profile: vl.Profile) -> None:
    vl.Verifier(profile=profile)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Verifier(auth=auth)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.Profile()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    vl.StaticHeader(header="X-Key", secrets={})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def nothing_can_be_set(event: vl.Event) -> None:
    event.outcome = "passed"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
