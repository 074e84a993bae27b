"""What the app takes from its environment. The defaults are those of the local sandbox, and of nothing else."""

import os

from valify_link import Client, Preset, Profile, ReturnState, Secret, Verifier

PORT = int(os.environ.get("PORT", "8000"))
PUBLIC_ORIGIN = os.environ.get("PUBLIC_ORIGIN", f"http://127.0.0.1:{PORT}")
#: A URL as PostgreSQL's own tools take it names no driver.
DATABASE_URL = os.environ.get("DATABASE_URL", "sqlite:///attempts.db").replace("postgresql:", "postgresql+pg8000:", 1)
SANDBOX_URL = os.environ.get("VALIFY_SANDBOX_URL", "http://127.0.0.1:8484")

#: In production: api_key from the environment, and neither environment nor base_url.
valify = Client(
    api_key=os.environ.get("VALIFY_API_KEY", "sandbox-key-not-for-production"),
    environment="sandbox",
    base_url=SANDBOX_URL,
)

#: How Valify signs its webhooks, and what they look like, is agreed with Valify: these are the sandbox's.
verifier = Verifier(
    environment="sandbox",
    auth=Preset(
        "x_valify_signature_unverified",
        secrets={"2026-11": Secret.utf8(os.environ.get("VALIFY_WEBHOOK_SECRET", "sandbox-secret-not-for-production"))},
    ),
    profile=Profile(
        session_token=["/data/token"],
        reference_id=["/data/reference_id"],
        occurred_at=["/data/occurred_at"],
        decision=["/data/status"],
        decisions=[
            ("approved", "passed"),
            ("rejected", "failed"),
            ("review", "review"),
            ("abandoned", "abandoned"),
            ("expired", "expired"),
        ],
        matches_by="session_token",
    ),
)

return_state = ReturnState(
    {"2026-11": Secret.utf8(os.environ.get("RETURN_STATE_SECRET", "an-example-key-of-32-fake-bytes!"))}
)
