// What a trap of the module leaves behind: nothing that goes on as if nothing had been. The same cases in every runtime, each in a process
// of its own: they are the last that the module does there.
import { equal, ok, thrown } from "../harness.mjs";

const LOUD = "the core has failed and cannot be used any more in this process";
const BASE = "http://127.0.0.1:1";

/** `valifyWebhook` is the adapter for `Request` and `Response`. */
export function trap(api, valifyWebhook) {
	const auth = { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: "fake-webhook-secret-0001" }] };
	const decisions = [{ value: "approved", outcome: "passed" }];
	const profile = { sessionToken: ["/token"], decision: ["/status"], decisions, matchesBy: "session_token" };
	const token = "5e55104e-0000-4000-8000-000000000001";
	const body = JSON.stringify({ token, status: "approved" });
	const { headers } = api.sign(auth, body);
	const verifier = new api.Verifier({ auth, profile, environment: "sandbox" });

	const request = { returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(Date.now() + 600_000) };
	const answer = { session_token: token, redirect_url: `${BASE}/?token=${token}` };
	/** A client whose answer comes when the test says so. */
	let answerNow;
	const fetch = () => new Promise((resolve) => (answerNow = () => resolve(new Response(JSON.stringify(answer)))));
	const valify = new api.ValifyLink({ apiKey: "fake-key-for-tests-0001", environment: "sandbox", baseUrl: BASE, fetch });
	const record = valify.requested(request);
	const event = verifier.verify(body, headers);
	equal(event.outcome, "passed", "the delivery, before");

	/** More than the module's memory can ever hold: a real trap. No body that comes from outside gets so far. */
	const HUGE = new Uint8Array(2 ** 31);
	const isLoud = (error) => error instanceof Error && !(error instanceof api.ValifyError) && error.message.includes(LOUD);

	const told = [];
	const answered = valifyWebhook(verifier, () => told.push("an event"), { onError: (error) => told.push(error) });
	const deliver = () => answered(new Request("https://shop.example/webhooks", { method: "POST", headers, body }));

	return [
		[
			"a body beyond every limit is refused for its length, and nothing is lost by it",
			async () => {
				for (const refuse of [
					() => verifier.verify(HUGE, headers),
					() => verifier.verify(HUGE.buffer, headers),
					() => api.readUnverified(HUGE, profile),
					() => api.inspect(HUGE, headers),
				])
					equal((await thrown(refuse)).kind, "body_too_large", "the error");
				equal(verifier.diagnose(HUGE, headers).refused, "body_too_large", "the diagnosis");
				equal(verifier.verify(body, headers).outcome, "passed", "the next delivery");
				equal((await deliver()).status, 200, "the answer");
			},
		],
		[
			"after a trap every use of the core says so, calls under way and things made before included",
			async () => {
				const underWay = valify.createLink(request);
				told.length = 0;
				ok(isLoud(await thrown(() => api.sign(auth, HUGE))), "the trap itself");
				const uses = {
					verify: () => verifier.verify(body, headers),
					"a new verifier": () => new api.Verifier({ auth, profile, environment: "sandbox" }),
					status: () => record.status(),
					mayProceed: () => record.mayProceed(),
					add: () => record.add(event),
					"a stored record": () => api.Verification.fromText("{}"),
					createLink: () => valify.createLink(request),
					"its error": () => verifier.verify({}, headers),
				};
				for (const [name, use] of Object.entries(uses)) ok(isLoud(await thrown(use)), name);
				answerNow();
				ok(isLoud(await thrown(underWay)), "the call under way");
			},
		],
		[
			"a webhook is then answered with 500, so that it is sent again, and the log is told",
			async () => {
				equal((await deliver()).status, 500, "the answer");
				equal([told.length, isLoud(told[0])], [1, true], "what was told");
			},
		],
	];
}
