// A body is hashed by the core or, from a length on, by the runtime where the package's entry has brought its hash: nobody can tell which.
import { Buffer } from "node:buffer";
import crypto from "node:crypto";
import { sign, Verifier } from "valify-link";
import { conclude, equal, ok, run, thrown } from "../harness.mjs";

const SECRETS = { utf8: "fake-webhook-secret-0001", hex: "f0".repeat(200), base64: Buffer.alloc(64, 7).toString("base64") };
const profile = { sessionToken: ["/token"], decision: ["/status"], decisions: [{ value: "approved", outcome: "passed" }] };
const SIGNED = {
	body: {},
	"timestamp.body": { timestampHeader: "X-Time" },
	"id.timestamp.body": { timestampHeader: "X-Time", idHeader: "X-Id" },
};

function verifierOf(auth) {
	return new Verifier({ auth, profile: { ...profile, matchesBy: "session_token" } });
}

function authOf(digest, signs, encoding) {
	const secrets = [
		{ id: "other", utf8: "fake-webhook-secret-0002" },
		{ id: "its", [encoding]: SECRETS[encoding] },
	];
	return { scheme: "hmac", header: "X-Sign", digest, encoding: "hex", signs, allowSha1: digest === "sha1", secrets, ...SIGNED[signs] };
}

/** `sign` takes the first secret. */
function senderOf(auth) {
	return { ...auth, secrets: auth.secrets.slice(1) };
}

function bodyOf(length) {
	const text = JSON.stringify({ token: "0-token-0", status: "approved", image: "" });
	return Buffer.from(text.replace('""', `"${"A".repeat(length - text.length)}"`));
}

const cases = [];
for (const digest of ["sha256", "sha512", "sha1"]) {
	for (const signs of Object.keys(SIGNED)) cases.push([`${digest} over ${signs}`, () => whateverTheLength(digest, signs)]);
}

/** Signed by the core; verified by whichever it is. */
async function whateverTheLength(digest, signs) {
	for (const encoding of Object.keys(SECRETS)) {
		const auth = authOf(digest, signs, encoding);
		const verifier = verifierOf(auth);
		for (const length of [100, 1023, 1024, 1025, 4096, 1_000_000]) {
			const body = bodyOf(length);
			const { headers } = sign(senderOf(auth), body, { id: signs.startsWith("id") ? "msg_1" : undefined });
			const event = verifier.verify(body, headers);
			equal([event.outcome, event.authenticatedBy.secret], ["passed", "its"], `${length} bytes`);
			body[length - 10] ^= 1;
			const refused = await thrown(() => verifier.verify(body, headers));
			equal(refused.kind, "signature_mismatch", `${length} bytes, one changed`);
		}
	}
}

cases.push([
	"a signature that the runtime's own crypto has made",
	() => {
		const body = bodyOf(100_000);
		const tag = crypto.createHmac("sha256", SECRETS.utf8).update(body).digest("hex");
		const event = verifierOf(authOf("sha256", "body", "utf8")).verify(body, { "x-sign": tag });
		equal(event.outcome, "passed", "outcome");
	},
]);

cases.push([
	"bytes that the caller changes afterwards change nothing of an event",
	() => {
		const auth = authOf("sha256", "body", "utf8");
		for (const body of [bodyOf(500), new Uint8Array(bodyOf(500)), bodyOf(5000)]) {
			const before = Buffer.from(body);
			const verify = () => verifierOf(auth).verify(body, sign(senderOf(auth), body).headers);
			const [event, { dedupeKey }] = [verify(), verify()];
			body.fill(0);
			event.raw().fill(0);
			ok(before.equals(event.raw()), "the bytes that were verified");
			equal([event.rawAt("/token"), event.dedupeKey], ['"0-token-0"', dedupeKey], "what is read of them");
		}
	},
]);

conclude(await run("hashing", cases));
