"""The default transports, over httpx.

The default blocking client sends by a network of ours, which keeps the time of an attempt and claims ``NotSent`` for an ``OSError`` (refused,
name not found, certificate refused, time-out) before the first byte of the request is written.

With every other client, ``NotSent`` is claimed for ``httpx.ConnectError``, ``httpx.ConnectTimeout`` and ``ssl.SSLError``, and where the time
was up before httpx told that it begins to write the request. httpx tells so by its ``trace`` extension, which also shows whether a
connection is fresh: an idle one of the caller's own client is dropped and the next one tried, before anything is written.
"""

from __future__ import annotations

import ssl
from functools import partial
from typing import TYPE_CHECKING

import anyio
import httpx

from .._core import HttpResponse
from . import MaybeSent, NotSent
from ._attempt import Gate, described, within
from ._body import OWN_HEADERS, aread, read
from ._clock import Clock
from ._fresh import CLOCK, FreshTransport

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._core import HttpRequest

#: What is raised before the request is written, and only then.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout)

#: No keep-alive: nothing of one call is there for the next. No environment: proxies and certificates are the caller's own client's matter.
_NO_POOL = httpx.Limits(max_keepalive_connections=0)


class _Reused(Exception):  # noqa: N818 (never leaves this module)
    """The connection has been used before."""


class _Watch:
    """Follows one request through httpx by its trace."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._fresh = False

    def __call__(self, event: str, _info: Mapping[str, object]) -> None:
        if event == "connection.connect_tcp.started":
            self._gate.watch()
        elif event in ("connection.connect_tcp.complete", "connection.connect_unix_socket.complete"):
            self._fresh = True
        elif event == "http11.send_request_headers.started":
            if not self._fresh:
                raise _Reused
            self._gate.begin()
        elif event == "http2.send_request_headers.started":
            # Several requests share such a connection: dropping it would end theirs.
            self._gate.begin()

    async def asynchronous(self, event: str, info: Mapping[str, object]) -> None:
        self(event, info)


def _built(request: HttpRequest, extensions: dict[str, object]) -> httpx.Request:
    """The request without whatever a client would add of its own: cookies, default headers, credentials."""
    return httpx.Request(
        request.method,
        request.url,
        headers=[*request.headers, *OWN_HEADERS],
        content=request.body,
        extensions=extensions,
    )


def _traced(request: HttpRequest, trace: object) -> httpx.Request:
    return _built(request, {"timeout": httpx.Timeout(request.timeout).as_dict(), "trace": trace})


def _final_url(request: HttpRequest, sent: httpx.Request, response: httpx.Response) -> str:
    """The URL that answered, in the request's own spelling where httpx only normalised it."""
    return request.url if response.url == sent.url else str(response.url)


def _answer(request: HttpRequest, sent: httpx.Request, response: httpx.Response, body: bytes) -> HttpResponse:
    return HttpResponse(response.status_code, response.headers.raw, body, _final_url(request, sent, response))


def _failure(error: Exception, gate: Gate) -> NotSent | MaybeSent:
    # Older versions let an exception of TLS itself through.
    no_connection = isinstance(error, NOT_SENT) or (isinstance(error, ssl.SSLError) and gate.watched)
    return (NotSent if no_connection and not gate.begun else MaybeSent)(described(error))


def _exchanged(client: httpx.Client, request: HttpRequest, sent: httpx.Request) -> HttpResponse:
    response = client.send(sent, auth=httpx.Auth(), follow_redirects=False, stream=True)
    try:
        encoding = response.headers.get("content-encoding", "")
        return _answer(request, sent, response, read(response.iter_raw(), request.max_response_bytes, encoding))
    finally:
        response.close()


def _send_by_clock(client: httpx.Client, request: HttpRequest) -> HttpResponse:
    clock = Clock(request.timeout)
    try:
        return _exchanged(client, request, _built(request, {CLOCK: clock}))
    except Exception as error:  # noqa: BLE001 (none of it may be kept)
        failure = clock.failure(error)
    raise failure


def _send_by_trace(client: httpx.Client, request: HttpRequest, gate: Gate) -> HttpResponse:
    while True:
        try:
            return _exchanged(client, request, _traced(request, _Watch(gate)))
        except _Reused:
            continue
        except (NotSent, MaybeSent):
            raise
        except Exception as error:  # noqa: BLE001 (a client may raise anything, and none of it may be kept)
            failure = _failure(error, gate)
        raise failure


class HttpxTransport:
    """Sends over an ``httpx.Client``: its own, or the caller's with its proxies, certificates and hooks.

    A client of the caller's bounds single reads at best, so that each attempt with it has a thread.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        """``client`` stays the caller's to close."""
        self._owned = client is None
        self._client = client or httpx.Client(transport=FreshTransport(), trust_env=False)

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        if self._owned:
            return _send_by_clock(self._client, request)
        return within(request.timeout, partial(_send_by_trace, self._client, request))

    def close(self) -> None:
        """Close the client, if it is the transport's own."""
        if self._owned:
            self._client.close()


class AsyncHttpxTransport:
    """Sends over an ``httpx.AsyncClient``, under asyncio or trio: its own, or the caller's."""

    def __init__(self, client: httpx.AsyncClient | None = None) -> None:
        """``client`` stays the caller's to close."""
        self._owned = client is None
        self._client = client or httpx.AsyncClient(limits=_NO_POOL, trust_env=False)

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        gate = Gate()
        with anyio.move_on_after(request.timeout):
            return await self._exchange(request, gate)
        raise gate.abandon()

    async def aclose(self) -> None:
        """Close the client, if it is the transport's own."""
        if self._owned:
            await self._client.aclose()

    async def _exchange(self, request: HttpRequest, gate: Gate) -> HttpResponse:
        while True:
            try:
                return await self._once(request, gate)
            except _Reused:
                continue
            except (NotSent, MaybeSent):
                raise
            except Exception as error:  # noqa: BLE001 (a client may raise anything, and none of it may be kept)
                failure = _failure(error, gate)
            raise failure

    async def _once(self, request: HttpRequest, gate: Gate) -> HttpResponse:
        sent = _traced(request, _Watch(gate).asynchronous)
        response = await self._client.send(sent, auth=httpx.Auth(), follow_redirects=False, stream=True)
        try:
            encoding = response.headers.get("content-encoding", "")
            body = await aread(response.aiter_raw(), request.max_response_bytes, encoding)
            return _answer(request, sent, response, body)
        finally:
            await response.aclose()
