// Canonical verdicts, made from the package's values field by field.

/** JSON with sorted keys, without what is absent. */
export function canonical(value) {
	if (Array.isArray(value)) return value.map(canonical);
	if (value instanceof Date) return value.toISOString();
	if (typeof value !== "object" || value === null) return value;
	const present = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
	return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}

export function error({ kind, field, status, code }) {
	return { kind, field, status, code };
}

export function link({ redirectUrl, sessionToken, referenceId, flow, expiresAt, environment }) {
	const [redirect_url, session_token, reference_id, expires_at] = [redirectUrl, sessionToken, referenceId, expiresAt];
	return { redirect_url, session_token, reference_id, flow, expires_at, environment };
}

export function request({ method, url, headers, body }) {
	return { method, url, headers: byLowerName(headers), body: new TextDecoder().decode(body) };
}

/** A name twice would be lost here, and the core sends none twice. */
export function byLowerName(pairs) {
	const names = pairs.map(([name]) => name.toLowerCase());
	if (new Set(names).size !== names.length) throw new Error("a header is there twice");
	return Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value]));
}

export function step(step) {
	switch (step.step) {
		case "send":
			return { step: "send", timeout_ms: step.request.timeoutMs, ...request(step.request) };
		case "wait":
			return { step: "wait", delay_ms: step.delayMs };
		case "done":
			return { step: "done", ...link(step.link) };
	}
}

export async function event(event) {
	const { faceMatch, emailOtp, phoneOtp, ...checks } = event.checks;
	const by = event.authenticatedBy;
	return {
		environment: event.environment,
		outcome: event.outcome,
		checks: { ...checks, face_match: faceMatch, email_otp: emailOtp, phone_otp: phoneOtp },
		problem: event.problem,
		reference_id: event.referenceId,
		session_token: event.sessionToken,
		flow: event.flow,
		transaction_id: event.transactionId,
		occurred_at: event.occurredAt,
		received_at: event.receivedAt,
		subject: event.subject(),
		dedupe_key: event.dedupeKey,
		authenticated_by: { scheme: by.scheme, secret: by.secret, body_signed: by.bodySigned, fresh: by.fresh },
		raw: await sha256(event.raw()),
	};
}

export async function sha256(bytes) {
	const digest = await crypto.subtle.digest("SHA-256", bytes);
	return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
