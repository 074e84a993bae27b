// The default transport against servers that misbehave: the same cases in every runtime.
import { equal, ok, thrown } from "../harness.mjs";

const KEY = "sandbox-key-not-for-production";

/**
 * `claims` says what this runtime's fetch can prove: which failures are `not_sent`. `reach` makes a peer reachable where not all are at
 * once, as in a browser.
 */
export function cases(api, { origins, claims }, reach = async () => undefined) {
	const client = (baseUrl, options = {}) =>
		new api.ValifyLink({ apiKey: KEY, environment: "sandbox", baseUrl, maxRetries: 0, backoffCapMs: 0, ...options });
	const request = () => ({
		returnUrl: "https://shop.example/back",
		referenceId: "user-1",
		expiresAt: new Date(Date.now() + 600_000),
	});
	const ask = async (name, options, call) => {
		await reach(name);
		return client(origins[name], options).createLink(request(), call);
	};
	const json = async (name, path) => {
		await reach(name);
		return (await fetch(`${origins[name]}${path}`)).json();
	};
	const seen = (name) => json(name, "/seen");
	const reset = async () => {
		await reach("sandbox");
		return (await fetch(`${origins.sandbox}/_sandbox/reset`, post({}))).arrayBuffer();
	};
	const fault = async (fault) => {
		await reset();
		const answer = await fetch(`${origins.sandbox}/_sandbox/faults`, post({ on: "link", count: 1, ...fault }));
		ok(answer.ok, `the sandbox took the fault: ${answer.status}`);
		await answer.arrayBuffer();
	};
	const sessions = async () => {
		return (await json("sandbox", "/_sandbox/sessions")).total;
	};
	const unknown = async (promise) => {
		const error = await thrown(promise);
		equal(error.kind, "outcome_unknown", `the kind of ${error}`);
		equal(error.referenceId, "user-1", "the reference");
		return error;
	};
	/** Refused by the network: proven unsent where the runtime tells, else unknown. */
	const unsent = async (promise, claimed) => {
		const error = await thrown(promise);
		equal(error.kind, claimed ? "not_sent" : "outcome_unknown", `the kind of ${error} (${error.transport})`);
	};

	return [
		[
			"a link",
			async () => {
				await reset();
				const link = await ask("sandbox");
				ok(link.redirectUrl.startsWith(`${origins.sandbox}/?token=${link.sessionToken}`), "the link is of the sandbox");
				equal([link.referenceId, link.environment], ["user-1", "sandbox"], "the link");
			},
		],
		[
			"a redirect to another origin is not followed, and the key stays",
			async () => {
				const error = await thrown(ask("redirect"));
				equal(error.kind, "redirected", `the kind of ${error}`);
				equal([(await seen("redirect")).posts, (await seen("elsewhere")).posts, (await seen("elsewhere")).keys], [1, 0, 0], "what arrived");
			},
		],
		[
			"a redirect to the same origin is not followed",
			async () => {
				equal((await thrown(ask("redirect_here"))).kind, "redirected", "the kind");
				equal((await seen("redirect_here")).posts, 1, "the requests");
			},
		],
		[
			"an answer after the timeout is unknown",
			async () => {
				await fault({ action: "delay", delay_ms: 3000 });
				await unknown(ask("sandbox", {}, { timeoutMs: 300 }));
			},
		],
		[
			"a body that never ends is cut by the timeout",
			async () => {
				await unknown(ask("trickle", { timeoutMs: 1500 }));
				equal((await seen("trickle")).posts, 1, "the requests");
			},
		],
		[
			"a slow answer within the timeout is a link",
			async () => {
				await fault({ action: "delay", delay_ms: 300 });
				ok((await ask("sandbox")).sessionToken, "a link");
			},
		],
		[
			"abort throws the signal's own reason",
			async () => {
				await fault({ action: "delay", delay_ms: 3000 });
				const controller = new AbortController();
				const reason = new Error("the user has left");
				setTimeout(() => controller.abort(reason), 100);
				ok((await thrown(ask("sandbox", {}, { signal: controller.signal }))) === reason, "the reason itself");
			},
		],
		[
			"abort without a reason throws what fetch throws",
			async () => {
				const signal = AbortSignal.abort();
				const error = await thrown(ask("sandbox", {}, { signal }));
				const own = await thrown(fetch(`${origins.sandbox}/healthz`, { signal }));
				equal([error.name, error instanceof api.ValifyError], [own.name, false], "the error");
			},
		],
		[
			"abort during a wait ends it",
			async () => {
				await fault({ action: "status", status: 429, count: 3 });
				const controller = new AbortController();
				const logger = { debug: (message) => message.endsWith("waiting") && controller.abort() };
				const call = ask("sandbox", { maxRetries: 2, backoffCapMs: 60_000, logger }, { signal: controller.signal });
				equal((await thrown(call)).name, "AbortError", "the error");
			},
		],
		["a refused connection", () => unsent(ask("refused"), claims.refused)],
		[
			"a name that does not exist",
			() => {
				const host = "nothing.invalid";
				return unsent(client(`http://${host}`, { insecureHosts: [host] }).createLink(request()), claims.unresolved);
			},
		],
		["a certificate that nobody has signed", () => unsent(ask("self_signed"), claims.untrusted)],
		["a certificate of an unknown issuer", () => unsent(ask("unknown_issuer"), claims.untrusted)],
		[
			"cut before the request was processed",
			async () => {
				await fault({ action: "drop_before" });
				await unknown(ask("sandbox", { maxRetries: 2 }));
				equal(await sessions(), 0, "the sessions");
			},
		],
		[
			"cut after the request was processed",
			async () => {
				await fault({ action: "drop_after" });
				await unknown(ask("sandbox", { maxRetries: 2 }));
				equal(await sessions(), 1, "the sessions: nothing was sent again");
			},
		],
		[
			"a body cut short",
			async () => {
				await unknown(ask("cut_body", { maxRetries: 2 }));
				equal((await seen("cut_body")).posts, 1, "the requests");
			},
		],
		[
			"a connection that the peer drops when it is used again: one request for each call",
			async () => {
				const link = () => ask("stale", { maxRetries: 2 });
				for (let call = 0; call < 3; call += 1) await (claims.fresh ? link() : link().catch(() => undefined));
				const { posts } = await seen("stale");
				ok(claims.fresh ? posts === 3 : posts <= 3, `${posts} requests for 3 calls`);
			},
		],
		[
			"64 MiB of zeros in a small gzip",
			async () => {
				await unknown(ask("bomb", { maxRetries: 2 }));
				equal((await seen("bomb")).posts, 1, "the requests");
			},
		],
		[
			"a body that is not gzip though it says so",
			async () => {
				await unknown(ask("not_gzip"));
			},
		],
		[
			"429 is asked again",
			async () => {
				await fault({ action: "status", status: 429 });
				ok((await ask("sandbox", { maxRetries: 1 })).sessionToken, "a link");
			},
		],
		[
			"503 is not asked again",
			async () => {
				await fault({ action: "status", status: 503 });
				const error = await thrown(ask("sandbox", { maxRetries: 2 }));
				equal([error.kind, error.status, error.next], ["server_error", 503, "do_not_resend"], "the error");
				ok(error instanceof api.ServerError && error instanceof api.OutcomeUnknownError, "its classes");
			},
		],
		[
			"a wrong key",
			async () => {
				await reset();
				const error = await thrown(ask("sandbox", { apiKey: "another-fake-key-0001" }));
				equal([error.kind, error.name], ["unauthorized", "AuthenticationError"], "the error");
			},
		],
		[
			"a fetch of the caller's: its failures prove nothing, whatever they look like",
			async () => {
				const refused = Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } });
				await unknown(ask("sandbox", { fetch: () => Promise.reject(refused) }));
				await unknown(ask("sandbox", { fetch: () => Promise.reject("not even an error") }));
				await unknown(
					ask("sandbox", {
						fetch: () => {
							throw "at once";
						},
					}),
				);
				await unknown(ask("sandbox", { fetch: async () => ({ status: 200, headers: null }) }));
			},
		],
		[
			"a fetch of the caller's that never answers is timed out",
			async () => {
				await unknown(ask("sandbox", { fetch: () => new Promise(() => undefined), timeoutMs: 50 }));
			},
		],
		[
			"a fetch of the caller's is told what the transport's duties are",
			async () => {
				let told;
				const fetch = (url, init) => {
					told = { url, method: init.method, redirect: init.redirect, key: new Headers(init.headers).get("x-valify-api-key") };
					return Promise.reject(new Error("no"));
				};
				await unknown(ask("sandbox", { fetch }));
				equal(told, { url: `${origins.sandbox}/api/link/v1/request/?lang=en`, method: "POST", redirect: "manual", key: KEY }, "the call");
			},
		],
		[
			"a log that throws costs no link, and is told no secret",
			async () => {
				await reset();
				const told = [];
				const debug = (...args) => {
					told.push(JSON.stringify(args));
					throw new Error("full");
				};
				const link = await ask("sandbox", { logger: { debug } });
				ok(told.length >= 2, "it was told something");
				for (const secret of [KEY, link.sessionToken, "user-1"]) ok(!told.join().includes(secret), "a secret in the log");
			},
		],
		[
			"what the transport said is in the error, and nothing of the request",
			async () => {
				const said = `refused ${KEY} for user-1\n`;
				const error = await unknown(ask("sandbox", { fetch: () => Promise.reject(new Error(said)) }));
				ok(error.transport.includes("refused") && error.cause === undefined, "what was said");
				for (const secret of [KEY, "user-1", "\n"]) ok(!error.transport.includes(secret), "a secret in the error");
			},
		],
	];
}

function post(body) {
	return { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
