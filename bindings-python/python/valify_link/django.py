"""Webhooks in Django: a decorator that makes a handler of events a view, exempt from the CSRF check.

```python
@valify_webhook(verifier)
def webhook(request: HttpRequest, event: Event) -> None: ...
```
"""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, Callable

from django.http import HttpResponse

from ._adapter import CHUNK_BYTES, METHOD_NOT_ALLOWED, CappedBody, asgi_target, failed, refused, wsgi_target
from .errors import ValifyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

    from ._core import Event, Verifier

__all__ = ["valify_webhook"]

_View = Callable[..., Any]


def valify_webhook(verifier: Verifier, *, methods: tuple[str, ...] = ("POST",)) -> Callable[[_View], _View]:
    """Make a handler of a request and its event, asynchronous or not, a view: 200 once it has finished, 503 if it raises.

    Bodies of answers are empty. Arguments of the URL pattern are handed on. ``DATA_UPLOAD_MAX_MEMORY_SIZE`` is not asked: the
    verifier's ``max_body_bytes`` holds.
    """

    def receive(request: HttpRequest) -> tuple[Event | None, HttpResponse]:
        if request.method not in methods:
            return None, HttpResponse(status=METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)})
        try:
            return _verified(verifier, request), HttpResponse()
        except ValifyError as error:
            return None, HttpResponse(status=refused(error))

    def decorate(handler: _View) -> _View:
        if inspect.iscoroutinefunction(handler):

            @wraps(handler)
            async def asynchronous(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
                event, answer = receive(request)
                try:
                    if event is not None:
                        await handler(request, event, *args, **kwargs)
                except Exception:  # noqa: BLE001 (whatever it is, the sender is to come again)
                    return HttpResponse(status=failed())
                return answer

            return _exempt(asynchronous)

        @wraps(handler)
        def view(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            event, answer = receive(request)
            try:
                if event is not None:
                    handler(request, event, *args, **kwargs)
            except Exception:  # noqa: BLE001 (whatever it is, the sender is to come again)
                return HttpResponse(status=failed())
            return answer

        return _exempt(view)

    return decorate


def _exempt(view: _View) -> _View:
    # What `csrf_exempt` marks, without the wrapper that older versions put around an asynchronous view.
    view.csrf_exempt = True  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    return view


def _verified(verifier: Verifier, request: HttpRequest) -> Event:
    body = CappedBody(verifier, request.META.get("CONTENT_LENGTH") or None).read(_chunks(request))
    scope = getattr(request, "scope", None)
    if scope is not None:
        return verifier.verify(body, scope["headers"], url=asgi_target(scope))
    # WSGI has joined what was there twice, with a comma, which no single value may have.
    return verifier.verify(body, request.headers, url=wsgi_target(request.META, request.get_full_path()))


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK_BYTES):
        yield chunk
