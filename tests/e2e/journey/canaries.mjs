// Strings that are nowhere else: whatever they get into has let them through.
import { writeFileSync } from "node:fs";

export const CANARIES = {
	key: "canary-key-7c1e5a90d2f84b36",
	secret: "canary-webhook-secret-51b0e7a6c3d94f28",
	"secret of the return state": "canary-return-secret-of-32-bytes-and-more",
};

/** The sandbox's word for people: every webhook names one, and holds pictures of a phone's sizes. */
export const PEOPLE = { name: "سلمى تجربة", "national ID": "30101010100009" };

export const environment = {
	VALIFY_API_KEY: CANARIES.key,
	VALIFY_WEBHOOK_SECRET: CANARIES.secret,
	RETURN_STATE_SECRET: CANARIES["secret of the return state"],
};

/** A configuration of the sandbox with these. */
export function writeConfig(path) {
	const pointers = ["reference_id", "session_token", "occurred_at", "decision"].map((name) => `${name} = ["/data/${NAMES[name] ?? name}"]`);
	const lines = [
		"[[keys]]",
		`key = "${CANARIES.key}"`,
		"[webhook]",
		'images = "realistic"',
		"[webhook.auth]",
		'preset = "x_valify_signature_unverified"',
		`secrets = [{ id = "2026-11", utf8 = "${CANARIES.secret}" }]`,
		"[webhook.profile]",
		...pointers,
		'matches_by = "session_token"',
		'subject = { full_name = ["/data/full_name"], front_nid = ["/data/front_nid"] }',
	];
	writeFileSync(path, `${lines.join("\n")}\n`);
}

/** Where the example's profile looks for them. */
const NAMES = { session_token: "token", decision: "status" };

/** Which of the canaries a text has, by what they are. */
export function found(text, canaries) {
	return Object.entries(canaries)
		.filter(([, canary]) => text.includes(canary))
		.map(([what]) => what);
}
