"""Webhooks in Starlette: a decorator that makes a handler of events an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ._adapter import METHOD_NOT_ALLOWED, CappedBody, asgi_target, consumed, failed, refused
from .errors import ValifyError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from starlette.requests import Request

    from ._core import Event, Verifier

__all__ = ["received_event", "valify_webhook"]

#: A body from which on hashing would keep the event loop waiting noticeably.
_IN_A_THREAD_FROM_BYTES = 256 * 1024


async def received_event(verifier: Verifier, request: Request) -> Event:
    """Read the raw body of a request and verify it: ``ValifyError`` with ``delivery_status`` where it is not to be believed."""
    body = CappedBody(verifier, request.headers.get("content-length"))
    try:
        async for chunk in request.stream():
            body.feed(chunk)
    except RuntimeError:
        raise consumed() from None
    whole, headers, url = body.finish(), request.headers.raw, asgi_target(request.scope)
    if len(whole) < _IN_A_THREAD_FROM_BYTES:
        return verifier.verify(whole, headers, url=url)
    return await run_in_threadpool(verifier.verify, whole, headers, url=url)


def valify_webhook(
    verifier: Verifier, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[[Event], Awaitable[None]]], Callable[[Request], Awaitable[Response]]]:
    """Make an asynchronous handler of events an endpoint: 200 once it has finished, 503 if it raises, all bodies empty."""

    def decorate(handler: Callable[[Event], Awaitable[None]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if request.method not in methods:
                return Response(status_code=METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)})
            try:
                event = await received_event(verifier, request)
            except ValifyError as error:
                return Response(status_code=refused(error))
            try:
                await handler(event)
            except HTTPException:
                raise  # the handler's own answer
            except Exception:  # noqa: BLE001 (whatever it is, the sender is to come again)
                return Response(status_code=failed())
            return Response()

        return endpoint

    return decorate
