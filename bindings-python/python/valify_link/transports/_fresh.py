"""What the default httpx client sends by: a connection for each request, and the attempt's clock over each of its steps.

httpx bounds single reads, and takes each as long as the last; so its engine, httpcore, is given a network that asks the clock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpcore
import httpx

from ._connection import Connection, connected

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator

    from ._clock import Clock

#: The name under which a request carries its clock.
CLOCK = "valify_link.clock"


class FreshTransport(httpx.BaseTransport):
    """Sends each request, which must carry its clock, on a connection of its own."""

    def __init__(self) -> None:
        self._context = httpx.create_ssl_context(trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        connection = httpcore.HTTPConnection(
            target.origin, ssl_context=self._context, network_backend=_Network(request.extensions[CLOCK])
        )
        answer = connection.handle_request(
            httpcore.Request(request.method, target, headers=request.headers.raw, content=request.stream)
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer, connection))


class _Body(httpx.SyncByteStream):
    """An answer's body, which ends its connection."""

    def __init__(self, answer: httpcore.Response, connection: httpcore.HTTPConnection) -> None:
        self._answer = answer
        self._connection = connection

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._connection.close()


class _Network(httpcore.NetworkBackend):
    """Connects within the clock's time, which is shorter than any that httpcore gives."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> _Stream:
        return _Stream(connected(host, port, self._clock))


class _Stream(httpcore.NetworkStream):
    """A bounded connection as httpcore has it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._connection.read(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self._connection.write(buffer)
        except ConnectionError as error:
            # A peer that reads no further may have answered: after this exception alone, httpcore looks for the answer.
            raise httpcore.WriteError(str(error)) from None

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        try:
            return _Stream(self._connection.secured(ssl_context, server_hostname))
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._connection.close()

    def get_extra_info(self, info: str) -> None:
        """Nothing: without an ALPN protocol told, it is HTTP/1.1, which is all that was offered."""
