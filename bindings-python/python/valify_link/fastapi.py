"""Webhooks in FastAPI: a dependency that gives a route the verified event.

```python
@app.post("/webhooks/valify", response_class=Response)
async def webhook(event: Annotated[Event, Depends(valify_event(verifier))]) -> None: ...
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from fastapi import HTTPException, Request
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.responses import Response

from ._adapter import failed, refused
from .errors import ValifyError
from .starlette import received_event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ._core import Event, Verifier

__all__ = ["valify_event"]


class _Answer(HTTPException):
    """Ends the request with a status and an empty body."""


def _answer(_request: Request, answer: Exception) -> Response:
    return Response(status_code=answer.status_code if isinstance(answer, _Answer) else 500)


def _with(status: int, request: Request) -> _Answer:
    # An app's own form for errors has a body: this one has an empty one in every app, without being registered there.
    handlers = request.scope.get("starlette.exception_handlers")
    if handlers:
        handlers[0].setdefault(_Answer, _answer)
    return _Answer(status)


def valify_event(verifier: Verifier) -> Callable[[Request], AsyncIterator[Event]]:
    """Make a dependency that verifies the raw body of the request, whatever else the route reads.

    A refused delivery is answered with 401, 413 or 415, and a route that raises with 503, all bodies empty; an ``HTTPException`` of
    the route is its own answer. With ``response_class=Response`` the answer to an accepted one is empty too.
    """

    async def dependency(request: Request) -> AsyncIterator[Event]:
        try:
            event = await received_event(verifier, request)
        except ValifyError as error:
            raise _with(refused(error), request) from None
        try:
            yield event
        except StarletteHTTPException:
            raise
        except Exception:  # noqa: BLE001 (whatever it is, the sender is to come again)
            raise _with(failed(), request) from None

    # FastAPI reads annotations, which are texts here and would not be found in this module while nobody checks types.
    dependency.__annotations__ = {"request": Request}
    return dependency
