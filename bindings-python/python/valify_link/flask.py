"""Webhooks in Flask: a decorator that makes a handler of events a view.

```python
@app.post("/webhooks/valify")
@valify_webhook(verifier)
def webhook(event: Event) -> None: ...
```
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Callable

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from ._adapter import CHUNK_BYTES, METHOD_NOT_ALLOWED, CappedBody, failed, refused, wsgi_target
from .errors import ValifyError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._core import Event, Verifier

__all__ = ["valify_webhook"]


def valify_webhook(
    verifier: Verifier, *, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[[Event], Any]], Callable[[], Response]]:
    """Make a handler of events, asynchronous or not, a view: 200 once it has finished, 503 if it raises, all bodies empty."""

    def decorate(handler: Callable[[Event], Any]) -> Callable[[], Response]:
        @wraps(handler)
        def view() -> Response:
            if request.method not in methods:
                return Response(status=METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(methods)})
            try:
                url = wsgi_target(request.environ, request.full_path)
                event = verifier.verify(_body(verifier), list(request.headers.items()), url=url)
            except ValifyError as error:
                return Response(status=refused(error))
            try:
                current_app.ensure_sync(handler)(event)
            except HTTPException:
                raise  # the handler's own answer
            except Exception:  # noqa: BLE001 (whatever it is, the sender is to come again)
                return Response(status=failed())
            return Response()

        return view

    return decorate


def _body(verifier: Verifier) -> bytes:
    # The verifier's cap is the one that holds here.
    request.max_content_length = None
    body = CappedBody(verifier, request.headers.get("Content-Length"))
    if request.content_length is None:
        return body.read(_chunks())
    # What was read with get_data or get_json before is still there whole.
    return body.read([request.get_data(cache=True, parse_form_data=False)])


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(CHUNK_BYTES):
        yield chunk
