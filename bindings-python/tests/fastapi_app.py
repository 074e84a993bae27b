"""The FastAPI app of the tests, written as an app is: FastAPI reads annotations, so that they are no texts here."""

from typing import Annotated, Any, Callable

from fastapi import Body, Depends, FastAPI, Request, Response

from valify_link import Event, Verifier
from valify_link.fastapi import valify_event


def make(verifier: Verifier, url_verifier: Verifier, handle: Callable[[Event], None]) -> FastAPI:
    app = FastAPI()

    @app.post("/webhook", response_class=Response)
    async def webhook(event: Annotated[Event, Depends(valify_event(verifier))]) -> None:
        handle(event)

    @app.post("/url", response_class=Response)
    def by_url(event: Annotated[Event, Depends(valify_event(url_verifier))]) -> None:
        handle(event)

    @app.post("/parsed", response_class=Response)
    async def parsed(
        payload: Annotated[dict[str, Any], Body()], event: Annotated[Event, Depends(valify_event(verifier))]
    ) -> None:
        assert payload
        handle(event)

    async def consume(request: Request) -> None:
        async for _ in request.stream():
            pass

    @app.post("/consumed", response_class=Response, dependencies=[Depends(consume)])
    async def consumed(event: Annotated[Event, Depends(valify_event(verifier))]) -> None:
        handle(event)

    return app
