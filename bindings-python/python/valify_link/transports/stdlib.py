"""A transport over the standard library alone: no further package, no proxies.

``NotSent`` is claimed for an ``OSError`` (refused, name not found, certificate refused, time-out) before the connection was there: the
request is written after that.
"""

from __future__ import annotations

import http.client
import ssl
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._core import HttpResponse
from . import MaybeSent, NotSent
from ._attempt import Gate, described, within
from ._body import OWN_HEADERS, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._core import HttpRequest

_CHUNK_BYTES = 64 * 1024


class StdlibTransport:
    """Sends over ``http.client``, a connection for each request. ``context`` is for certificates of one's own."""

    def __init__(self, *, context: ssl.SSLContext | None = None) -> None:
        self._context = context or ssl.create_default_context()

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        return within(request.timeout, partial(self._exchange, request))

    def close(self) -> None:
        """Nothing is left open between requests."""

    def _exchange(self, request: HttpRequest, gate: Gate) -> HttpResponse:
        url = urlsplit(request.url)
        host, port, timeout = url.hostname or "", url.port, request.timeout
        connection = (
            http.client.HTTPSConnection(host, port, timeout=timeout, context=self._context)
            if url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=timeout)
        )
        gate.watch()
        try:
            connection.connect()
            gate.begin()
            connection.request(
                request.method, f"{url.path}?{url.query}", request.body, dict([*request.headers, *OWN_HEADERS])
            )
            response = connection.getresponse()
            encoding = response.headers.get("Content-Encoding", "")
            body = read(_chunks(response), request.max_response_bytes, encoding)
            return HttpResponse(response.status, response.getheaders(), body, request.url)
        except (NotSent, MaybeSent):
            raise
        except Exception as error:  # noqa: BLE001 (none of it may be kept)
            nothing_was_sent = isinstance(error, OSError) and not gate.begun
            failure = (NotSent if nothing_was_sent else MaybeSent)(described(error))
        finally:
            connection.close()
        raise failure


def _chunks(response: http.client.HTTPResponse) -> Iterator[bytes]:
    while chunk := response.read1(_CHUNK_BYTES):
        yield chunk
    # read1 ends quietly where the connection ends early.
    if response.length:
        raise MaybeSent("the answer's body was cut")
