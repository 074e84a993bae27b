// Nothing that a console, JSON or a walk over an object can reach shows a secret or personal data: the same cases in every runtime.
import { equal, ok, thrown } from "../harness.mjs";
import {
	ALL,
	auth,
	body,
	CODE,
	client,
	expiresAt,
	failing,
	KEY,
	NUMBER,
	origin,
	PERSON,
	profile,
	REFERENCE,
	request,
	SECRET,
	TOKEN,
} from "./canaries.mjs";
import { provoked } from "./kinds.mjs";

/**
 * `{ cases, things }`. `kinds` is the closed set of errors' kinds, `texts` the renderings that this runtime has of a thing besides its
 * `toString`, and `views` makes bytes of other types from some. `things` are what a console must not show either.
 */
export async function redaction(api, { kinds, texts = () => [], views = () => [] }) {
	const answer = (status, json) => async () => new Response(JSON.stringify(json), { status });
	const link = { session_token: TOKEN, redirect_url: `${origin}/?token=${TOKEN}` };
	const valify = (fetch) => client(api, fetch);
	const verifier = new api.Verifier({ auth, profile, environment: "sandbox" });
	const event = verifier.verify(body, api.sign(auth, body).headers);
	const states = new api.ReturnState({ secrets: [{ id: "a", utf8: SECRET }] });
	const binding = api.ReturnState.newBinding();
	const issued = states.issue({ returnUrl: "https://shop.example/back", referenceId: REFERENCE, expiresAt, binding });
	const returned = states.check(issued.returnUrl, { referenceId: REFERENCE, binding });
	const made = await valify(answer(200, link)).createLink(request);
	const machine = valify(answer(200, link)).call(request);
	const errors = await provoked(api);

	/** What each may show in JSON; nothing of it may show anything in text. */
	const THINGS = {
		client: [valify(failing)],
		verifier: [verifier],
		"return state": [states],
		machine: [machine],
		"request with the key": [machine.request()],
		link: [made, { TOKEN, REFERENCE }],
		event: [event, { REFERENCE }],
		"unverified event": [api.readUnverified(body, profile), { REFERENCE }],
		returned: [returned, { REFERENCE }],
		record: [valify(failing).requested(request).issued(made).add(event).returned(returned), { REFERENCE }],
		"national ID": [api.NationalId.parse(NUMBER)],
		"outcome unknown": [await thrown(valify(failing).createLink(request)), { REFERENCE }],
		rejected: [await thrown(valify(answer(422, { error_code: CODE })).createLink(request)), { REFERENCE, CODE }],
		"refused key": [await thrown(() => new api.ValifyLink({ apiKey: `${KEY} `, baseUrl: KEY }))],
		"refused secret": [await thrown(() => new api.Verifier({ auth: { ...auth, secrets: [{ id: SECRET, utf8: `${SECRET} ` }] }, profile }))],
		"refused number": [await thrown(() => api.NationalId.parse(`${NUMBER}1`))],
		"refused delivery": [await thrown(() => verifier.verify(body, [["x-valify-signature", SECRET]]))],
		"forged return": [await thrown(() => states.check(`https://shop.example/back?vl=${SECRET}`, { referenceId: REFERENCE }))],
		...Object.fromEntries(
			Object.entries(errors).flatMap(([kind, all]) => all.map((error, index) => [`${kind} (${index + 1})`, [error, mayShow(error)]])),
		),
	};
	const cases = Object.entries(THINGS).flatMap(([name, [thing, inJson = {}]]) => [
		[
			`${name}: text and consoles`,
			() => {
				for (const text of [String(thing), `${thing}`, ...texts(thing)]) hides(text, { ...ALL, CODE }, "text");
			},
		],
		[`${name}: a walk over everything reachable`, () => hides(walk(thing), { ...ALL, CODE }, "the walk")],
		[
			`${name}: JSON`,
			() => {
				const json = JSON.stringify({ thing });
				hides(json, Object.fromEntries(Object.entries({ ...ALL, CODE }).filter(([secret]) => !Object.hasOwn(inJson, secret))), "JSON");
				for (const [secret, text] of Object.entries(inJson)) ok(json.includes(text), `${secret} is in JSON`);
			},
		],
		[
			`${name}: a copy`,
			() => {
				let copy = null;
				try {
					copy = structuredClone(thing);
				} catch {
					// What cannot be copied shows nothing.
				}
				hides(walk(copy), { ...ALL, CODE }, "the copy");
			},
		],
	]);

	const others = [
		[
			"every kind of error is among them",
			() => {
				equal(Object.keys(errors).sort(), [...kinds].sort(), "the kinds");
				for (const [kind, all] of Object.entries(errors)) equal([...new Set(all.map((error) => error.kind))], [kind], "the kind");
			},
		],
		[
			"a diagnosis and an inspection say what is wrong, and nothing of what they have seen",
			() => {
				const { headers } = api.sign(auth, body);
				const lines = [...headers, ["Authorization", `Bearer ${TOKEN}`]];
				const mistaken = verifier.diagnose(`${body}\n`, lines);
				equal(
					[mistaken.refused, mistaken.findings.map(({ mistake }) => mistake)],
					["signature_mismatch", ["body_newline"]],
					"the diagnosis",
				);
				equal(verifier.diagnose(body, headers).refused, undefined, "a good one");
				const seen = api.inspect(body, lines, { candidates: [auth], environment: "sandbox" });
				equal(
					[seen.body, seen.candidates[0].authenticatedBy.secret, seen.proposal.profile.sessionToken],
					["json", "a", ["/token"]],
					"the inspection",
				);
				for (const thing of [mistaken, seen]) hides(JSON.stringify(thing), ALL, "it");
			},
		],
		[
			"a timestamp that no number holds is diagnosed",
			() => {
				const timed = { scheme: "hmac", header: "X-S", digest: "sha256", encoding: "hex", signs: "timestamp.body", timestampHeader: "X-T" };
				const secrets = [{ id: "a", utf8: SECRET }];
				const far = new api.Verifier({ auth: { ...timed, secrets }, profile, environment: "sandbox" });
				ok(
					far.diagnose(body, [
						["X-T", "9".repeat(15)],
						["X-S", "0".repeat(64)],
					]).findings.length > 0,
					"findings",
				);
			},
		],
		[
			"what is hidden can be read on purpose",
			() => {
				equal(
					[made.sessionToken, event.sessionToken, event.subject().name, event.rawAt("/name")],
					[TOKEN, TOKEN, PERSON, `"${PERSON}"`],
					"the values",
				);
				equal(machine.request().headers.find(([name]) => name === "X-Valify-Api-Key")[1], KEY, "the key, for a transport");
			},
		],
		[
			"no event comes from anywhere but a verifier",
			async () => {
				const record = valify(failing).requested(request);
				for (const forged of [
					{},
					{ ...event },
					Object.create(event),
					Object.create(api.Event.prototype),
					structuredClone(event.toJSON()),
					null,
					undefined,
				]) {
					equal((await thrown(() => record.add(forged))).kind, "misuse", "the error");
				}
				for (const type of [api.Event, api.UnverifiedEvent, api.Link, api.Verification, api.Returned]) {
					equal((await thrown(() => new type())).kind, "misuse", type.name);
				}
				equal((await thrown(() => record.add(api.readUnverified(body, profile)))).kind, "misuse", "an unverified event");
			},
		],
		[
			"a subject with the name of a prototype is data",
			() => {
				const named = { ...profile, subject: { constructor: ["/name"] } };
				const subject = new api.Verifier({ auth, profile: named, environment: "sandbox" })
					.verify(body, api.sign(auth, body).headers)
					.subject();
				equal([Object.getPrototypeOf(subject), subject.constructor], [null, PERSON], "the subject");
			},
		],
		[
			"bytes that the caller changes afterwards are not the event's",
			() => {
				const encoded = new TextEncoder().encode(body);
				// A Buffer's own slice would share its memory.
				for (const bytes of [encoded.slice(), ...views(encoded.slice()), encoded.slice().buffer, new DataView(encoded.slice().buffer)]) {
					const events = [verifier.verify(bytes, api.sign(auth, bytes).headers), api.readUnverified(bytes, profile)];
					new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset, bytes.byteLength).fill(0);
					for (const event of events) {
						event.raw().fill(0);
						equal([new TextDecoder().decode(event.raw()), event.rawAt("/status")], [body, '"approved"'], "the body");
					}
				}
			},
		],
	];
	return { cases: [...cases, ...others], things: Object.values(THINGS).map(([thing]) => thing) };
}

/** What an error keeps on purpose, in fields that its text does not show. */
function mayShow({ referenceId, code }) {
	return { ...(referenceId === undefined ? {} : { REFERENCE }), ...(code === undefined ? {} : { CODE }) };
}

/** Every own property of everything reachable, prototypes included, without calling what computes on demand. */
function walk(start) {
	const texts = [];
	const seen = new Set();
	const visit = (value) => {
		if (typeof value === "string") texts.push(value);
		if (value === null || (typeof value !== "object" && typeof value !== "function") || seen.has(value)) return;
		seen.add(value);
		if (ArrayBuffer.isView(value)) texts.push(new TextDecoder("latin1").decode(value));
		for (const key of Reflect.ownKeys(value)) {
			const { value: inner } = Object.getOwnPropertyDescriptor(value, key) ?? {};
			visit(inner);
			if (typeof key === "string") texts.push(key);
		}
		visit(Object.getPrototypeOf(value));
	};
	visit(start);
	return texts.join("\n");
}

function hides(text, secrets, where) {
	for (const [name, secret] of Object.entries(secrets)) ok(!text.includes(secret), `${name} in ${where}: ${text.slice(0, 300)}`);
}
