// An installed `valify-link`, used for real: a link of the sandbox's, its webhook believed, and a forged one refused.
// SANDBOX_PACKAGE is where `valify-sandbox` is, if it is not installed beside it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { SignatureError, ValifyLink, Verifier } from "valify-link";

const { startSandbox } = await import(process.env.SANDBOX_PACKAGE ?? "valify-sandbox");
const receiver = createServer(async (request, response) => {
	const body = Buffer.concat(await request.toArray());
	response.end();
	receiver.emit("delivery", body, request.headers);
});
await once(receiver.listen(0, "127.0.0.1"), "listening");
const sandbox = await startSandbox({ webhookUrl: `http://127.0.0.1:${receiver.address().port}/webhooks/valify` });
const valify = new ValifyLink({ apiKey: sandbox.apiKey, environment: "sandbox", baseUrl: sandbox.url });
const expiresAt = new Date(Date.now() + 60_000);
const link = await valify.createLink({ returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt });
const delivered = once(receiver, "delivery", { signal: AbortSignal.timeout(60_000) });
await sandbox.complete(link.sessionToken, "passed");
const [body, headers] = await delivered;
await sandbox.stop();
receiver.close();
const verifier = new Verifier({
	environment: "sandbox",
	auth: { preset: "x_valify_signature_unverified", secrets: [{ id: "sandbox", utf8: sandbox.webhookSecret }] },
	profile: {
		sessionToken: ["/data/token"],
		decision: ["/data/status"],
		decisions: [
			{ value: "approved", outcome: "passed" },
			{ value: "rejected", outcome: "failed" },
		],
		matchesBy: "session_token",
	},
});
assert.equal(verifier.verify(body, headers).outcome, "passed");
assert.throws(() => verifier.verify(Buffer.from(body.toString().replace("approved", "rejected")), headers), SignatureError);
console.log(`${process.platform} ${process.arch}: a link, a webhook believed, a forged one refused`);
