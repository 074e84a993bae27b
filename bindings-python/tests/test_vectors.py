"""The conformance vectors, and the report that a gate compares with those of the other hosts."""

from __future__ import annotations

import pytest

import vectors_runner


def test_every_case_has_the_expected_verdict() -> None:
    _, complaints = vectors_runner.reported()
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("expected", "count"),
    [
        ({"ok": {}}, 0),
        ({"ok": {"a": 1, "absent": None, "b": {"c": "x"}}}, 0),
        ({"ok": {"e": [{"f": 1}, {"delay": {"min_ms": 300, "max_ms": 300}}]}}, 0),
        ({"ok": {"body": {"repeat": [{"utf8": "x"}, 2]}}}, 0),
        ({"error": {}}, 1),
        ({"ok": {"a": "1"}}, 1),
        ({"ok": {"a": True}}, 1),
        ({"ok": {"a": None, "b": {"c": "y"}}}, 2),
        ({"ok": {"e": [{}]}}, 1),
        ({"ok": {"e": [{}, {"delay": {"min_ms": 0, "max_ms": 299}}]}}, 1),
        ({"ok": {"body": {"utf8": "x"}}}, 1),
    ],
)
def test_what_is_named_must_be_equal_and_nothing_else(expected: object, count: int) -> None:
    actual = {"ok": {"a": 1, "b": {"c": "x", "d": True}, "e": [{"f": 1, "g": 2}, {"delay_ms": 300}], "body": "xx"}}
    assert len(vectors_runner.differences(expected, actual)) == count
