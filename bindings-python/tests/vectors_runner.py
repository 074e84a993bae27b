"""Puts the conformance vectors through the public API and makes the report that every host writes."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable

import valify_link as vl

Json = Any
ROOT = Path(__file__).resolve().parents[2]
_AUTH = {
    "hmac": vl.Hmac,
    "static_header": vl.StaticHeader,
    "basic": vl.Basic,
    "secret_url": vl.SecretUrl,
    "attested": vl.Attested,
}


class Inexpressible(Exception):  # noqa: N818
    """The typed constructors cannot say what the case gives."""


def document(value: Json) -> str:
    return json.dumps(value)


def octets(value: Json) -> bytes:
    if isinstance(value, list):
        return b"".join(map(octets, value))
    ((form, inner),) = value.items()
    if form == "utf8":
        return inner.encode()
    if form == "base64":
        return base64.b64decode(inner, validate=True)
    assert form == "repeat", form
    return octets(inner[0]) * inner[1]


def is_octets(value: Json) -> bool:
    return isinstance(value, list) or (
        isinstance(value, dict) and len(value) == 1 and {*value} <= {"utf8", "base64", "repeat"}
    )


def headers(value: Json) -> list[tuple[str, str | bytes]]:
    return [(name, text if isinstance(text, str) else octets(text)) for name, text in value]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(_padded(text.replace("Z", "+00:00")))


def _padded(text: str) -> str:
    """Python before 3.11 reads three or six digits of a second's fraction alone."""
    if "." not in text:
        return text
    whole, rest = text.split(".")
    digits = "".join(iter(rest[: len(rest) - 6]))
    return f"{whole}.{digits.ljust(6, '0')}{rest[-6:]}"


def instant(value: datetime | None) -> str | None:
    if value is None:
        return None
    assert value.utcoffset() == timedelta(0)
    return value.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{value.microsecond // 1000:03d}Z"


def present(**fields: Json) -> dict[str, Json]:
    return {name: value for name, value in sorted(fields.items()) if value is not None}


def error_fields(error: vl.ValifyError) -> dict[str, Json]:
    return present(kind=error.kind, field=error.field, status=error.status, code=error.code)


def request_fields(request: vl.HttpRequest) -> dict[str, Json]:
    lines = sorted((name.lower(), value) for name, value in request.headers)
    assert len(dict(lines)) == len(lines)
    return present(method=request.method, url=request.url, headers=dict(lines), body=request.body.decode())


def link_fields(link: vl.Link) -> dict[str, Json]:
    return present(
        redirect_url=link.redirect_url,
        session_token=link.session_token,
        reference_id=link.reference_id,
        flow=link.flow,
        expires_at=instant(link.expires_at),
        environment=link.environment,
    )


def event_fields(event: vl.Event) -> dict[str, Json]:
    by = event.authenticated_by
    return present(
        environment=event.environment,
        outcome=event.outcome,
        checks=dict(sorted(event.checks.items())),
        problem=event.problem,
        reference_id=event.reference_id,
        session_token=event.session_token,
        flow=event.flow,
        transaction_id=event.transaction_id,
        occurred_at=instant(event.occurred_at),
        received_at=instant(event.received_at),
        subject=dict(sorted(event.subject.items())),
        dedupe_key=event.dedupe_key,
        authenticated_by=present(scheme=by.scheme, secret=by.secret, body_signed=by.body_signed, fresh=by.fresh),
        raw=hashlib.sha256(event.raw()).hexdigest(),
    )


# --- by document -----------------------------------------------------------------------------------------------------------------


def config(given: Json) -> dict[str, Json]:
    vl.Client.from_document(document(given["config"]))
    return {}


def call_of(given: Json) -> vl.CreateLink:
    client = vl.Client.from_document(document(given["config"]))
    request = vl.LinkRequest.from_document(document(given["request"]))
    return vl.CreateLink(client.config, request, seed=given.get("seed", 0), now=moment(given["now"]))


def link_request(given: Json) -> dict[str, Json]:
    return request_fields(call_of(given).request())


def response_of(given: Json) -> vl.HttpResponse:
    return vl.HttpResponse(
        given["status"], headers(given["headers"]), octets(given["body"]), given.get("final_url", "")
    )


def link_response(given: Json) -> dict[str, Json]:
    return link_fields(call_of(given).parse(response_of(given), now=moment(given["now"])))


def step_fields(step: vl.HttpRequest | timedelta | vl.Link) -> dict[str, Json]:
    if isinstance(step, vl.HttpRequest):
        return {**request_fields(step), "step": "send", "timeout_ms": round(step.timeout * 1000)}
    if isinstance(step, timedelta):
        return {"delay_ms": step // timedelta(milliseconds=1), "step": "wait"}
    return {**link_fields(step), "step": "done"}


def error_step(error: vl.ValifyError) -> dict[str, Json]:
    after = error.retry_after
    return {
        **error_fields(error),
        **present(
            retry_after_ms=None if after is None else after // timedelta(milliseconds=1),
            reference_id=error.reference_id,
        ),
        "step": "error",
    }


def call(given: Json) -> dict[str, Json]:
    machine = call_of(given)
    steps: list[Json] = []
    for entry in given["inputs"]:
        now = moment(entry["now"])
        inputs: dict[str, Callable[[], vl.HttpRequest | timedelta | vl.Link]] = {
            "start": lambda now=now: machine.start(now=now),
            "waited": lambda now=now: machine.waited(now=now),
            "response": lambda now=now, entry=entry: machine.respond(response_of(entry), now=now),
            "failure": lambda now=now, entry=entry: machine.fail(entry["failure"], now=now),
        }
        try:
            steps.append(step_fields(inputs[entry["input"]]()))
        except vl.ValifyError as error:
            steps.append(error_step(error))
            break
    return {"steps": [dict(sorted(step.items())) for step in steps]}


def verified(verifier: vl.Verifier, given: Json) -> dict[str, Json]:
    event = verifier.verify(
        octets(given["body"]), headers(given["headers"]), now=moment(given["now"]), url=given.get("url")
    )
    return event_fields(event)


def verifier_of(given: Json) -> vl.Verifier:
    parts = {part: given[part] for part in ("environment", "auth", "profile", "limits") if part in given}
    return vl.Verifier.from_document(document(parts))


def webhook(given: Json) -> dict[str, Json]:
    return verified(verifier_of(given), given)


def diagnosed(verifier: vl.Verifier, given: Json) -> dict[str, Json]:
    diagnosis = verifier.diagnose(
        octets(given["body"]),
        headers(given["headers"]),
        now=moment(given["now"]),
        url=given.get("url"),
        older=secrets_of(given["older_secrets"]) if "older_secrets" in given else None,
    )
    off_by = [finding.off_by for finding in diagnosis.findings if finding.off_by is not None]
    return present(
        refused=diagnosis.refused,
        mistakes=[finding.mistake for finding in diagnosis.findings],
        off_by_ms=off_by[0] // timedelta(milliseconds=1) if off_by else None,
    )


def diagnose(given: Json) -> dict[str, Json]:
    return diagnosed(verifier_of(given), given)


def signed(auth: Json, given: Json) -> dict[str, Json]:
    made = vl.sign(auth, octets(given["body"]), id=given.get("id"), now=moment(given["now"]))
    lines = sorted((name.lower(), value) for name, value in made.headers)
    return present(headers=dict(lines), url=made.url)


def webhook_sign(given: Json) -> dict[str, Json]:
    return signed(document(given["auth"]).encode(), given)


# --- by typed constructors -------------------------------------------------------------------------------------------------------


def secrets_of(entries: Json) -> dict[str, vl.Secret]:
    secrets = {}
    for entry in entries:
        if not isinstance(entry, dict) or len(entry) != 2 or not all(isinstance(text, str) for text in entry.values()):
            raise Inexpressible
        ((encoding, text),) = ((name, value) for name, value in entry.items() if name != "id")
        if encoding not in ("utf8", "base64", "hex") or entry["id"] in secrets:
            raise Inexpressible
        secrets[entry["id"]] = getattr(vl.Secret, encoding)(text)
    if not secrets:
        raise Inexpressible
    return secrets


def options(given: Json, rename: dict[str, str]) -> dict[str, Json]:
    """Keyword arguments of a document's names, durations as such."""
    if not isinstance(given, dict) or None in given.values():
        raise Inexpressible
    named = {}
    for name, value in given.items():
        if name.endswith("_ms"):
            if type(value) is not int or abs(value) > 10**15:
                raise Inexpressible
            named[name[:-3]] = timedelta(milliseconds=value)
        else:
            named[rename.get(name, name)] = value
    return named


def constructed(make: Callable[..., Any], named: dict[str, Json]) -> Any:
    try:
        return make(**named)
    except TypeError as error:
        raise Inexpressible from error


def typed_auth(given: Json) -> Any:
    named = options(given, {})
    if "secrets" in named:
        if not isinstance(named["secrets"], list):
            raise Inexpressible
        named["secrets"] = secrets_of(named["secrets"])
    scheme = named.pop("scheme", None)
    make = vl.Preset if "preset" in named else _AUTH.get(scheme) if isinstance(scheme, str) else None
    if make is None or (make is vl.Preset and scheme):
        raise Inexpressible
    return constructed(make, named)


def meanings(given: Json) -> Json:
    if not isinstance(given, list) or not all(
        isinstance(entry, dict) and {*entry} == {"value", "outcome"} for entry in given
    ):
        raise Inexpressible
    return [(entry["value"], entry["outcome"]) for entry in given]


def typed_profile(given: Json) -> vl.Profile:
    named = options(given, {})
    if "decisions" in named:
        named["decisions"] = meanings(named["decisions"])
    if not all(isinstance(named.get(name, {}), dict) for name in ("checks", "subject")):
        raise Inexpressible
    if "checks" in named:
        named["checks"] = {
            module: constructed(vl.Check, {**options(check, {}), "values": meanings(check.get("values"))})
            for module, check in named["checks"].items()
            if isinstance(check, dict) or (_ for _ in ()).throw(Inexpressible)
        }
    return constructed(vl.Profile, named)


def typed_verifier(given: Json) -> vl.Verifier:
    named: dict[str, Json] = {"auth": typed_auth(given["auth"]), "profile": typed_profile(given["profile"])}
    if "limits" in given:
        named["limits"] = constructed(vl.Limits, options(given["limits"], {}))
    if "environment" in given:
        named["environment"] = given["environment"]
    return vl.Verifier(**named)


def typed_webhook(given: Json) -> dict[str, Json]:
    return verified(typed_verifier(given), given)


def typed_diagnose(given: Json) -> dict[str, Json]:
    return diagnosed(typed_verifier(given), given)


def typed_webhook_sign(given: Json) -> dict[str, Json]:
    return signed(typed_auth(given["auth"]), given)


def typed_client(given: Json) -> vl.Client:
    named = options(given["config"], {})
    if "api_key" not in named:
        raise Inexpressible
    return constructed(vl.Client, named)


def typed_config(given: Json) -> dict[str, Json]:
    typed_client(given)
    return {}


def typed_request(given: Json) -> vl.LinkRequest:
    named = dict(given["request"]) if isinstance(given["request"], dict) else {}
    try:
        named["expires_at"] = moment(named["expires_at"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Inexpressible from error
    if named["expires_at"].tzinfo is None or "T" not in given["request"]["expires_at"]:
        raise Inexpressible
    # A datetime has microseconds, and no way to say how an offset was written.
    if instant(named["expires_at"].astimezone(timezone.utc)) != given["request"]["expires_at"]:
        raise Inexpressible
    return constructed(vl.LinkRequest, named)


def typed_link_request(given: Json) -> dict[str, Json]:
    client, request = typed_client(given), typed_request(given)
    return request_fields(vl.CreateLink(client.config, request, seed=0, now=moment(given["now"])).request())


BY_DOCUMENT = {
    "config": config,
    "link_request": link_request,
    "link_response": link_response,
    "call": call,
    "webhook": webhook,
    "webhook_sign": webhook_sign,
    "diagnose": diagnose,
}
TYPED = {
    "config": typed_config,
    "link_request": typed_link_request,
    "webhook": typed_webhook,
    "webhook_sign": typed_webhook_sign,
    "diagnose": typed_diagnose,
}


def verdict(run: Callable[[Json], dict[str, Json]], given: Json) -> dict[str, Json]:
    try:
        return {"ok": run(given)}
    except vl.ValifyError as error:
        return {"error": error_fields(error)}


def differences(expected: Json, actual: Json, path: str = "") -> list[str]:
    """One line for each difference: only what is named is looked at, at every level."""
    if isinstance(expected, dict) and is_octets(expected):
        same = isinstance(actual, str) and actual.encode() == octets(expected)
        return [] if same else [f"{path}: expected other bytes"]
    if isinstance(expected, dict) and isinstance(actual, dict):
        found = []
        for name, value in expected.items():
            if name == "delay":
                if not value["min_ms"] <= actual.get("delay_ms", -1) <= value["max_ms"]:
                    found.append(f"{path}.delay_ms: expected {value}, got {actual.get('delay_ms')}")
            else:
                found += differences(value, actual.get(name), f"{path}.{name}")
        return found
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [line for n, pair in enumerate(zip(expected, actual)) for line in differences(*pair, f"{path}[{n}]")]
    same = expected == actual and isinstance(expected, bool) == isinstance(actual, bool)
    return [] if same else [f"{path}: expected {expected!r}, got {actual!r}"]


def files(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.json")}
    names = sorted((name for name in found if not name.endswith(".schema.json")), key=str.encode)
    return {name: found[name].read_bytes() for name in names}


def sha256(contents: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def version() -> str:
    """The workspace's, which the package takes: it may be here without having been installed."""
    found = re.search(r'^version = "(.+)"$', (ROOT / "Cargo.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def run(folder: Path) -> tuple[dict[str, Json], list[str]]:
    """The report, and one complaint for each case that has another verdict than the expected one."""
    contents = files(folder)
    results: dict[str, Json] = {}
    complaints: dict[str, str] = {}
    typed = 0
    for name, content in contents.items():
        if name == "errors.json":
            continue
        suite = json.loads(content)
        for case in suite["cases"]:
            name, kind, given = case["id"], suite["kind"], case["given"]
            assert name not in results, f"{name} is there twice"
            actual = verdict(BY_DOCUMENT[kind], given)
            found = differences(case["expect"], actual)
            if kind in TYPED:
                try:
                    other = verdict(TYPED[kind], given)
                    typed += 1
                    if other != actual:
                        found.append(f"typed constructors: {other}")
                except Inexpressible:
                    pass
            if found:
                complaints[name] = "\n  ".join([name, *found, f"verdict: {actual}"])
            results[name] = actual
    report = {
        "host": "python",
        "version": version(),
        "vectors_sha256": sha256(contents),
        "results": dict(sorted(results.items())),
        "passed": len(results) - len(complaints),
        "failed": list(complaints),
    }
    return report, [
        *complaints.values(),
        *([] if typed * 3 > len(results) else ["too few cases by typed constructors"]),
    ]


def reported() -> tuple[dict[str, Json], list[str]]:
    """Runs the folder that the environment names, and writes the report where it says."""
    folder = ROOT / os.environ.get("VECTORS_DIR", "tests/vectors")
    report, complaints = run(folder)
    path = ROOT / os.environ.get("VECTORS_REPORT", "target/vectors/python.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    assert report["results"], f"{folder}: no cases"
    return report, complaints


if __name__ == "__main__":
    whole, all_complaints = reported()
    print(f"vectors: {whole['passed']} passed, {len(whole['failed'])} failed")
    sys.exit("\n".join(all_complaints) or 0)
