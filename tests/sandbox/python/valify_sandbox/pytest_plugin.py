"""The fixtures that an installed ``valify-sandbox`` gives to pytest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from valify_sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def valify_sandbox_webhook_url() -> str | None:
    """Where the sandbox sends webhooks. Override it in your ``conftest.py``; by default none are sent."""
    return None


@pytest.fixture(scope="session")
def _valify_sandbox_process(valify_sandbox_webhook_url: str | None) -> Iterator[Sandbox]:
    with Sandbox(webhook_url=valify_sandbox_webhook_url) as sandbox:
        yield sandbox


@pytest.fixture
def valify_sandbox(_valify_sandbox_process: Sandbox) -> Sandbox:
    """A running sandbox, one for the whole run, emptied before each test."""
    _valify_sandbox_process.reset()
    return _valify_sandbox_process
