"""What the framework adapters share: reading a body under the verifier's cap, and the answers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ._core import refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ._core import Verifier
    from .errors import ValifyError

log = logging.getLogger("valify_link")

#: The answer where the handler failed: the sender is to come again.
HANDLER_FAILED = 503
METHOD_NOT_ALLOWED = 405
CHUNK_BYTES = 64 * 1024


class CappedBody:
    """A body while it comes in. It never holds more than the verifier's cap and one chunk."""

    def __init__(self, verifier: Verifier, content_length: str | None) -> None:
        self._max_bytes = verifier.max_body_bytes
        self._announced = int(content_length) if content_length is not None and content_length.isdecimal() else None
        self._body = bytearray()
        if self._announced is not None and self._announced > self._max_bytes:
            raise self._too_large()

    def feed(self, chunk: bytes) -> None:
        self._body += chunk
        if len(self._body) > self._max_bytes:
            raise self._too_large()

    def read(self, chunks: Iterable[bytes]) -> bytes:
        for chunk in chunks:
            self.feed(chunk)
        return self.finish()

    def finish(self) -> bytes:
        if self._announced is not None and len(self._body) < self._announced:
            raise consumed()
        return bytes(self._body)

    def _too_large(self) -> ValifyError:
        return refusal("body_too_large", None, f"the body has more than {self._max_bytes} bytes")


def consumed() -> ValifyError:
    """Something has read the body before, so that its bytes are gone."""
    return refusal("misuse", None, "the body is not there whole: nothing may read or parse it before the verifier")


def refused(error: ValifyError) -> int:
    """Logs why a delivery was not believed, which the sender is not told. Returns the status of the answer."""
    log.log(logging.ERROR if error.kind == "misuse" else logging.WARNING, "webhook refused: %s", error)
    return error.delivery_status


def failed(status: int = HANDLER_FAILED) -> int:
    """Logs that the caller's handler raised. Returns the status of the answer."""
    log.error("webhook: the handler failed, the sender is asked to come again", exc_info=True)
    return status


def wsgi_target(environ: Mapping[str, object], otherwise: str) -> str:
    """The undecoded request target, where the server tells it."""
    return str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or otherwise)


def asgi_target(scope: Mapping[str, object]) -> str:
    """The undecoded request target."""
    raw_path, query = scope.get("raw_path"), scope.get("query_string")
    path = raw_path.decode("latin-1") if isinstance(raw_path, bytes) else str(scope.get("path", ""))
    return f"{path}?{query.decode('latin-1')}" if isinstance(query, bytes) and query else path
