"""An answer's head that is whole, or an error: ``http.client`` takes the end of a connection for the end of a head."""

from __future__ import annotations

import http.client
from typing import Any


class WholeHead(http.client.HTTPResponse):
    """Without this, half a head is a status without a body, whatever was to follow."""

    def begin(self) -> None:
        answer: Any = self.fp
        lines: Any = _Lines(answer)
        self.fp = lines
        try:
            super().begin()
        finally:
            if self.fp is lines:
                self.fp = answer


class _Lines:
    def __init__(self, answer: Any) -> None:  # noqa: ANN401 (a file of bytes, in a socket's or urllib3's own words)
        self._answer = answer

    def readline(self, limit: int) -> bytes:
        line: bytes = self._answer.readline(limit)
        if not line.endswith(b"\n") and len(line) < limit:
            raise http.client.RemoteDisconnected("the connection ended within the answer's head")
        return line

    def close(self) -> None:
        self._answer.close()
