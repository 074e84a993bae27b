// What the app takes from its environment. The defaults are those of the local sandbox, and of nothing else.
import { env } from "node:process";
import { ReturnState, ValifyLink, Verifier } from "valify-link";

export const PORT = Number(env.PORT ?? 3000);
export const PUBLIC_ORIGIN = env.PUBLIC_ORIGIN ?? `http://127.0.0.1:${PORT}`;
export const DATABASE_URL = env.DATABASE_URL ?? "sqlite:///attempts.db";

/** In production: `apiKey` from the environment, and neither `environment` nor `baseUrl`. */
export const valify = new ValifyLink({
	apiKey: env.VALIFY_API_KEY ?? "sandbox-key-not-for-production",
	environment: "sandbox",
	baseUrl: env.VALIFY_SANDBOX_URL ?? "http://127.0.0.1:8484",
});

/** How Valify signs its webhooks, and what they look like, is agreed with Valify: these are the sandbox's. */
export const verifier = new Verifier({
	environment: "sandbox",
	auth: {
		preset: "x_valify_signature_unverified",
		secrets: [{ id: "2026-11", utf8: env.VALIFY_WEBHOOK_SECRET ?? "sandbox-secret-not-for-production" }],
	},
	profile: {
		sessionToken: ["/data/token"],
		referenceId: ["/data/reference_id"],
		occurredAt: ["/data/occurred_at"],
		decision: ["/data/status"],
		decisions: [
			{ value: "approved", outcome: "passed" },
			{ value: "rejected", outcome: "failed" },
			{ value: "review", outcome: "review" },
			{ value: "abandoned", outcome: "abandoned" },
			{ value: "expired", outcome: "expired" },
		],
		matchesBy: "session_token",
	},
});

export const returnState = new ReturnState({
	secrets: [{ id: "2026-11", utf8: env.RETURN_STATE_SECRET ?? "an-example-key-of-32-fake-bytes!" }],
});
