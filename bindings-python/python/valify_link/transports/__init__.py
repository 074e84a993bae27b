"""What carries a request: a small protocol, and what each transport keeps to.

A transport sends the request once and exactly as it stands, on a fresh connection, without redirects, cookies or stored credentials, with
``request.timeout`` over all of it and ``request.max_response_bytes`` over the decoded body. It raises ``NotSent`` only where not one byte
of the request can have left this machine, and ``MaybeSent``, or anything else, for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .._core import HttpRequest, HttpResponse

__all__ = ["AsyncTransport", "MaybeSent", "NotSent", "Transport", "TransportFailure"]


class TransportFailure(Exception):  # noqa: N818 (not an error of the package's API: a transport's answer)
    """No answer was read whole. Raise ``NotSent`` or ``MaybeSent``."""


class NotSent(TransportFailure):
    """Not one byte of the request has left this machine."""


class MaybeSent(TransportFailure):
    """Everything else, a body that could not be read whole included."""


class Transport(Protocol):
    """Sends one request and blocks until its answer is read whole."""

    def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        ...

    def close(self) -> None:
        """Free what the transport itself has opened."""
        ...


class AsyncTransport(Protocol):
    """Sends one request without blocking."""

    async def send(self, request: HttpRequest, /) -> HttpResponse:
        """Send the request once."""
        ...

    async def aclose(self) -> None:
        """Free what the transport itself has opened."""
        ...
