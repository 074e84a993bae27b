"""The clients: the core's machine, driven in Python. Both share everything but the await."""

from __future__ import annotations

import logging
import os
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Generic, TypeVar, Union, cast, overload

from ._core import Config, CreateLink, HttpResponse, Link, LinkRequest, Verification, refusal
from ._options import milliseconds
from .errors import ValifyError
from .transports import AsyncTransport, NotSent, Transport

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from types import TracebackType

    from typing_extensions import Self

    from ._core import HttpRequest
    from ._types import Duration, Environment, Expiry, Failure, Lang

#: What stands for an expiry that was not given: none that the core accepts.
_NEVER = timedelta.min

_log = logging.getLogger("valify_link")

_T = TypeVar("_T", bound=Union[Transport, AsyncTransport])


class _Failed:
    """How an attempt ended without an answer."""

    def __init__(self, failure: Failure, text: str) -> None:
        self.failure: Failure = failure
        self.text = text

    @classmethod
    def by(cls, error: Exception, request: HttpRequest) -> _Failed:
        text = str(error) if type(error).__module__ == "valify_link.transports" else f"{type(error).__name__}: {error}"
        failure: Failure = "not_sent" if isinstance(error, NotSent) else "maybe_sent"
        return cls(failure, request.clean(text))


def _loop(call: CreateLink) -> Generator[HttpRequest | timedelta, HttpResponse | _Failed | None, Link]:
    """The loop of every host: what is yielded is to be sent or waited, what is sent in is the answer."""
    step = call.start()
    attempt, failed = 0, None
    try:
        while not isinstance(step, Link):
            if isinstance(step, timedelta):
                _log.info("link: next attempt in %.1f s", step.total_seconds())
                yield step
                step = call.waited()
                continue
            attempt += 1
            _log.debug("link: attempt %d", attempt)
            answer = yield step
            if isinstance(answer, HttpResponse):
                _log.debug("link: attempt %d was answered with status %d", attempt, answer.status)
                failed = None
                step = call.respond(answer)
            elif answer is not None:
                _log.info("link: attempt %d failed (%s): %s", attempt, answer.failure, answer.text)
                failed = answer
                step = call.fail(answer.failure)
    except ValifyError as error:
        if failed is not None:
            error.transport_error = failed.text
            error.args = (f"{error} ({failed.text})",)
        raise
    return step


class _Client(Generic[_T]):
    _config: Config

    def __init__(
        self,
        *,
        api_key: str | None,
        base_url: str | None = None,
        lang: Lang | None = None,
        environment: Environment | None = None,
        timeout: Duration | None = None,
        deadline: Duration | None = None,
        max_retries: int | None = None,
        backoff_cap: Duration | None = None,
        retry_after_cap: Duration | None = None,
        max_response_bytes: int | None = None,
        expiry_grace: Duration | None = None,
        resend_when_unknown: bool | None = None,
        link_prefixes: Sequence[str] | None = None,
        return_schemes: Sequence[str] | None = None,
        insecure_hosts: Sequence[str] | None = None,
        transport: _T | None = None,
    ) -> None:
        """Check the settings: ``ConfigError`` with the field, before anything is sent.

        ``timeout`` (30 s) is one attempt's time from hand-over to the last byte of the answer, ``deadline`` (60 s) the time over all
        attempts; durations are ``timedelta`` or seconds. ``environment="sandbox"`` needs a loopback ``base_url``. ``transport`` is the
        caller's to close.
        """
        fields = {
            "api_key": api_key,
            "base_url": base_url,
            "lang": lang,
            "environment": environment,
            "timeout_ms": milliseconds(timeout),
            "deadline_ms": milliseconds(deadline),
            "max_retries": max_retries,
            "backoff_cap_ms": milliseconds(backoff_cap),
            "retry_after_cap_ms": milliseconds(retry_after_cap),
            "max_response_bytes": max_response_bytes,
            "expiry_grace_ms": milliseconds(expiry_grace),
            "resend_when_unknown": resend_when_unknown,
            "link_prefixes": link_prefixes,
            "return_schemes": return_schemes,
            "insecure_hosts": insecure_hosts,
        }
        try:
            # No key at all is left to the core, which names it.
            self._config = Config(
                {name: value for name, value in fields.items() if value is not None or name == "api_key"}
            )
        finally:
            # A traceback that shows local variables must not show the key.
            del api_key, fields
        self._carry(transport)

    @classmethod
    def from_document(cls, json: str | bytes, /, *, transport: _T | None = None) -> Self:
        """A client of a ``config`` document in JSON, for settings that come from a file."""
        client = cls.__new__(cls)
        try:
            client._config = Config.from_document(json)
        finally:
            del json
        client._carry(transport)
        return client

    @property
    def config(self) -> Config:
        """The checked settings, for the machine ``CreateLink``."""
        return self._config

    @property
    def environment(self) -> Environment:
        """``production`` or ``sandbox``."""
        return self._config.environment

    @overload
    def requested(self, request: LinkRequest) -> Verification: ...
    @overload
    def requested(
        self,
        *,
        return_url: str,
        reference_id: str,
        expires_at: Expiry,
        flow: str | None = None,
        lang: Lang | None = None,
    ) -> Verification: ...
    def requested(
        self,
        request: LinkRequest | None = None,
        *,
        return_url: str = "",
        reference_id: str = "",
        expires_at: Expiry = _NEVER,
        flow: str | None = None,
        lang: Lang | None = None,
    ) -> Verification:
        """A record of a request that is about to be made. Store it before ``create_link``: nothing can come too early then.

        Make a ``LinkRequest`` once for both, so that a ``timedelta`` counts from the same moment.
        """
        try:
            request = _one_request(request, return_url, reference_id, expires_at, flow, lang)
            return Verification.requested(self._config, request)
        finally:
            del return_url, reference_id

    def __repr__(self) -> str:
        # Of a client whose settings were refused, tracebacks print one without any.
        return f"{type(self).__name__}({vars(self).get('_config', '')!r})"

    def _carry(self, transport: _T | None) -> None:
        self._transport = transport
        self._owned = transport is None
        self._closed = False
        self._lock = threading.Lock()

    def _carrier(self) -> _T:
        """The transport; the default one is made, and its client imported, by the first call."""
        with self._lock:
            if self._closed:
                raise refusal("misuse", None, "the client has been closed")
            if self._transport is None:
                self._transport = self._default_transport()
            return self._transport

    def _default_transport(self) -> _T:
        raise NotImplementedError

    def _close(self) -> _T | None:
        """Marks the client as closed. Returns the transport that is to be closed with it."""
        with self._lock:
            self._closed = True
            return self._transport if self._owned else None

    def _call(self, request: LinkRequest, timeout: Duration | None) -> CreateLink:
        timeout_ms = milliseconds(timeout)
        if timeout_ms is not None and (not isinstance(timeout_ms, int) or abs(timeout_ms) > 2**62):
            raise refusal("invalid_request", "timeout_ms", "must be from 1 to 3600000")
        seed = int.from_bytes(os.urandom(8), "big")
        return CreateLink(self._config, request, seed=seed, timeout_ms=timeout_ms)


def _one_request(
    request: LinkRequest | None,
    return_url: str,
    reference_id: str,
    expires_at: Expiry,
    flow: str | None,
    lang: Lang | None,
) -> LinkRequest:
    """The request that was given, or one of the fields that were."""
    try:
        if request is None:
            return LinkRequest(
                return_url=return_url, reference_id=reference_id, expires_at=expires_at, flow=flow, lang=lang
            )
        if return_url or reference_id or expires_at is not _NEVER or flow or lang:
            raise refusal("misuse", None, "give a LinkRequest or its fields, not both")
        return request
    finally:
        # A traceback that shows local variables must not show them.
        del return_url, reference_id


def _bare(error: BaseException) -> BaseException:
    """An exception without the frames and exceptions that led to it."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


async def _sleep(seconds: float) -> None:
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        import trio

        await trio.sleep(seconds)
    else:
        await asyncio.sleep(seconds)


class Client(_Client[Transport]):
    """Creates links. Make one and share it between threads; close it, or use it in ``with``.

    Sent again are, by default, only what has not left this machine and 429. After an attempt whose outcome nobody knows, every end of the
    call but a link is ``OutcomeUnknownError``.
    """

    @overload
    def create_link(self, request: LinkRequest, *, timeout: Duration | None = None) -> Link: ...
    @overload
    def create_link(
        self,
        *,
        return_url: str,
        reference_id: str,
        expires_at: Expiry,
        flow: str | None = None,
        lang: Lang | None = None,
        timeout: Duration | None = None,
    ) -> Link: ...
    def create_link(
        self,
        request: LinkRequest | None = None,
        *,
        return_url: str = "",
        reference_id: str = "",
        expires_at: Expiry = _NEVER,
        flow: str | None = None,
        lang: Lang | None = None,
        timeout: Duration | None = None,
    ) -> Link:
        """Ask for a link. ``expires_at`` is an aware ``datetime`` or a ``timedelta`` from now; ``timeout`` replaces the client's.

        ``InvalidRequestError`` has cost no I/O. ``OutcomeUnknownError`` and ``ResponseError``: keep the record as requested, show no link.
        """
        try:
            request = _one_request(request, return_url, reference_id, expires_at, flow, lang)
            call = self._call(request, timeout)
        finally:
            del return_url, reference_id
        end = self._end(call, self._carrier())
        if isinstance(end, BaseException):
            raise end
        return end

    def close(self) -> None:
        """Close the default transport. One that was passed in stays the caller's to close."""
        transport = self._close()
        if transport is not None:
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self.close()

    def _default_transport(self) -> Transport:
        from .transports.httpx import HttpxTransport

        return HttpxTransport()

    @staticmethod
    def _end(call: CreateLink, transport: Transport) -> Link | BaseException:
        """The link, or what is to be raised: bare, since the frames in between hold the request and its key."""
        loop = _loop(call)
        try:
            step = next(loop)
            while True:
                if isinstance(step, timedelta):
                    time.sleep(step.total_seconds())
                    step = next(loop)
                    continue
                try:
                    answer: HttpResponse | _Failed = transport.send(step)
                except Exception as error:  # noqa: BLE001 (whatever a transport raises, the outcome is what counts)
                    answer = _Failed.by(error, step)
                step = loop.send(answer)
        except StopIteration as end:
            return cast("Link", end.value)
        except BaseException as error:  # noqa: BLE001 (cancellation and interruption keep their own type)
            return _bare(error)


class AsyncClient(_Client[AsyncTransport]):
    """Creates links without blocking, under asyncio or trio. Make one and share it in its event loop; close it, or use it in ``async with``.

    Sent again are, by default, only what has not left this machine and 429. After an attempt whose outcome nobody knows, every end of the
    call but a link is ``OutcomeUnknownError``. Cancelling leaves the outcome unknown too.
    """

    @overload
    async def create_link(self, request: LinkRequest, *, timeout: Duration | None = None) -> Link: ...
    @overload
    async def create_link(
        self,
        *,
        return_url: str,
        reference_id: str,
        expires_at: Expiry,
        flow: str | None = None,
        lang: Lang | None = None,
        timeout: Duration | None = None,
    ) -> Link: ...
    async def create_link(
        self,
        request: LinkRequest | None = None,
        *,
        return_url: str = "",
        reference_id: str = "",
        expires_at: Expiry = _NEVER,
        flow: str | None = None,
        lang: Lang | None = None,
        timeout: Duration | None = None,
    ) -> Link:
        """Ask for a link. ``expires_at`` is an aware ``datetime`` or a ``timedelta`` from now; ``timeout`` replaces the client's.

        ``InvalidRequestError`` has cost no I/O. ``OutcomeUnknownError`` and ``ResponseError``: keep the record as requested, show no link.
        """
        try:
            request = _one_request(request, return_url, reference_id, expires_at, flow, lang)
            call = self._call(request, timeout)
        finally:
            del return_url, reference_id
        end = await self._end(call, self._carrier())
        if isinstance(end, BaseException):
            raise end
        return end

    async def aclose(self) -> None:
        """Close the default transport. One that was passed in stays the caller's to close."""
        transport = self._close()
        if transport is not None:
            await transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        await self.aclose()

    def _default_transport(self) -> AsyncTransport:
        from .transports.httpx import AsyncHttpxTransport

        return AsyncHttpxTransport()

    @staticmethod
    async def _end(call: CreateLink, transport: AsyncTransport) -> Link | BaseException:
        """The link, or what is to be raised: bare, since the frames in between hold the request and its key."""
        loop = _loop(call)
        try:
            step = next(loop)
            while True:
                if isinstance(step, timedelta):
                    await _sleep(step.total_seconds())
                    step = next(loop)
                    continue
                try:
                    answer: HttpResponse | _Failed = await transport.send(step)
                except Exception as error:  # noqa: BLE001 (whatever a transport raises, the outcome is what counts)
                    answer = _Failed.by(error, step)
                step = loop.send(answer)
        except StopIteration as end:
            return cast("Link", end.value)
        except BaseException as error:  # noqa: BLE001 (cancellation and interruption keep their own type)
            return _bare(error)
