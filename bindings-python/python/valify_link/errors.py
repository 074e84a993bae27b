"""The exceptions: one class for each thing that a caller does about it, over the closed set of ``kind``.

Nothing here holds a key, a token or a transport's own exception, and ``reference_id`` is in no text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from ._types import ErrorKind, Next

__all__ = [
    "ApiError",
    "AuthenticationError",
    "ConfigError",
    "InvalidRequestError",
    "MisuseError",
    "NotSentError",
    "OutcomeUnknownError",
    "RateLimitedError",
    "RecordError",
    "RejectedError",
    "ResponseError",
    "ReturnStateError",
    "ServerError",
    "SignatureError",
    "ValifyError",
]


class ValifyError(Exception):
    """The base of all. No program should read its text: ``kind`` and ``next`` say everything."""

    kind: ErrorKind
    """What went wrong."""
    next: Next
    """What the caller does now."""
    delivery_status: int
    """With which status the answer to a webhook refuses it, its body empty: 401, 413 or 415, and 500 for what is no refusal."""
    detail: str
    """What was wrong and what to do, in English."""
    field: str | None = None
    """The refused field inside its own document, such as ``secrets[0].id``; empty for the document itself."""
    status: int | None = None
    """The HTTP status of the last answer, where there was one."""
    code: str | None = None
    """Valify's ``error_code``, as text and as received. Treat an unknown one as unknown."""
    retry_after: timedelta | None = None
    """How long the service asked to wait."""
    reference_id: str | None = None
    """The reference of the request that the error is about."""
    transport_error: str | None = None
    """The type and cleaned text of what the HTTP client raised last, if that ended the call."""


class ConfigError(ValifyError):
    """A configuration was refused at construction; ``field`` says where."""


class InvalidRequestError(ValifyError):
    """A request was refused before anything was sent; ``field`` says where."""


class MisuseError(ValifyError):
    """The API was called in a way that it does not allow."""


class NotSentError(ValifyError):
    """Nothing has left this machine: the same call may be made again later."""


class RateLimitedError(ValifyError):
    """Valify answered 429: the same call may be made again later."""


class OutcomeUnknownError(ValifyError):
    """The request may have been processed: keep the record as requested, show no link, make a new attempt only on purpose."""


class ServerError(OutcomeUnknownError):
    """Valify, or a proxy before it, answered 5xx: the request may have been processed."""


class ApiError(ValifyError):
    """400, 404, 415, or a status that the contract does not name."""


class AuthenticationError(ValifyError):
    """401 or 403: correct the key."""


class RejectedError(ValifyError):
    """422: Valify refused the request; ``code`` says why, where it is there."""


class ResponseError(ValifyError):
    """The answer cannot be used: a redirect, not readable, or an unsafe link."""


class SignatureError(ValifyError):
    """A delivery that is not to be believed. The sender is told nothing of why."""


class ReturnStateError(ValifyError):
    """The state of a return fails: wait for the webhook, and make no new link because of it."""


class RecordError(ValifyError):
    """What was to be added is about another attempt, or a stored record cannot be read."""
