// What a page meets: the module loaded once, a link of the sandbox, its webhook verified, and no place for a real key.
import * as api from "valify-link";
import { equal, ok, run as runCases, thrown } from "../harness.mjs";

const KEY = "sandbox-key-not-for-production";
const verifierOptions = {
	environment: "sandbox",
	auth: { preset: "x_valify_signature_unverified", secrets: [{ id: "sandbox", utf8: "sandbox-secret-not-for-production" }] },
	profile: {
		sessionToken: ["/data/token"],
		referenceId: ["/data/reference_id"],
		decision: ["/data/status"],
		decisions: [{ value: "approved", outcome: "passed" }],
		matchesBy: "session_token",
	},
};
const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export function run({ origin }) {
	const request = { returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(Date.now() + 600_000) };
	return runCases("page on browser", [
		[
			"before init everything says what to do",
			async () => {
				for (const early of [
					() => new api.Verifier(verifierOptions),
					() => new api.ValifyLink({ apiKey: KEY }),
					api.ReturnState.newBinding,
				])
					ok((await thrown(early)).message.includes("await init() first"), "the error");
			},
		],
		[
			"what is no module is refused by init, which can be called again",
			async () => {
				await thrown(api.init("/page/package/nothing.wasm"));
				await thrown(api.init(new Uint8Array(8)));
				await Promise.all([api.init(), api.init()]);
				await api.init();
			},
		],
		[
			"a link of the sandbox, and its webhook verified",
			async () => {
				await fetch("/page/target/sandbox", { method: "POST" });
				const valify = new api.ValifyLink({ apiKey: KEY, environment: "sandbox", baseUrl: origin });
				const requested = valify.requested(request);
				const link = await valify.createLink(request);
				ok(link.redirectUrl.startsWith(`${origin}/?token=`), "the link");
				const issued = requested.issued(link);
				await (await fetch(`/_sandbox/sessions/${link.sessionToken}/complete`, json({ outcome: "passed" }))).json();
				const { body, headers } = await sent(link.sessionToken);
				const event = new api.Verifier(verifierOptions).verify(body, headers);
				equal([event.outcome, event.sessionToken === link.sessionToken], ["passed", true], "the event");
				equal([issued.status(), issued.add(event).status(), issued.add(event).mayProceed()], ["issued", "passed", true], "the record");
				equal(
					(await thrown(() => new api.Verifier(verifierOptions).verify(`${body} `, headers))).kind,
					"signature_mismatch",
					"one byte more",
				);
			},
		],
		[
			"a key for any base URL but loopback is refused, however it comes in",
			async () => {
				const real = { apiKey: "fake-key-for-tests-0001" };
				const host = "sandbox.internal:8484";
				const container = { ...real, environment: "sandbox", baseUrl: `http://${host}`, insecureHosts: [host] };
				let asked = 0;
				const own = () => Promise.reject(new Error(`asked ${++asked} times`));
				const fromDocument = api.ValifyLink.fromDocument(JSON.stringify({ api_key: real.apiKey }), { fetch: own });
				for (const refused of [
					() => new api.ValifyLink(real),
					() => new api.ValifyLink(container),
					() => new api.ValifyLink({ ...real, fetch: own }),
					() => fromDocument.createLink(request),
				]) {
					const error = await thrown(refused);
					equal([error.kind, error.field, error instanceof api.ConfigError], ["invalid_config", "api_key", true], "the error");
				}
				equal(asked, 0, "the requests");
			},
		],
	]);
}

/** The webhook of a session as the sandbox has sent it. */
async function sent(token) {
	for (let tries = 0; tries < 200; tries += 1) {
		const { deliveries } = await (await fetch("/_sandbox/deliveries")).json();
		const attempt = deliveries.find(({ session_token }) => session_token === token)?.attempts[0];
		if (attempt) return attempt.request;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error("the sandbox has sent no webhook");
}
