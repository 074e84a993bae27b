"""The README's code, block by block, as it stands: against the sandbox, in the order of reading."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, Callable

import httpx
import pytest

import valify_link as vl
from conftest import Sandbox

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.+?)^```", README, re.MULTILINE | re.DOTALL)
SECRET = "fake-webhook-secret-0001"


class Rows:
    """What the README leaves to its reader: rows, and how to answer a browser."""

    def __init__(self) -> None:
        self.records: list[vl.Verification] = []
        self.redirected_to = ""

    def save(self, record: vl.Verification) -> int:
        self.records.append(record)
        return len(self.records) - 1

    def merge(self, row: int | vl.Keys, add: Callable[[vl.Verification], vl.Verification]) -> None:
        if isinstance(row, vl.Keys):
            (row,) = (n for n, record in enumerate(self.records) if record.keys().token_hash == row.token_hash)
        self.records[row] = add(self.records[row])

    def redirect(self, url: str, status: int) -> None:
        assert status == 303
        self.redirected_to = url


def test_the_readme_runs(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    create, believe, know, test = BLOCKS
    monkeypatch.setenv("VALIFY_API_KEY", "sandbox-key-not-for-production")
    monkeypatch.setenv("VALIFY_WEBHOOK_SECRET", SECRET)

    class Here(vl.Client):
        """The sandbox stands in for Valify."""

        def __init__(self, **named: Any) -> None:
            super().__init__(**{**named, "environment": "sandbox", "base_url": sandbox.base_url})

    monkeypatch.setattr(vl, "Client", Here)
    rows = Rows()
    names: dict[str, Any] = {"save": rows.save, "merge": rows.merge, "redirect": rows.redirect}
    exec(create, names)
    assert rows.redirected_to.startswith(f"{sandbox.base_url}/?token=")
    assert [record.status() for record in rows.records] == ["issued"]

    # A record takes no event of another environment, which the sandbox's is.
    believe = believe.replace("verifier = Verifier(", 'verifier = Verifier(\n    environment="sandbox",')
    exec(believe, names)
    body = f'{{"data": {{"token": "{names["link"].session_token}", "status": "approved"}}}}'
    auth = vl.Preset("x_valify_signature_unverified", secrets={"2026-11": vl.Secret.utf8(SECRET)})
    headers = dict(vl.sign(auth, body).headers)

    async def deliver(content: str) -> int:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(names["app"]), base_url="http://app.example") as web:
            return (await web.post("/webhooks/valify", content=content, headers=headers)).status_code

    assert asyncio.run(deliver(body)) == 200
    assert asyncio.run(deliver(body + " ")) == 401

    class Row:
        record = rows.records[0].to_text()

    names.update(row=Row, event=names["verifier"].verify(body, headers))
    exec(know, names)
    assert names["record"].status() == "passed"

    monkeypatch.undo()
    exec(f"from valify_link import Client\nwith {test.strip()} as client: pass", names)
    assert names["client"].environment == "sandbox"
