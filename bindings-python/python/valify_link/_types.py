"""The closed sets and the forms of arguments, for type checkers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Union

if TYPE_CHECKING:
    from ._core import Secret as _Secret
    from ._options import Attested, Basic, Hmac, Preset, SecretUrl, StaticHeader
    from ._options import Limits as Limits
    from ._options import Profile as Profile

ErrorKind = Literal[
    "invalid_config",
    "invalid_request",
    "misuse",
    "not_sent",
    "rate_limited",
    "outcome_unknown",
    "server_error",
    "malformed_response",
    "unsafe_link",
    "unexpected_status",
    "bad_request",
    "unsupported_media_type",
    "not_found",
    "unauthorized",
    "forbidden",
    "rejected",
    "redirected",
    "signature_missing",
    "signature_malformed",
    "signature_mismatch",
    "timestamp_missing",
    "timestamp_malformed",
    "timestamp_out_of_tolerance",
    "body_too_large",
    "encoded_body",
    "state_missing",
    "state_malformed",
    "state_forged",
    "state_expired",
    "state_mismatch",
    "record_mismatch",
    "record_malformed",
    "record_newer",
]
Next = Literal[
    "fix_request",
    "retry_later",
    "do_not_resend",
    "fix_credentials",
    "contact_valify",
    "reject_delivery",
    "wait_for_webhook",
    "keep_delivery",
    "report_bug",
]
Environment = Literal["production", "sandbox"]
Lang = Literal["en", "ar"]
Outcome = Literal["passed", "failed", "review", "abandoned", "expired", "indeterminate"]
Problem = Literal[
    "malformed_body", "pointers_disagree", "field_malformed", "decision_missing", "decision_unmapped", "time_unreadable"
]
Status = Literal[
    "requested",
    "issued",
    "returned",
    "passed",
    "failed",
    "review",
    "abandoned",
    "expired",
    "indeterminate",
    "conflicting",
]
Module = Literal["ocr", "face_match", "liveness", "email_otp", "phone_otp"]
Scheme = Literal["hmac", "static_header", "basic", "secret_url", "attested"]
Digest = Literal["sha256", "sha512", "sha1"]
SignatureEncoding = Literal["hex", "base64", "base64url"]
Signs = Literal["body", "timestamp.body", "id.timestamp.body"]
PresetName = Literal["standard_webhooks", "stripe_style", "x_valify_signature_unverified"]
Mistake = Literal[
    "none",
    "older_secret",
    "secret_encoding",
    "secret_truncated",
    "header_missing",
    "wrong_header",
    "header_form",
    "signature_encoding",
    "signature_prefix",
    "wrong_digest",
    "signed_content",
    "body_reserialised",
    "body_newline",
    "body_compressed",
    "body_empty",
    "body_too_large",
    "clock_skew",
    "timestamp_in_milliseconds",
    "timestamp_form",
    "unknown",
]
PassedWhen = Literal["decision", "all_checks"]
MatchesBy = Literal["session_token", "reference_id"]
Placement = Literal["query", "path"]
BoundBrowser = Literal["yes", "no", "unknown"]
Sex = Literal["male", "female"]
NationalIdWarning = Literal["unknown_governorate", "check_digit_mismatch"]
SubjectWarning = Literal[
    "national_id_unreadable",
    "national_ids_differ",
    "birth_date_unreadable",
    "birth_date_differs",
    "expiry_date_unreadable",
    "card_expired",
]
Failure = Literal["not_sent", "maybe_sent"]

Text = str
Body = Union[bytes, bytearray, memoryview, str]
Expiry = Union[datetime, timedelta]
Duration = Union[timedelta, float]
_HeaderText = Union[str, bytes]
HeaderLines = Union[
    Mapping[str, Union[_HeaderText, Sequence[_HeaderText]]],
    Mapping[bytes, Union[_HeaderText, Sequence[_HeaderText]]],
    Iterable[tuple[_HeaderText, _HeaderText]],
]
Pointers = Sequence[str]
Meanings = Sequence[tuple[Union[str, bool, int], Outcome]]
if TYPE_CHECKING:
    Secrets = Mapping[str, _Secret]
    Auth = Union[Hmac, StaticHeader, Basic, SecretUrl, Attested, Preset]
