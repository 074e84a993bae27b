"""Asks for each link in turn with one transport. Orders on standard input, the transport as the argument; one answer a line."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from datetime import datetime, timezone
from typing import Any

import certifi

#: The file of an authority to trust. What asks the environment finds it there; what asks certifi is told so, as distributions do it.
AUTHORITY = os.environ.get("SSL_CERT_FILE")
if AUTHORITY is not None:
    certifi.where = lambda: AUTHORITY

import valify_link as vl  # noqa: E402
from valify_link.transports.aiohttp import AiohttpTransport  # noqa: E402
from valify_link.transports.httpx import AsyncHttpxTransport, HttpxTransport  # noqa: E402
from valify_link.transports.requests import RequestsTransport  # noqa: E402
from valify_link.transports.stdlib import StdlibTransport  # noqa: E402

NEVER = datetime(2099, 1, 1, tzinfo=timezone.utc)


def httpx_of_the_callers_own() -> Any:
    import httpx

    return HttpxTransport(httpx.Client(follow_redirects=True, verify=ssl.create_default_context()))


def requests_of_the_callers_own() -> Any:
    import requests

    session = requests.Session()
    session.verify = AUTHORITY or True
    return RequestsTransport(session)


def async_httpx_of_the_callers_own() -> Any:
    import httpx

    return AsyncHttpxTransport(httpx.AsyncClient(follow_redirects=True, verify=ssl.create_default_context()))


SYNC = {
    "httpx": lambda: None,
    "httpx-own": httpx_of_the_callers_own,
    "requests": RequestsTransport,
    "requests-own": requests_of_the_callers_own,
    "stdlib": StdlibTransport,
}
ASYNC = {"httpx-async": lambda: None, "httpx-async-own": async_httpx_of_the_callers_own, "aiohttp": AiohttpTransport}


def settings(order: dict[str, str], transport: Any) -> dict[str, Any]:
    """The default policy; only the waits of its retries are short, and time is ample."""
    base_url = order["base_url"]
    return {
        "api_key": "sandbox-key-not-for-production",
        "environment": "sandbox",
        "base_url": base_url,
        "link_prefixes": [order["link_prefix"]] if "link_prefix" in order else [],
        "backoff_cap": 0,
        "timeout": 120,
        "deadline": 300,
        "transport": transport,
    }


def request(order: dict[str, str]) -> dict[str, Any]:
    return {"return_url": "https://shop.example/back", "reference_id": order["reference_id"], "expires_at": NEVER}


def ask_all(orders: list[dict[str, str]], name: str) -> None:
    transport = SYNC[name]()
    clients: dict[str, vl.Client] = {}
    for order in orders:
        if order["base_url"] not in clients:
            clients[order["base_url"]] = vl.Client(**settings(order, transport))
        try:
            clients[order["base_url"]].create_link(**request(order))
            say("link")
        except vl.ValifyError as error:
            say(error.kind)


async def ask_all_async(orders: list[dict[str, str]], name: str) -> None:
    transport = ASYNC[name]()
    clients: dict[str, vl.AsyncClient] = {}
    for order in orders:
        if order["base_url"] not in clients:
            clients[order["base_url"]] = vl.AsyncClient(**settings(order, transport))
        try:
            await clients[order["base_url"]].create_link(**request(order))
            say("link")
        except vl.ValifyError as error:
            say(error.kind)


def say(answer: str) -> None:
    print(json.dumps(answer))


if __name__ == "__main__":
    given, chosen = json.load(sys.stdin), sys.argv[1]
    if chosen in SYNC:
        ask_all(given, chosen)
    else:
        asyncio.run(ask_all_async(given, chosen))
