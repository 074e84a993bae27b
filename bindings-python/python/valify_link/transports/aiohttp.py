"""A transport over aiohttp.

``NotSent`` is claimed for ``aiohttp.ClientConnectorError`` (refused, name not found, certificate refused), and where the time was up before
the connection was there: the request is written after that.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from .._core import HttpResponse
from . import MaybeSent, NotSent
from ._attempt import Gate, described
from ._body import OWN_HEADERS, aread

if TYPE_CHECKING:
    from ssl import SSLContext

    from .._core import HttpRequest

_CHUNK_BYTES = 64 * 1024


class AiohttpTransport:
    """Sends with aiohttp, a session and a connection for each request, so that nothing of one is there for the next.

    ``context`` is for certificates of one's own, ``proxy`` the URL of a proxy.
    """

    def __init__(self, *, context: SSLContext | None = None, proxy: str | None = None) -> None:
        self._context = context
        self._proxy = proxy

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        gate = Gate()
        gate.watch()
        try:
            return await asyncio.wait_for(self._exchange(request, gate), request.timeout)
        except asyncio.TimeoutError:
            failure = gate.abandon()
        except (NotSent, MaybeSent):
            raise
        except Exception as error:  # noqa: BLE001 (none of it may be kept)
            nothing_was_sent = isinstance(error, aiohttp.ClientConnectorError) and not gate.begun
            failure = (NotSent if nothing_was_sent else MaybeSent)(described(error))
        raise failure

    async def aclose(self) -> None:
        """Nothing is left open between requests."""

    async def _exchange(self, request: HttpRequest, gate: Gate) -> HttpResponse:
        trace = aiohttp.TraceConfig()

        async def begin(*_: object) -> None:
            gate.begin()

        trace.on_connection_create_end.append(begin)
        async with (
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True, ssl=True if self._context is None else self._context),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trace_configs=[trace],
                timeout=aiohttp.ClientTimeout(total=None),
            ) as session,
            session.post(
                request.url,
                data=request.body,
                headers=[*request.headers, *OWN_HEADERS],
                allow_redirects=False,
                proxy=self._proxy,
            ) as response,
        ):
            encoding = response.headers.get("Content-Encoding", "")
            body = await aread(response.content.iter_chunked(_CHUNK_BYTES), request.max_response_bytes, encoding)
            return HttpResponse(response.status, response.raw_headers, body, request.url)
