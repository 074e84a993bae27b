"""How a delivery proves itself, where its fields are, and what its values mean: plain data, checked by what takes it.

Each class is one of the core's documents under Python's names. Nothing is refused here but what has no place in a document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from ._core import Secret, refusal
from .errors import ValifyError

if TYPE_CHECKING:
    from typing_extensions import Self

    from ._types import (
        Digest,
        Duration,
        MatchesBy,
        Meanings,
        Module,
        PassedWhen,
        Pointers,
        PresetName,
        Secrets,
        SignatureEncoding,
        Signs,
    )


def milliseconds(duration: Duration | None) -> object:
    """Whole milliseconds of a ``timedelta`` or of seconds. What is neither stays as it is, for the core to refuse by name."""
    if isinstance(duration, timedelta):
        return round(duration / timedelta(milliseconds=1))
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        try:
            return round(duration * 1000)
        except (OverflowError, ValueError):  # infinity and NaN
            return "not a number"
    return duration


def _named(secrets: Secrets) -> Secrets | ValifyError:
    """The secrets by id; or what is to be raised where nobody holds them any more, since a text in their place is a secret too."""
    if isinstance(secrets, Mapping) and all(isinstance(secret, Secret) for secret in secrets.values()):
        return dict(secrets)
    return refusal("invalid_config", "secrets", 'must map ids to secrets, such as {"2026-11": Secret.utf8(text)}')


def _meanings(meanings: Meanings) -> list[object]:
    pairs = [meaning if isinstance(meaning, tuple) and len(meaning) == 2 else (None, None) for meaning in meanings]
    return [{"value": value, "outcome": outcome} for value, outcome in pairs]


def _list(entries: object) -> object:
    return list(entries) if isinstance(entries, Iterable) and not isinstance(entries, str) else entries


class Options:
    """Fields of a document, those that were not given left out."""

    __slots__ = ("_fields",)
    _fields: dict[str, object]

    def __init__(self, **fields: object) -> None:
        if isinstance(fields.get("secrets"), ValifyError):
            raise cast("ValifyError", fields["secrets"])
        given = {name: value for name, value in fields.items() if value is not None}
        object.__setattr__(self, "_fields", given)

    def _document(self) -> dict[str, object]:
        return self._fields

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, object], /) -> Self:
        return self

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in getattr(self, "_fields", {}).items())
        return f"{type(self).__name__}({fields})"


class Hmac(Options):
    """A MAC over the body in a header: the only kind of scheme that proves what the body says.

    ``signs`` is what the MAC is computed over: ``body``, ``timestamp.body`` or ``id.timestamp.body``, whose parts come in
    ``timestamp_header`` (seconds) and ``id_header``. ``tolerance`` is how far the timestamp may be from now, both ways (5 minutes).
    ``prefix`` stands before the signature. SHA-1 and secrets under 16 bytes must be allowed on purpose.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        header: str,
        digest: Digest,
        encoding: SignatureEncoding,
        signs: Signs,
        secrets: Secrets,
        prefix: str | None = None,
        id_header: str | None = None,
        timestamp_header: str | None = None,
        tolerance: Duration | None = None,
        allow_sha1: bool | None = None,
        allow_short_secret: bool | None = None,
    ) -> None:
        named = _named(secrets)
        del secrets
        super().__init__(
            scheme="hmac",
            header=header,
            digest=digest,
            encoding=encoding,
            signs=signs,
            prefix=prefix,
            id_header=id_header,
            timestamp_header=timestamp_header,
            tolerance_ms=milliseconds(tolerance),
            allow_sha1=allow_sha1,
            allow_short_secret=allow_short_secret,
            secrets=named,
        )


class StaticHeader(Options):
    """A header whose value is the secret. The body is not signed: ``accept_unsigned_body`` must be true."""

    __slots__ = ()

    def __init__(
        self, *, header: str, secrets: Secrets, accept_unsigned_body: bool, allow_short_secret: bool | None = None
    ) -> None:
        named = _named(secrets)
        del secrets
        super().__init__(
            scheme="static_header",
            header=header,
            accept_unsigned_body=accept_unsigned_body,
            allow_short_secret=allow_short_secret,
            secrets=named,
        )


class Basic(Options):
    """HTTP Basic credentials, each secret ``user:password``. The body is not signed: ``accept_unsigned_body`` must be true."""

    __slots__ = ()

    def __init__(self, *, secrets: Secrets, accept_unsigned_body: bool, allow_short_secret: bool | None = None) -> None:
        named = _named(secrets)
        del secrets
        super().__init__(
            scheme="basic",
            accept_unsigned_body=accept_unsigned_body,
            allow_short_secret=allow_short_secret,
            secrets=named,
        )


class SecretUrl(Options):
    """A secret in the webhook's URL: the query parameter ``query``, or the last ``path_segment``.

    URLs are logged by proxies: choose this last. The body is not signed: ``accept_unsigned_body`` must be true.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        secrets: Secrets,
        accept_unsigned_body: bool,
        query: str | None = None,
        path_segment: bool | None = None,
        allow_short_secret: bool | None = None,
    ) -> None:
        named = _named(secrets)
        del secrets
        super().__init__(
            scheme="secret_url",
            query=query,
            path_segment=path_segment,
            accept_unsigned_body=accept_unsigned_body,
            allow_short_secret=allow_short_secret,
            secrets=named,
        )


class Attested(Options):
    """Something in front has authenticated the sender: mutual TLS, an address list. ``by`` names it, for the record."""

    __slots__ = ()

    def __init__(self, *, by: str, accept_unsigned_body: bool) -> None:
        super().__init__(scheme="attested", by=by, accept_unsigned_body=accept_unsigned_body)


class Preset(Options):
    """A known HMAC scheme by name: ``standard_webhooks``, ``stripe_style`` or ``x_valify_signature_unverified``.

    Whether Valify uses any of them is unknown. The last was seen twice in public receivers' code and is confirmed by nobody.
    """

    __slots__ = ()

    def __init__(self, preset: PresetName, *, secrets: Secrets, tolerance: Duration | None = None) -> None:
        named = _named(secrets)
        del secrets
        super().__init__(preset=preset, tolerance_ms=milliseconds(tolerance), secrets=named)


class Check(Options):
    """Where the outcome of one module is (``at``), and what its values mean."""

    __slots__ = ()

    def __init__(self, *, at: Pointers, values: Meanings) -> None:
        super().__init__(at=_list(at), values=_meanings(values))


class Profile(Options):
    """Where things are, by ordered lists of JSON pointers, and what values mean.

    All pointers of a list that resolve must agree. ``decisions`` is a list of ``(value, outcome)``, matched exactly and by JSON type, so
    that ``True`` is not ``"true"``; whatever is not listed is ``indeterminate``. ``matches_by`` is required, and the pointers it needs.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        matches_by: MatchesBy,
        reference_id: Pointers = (),
        session_token: Pointers = (),
        transaction_id: Pointers = (),
        flow: Pointers = (),
        occurred_at: Pointers = (),
        decision: Pointers = (),
        decisions: Meanings = (),
        checks: Mapping[Module, Check] | None = None,
        subject: Mapping[str, Pointers] | None = None,
        passed_when: PassedWhen | None = None,
        reference_per_link: bool | None = None,
        latest_decision_wins: bool | None = None,
    ) -> None:
        super().__init__(
            matches_by=matches_by,
            reference_id=_list(reference_id),
            session_token=_list(session_token),
            transaction_id=_list(transaction_id),
            flow=_list(flow),
            occurred_at=_list(occurred_at),
            decision=_list(decision),
            decisions=_meanings(decisions),
            checks=None if checks is None else dict(checks),
            subject=None if subject is None else {name: _list(at) for name, at in subject.items()},
            passed_when=passed_when,
            reference_per_link=reference_per_link,
            latest_decision_wins=latest_decision_wins,
        )


class Limits(Options):
    """Bounds on what is looked at. ``max_body_bytes`` is 8 MiB unless it is given."""

    __slots__ = ()

    def __init__(self, *, max_body_bytes: int | None = None) -> None:
        super().__init__(max_body_bytes=max_body_bytes)
