// What is handed over, in every shape that a program may have it in, and what is refused before the core is asked. Node, Deno and Bun.
import { Buffer } from "node:buffer";
import process from "node:process";
import * as api from "valify-link";
import { conclude, equal, ok, run, thrown } from "../harness.mjs";

const auth = { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: "fake-webhook-secret-0001" }] };
const decisions = [{ value: "approved", outcome: "passed" }];
const profile = { sessionToken: ["/token"], referenceId: ["/reference"], decision: ["/status"], decisions, matchesBy: "session_token" };
const verifier = new api.Verifier({ auth, profile });
const TOKEN = "5e55104e-0000-4000-8000-000000000001";
const text = JSON.stringify({ token: TOKEN, reference: "مستخدم-1", status: "approved" });
const bytes = new TextEncoder().encode(text);
const [[name, tag]] = api.sign(auth, text).headers;
const lower = name.toLowerCase();

/** The same bytes in the middle of something larger. */
function within(Type) {
	const room = new Uint8Array(bytes.length + 16).fill(1);
	room.set(bytes, 8);
	return new Type(room.buffer, 8, bytes.length);
}

const BODIES = {
	"a string": text,
	"a Uint8Array": bytes,
	"a view of a larger buffer": within(Uint8Array),
	"a DataView": within(DataView),
	"a Buffer": Buffer.from(text),
	"an ArrayBuffer": bytes.slice().buffer,
	"a shared buffer's view": (() => {
		const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
		shared.set(bytes);
		return shared;
	})(),
};
const HEADERS = {
	Headers: new Headers({ [name]: tag }),
	pairs: [[name, tag]],
	"pairs from a Map": new Map([[name, tag]]),
	"Node's rawHeaders": ["Host", "shop.example", name, tag],
	"Node's headers": { host: "shop.example", [lower]: tag, "set-cookie": ["a=1", "b=2"], "x-absent": undefined },
	"a list of one": { [lower]: [tag] },
	"an object without prototype": Object.assign(Object.create(null), { [name.toUpperCase()]: ` ${tag}\t` }),
};
const PARSED = [
	undefined,
	null,
	{},
	JSON.parse(text),
	[1, 2],
	7,
	true,
	new Map(),
	new Blob([text]),
	Promise.resolve(text),
	new Response(text).body,
];

const kindOf = async (action) => (await thrown(action)).kind;
const refusedAt = async (action) => {
	const error = await thrown(action);
	ok(error instanceof api.ValifyError, `${error} is one of the package's`);
	return [error.kind, error.field];
};
const request = () => ({ returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(Date.now() + 600_000) });
const key = "fake-key-for-tests-0001";
const client = (options) => new api.ValifyLink({ apiKey: key, fetch: () => Promise.reject(new Error("nothing is sent here")), ...options });

const cases = [
	...Object.entries(BODIES).map(([shape, body]) => [
		`a body: ${shape}`,
		() => {
			const event = verifier.verify(body, [[name, tag]]);
			equal([event.outcome, event.referenceId], ["passed", "مستخدم-1"], "the event");
			ok(Buffer.compare(Buffer.from(event.raw()), Buffer.from(text)) === 0, "the exact bytes");
		},
	]),
	...Object.entries(HEADERS).map(([shape, headers]) => [
		`headers: ${shape}`,
		() => equal(verifier.verify(bytes, headers).outcome, "passed", "the event"),
	]),
	[
		"a parsed body is refused, and it is said what to do",
		async () => {
			for (const body of PARSED) {
				const error = await thrown(() => verifier.verify(body, [[name, tag]]));
				equal([error.kind, error.next, error.deliveryStatus], ["misuse", "fix_request", 500], `the error for ${body}`);
				ok(error.message.includes("captureRawBody"), "what to do");
			}
		},
	],
	[
		"headers that are none are a caller's mistake, a header given twice is the sender's",
		async () => {
			for (const headers of [undefined, null, "x", 7, [name], [[name]], [[name, 7]], { [lower]: 7 }, { [lower]: null }])
				equal(await kindOf(() => verifier.verify(bytes, headers)), "misuse", `the error for ${JSON.stringify(headers)}`);
			for (const twice of [
				[
					[name, tag],
					[lower, tag],
				],
				{ [lower]: [tag, tag] },
				{ [name]: tag, [lower]: tag },
				[name, tag, lower, tag],
			])
				equal(await kindOf(() => verifier.verify(bytes, twice)), "signature_malformed", `the error for ${JSON.stringify(twice)}`);
			equal(await kindOf(() => verifier.verify(bytes, [])), "signature_missing", "the error without headers");
		},
	],
	[
		"a text with a lone surrogate has no bytes",
		async () => {
			equal(await kindOf(() => verifier.verify("\ud800", [[name, tag]])), "misuse", "a body");
			equal(await kindOf(() => client().createLink({ ...request(), referenceId: "\udfff" })), "invalid_request", "a request");
		},
	],
	[
		"what is missing is named",
		async () => {
			for (const apiKey of [undefined, "", null, 7])
				equal(await refusedAt(() => client({ apiKey })), ["invalid_config", "api_key"], `${apiKey}`);
			for (const options of [undefined, null, 7, [], "{}"]) {
				equal((await refusedAt(() => new api.ValifyLink(options)))[0], "invalid_config", `a client of ${options}`);
				equal((await refusedAt(() => new api.Verifier(options)))[0], "invalid_config", `a verifier of ${options}`);
				equal((await refusedAt(() => new api.ReturnState(options)))[0], "invalid_config", `return states of ${options}`);
			}
			equal(await refusedAt(() => new api.Verifier({ profile })), ["invalid_config", "auth"], "no auth");
			const secrets = [{ id: "a", utf8: undefined }];
			equal((await refusedAt(() => new api.Verifier({ profile, auth: { ...auth, secrets } })))[0], "invalid_config", "no secret");
		},
	],
	[
		"a misspelt or a hostile name is refused, not passed over",
		async () => {
			for (const options of [
				{ api_key: key },
				{ timeout: 5 },
				{ TimeoutMs: 5 },
				JSON.parse('{"__proto__": {"lang": "ar"}}'),
				{ constructor: 1 },
			])
				equal((await refusedAt(() => client(options)))[0], "invalid_config", JSON.stringify(options));
		},
	],
	[
		"times that are none are refused under their name",
		async () => {
			const at = (expiresAt) => refusedAt(() => client().createLink({ ...request(), expiresAt }));
			for (const time of [new Date(Number.NaN), Number.NaN, 1, null, undefined, {}])
				equal(await at(time), ["invalid_request", "expires_at"], `${time}`);
			equal(await kindOf(() => verifier.verify(bytes, [[name, tag]], { now: new Date(Number.NaN) })), "misuse", "a time of receipt");
			equal(await kindOf(() => verifier.verify(bytes, [[name, tag]], { now: 7 })), "misuse", "a number");
		},
	],
	[
		"a timeout of one call is checked as the client's is",
		async () => {
			for (const timeoutMs of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "5", 3_600_001, 7n])
				equal((await refusedAt(() => client().createLink(request(), { timeoutMs })))[1], "timeout_ms", `${timeoutMs}`);
			for (const timeoutMs of [1.5, Number.NaN, "5", 7n])
				equal(await refusedAt(() => client({ timeoutMs })), ["invalid_config", "timeout_ms"], `${timeoutMs}`);
		},
	],
	[
		"a signal that has ended before the call: nothing is sent, and its reason is thrown",
		async () => {
			let asked = 0;
			const reason = new Error("the user has left");
			const call = client({ fetch: () => Promise.reject(++asked) }).createLink(request(), { signal: AbortSignal.abort(reason) });
			ok((await thrown(call)) === reason, "the reason");
			equal(asked, 0, "the requests");
			const timed = client({ fetch: () => new Promise(() => undefined) }).createLink(request(), { signal: AbortSignal.timeout(30) });
			equal((await thrown(timed)).name, "TimeoutError", "what AbortSignal.timeout raises");
		},
	],
	[
		"a record survives storage as text, as JSON, and as a jsonb column that reorders it",
		async () => {
			const record = client().requested(request(), { nonce: undefined });
			const stored = JSON.parse(JSON.stringify({ record })).record;
			const reordered = Object.fromEntries(Object.entries(stored).reverse());
			for (const read of [
				api.Verification.fromText(record.toText()),
				api.Verification.fromJSON(stored),
				api.Verification.fromJSON(reordered),
			]) {
				equal(read.toText(), record.toText(), "the text");
				equal([read.status(), read.mayProceed(), read.returnedInBoundBrowser], ["requested", false, "unknown"], "what is known");
			}
			ok(record.toText().length < 2048, "its length");
			for (const broken of ["", "{}", "null", record.toText().slice(1)])
				equal(await kindOf(() => api.Verification.fromText(broken)), "record_malformed", broken);
			equal(await kindOf(() => api.Verification.fromJSON(undefined)), "misuse", "no column");
		},
	],
	[
		"an event of another user is not added, and routing says so",
		async () => {
			const event = verifier.verify(bytes, [[name, tag]]);
			const other = client().requested(request());
			const error = await thrown(() => other.add(event));
			equal([error.kind, error.next, error instanceof api.RecordError], ["record_mismatch", "keep_delivery", true], "the error");
			equal(api.route(event, [other, other]), { route: "none" }, "the route");
			const own = client().requested({ ...request(), referenceId: "مستخدم-1" });
			equal([api.route(event, [other, own]).index, api.route(event, [own, own])], [1, { route: "ambiguous" }], "the routes");
			equal(own.add(event).mayProceed(), false, "a record that does not know its session yet");
		},
	],
	[
		"a binding comes from the cookie that is there, else it is drawn",
		() => {
			const drawn = api.ReturnState.newBinding();
			equal(api.ReturnState.bindingFrom(drawn), drawn, "the cookie's");
			for (const cookie of [undefined, "", "no binding", `${drawn}x`, "\ud800", 7, {}]) {
				const binding = api.ReturnState.bindingFrom(cookie);
				ok(binding !== drawn && binding.length === drawn.length, `a new one for ${cookie}`);
			}
		},
	],
	[
		"the way back: the state that was issued, for this user and this browser alone",
		async () => {
			const states = new api.ReturnState({ secrets: [{ id: "a", utf8: "an-example-key-of-32-fake-bytes!" }] });
			const binding = api.ReturnState.newBinding();
			const { returnUrl, nonce } = states.issue({ ...request(), binding });
			const back = new URL(returnUrl);
			const record = client().requested({ ...request(), returnUrl }, { nonce });
			const came = (cookie) => record.returned(states.check(back, { referenceId: "user-1", binding: cookie }));
			const bound = [binding, api.ReturnState.newBinding(), undefined, "no binding"].map((cookie) => came(cookie).returnedInBoundBrowser);
			equal(bound, ["yes", "no", "unknown", "no"], "the browser");
			equal([came(binding).status(), came(binding).mayProceed()], ["returned", false], "what is known");
			equal(await kindOf(() => states.check(back, { referenceId: "user-2", binding })), "state_mismatch", "another user");
			equal(await kindOf(() => states.check("https://shop.example/back", { referenceId: "user-1" })), "state_missing", "no state");
			const second = states.issue({ ...request(), binding });
			equal(
				await kindOf(() => record.returned(states.check(second.returnUrl, { referenceId: "user-1" }))),
				"record_mismatch",
				"another attempt's",
			);
		},
	],
];

const host = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : `node ${process.version}`;
conclude(await run(`api on ${host}`, cases));
