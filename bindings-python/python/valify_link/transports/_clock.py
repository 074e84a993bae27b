"""One attempt's time, kept without a thread: whoever is about to block asks how much of it is left."""

from __future__ import annotations

import time

from . import MaybeSent, NotSent, TransportFailure
from ._attempt import TIMED_OUT, described


class Clock:
    """Runs from hand-over, and knows whether a byte of the request may have left."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._begun = False

    def left(self) -> float:
        """Seconds for the next operation. Raises ``TimeoutError`` where there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(TIMED_OUT)
        return left

    def begin(self) -> None:
        """The first byte of the request is about to leave."""
        self._begun = True

    def failure(self, error: Exception) -> TransportFailure:
        """What an exception of this attempt means: an ``OSError`` before the first byte has sent nothing."""
        if isinstance(error, TransportFailure):
            return type(error)(str(error))
        return (NotSent if isinstance(error, OSError) and not self._begun else MaybeSent)(described(error))
