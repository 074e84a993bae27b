// A verifier and deliveries of it, with secrets and people that are plainly made up.
import { sign, Verifier } from "valify-link";

export const SECRET = "fake-webhook-secret-0001";
export const TOKEN = "5e55104e-0000-4000-8000-000000000001";
const auth = {
	scheme: "hmac",
	header: "X-Valify-Signature",
	digest: "sha256",
	encoding: "hex",
	signs: "body",
	secrets: [{ id: "2026-11", utf8: SECRET }],
};

export const newVerifier = (limits = { maxBodyBytes: 100_000 }) => new Verifier(verifierOptions(limits));

export function verifierOptions(limits) {
	const profile = {
		referenceId: ["/data/reference_id"],
		sessionToken: ["/data/token"],
		decision: ["/data/status"],
		decisions: [{ value: "approved", outcome: "passed" }],
		subject: { full_name: ["/data/full_name"] },
		matchesBy: "session_token",
	};
	return { auth, profile, limits };
}

/** Bytes that JSON.stringify would write otherwise. */
export const BODY = Buffer.from(
	`{ "data": {"reference_id": "user-1",  "token": "${TOKEN}", "status": "approved", "full_name": "Fake Person", "amount": 1.0} }\n`,
);

export function signed(body = BODY) {
	const { headers } = sign(auth, body);
	return [...headers, ["Content-Type", "application/json"]];
}
