// Each kind of case through the public API: `make` says whether documents or typed options are handed over.
import * as given from "./given.mjs";
import * as verdict from "./verdict.mjs";

const byDocument = {
	client: (api, document) => api.ValifyLink.fromDocument(JSON.stringify(document)),
	verifier: (api, document) => api.Verifier.fromDocument(JSON.stringify(document)),
	request: (document) => JSON.stringify(document),
	auth: (document) => JSON.stringify(document),
};
const byOptions = {
	client: (api, document) => {
		// There, typed options take no key but the sandbox's.
		if (globalThis.window !== undefined) throw new given.Inexpressible("a client in a browser");
		return new api.ValifyLink(given.typed(document));
	},
	verifier: (api, document) => new api.Verifier(given.typed(document)),
	request: (document) => given.typed(document),
	auth: (document) => given.typed(document),
};

const KINDS = {
	config: (api, make, { config }) => {
		make.client(api, config);
		return {};
	},
	link_request: (api, make, given) => verdict.request(call(api, make, given).request()),
	link_response: (api, make, given) => verdict.link(call(api, make, given).parse(response(given), new Date(given.now))),
	call: (api, make, given) => ({ steps: steps(api, call(api, make, given), given.inputs) }),
	webhook: (api, make, { environment, auth, profile, limits, headers, body, url, now }) => {
		const verifier = make.verifier(api, { environment, auth, profile, limits });
		return verdict.event(verifier.verify(given.bytes(body), given.headers(headers), { url, now: new Date(now) }));
	},
	diagnose: (api, make, { environment, auth, profile, limits, headers, body, url, now, older_secrets }) => {
		const verifier = make.verifier(api, { environment, auth, profile, limits });
		const options = { url, now: new Date(now), olderSecrets: older_secrets };
		const { refused, findings } = verifier.diagnose(given.bytes(body), given.headers(headers), options);
		const off = findings.find(({ offByMs }) => offByMs !== undefined);
		return { refused, mistakes: findings.map(({ mistake }) => mistake), off_by_ms: off?.offByMs };
	},
	webhook_sign: (api, make, { auth, body, id, now }) => {
		const { headers, url } = api.sign(make.auth(auth), given.bytes(body), { id, now: new Date(now) });
		return { headers: verdict.byLowerName(headers), url };
	},
};

/** The canonical verdict by documents, and by typed options where they can express the case. */
export async function judge(api, kind, given) {
	return { document: await one(api, byDocument, kind, given), options: await one(api, byOptions, kind, given) };
}

async function one(api, make, kind, given_) {
	try {
		return verdict.canonical({ ok: await KINDS[kind](api, make, given_) });
	} catch (thrown) {
		if (thrown instanceof given.Inexpressible) return undefined;
		if (!(thrown instanceof api.ValifyError)) throw thrown;
		return verdict.canonical({ error: verdict.error(thrown) });
	}
}

function call(api, make, { config, request, now, seed }) {
	return make.client(api, config).call(make.request(request), { now: new Date(now), seed: BigInt(seed ?? 0) });
}

function response({ status, headers, body, final_url }) {
	return { status, headers: given.headers(headers), body: given.bytes(body), finalUrl: final_url };
}

function steps(api, call, inputs) {
	const steps = [];
	for (const input of inputs) {
		try {
			steps.push(verdict.step(advance(call, input)));
		} catch (thrown) {
			if (!(thrown instanceof api.ValifyError)) throw thrown;
			steps.push({ step: "error", ...verdict.error(thrown), retry_after_ms: thrown.retryAfterMs, reference_id: thrown.referenceId });
			break;
		}
	}
	return steps;
}

function advance(call, input) {
	const now = new Date(input.now);
	switch (input.input) {
		case "start":
			return call.start(now);
		case "response":
			return call.response(response(input), now);
		case "failure":
			return call.failure(input.failure, now);
		case "waited":
			return call.waited(now);
		default:
			throw new Error(`unknown input ${input.input}`);
	}
}
