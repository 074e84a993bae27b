// One error or more of every kind of the closed set, canaries being in all that each is about.
import { thrown } from "../harness.mjs";
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
	profile,
	REFERENCE,
	request,
	SECRET,
	settings,
	TOKEN,
} from "./canaries.mjs";

const HOUR_MS = 3_600_000;

/** `{ kind: [error, …] }`. */
export async function provoked(api) {
	const now = new Date();
	const answer = (status, json, headers) => async () => new Response(json === undefined ? null : JSON.stringify(json), { status, headers });
	const asked = (fetch) => thrown(client(api, fetch).createLink(request));
	const words = { message: Object.values(ALL).join(" "), error_code: CODE };
	const answered = (status) => asked(answer(status, words, { "x-canary": SECRET }));
	const parsed = (status, json) => {
		const bytes = new TextEncoder().encode(JSON.stringify(json));
		return thrown(() =>
			client(api, failing)
				.call(request, { now })
				.parse({ status, headers: [["location", `https://${KEY}.example/`]], body: bytes }, now),
		);
	};
	/** The machine itself: no transport of a caller's claims that nothing was sent. */
	const notSent = () => {
		const machine = client(api, failing).call(request, { now });
		machine.start(now);
		return machine.failure("not_sent", now);
	};
	const secrets = [{ id: "a", utf8: SECRET }];
	const timed = {
		scheme: "hmac",
		header: "X-S",
		digest: "sha256",
		encoding: "hex",
		signs: "timestamp.body",
		timestampHeader: "X-T",
		secrets,
	};
	const [byBody, byTime] = [auth, timed].map(
		(its) => new api.Verifier({ auth: its, profile, limits: { maxBodyBytes: 1000 }, environment: "sandbox" }),
	);
	const refused = (...lines) => thrown(() => byBody.verify(body, lines));
	const timedLines = (at) => api.sign(timed, body, { now: at }).headers;
	const states = new api.ReturnState({ secrets });
	const others = new api.ReturnState({ secrets: [{ id: "a", utf8: `${SECRET}-another` }] });
	const issued = states.issue({
		returnUrl: request.returnUrl,
		referenceId: REFERENCE,
		expiresAt,
		binding: api.ReturnState.newBinding(),
	}).returnUrl;
	const cameBack = (by, url, referenceId = REFERENCE, at = now) => thrown(() => by.check(url, { referenceId, binding: KEY, now: at }));
	const record = client(api, failing).requested(request);
	const another = client(api, failing).requested({ ...request, referenceId: `${REFERENCE}-another` });
	return {
		invalid_config: [
			await thrown(() => new api.ValifyLink({ ...settings, apiKey: `${KEY} ` })),
			await thrown(() => new api.ValifyLink({ ...settings, baseUrl: KEY })),
			await thrown(() => new api.Verifier({ auth: { ...auth, secrets: [{ id: SECRET, utf8: `${SECRET} ` }] }, profile })),
			await thrown(() => new api.Verifier({ auth, profile: { ...profile, [KEY]: SECRET } })),
		],
		invalid_request: [
			await thrown(() => client(api, failing).requested({ ...request, returnUrl: `${TOKEN} ` })),
			await thrown(() => client(api, failing).requested({ ...request, expiresAt: new Date(Number.NaN) })),
			await thrown(() => api.NationalId.parse(`${NUMBER}1`)),
		],
		misuse: [
			await thrown(() => byBody.verify(JSON.parse(body), [])),
			await thrown(() => record.add({ KEY, TOKEN })),
			await thrown(() => new api.Event(SECRET)),
		],
		not_sent: [await thrown(notSent)],
		rate_limited: [await answered(429)],
		outcome_unknown: [await asked(failing)],
		server_error: [await answered(500), await answered(503)],
		malformed_response: [
			await answered(200),
			await asked(async () => new Response(KEY)),
			await asked(answer(200, { session_token: SECRET, redirect_url: [TOKEN] })),
		],
		unsafe_link: [await asked(answer(200, { session_token: TOKEN, redirect_url: `https://${KEY}.example/?token=${TOKEN}` }))],
		unexpected_status: [await answered(418), await asked(answer(204))],
		bad_request: [await answered(400)],
		unsupported_media_type: [await answered(415)],
		not_found: [await answered(404)],
		unauthorized: [await answered(401)],
		forbidden: [await answered(403)],
		rejected: [await answered(422)],
		redirected: [await parsed(307, words), await parsed(0, words)],
		signature_missing: [await refused(), await refused(["x-canary", SECRET])],
		signature_malformed: [await refused(["x-valify-signature", SECRET])],
		signature_mismatch: [await refused(["x-valify-signature", "0".repeat(64)])],
		timestamp_missing: [
			await thrown(() =>
				byTime.verify(
					body,
					timedLines(now).filter(([name]) => name !== "X-T"),
				),
			),
		],
		timestamp_malformed: [
			await thrown(() => byTime.verify(body, [...timedLines(now).filter(([name]) => name !== "X-T"), ["X-T", SECRET]])),
		],
		timestamp_out_of_tolerance: [await thrown(() => byTime.verify(body, timedLines(new Date(now.getTime() + HOUR_MS))))],
		body_too_large: [await thrown(() => byBody.verify(SECRET.repeat(100), []))],
		encoded_body: [await refused(["content-encoding", SECRET])],
		state_missing: [await cameBack(states, request.returnUrl)],
		state_malformed: [await cameBack(states, `https://shop.example/back?vl=${SECRET}`)],
		state_forged: [await cameBack(others, issued)],
		state_expired: [await cameBack(states, issued, REFERENCE, new Date(expiresAt.getTime() + HOUR_MS))],
		state_mismatch: [await cameBack(states, issued, `${REFERENCE}-another`), await cameBack(states, issued.replace("/back", `/${TOKEN}`))],
		record_mismatch: [await thrown(() => record.merge(another))],
		record_malformed: [
			await thrown(() => api.Verification.fromText(`{"v":1,"${KEY}":"${TOKEN}"}`)),
			await thrown(() => api.Verification.fromText(SECRET)),
		],
		record_newer: [await thrown(() => api.Verification.fromText(JSON.stringify({ ...record.toJSON(), v: 99 })))],
	};
}
