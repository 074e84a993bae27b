"""Verify a user with Valify: ask for a link, redirect, take the browser back, believe the webhook alone.

The sandbox first, with this app's webhook: ``valify-sandbox serve --webhook-url http://127.0.0.1:8000/webhooks/valify``.
Then this: ``python app.py``, and http://127.0.0.1:8000 in a browser. ``settings.py`` says what it takes from the environment.
"""

import logging
from datetime import timedelta
from typing import Annotated, Optional

import uvicorn
from attempts import Attempts
from fastapi import Cookie, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from settings import DATABASE_URL, PORT, PUBLIC_ORIGIN, return_state, valify, verifier
from sqlalchemy import create_engine

from valify_link import Binding, Event, LinkRequest, ReturnStateError, ValifyError
from valify_link.fastapi import valify_event

log = logging.getLogger("app")
app = FastAPI()
rows = Attempts(create_engine(DATABASE_URL))

#: Stands in for the app's own session: a real app takes the user from that, and never from what a browser says.
User = Annotated[str, Cookie(alias="user")]
SOMEBODY = "user-1"
#: Over https: ``__Host-valify``, and secure.
COOKIE = "valify"
BrowserBinding = Annotated[Optional[str], Cookie(alias=COOKIE)]


@app.get("/", response_class=HTMLResponse)
def home(user: User = SOMEBODY) -> str:
    """What is known of the user, and the way to begin."""
    record = rows.latest(user)
    status = "nothing yet" if record is None else record.status()
    return f'<p>Verification: <b id="status">{status}</b></p><form method="post" action="/verify"><button>Verify</button></form>'


@app.post("/verify")
def verify(user: User = SOMEBODY, cookie: BrowserBinding = None) -> Response:
    """Ask for a link and send the browser there."""
    binding = _binding(cookie)
    issued = return_state.issue(
        return_url=f"{PUBLIC_ORIGIN}/back", reference_id=user, expires_at=timedelta(minutes=40), binding=binding
    )
    request = LinkRequest(return_url=issued.return_url, reference_id=user, expires_at=timedelta(minutes=30))
    attempt = rows.insert(valify.requested(request).bound_to(issued.nonce))
    try:
        link = valify.create_link(request)
    except ValifyError as error:
        log.warning("no link: %s (next: %s)", error, error.next)
        return PlainTextResponse("Verification cannot begin now.", status_code=503)
    rows.merge(attempt, lambda record: record.issued(link))
    response = RedirectResponse(link.redirect_url, status_code=303)
    response.set_cookie(COOKIE, binding.to_cookie(), max_age=3600, httponly=True, samesite="lax", secure=False)
    return response


@app.get("/back")
def back(request: Request, user: User = SOMEBODY, cookie: BrowserBinding = None) -> Response:
    """A browser has come back, which proves nothing about the outcome."""
    target = request.scope["raw_path"].decode("ascii") + "?" + request.scope["query_string"].decode("ascii")
    try:
        rows.merge_returned(return_state.check(PUBLIC_ORIGIN + target, reference_id=user, binding=cookie))
    except ReturnStateError as error:
        log.info("a return that counts for nothing: %s", error)
    return RedirectResponse("/", status_code=303)


@app.post("/webhooks/valify", response_class=Response)
def webhook(event: Annotated[Event, Depends(valify_event(verifier))]) -> None:
    """What Valify says. Whatever order it comes in, the record has the same answer."""
    if rows.merge_event(event) is None:
        log.error("an event that no attempt takes, for a human: %s", event)
        # Two attempts whose links are not yet written look alike: the sender is asked to come again.
        raise HTTPException(503)


def _binding(cookie: Optional[str]) -> Binding:
    """The browser's own binding, so that two tabs do not undo each other; or a new one."""
    try:
        return Binding.from_cookie(cookie) if cookie else Binding()
    except ValifyError:
        return Binding()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT)
