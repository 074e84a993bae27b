// Strings that are nowhere else, and what the package is given that holds them.
export const KEY = "canary-key-000000000001";
export const SECRET = "canary-secret-0000000001";
export const REFERENCE = "canary-reference-01";
export const TOKEN = "canary-token-00000001";
export const PERSON = "Canary Person";
export const NUMBER = "30101010100009";
export const CODE = "canary code with spaces";
/** All that no rendering may show. */
export const ALL = { KEY, SECRET, REFERENCE, TOKEN, PERSON, NUMBER };

export const origin = "http://127.0.0.1:1";
/** Far away: where a module begins, a Worker has no clock yet. */
export const expiresAt = new Date("2099-01-01T00:00:00Z");
export const request = { returnUrl: `https://shop.example/back?for=${REFERENCE}`, referenceId: REFERENCE, expiresAt };
export const settings = { apiKey: KEY, environment: "sandbox", baseUrl: origin, maxRetries: 0 };
export const auth = { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: SECRET }] };
export const profile = {
	sessionToken: ["/token"],
	referenceId: ["/reference"],
	subject: { name: ["/name"] },
	decision: ["/status"],
	matchesBy: "session_token",
};
export const body = JSON.stringify({ token: TOKEN, reference: REFERENCE, name: PERSON, front_nid: NUMBER, status: "approved" });

export const client = (api, fetch) => new api.ValifyLink({ ...settings, fetch });
/** A transport whose error holds what it was given. */
export const failing = () => Promise.reject(Object.assign(new Error(`lost ${KEY} ${REFERENCE}`), { request: { headers: { key: KEY } } }));

/** Which of them a text shows. */
export const shown = (text) => Object.keys(ALL).filter((name) => text.includes(ALL[name]));
