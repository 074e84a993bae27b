"""What the table keeps to: an event finds its row, whatever is being written beside it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from attempts import Attempts
from attempts import attempts as table
from sqlalchemy import Connection, Engine, create_engine, select

import valify_link as vl

if TYPE_CHECKING:
    from collections.abc import Iterator

CLIENT = vl.Client(api_key="fake-key-0001")
AUTH = vl.Preset("x_valify_signature_unverified", secrets={"a": vl.Secret.utf8("fake-webhook-secret-0001")})
VERIFIER = vl.Verifier(
    auth=AUTH,
    profile=vl.Profile(
        session_token=["/token"],
        reference_id=["/reference"],
        decision=["/status"],
        decisions=[("approved", "passed")],
        matches_by="session_token",
    ),
)


def engine_of(database: str) -> Engine:
    return create_engine(database.replace("postgresql:", "postgresql+pg8000:"))


class Attempt:
    """One attempt of a user, as the app makes it."""

    def __init__(self, rows: Attempts, number: int) -> None:
        self.token = f"token-{number:06}"
        self._request = vl.LinkRequest(
            return_url="https://shop.example/back", reference_id="user-1", expires_at=timedelta(minutes=30)
        )
        self.record = CLIENT.requested(self._request)
        self.id = rows.insert(self.record)

    def link(self) -> vl.Link:
        body = {"session_token": self.token, "redirect_url": f"https://verify.valifysolutions.com/?token={self.token}"}
        call = vl.CreateLink(CLIENT.config, self._request, seed=0)
        return call.parse(vl.HttpResponse(200, {}, json.dumps(body).encode()))

    def event(self) -> vl.Event:
        body = json.dumps({"token": self.token, "reference": "user-1", "status": "approved"})
        return VERIFIER.verify(body, vl.sign(AUTH, body).headers)


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    engine = engine_of(database)
    yield engine
    engine.dispose()


@contextmanager
def written_by_another(engine: Engine, attempt: int, record: vl.Verification) -> Iterator[Connection]:
    """A transaction of somebody else, that has written the row and not yet ended."""
    with engine.begin() as connection:
        keys = record.keys()
        values = {"token_hash": keys.token_hash, "record": record.to_text()}
        connection.execute(table.update().where(table.c.id == attempt).values(**values))
        yield connection


def test_an_event_may_come_before_the_link(engine: Engine) -> None:
    rows = Attempts(engine)
    attempt = Attempt(rows, 1)
    assert rows.merge_event(attempt.event()) is not None
    assert rows.merge(attempt.id, lambda record: record.issued(attempt.link())).status() == "passed"


def test_an_event_that_meets_its_link_half_written_finds_it(engine: Engine) -> None:
    rows = Attempts(engine)
    attempt = Attempt(rows, 1)
    with ThreadPoolExecutor(1) as pool:
        with written_by_another(engine, attempt.id, attempt.record.issued(attempt.link())) as connection:
            merged = pool.submit(rows.merge_event, attempt.event())
            if connection.dialect.name == "postgresql":
                waiting = "select count(*) from pg_locks where not granted"
                while connection.exec_driver_sql(waiting).scalar() == 0:
                    assert not merged.done()
        found = merged.result()
    assert found is not None
    assert found.status() == "passed"


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_an_event_waits_for_no_other_attempt_of_its_user(engine: Engine) -> None:
    rows = Attempts(engine)
    first, second = Attempt(rows, 1), Attempt(rows, 2)
    for attempt in (first, second):
        rows.merge(attempt.id, lambda record, attempt=attempt: record.issued(attempt.link()))
    with engine.begin() as connection, ThreadPoolExecutor(1) as pool:
        connection.execute(select(table).where(table.c.id == first.id).with_for_update())
        merged = pool.submit(rows.merge_event, second.event()).result(timeout=60)
    assert merged is not None
    assert merged.status() == "passed"


def test_an_event_of_no_attempt_is_for_a_human(engine: Engine) -> None:
    rows = Attempts(engine)
    attempt = Attempt(rows, 1)
    rows.merge(attempt.id, lambda record: record.issued(attempt.link()))
    strange = Attempt(Attempts(create_engine("sqlite://")), 2).event()
    assert rows.merge_event(strange) is None
    latest = rows.latest("user-1")
    assert latest is not None
    assert latest.status() == "issued"
