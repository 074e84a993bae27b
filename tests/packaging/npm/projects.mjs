// What a throwaway project contains: the same use of the package in the words of each system.
const options = `{
	auth: { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: "fake-webhook-secret-0001" }] },
	profile: { sessionToken: ["/token"], decision: ["/status"], decisions: [{ value: "approved", outcome: "passed" }], matchesBy: "session_token" },
}`;

/** Signs and verifies, and asks for a link from a \`fetch\` that answers; what it gives is the word that the test looks for. */
export const USE = `
async function use({ init, ValifyLink, Verifier, sign }) {
	await init();
	const options = ${options};
	const body = JSON.stringify({ token: "5e55104e-0000-4000-8000-000000000001", status: "approved" });
	const event = new Verifier(options).verify(body, sign(options.auth, body).headers);
	const token = event.sessionToken;
	const answer = { session_token: token, redirect_url: "https://verify.valifysolutions.com/?token=" + token };
	const valify = new ValifyLink({ apiKey: "fake-key-for-tests-0001", fetch: async () => new Response(JSON.stringify(answer)) });
	const request = { returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(Date.now() + 600000) };
	const record = valify.requested(request).issued(await valify.createLink(request));
	return "it says " + event.outcome + ", " + record.status();
}`;
export const SAID = "it says passed, issued";

const NAMES = "init, ValifyLink, Verifier, sign";

export const ESM = `import { ${NAMES} } from "valify-link";${USE}\nconsole.log(await use({ ${NAMES} }));`;
export const CJS = `const api = require("valify-link");${USE}\nuse(api).then(console.log);`;
export const WORKER = `import * as api from "valify-link";${USE}\nexport default { fetch: async () => new Response(await use(api)) };`;

/** In a browser, which has no key to ask for a link with. */
export const BROWSER = `import { init, sign, Verifier } from "valify-link";
await init();
const options = ${options};
const body = JSON.stringify({ token: "5e55104e-0000-4000-8000-000000000001", status: "approved" });
document.title = "it says " + new Verifier(options).verify(body, sign(options.auth, body).headers).outcome;`;
export const SAID_IN_BROWSER = "it says passed";

/** An application of Next.js with the webhook as a route handler. */
export const NEXT = {
	"next.config.js": 'export default { serverExternalPackages: ["valify-link"] };',
	"app/layout.js": 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
	"app/webhooks/valify/route.js": `import { Verifier } from "valify-link";
import { valifyWebhook } from "valify-link/next";

export const POST = valifyWebhook(new Verifier({ ...${options}, limits: { maxBodyBytes: 10_000 } }), (event) => {
	console.log("it says " + event.outcome);
	if (event.rawAt("/status") === '"throw"') throw new Error("the database is away");
});`,
};

/** Both systems in one process: what one has made the other takes, and \`instanceof\` holds. */
export const BOTH = `import { createRequire } from "node:module";
import * as esm from "valify-link";
const cjs = createRequire(import.meta.url)("valify-link");
const options = ${options};
const thrown = (action) => { try { action(); } catch (error) { return error; } };
const body = JSON.stringify({ token: "5e55104e-0000-4000-8000-000000000001", status: "approved" });
const event = new cjs.Verifier(options).verify(body, cjs.sign(options.auth, body).headers);
const error = thrown(() => new esm.ValifyLink({ apiKey: "" }));
const checks = [event instanceof esm.Event, error instanceof cjs.ConfigError, error instanceof cjs.ValifyError, !(error instanceof cjs.MisuseError)];
console.log(checks.every(Boolean) ? "one package" : checks);`;

/** Two copies that know nothing of each other, as with \`npm\` duplicates: errors are still told apart by class. */
export const COPIES = `const first = require("valify-link");
for (const path of Object.keys(require.cache)) delete require.cache[path];
const second = require("valify-link");
const thrown = (action) => { try { action(); } catch (error) { return error; } };
const error = thrown(() => new first.ValifyLink({ apiKey: "" }));
class Own extends second.ConfigError {}
const checks = [first.ValifyError !== second.ValifyError, error instanceof second.ConfigError, error instanceof second.ValifyError,
	!(error instanceof second.MisuseError), !(error instanceof second.ServerError), !(error instanceof Own), error instanceof Error];
console.log(checks.every(Boolean) ? "two copies" : checks);`;

/** A consumer's code under \`tsc --strict\`: closed unions, and what must not compile. */
export const TYPED = `import { Event, init, OutcomeUnknownError, ReturnState, UnverifiedEvent, ValifyError, ValifyLink, Verification, Verifier, readUnverified, route, sign } from "valify-link";
import type { ErrorKind, NextStep, Outcome, Profile, Status } from "valify-link";
import { captureRawBody, valifyWebhook } from "valify-link/express";
import { valifyWebhook as forRequest } from "valify-link/request";

const profile: Profile = { sessionToken: ["/token"], matchesBy: "session_token" };
export const verifier = new Verifier({
	auth: { scheme: "hmac", header: "X-S", digest: "sha256", encoding: "hex", signs: "body", secrets: [{ id: "a", utf8: process.env["SECRET"] }] },
	profile,
});
export const valify = new ValifyLink({ apiKey: process.env["KEY"], fetch: (url, init) => fetch(url, init) });
export async function link(signal: AbortSignal): Promise<string> {
	try {
		const made = await valify.createLink({ returnUrl: "", referenceId: "", expiresAt: new Date(), lang: "ar" }, { signal, timeoutMs: 1 });
		return made.redirectUrl;
	} catch (error) {
		if (error instanceof OutcomeUnknownError) return error.referenceId ?? error.kind;
		throw error;
	}
}
const words: { readonly [status in Status]: string } = {
	requested: "", issued: "", returned: "", passed: "", failed: "", review: "", abandoned: "", expired: "", indeterminate: "", conflicting: "",
};
export function say(record: Verification, event: Event): string {
	const found = route(event, [record]);
	return found.route === "one" ? words[found.record.add(event).status()] : found.route;
}
export const loaded: Promise<void> = init("/elsewhere.wasm");
export const listener = valifyWebhook(verifier, async (event, request) => [event.outcome satisfies Outcome, request.url]);
export const answer: (request: Request) => Promise<Response> = forRequest(verifier, () => undefined);
export const kept = captureRawBody;
export const next = (error: ValifyError): [ErrorKind, NextStep] => [error.kind, error.next];
export const states = new ReturnState({ secrets: [{ id: "a", hex: "00" }] });
export const verified = (request: Request, body: ArrayBuffer) => verifier.verify(body, request.headers);
export const fromNode = (headers: NodeJS.Dict<string | string[]>, body: Buffer) => verifier.verify(body, headers);

declare const record: Verification;
// @ts-expect-error an unverified event is no event
record.add(readUnverified("{}", profile));
// @ts-expect-error nothing that looks like one is
record.add({ outcome: "passed" });
// @ts-expect-error there is no constructor
new Event();
// @ts-expect-error an unverified event has no outcome
(e: UnverifiedEvent) => e.outcome;
// @ts-expect-error authentication is a choice
new Verifier({ profile });
// @ts-expect-error an unsigned body must be accepted in words
sign({ scheme: "static_header", header: "X", secrets: [] }, "");
// @ts-expect-error a parsed body has no signature
verifier.verify({ token: "" }, {});
`;
