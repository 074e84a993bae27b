"""The PyPI peers, and this package beside them. In and out as for `node.mjs`."""

from __future__ import annotations

import base64
import json
import sys
from datetime import datetime, timezone
from typing import Any, Callable

import standardwebhooks
import stripe
import svix

import valify_link as vl

Json = Any
PROFILE = vl.Profile(session_token=["/token"], matches_by="session_token")


def joined(headers: Json) -> dict[str, str]:
    """What most servers hand on: names in lower case, lines of one name joined by commas."""
    together: dict[str, list[str]] = {}
    for name, value in headers:
        together.setdefault(name.lower(), []).append(value)
    return {name: ", ".join(values) for name, values in together.items()}


def body_of(delivery: Json) -> Any:
    body = base64.b64decode(delivery["body"])
    return json.loads(body) if delivery.get("asObject") else body


def auth(family: str, secret: str) -> vl.Preset:
    return vl.Preset(
        family, secrets={"a": vl.Secret.base64(secret) if family == "standard_webhooks" else vl.Secret.utf8(secret)}
    )


def ours(delivery: Json) -> None:
    verifier = vl.Verifier(auth=auth(delivery["family"], delivery["secret"]), profile=PROFILE)
    event = verifier.verify(body_of(delivery), [(name, value) for name, value in delivery["headers"]])
    assert event.raw() == body_of(delivery)


def ours_signs(order: Json) -> Json:
    now = datetime.fromtimestamp(order["timestamp"], timezone.utc)
    made = vl.sign(auth(order["family"], order["secret"]), base64.b64decode(order["body"]), id=order["id"], now=now)
    return [list(line) for line in made.headers]


def standard(delivery: Json) -> None:
    webhook = standardwebhooks.Webhook(delivery["secret"])
    webhook.verify(body_of(delivery), joined(delivery["headers"]), json_parse=False)


def by_svix(delivery: Json) -> None:
    svix.Webhook(delivery["secret"]).verify(body_of(delivery), joined(delivery["headers"]))


def standard_signs(webhook: Any, order: Json) -> Json:
    at = datetime.fromtimestamp(order["timestamp"], timezone.utc)
    signature = webhook.sign(order["id"], at, base64.b64decode(order["body"]).decode())
    return [
        ["webhook-id", order["id"]],
        ["webhook-timestamp", str(order["timestamp"])],
        ["webhook-signature", signature],
    ]


def by_stripe(delivery: Json) -> None:
    header = joined(delivery["headers"]).get("stripe-signature")
    tolerance = stripe.Webhook.DEFAULT_TOLERANCE
    stripe.WebhookSignature.verify_header(body_of(delivery), header, delivery["secret"], tolerance)


def stripe_signs(order: Json) -> Json:
    body = base64.b64decode(order["body"]).decode()
    made = stripe.WebhookSignature.generate_signature_header(body, order["secret"], order["timestamp"])
    return [["stripe-signature", made]]


# Name: families, how it verifies, the exception by which it says no, how it signs.
PEERS: dict[str, tuple[list[str], Callable[[Json], None], type[Exception], Callable[[Json], Json]]] = {
    "valify-link": (["standard_webhooks", "stripe_style"], ours, vl.ValifyError, ours_signs),
    "standardwebhooks": (
        ["standard_webhooks"],
        standard,
        standardwebhooks.webhooks.WebhookVerificationError,
        lambda order: standard_signs(standardwebhooks.Webhook(order["secret"]), order),
    ),
    "svix": (
        ["standard_webhooks"],
        by_svix,
        svix.WebhookVerificationError,
        lambda order: standard_signs(svix.Webhook(order["secret"]), order),
    ),
    "stripe": (["stripe_style"], by_stripe, stripe.SignatureVerificationError, stripe_signs),
}


def verdict(name: str, delivery: Json) -> str | None:
    families, verify, refusal, _ = PEERS[name]
    if delivery["family"] not in families:
        return None
    try:
        verify(delivery)
    except vl.ValifyError as error:
        return error.kind
    except refusal:
        return "refused"
    except Exception as error:  # noqa: BLE001 (what a peer throws is what is written down)
        return f"throws {type(error).__name__}"
    return "accepted"


def main() -> None:
    orders = json.load(sys.stdin)
    json.dump(
        {
            name: {
                "verify": [verdict(name, delivery) for delivery in orders["verify"]],
                "sign": [sign(order) if order["family"] in families else None for order in orders["sign"]],
            }
            for name, (families, _, _, sign) in PEERS.items()
        },
        sys.stdout,
    )


main()
