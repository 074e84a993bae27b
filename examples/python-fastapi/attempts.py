"""The attempts of a database: one row for each, every later write an atomic merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    and_,
    select,
)

from valify_link import Verification, route

if TYPE_CHECKING:
    from valify_link import Event, Keys, Returned

metadata = MetaData()
attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("reference_id", String(256), nullable=False),
    Column("token_hash", String(32), unique=True),
    Column("nonce_hash", String(32), unique=True),
    Column("record", Text, nullable=False),
)
Index("attempts_of_a_user", attempts.c.reference_id, attempts.c.id)
_unissued = attempts.c.token_hash.is_(None)
# Few rows, however many attempts a user has: those whose token is not known yet.
Index("attempts_unissued", attempts.c.reference_id, sqlite_where=_unissued, postgresql_where=_unissued)


class Attempts:
    """Stores records by the keys that events and returns are looked up by."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        metadata.create_all(engine)

    def insert(self, record: Verification) -> int:
        """A new attempt. Before the call for its link: nothing can come too early then."""
        with self._engine.begin() as connection:
            inserted = connection.execute(attempts.insert().values(**_columns(record)).returning(attempts.c.id))
            return int(inserted.scalar_one())

    def merge(self, attempt: int, add: Callable[[Verification], Verification]) -> Verification:
        """Adds to one attempt."""
        with self._engine.begin() as connection:
            _, record = _locked(connection, attempts.c.id == attempt)[0]
            return _write(connection, attempt, record, add)

    def merge_returned(self, returned: Returned) -> Verification | None:
        """Adds that a browser came back, to the attempt whose state it carried; ``None`` if there is none any more."""
        with self._engine.begin() as connection:
            for attempt, record in _locked(connection, attempts.c.nonce_hash == returned.keys().nonce_hash):
                return _write(connection, attempt, record, lambda record: record.returned(returned))
        return None

    def merge_event(self, event: Event) -> Verification | None:
        """Adds what a webhook said, to the attempt that it is about; ``None`` if that cannot be told: for a human."""
        with self._engine.begin() as connection:
            rows = _about(connection, event.keys())
            found = route(event, [record for _, record in rows])
            if found.index is None:
                return None
            attempt, record = rows[found.index]
            return _write(connection, attempt, record, lambda record: record.add(event))

    def latest(self, reference_id: str) -> Verification | None:
        """A user's latest attempt."""
        newest = select(attempts.c.record).where(attempts.c.reference_id == reference_id)
        with self._engine.connect() as connection:
            text = connection.scalar(newest.order_by(attempts.c.id.desc()).limit(1))
        return None if text is None else Verification.from_text(text)


Rows = list[tuple[int, Verification]]


def _about(connection: Connection, keys: Keys) -> Rows:
    """The rows that an event may be about: the one with its token, or else those of its reference that have none yet."""

    def by_token() -> Rows:
        # Compared with nothing, a column would be asked for NULL.
        return [] if keys.token_hash is None else _locked(connection, attempts.c.token_hash == keys.token_hash)

    def by_reference() -> Rows:
        if keys.reference_id is None:
            return []
        return _locked(connection, and_(attempts.c.reference_id == keys.reference_id, _unissued))

    # A row that was waited for may have been given its token meanwhile: it is of no reference without one any more.
    return by_token() or by_reference() or by_token()


def _locked(connection: Connection, which: ColumnElement[bool]) -> Rows:
    """Rows that nobody else writes until the transaction ends, always locked in the same order."""
    if connection.dialect.name == "sqlite":
        # SQLite locks no rows: a write takes the whole database, and what is read after it is current.
        connection.execute(attempts.update().where(attempts.c.id == -1).values(record=""))
    chosen = select(attempts.c.id, attempts.c.record).where(which).order_by(attempts.c.id)
    return [(row.id, Verification.from_text(row.record)) for row in connection.execute(chosen.with_for_update())]


def _write(
    connection: Connection, attempt: int, record: Verification, add: Callable[[Verification], Verification]
) -> Verification:
    merged = add(record)
    connection.execute(attempts.update().where(attempts.c.id == attempt).values(**_columns(merged)))
    return merged


def _columns(record: Verification) -> dict[str, Any]:
    keys = record.keys()
    return {
        "reference_id": keys.reference_id,
        "token_hash": keys.token_hash,
        "nonce_hash": keys.nonce_hash,
        "record": record.to_text(),
    }
