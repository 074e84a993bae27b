"""The time of one attempt, and the proof that nothing was sent."""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING, Callable

from . import MaybeSent, NotSent, TransportFailure

if TYPE_CHECKING:
    from .._core import HttpResponse

TIMED_OUT = "no answer within the timeout"


class Gate:
    """Decides between giving up and beginning to send: whoever comes first wins, so that giving up first proves that nothing was sent.

    A transport calls ``watch`` when it can promise to call ``begin`` before the first byte of the request.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watched = False
        self._begun = False
        self._abandoned = False

    def watch(self) -> None:
        self._watched = True

    def begin(self) -> None:
        """The first byte is about to leave. Raises if nobody waits for the answer any more."""
        with self._lock:
            if self._abandoned:
                raise NotSent(TIMED_OUT)
            self._begun = True

    @property
    def watched(self) -> bool:
        return self._watched

    @property
    def begun(self) -> bool:
        return self._begun

    def abandon(self) -> TransportFailure:
        """Nobody waits any more. Says what is known then."""
        with self._lock:
            self._abandoned = True
            nothing_was_sent = self._watched and not self._begun
        return NotSent(TIMED_OUT) if nothing_was_sent else MaybeSent(TIMED_OUT)


def described(error: BaseException) -> str:
    """An exception's type and text, which is all that is kept of it."""
    return f"{type(error).__name__}: {error}"


def within(seconds: float, exchange: Callable[[Gate], HttpResponse]) -> HttpResponse:
    """Run a blocking exchange with a bound on its whole time, resolving names included.

    Clients bound single reads at best, so the exchange has a thread of its own that may be left behind. ``exchange`` raises nothing but
    ``TransportFailure``: its frames hold the key, and end with the thread.
    """
    gate = Gate()
    answers: list[HttpResponse | TransportFailure] = []

    def run() -> None:
        try:
            answers.append(exchange(gate))
        except TransportFailure as failure:
            answers.append(failure.with_traceback(None))
        except Exception as error:  # noqa: BLE001 (whatever it is, the outcome is unknown)
            answers.append(MaybeSent(described(error)))

    # In a copy of the caller's context, for whatever traces requests.
    thread = threading.Thread(target=contextvars.copy_context().run, args=(run,), name="valify-link", daemon=True)
    thread.start()
    thread.join(seconds)
    answer = answers[0] if answers else gate.abandon()
    if isinstance(answer, TransportFailure):
        raise answer
    return answer
