"""A transport over requests.

``NotSent`` is claimed for what requests raises before the connection was there (refused, name not found, certificate refused, time-out):
the request is written after that.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from .._core import HttpResponse
from . import MaybeSent, NotSent
from ._attempt import Gate, described, within
from ._body import OWN_HEADERS, read
from ._head import WholeHead

if TYPE_CHECKING:
    from .._core import HttpRequest

_CHUNK_BYTES = 64 * 1024


class RequestsTransport:
    """Sends with requests, a connection for each request.

    Of the caller's ``session``, its ``verify``, ``cert`` and ``proxies`` are used, and nothing that would be added to a request or repeat
    it: no cookies, no ``auth``, no netrc, no mounted retries.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        self._session = session or requests.Session()

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        return within(request.timeout, partial(self._exchange, request))

    def close(self) -> None:
        """Nothing is left open between requests."""

    def _exchange(self, request: HttpRequest, gate: Gate) -> HttpResponse:
        prepared = requests.Request(
            request.method, request.url, headers=dict([*request.headers, *OWN_HEADERS]), data=request.body
        ).prepare()
        adapter = _Adapter(gate)
        gate.watch()
        try:
            session = self._session
            response = adapter.send(
                prepared,
                stream=True,
                timeout=(request.timeout, request.timeout),
                verify=True if session.verify is None else session.verify,
                cert=session.cert,
                proxies=session.proxies,
            )
            encoding = response.headers.get("Content-Encoding", "")
            chunks = response.raw.stream(_CHUNK_BYTES, decode_content=False)
            body = read(chunks, request.max_response_bytes, encoding)
            return HttpResponse(response.status_code, response.raw.headers.items(), body, request.url)
        except (NotSent, MaybeSent):
            raise
        except Exception as error:  # noqa: BLE001 (none of it may be kept)
            # A handshake that takes too long is a read time-out to urllib3.
            nothing_was_sent = isinstance(error, (requests.ConnectionError, requests.Timeout)) and not gate.begun
            failure = (NotSent if nothing_was_sent else MaybeSent)(described(error))
        finally:
            adapter.close()
        raise failure


class _Adapter(HTTPAdapter):
    """One without retries, whose connections pass the gate when they are there."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (as requests declares it)
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _gated_pools(self._gate)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (as requests declares it)
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = _gated_pools(self._gate)
        return manager


def _gated_pools(gate: Gate) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        response_class = WholeHead

        def connect(self) -> None:
            super().connect()
            gate.begin()

    class Secure(HTTPSConnection):
        response_class = WholeHead

        def connect(self) -> None:
            super().connect()
            gate.begin()

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain  # pyright: ignore[reportAssignmentType]

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure  # pyright: ignore[reportAssignmentType]

    return {"http": PlainPool, "https": SecurePool}
