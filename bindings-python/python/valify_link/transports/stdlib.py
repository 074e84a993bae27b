"""A transport over the standard library alone: no further package, no proxies.

``NotSent`` is claimed for an ``OSError`` (refused, name not found, certificate refused, time-out) before the first byte of the request is
written.
"""

from __future__ import annotations

import http.client
import io
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._core import HttpResponse
from . import MaybeSent
from ._body import OWN_HEADERS, read
from ._clock import Clock
from ._connection import Connection, connected
from ._head import WholeHead

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import WriteableBuffer

    from .._core import HttpRequest

_CHUNK_BYTES = 64 * 1024


class StdlibTransport:
    """Sends over ``http.client``, a connection for each request. ``context`` is for certificates of one's own."""

    def __init__(self, *, context: ssl.SSLContext | None = None) -> None:
        self._context = context or ssl.create_default_context()

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        clock = Clock(request.timeout)
        url = urlsplit(request.url)
        kind, context = (_Secure, self._context) if url.scheme == "https" else (_Plain, None)
        connection = kind(url.hostname or "", url.port)
        try:
            line = connected(connection.host, connection.port, clock)
            try:
                line = line if context is None else line.secured(context, connection.host)
                connection.sock = _Line(line)
                target = f"{url.path}?{url.query}"
                connection.request(request.method, target, request.body, dict([*request.headers, *OWN_HEADERS]))
                response = connection.getresponse()
                encoding = response.headers.get("Content-Encoding", "")
                body = read(_chunks(response), request.max_response_bytes, encoding)
                return HttpResponse(response.status, response.getheaders(), body, request.url)
            finally:
                line.close()
        except Exception as error:  # noqa: BLE001 (none of it may be kept)
            failure = clock.failure(error)
        raise failure

    def close(self) -> None:
        """Nothing is left open between requests."""


class _Plain(http.client.HTTPConnection):
    auto_open = 0
    response_class = WholeHead


class _Secure(_Plain):
    default_port = http.client.HTTPS_PORT


class _Line:
    """A bounded connection as far as ``http.client`` asks a socket for it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def sendall(self, data: bytes) -> None:
        self._connection.write(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._connection))

    def close(self) -> None:
        """Nothing: the answer is still to be read."""


class _Reader(io.RawIOBase):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        return self._connection.readinto(buffer)


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while chunk := response.read1(_CHUNK_BYTES):
        yield chunk
    # read1 ends quietly where the connection ends early.
    if response.length:
        raise MaybeSent("the answer's body was cut")
