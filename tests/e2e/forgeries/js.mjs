// Tries to get a `passed` out of a failure by every public means of the package. Node, Deno and Bun.
import { createRequire } from "node:module";
import process from "node:process";
import * as api from "valify-link";
import { conclude, equal, run } from "../../../bindings-wasm/npm/test/harness.mjs";

const TOKEN = "5e55104e-0000-4000-8000-000000000001";
const now = new Date();
const auth = { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: "fake-webhook-secret-0001" }] };
const profile = () => ({
	sessionToken: ["/token"],
	decision: ["/status"],
	decisions: [
		{ value: "approved", outcome: "passed" },
		{ value: "rejected", outcome: "failed" },
	],
	checks: { liveness: { at: ["/liveness"], values: [{ value: true, outcome: "passed" }] } },
	matchesBy: "session_token",
});
const verifierOf = (environment, its = profile()) => new api.Verifier({ environment, auth, profile: its });
const sandbox = verifierOf("sandbox");
const said = (status, token = TOKEN) => JSON.stringify({ token, status, liveness: true });
const signed = (body) => api.sign(auth, body).headers;
const verified = (body, verifier = sandbox) => verifier.verify(body, signed(body));
const client = new api.ValifyLink({ apiKey: "fake-key-0001", environment: "sandbox", baseUrl: "http://127.0.0.1:1" });
const request = { returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(now.getTime() + 600_000) };
const answer = { session_token: TOKEN, redirect_url: `http://127.0.0.1:1/?token=${TOKEN}` };
const asked = client.call(request, { now });
const link = asked.parse({ status: 200, headers: [], body: new TextEncoder().encode(JSON.stringify(answer)) }, now);
const fresh = () => client.requested(request).issued(link);
const approved = said("approved");
const failed = () => verified(said("rejected"));
const states = new api.ReturnState({ secrets: auth.secrets });
const binding = api.ReturnState.newBinding();
const returnedNow = () => states.check(states.issue({ ...request, binding }).returnUrl, { referenceId: "user-1", binding });

/** Bytes whose every method tells of others. */
class OfTwoMinds extends Uint8Array {
	slice = () => new TextEncoder().encode(approved);
	subarray = () => new TextEncoder().encode(approved);
	[Symbol.iterator] = () => new TextEncoder().encode(approved)[Symbol.iterator]();
}

/** With a property of an object replaced meanwhile, as a hostile dependency does. */
function with_(object, name, descriptor, forge) {
	const own = Object.getOwnPropertyDescriptor(object, name);
	try {
		Object.defineProperty(object, name, { configurable: true, ...descriptor });
		return forge();
	} finally {
		if (own === undefined) delete object[name];
		else Object.defineProperty(object, name, own);
	}
}

/** The package loaded once more, with a core of its own: what is of the one is nothing to the other, though its numbers may be the same. */
function anotherCopy() {
	const require = createRequire(import.meta.url);
	const path = require.resolve("valify-link");
	const kept = require.cache[path];
	delete require.cache[path];
	const copy = require(path);
	if (kept !== undefined) require.cache[path] = kept;
	if (copy.Event === api.Event) throw new TypeError("it is the same copy");
	return copy;
}

/** Each ends with a record, or with an exception. */
const FORGERIES = {
	"an object": () => fresh().add({ outcome: "passed", sessionToken: TOKEN }),
	"a failure spread": () => fresh().add({ ...failed(), outcome: "passed" }),
	"a failure's JSON": () => fresh().add({ ...failed().toJSON(), outcome: "passed" }),
	"a child of a failure": () => fresh().add(Object.create(failed(), { outcome: { value: "passed" } })),
	"a child of the prototype": () => fresh().add(Object.create(api.Event.prototype, { outcome: { value: "passed" } })),
	"a proxy of a failure": () =>
		fresh().add(new Proxy(failed(), { get: (event, name) => (name === "outcome" ? "passed" : Reflect.get(event, name, event)) })),
	"a failure with a property of its own": () => fresh().add(Object.defineProperty(failed(), "outcome", { value: "passed" })),
	"a failure written to": () => fresh().add(Object.assign(failed(), { outcome: "passed" })),
	"a failure whose checks are written to": () => {
		const event = failed();
		Reflect.set(event.checks, "liveness", "passed");
		Reflect.set(event.authenticatedBy, "bodySigned", true);
		return fresh().add(event);
	},
	"a failure with another prototype": () => fresh().add(Object.setPrototypeOf(failed(), { outcome: "passed" })),
	"a subclass": () => fresh().add(new (class extends api.Event {})()),
	"a subclass that passes over the constructor": () => fresh().add(Reflect.construct(Object, [], class extends api.Event {})),
	"the constructor for another target": () => fresh().add(Reflect.construct(api.Event, [], Object)),
	"the constructor of a failure": () => fresh().add(new (failed().constructor)(failed())),
	"a copy": () => fresh().add(structuredClone(failed())),
	"its JSON revived with its prototype": () =>
		fresh().add(
			JSON.parse(JSON.stringify(verified(approved)), (key, value) =>
				key === "" ? Object.setPrototypeOf(value, api.Event.prototype) : value,
			),
		),
	"all properties of a passed": () => fresh().add(Object.create(api.Event.prototype, Object.getOwnPropertyDescriptors(verified(approved)))),
	"a promise of a passed": () => fresh().add(Promise.resolve(verified(approved))),
	"a list of a passed": () => fresh().add([verified(approved)]),
	"the prototype's outcome replaced": () => with_(api.Event.prototype, "outcome", { get: () => "passed" }, () => fresh().add(failed())),
	"a class that calls everything its instance": () =>
		with_(api.Event, Symbol.hasInstance, { value: () => true }, () => fresh().add({ outcome: "passed", sessionToken: TOKEN })),
	"maps that find whatever is looked for": () =>
		with_(WeakMap.prototype, "get", { value: () => verified(approved) }, () =>
			with_(WeakSet.prototype, "has", { value: () => true }, () => fresh().add({ outcome: "passed" })),
		),
	"the method of a record, on another": () => api.Verification.prototype.add.call({ ...fresh() }, verified(approved)),
	"a child of a record": () => Object.create(fresh()).add(verified(approved)),
	"a failure of another copy of the package": () => {
		const copy = anotherCopy();
		const its = new copy.Verifier({ environment: "sandbox", auth, profile: profile() });
		// As many in either, so that what they are numbered by may be the same.
		const [passed, failure] = [verified(approved), its.verify(said("rejected"), copy.sign(auth, said("rejected")).headers)];
		equal(passed.outcome, "passed", "ours");
		return fresh().add(failure);
	},
	"what was not verified": () => fresh().add(api.readUnverified(approved, profile())),
	"what was not verified, with the prototype of an event": () =>
		fresh().add(Object.setPrototypeOf(api.readUnverified(approved, profile()), api.Event.prototype)),
	"no signature": () => fresh().add(sandbox.verify(approved, [])),
	"a signature by another secret": () =>
		fresh().add(
			sandbox.verify(approved, api.sign({ ...auth, secrets: [{ id: "a", utf8: "another-fake-secret-0002" }] }, approved).headers),
		),
	"the signature of another body": () => fresh().add(sandbox.verify(approved, signed(said("rejected")))),
	"a header that changes while it is read": () => {
		let reads = 0;
		const headers = [["X-Valify-Signature", { toString: () => (reads++ === 0 ? signed(approved)[0][1] : "") }]];
		return fresh().add(sandbox.verify(approved, headers));
	},
	"a body that changes while it is read": () => {
		let reads = 0;
		const body = { toString: () => (reads++ === 0 ? said("rejected") : approved) };
		return fresh().add(sandbox.verify(body, signed(said("rejected"))));
	},
	"bytes changed after the verdict": () => {
		const bytes = new TextEncoder().encode(said("rejected"));
		const event = verified(bytes);
		bytes.set(new TextEncoder().encode(approved));
		return fresh().add(event);
	},
	"bytes of two minds": () => {
		const event = verified(OfTwoMinds.from(new TextEncoder().encode(said("rejected"))));
		equal(new TextDecoder().decode(event.raw()), said("rejected"), "what is kept");
		return fresh().add(event);
	},
	"bytes of two minds, signed by their other": () =>
		fresh().add(sandbox.verify(OfTwoMinds.from(new TextEncoder().encode(approved)), signed(said("rejected")))),
	"bytes shared with another thread, changed after the verdict": () => {
		const shared = new Uint8Array(new SharedArrayBuffer(approved.length));
		shared.set(new TextEncoder().encode(said("rejected")));
		const event = verified(shared);
		shared.set(new TextEncoder().encode(approved));
		equal(event.rawAt("/status"), '"rejected"', "what is kept");
		return fresh().add(event);
	},
	"a buffer that is taken away while it is read": () => {
		const buffer = new TextEncoder().encode(said("rejected")).buffer;
		const headers = [["X-Valify-Signature", signed(said("rejected"))[0][1]]];
		headers[Symbol.iterator] = function* () {
			structuredClone(buffer, { transfer: [buffer] });
			yield* Array.prototype.values.call(this);
		};
		return fresh().add(sandbox.verify(buffer, headers));
	},
	"an object as the link, of another session": () => {
		const other = "5e55104e-0000-4000-8000-000000000002";
		const forged = { ...link, sessionToken: other, redirectUrl: `http://127.0.0.1:1/?token=${other}` };
		return client
			.requested(request)
			.issued(forged)
			.add(verified(said("approved", other)));
	},
	"a link written to, of another session": () => {
		const other = "5e55104e-0000-4000-8000-000000000002";
		const written = Object.create(link, { sessionToken: { value: other } });
		return client
			.requested(request)
			.issued(written)
			.add(verified(said("approved", other)));
	},
	"a profile changed after the verifier was made": () => {
		const its = profile();
		const verifier = verifierOf("sandbox", its);
		its.decisions[1].outcome = "passed";
		return fresh().add(verified(said("rejected"), verifier));
	},
	"decisions from a polluted prototype": () => {
		const { decisions, ...rest } = profile();
		try {
			// What a hostile dependency does.
			Object.prototype.decisions = [{ value: "rejected", outcome: "passed" }];
			return fresh().add(verified(said("rejected"), verifierOf("sandbox", rest)));
		} finally {
			delete Object.prototype.decisions;
			equal(decisions.length, 2, "the profile");
		}
	},
	"a passed of another environment": () => fresh().add(verified(approved, verifierOf("production"))),
	"a passed of another session": () => fresh().add(verified(said("approved", "5e55104e-0000-4000-8000-000000000002"))),
	"a passed before the link is known": () => client.requested(request).add(verified(approved)),
	"a return": () => fresh().returned(returnedNow()),
	"a return as an event": () => fresh().add(returnedNow()),
	"an event as a return": () => fresh().returned(verified(approved)),
	"a link as an event": () => fresh().add(link),
	"an object merged": () => fresh().merge({ status: () => "passed", mayProceed: () => true }),
	"an event merged": () => fresh().merge(verified(approved)),
	"the record's constructor": () => new api.Verification(approved),
	"another outcome by the operator": () => fresh().resolve("approved", "operator", now, "because"),
};

const cases = Object.entries(FORGERIES).map(([name, forge]) => [
	name,
	() => {
		let record;
		try {
			record = forge();
		} catch (error) {
			if (!(error instanceof Error)) throw new Error(`it throws ${error}`);
			return;
		}
		const status = record.status(now);
		equal([status === "passed", record.mayProceed(now)], [false, false], `the status ${status}`);
	},
]);

const honest = [
	"an authenticated event passes: these tests would see it",
	() => equal([fresh().add(verified(approved)).status(now), fresh().add(failed()).status(now)], ["passed", "failed"], "the statuses"),
];
const host = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : `node ${process.version}`;
conclude(await run(`forgeries on ${host}`, [honest, ...cases]));
