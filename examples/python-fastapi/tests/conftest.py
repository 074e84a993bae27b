"""Each test has an empty database, of each kind in turn."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import databases
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[databases.Cluster]:
    server = databases.programs()
    if server is None:
        missing = "PostgreSQL is not installed: on Debian, apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with databases.running(server) as cluster:
        yield cluster


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/attempts.db"
    url: str = request.getfixturevalue("postgresql").database()
    return url
