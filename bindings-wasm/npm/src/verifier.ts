import { documentOf, documentText } from "./document.js";
import { type Event, eventOf, type UnverifiedEvent, unverifiedOf } from "./event.js";
import { type Body, bytesOf, copyOf, type HeadersInput, linesOf, MOST_BODY_BYTES, millisecondsOf, textOf } from "./input.js";
import { type DiagnoseOptions, type Diagnosis, diagnosisOf } from "./mistakes.js";
import * as wasm from "./module.js";
import { core } from "./module.js";
import type { Environment, NamedSecret, Outcome } from "./names.js";
import { Opaque } from "./opaque.js";

/** A JSON pointer (RFC 6901), such as `/data/status`. */
export type Pointer = string;

/** A MAC over the body: the only kind of scheme that proves what the body says. */
export interface HmacAuth {
	readonly scheme: "hmac";
	/** The header that carries the signature. */
	readonly header: string;
	/** The hash function; `sha1` only with `allowSha1`. */
	readonly digest: "sha256" | "sha512" | "sha1";
	/** How the signature is written. */
	readonly encoding: "hex" | "base64" | "base64url";
	/** What stands before the signature, such as `sha256=`. */
	readonly prefix?: string | undefined;
	/** What the MAC is computed over. */
	readonly signs: "body" | "timestamp.body" | "id.timestamp.body";
	/** The header of the signed id; required if `signs` has one. */
	readonly idHeader?: string | undefined;
	/** The header of the signed timestamp, in seconds since 1970; required if `signs` has one. */
	readonly timestampHeader?: string | undefined;
	/** How far the timestamp may be from now, both ways, in milliseconds. Default: 300000. */
	readonly toleranceMs?: number | undefined;
	readonly allowSha1?: boolean | undefined;
	/** Accept secrets of fewer than 16 bytes. */
	readonly allowShortSecret?: boolean | undefined;
	/** 1 to 16 secrets: any of them may sign. */
	readonly secrets: readonly NamedSecret[];
}

interface UnsignedAuth {
	/** Must be true: the body is not signed, so that whoever learns the secret can say anything. */
	readonly acceptUnsignedBody: true;
	/** Accept secrets of fewer than 16 bytes. */
	readonly allowShortSecret?: boolean | undefined;
	readonly secrets: readonly NamedSecret[];
}

/** A header whose value is the secret. */
export interface StaticHeaderAuth extends UnsignedAuth {
	readonly scheme: "static_header";
	readonly header: string;
}

/** HTTP Basic credentials; each secret is `user:password`. */
export interface BasicAuth extends UnsignedAuth {
	readonly scheme: "basic";
}

/** A secret in the webhook's URL. URLs are logged by proxies: choose this last. */
export type SecretUrlAuth = UnsignedAuth & { readonly scheme: "secret_url" } & (
		| { readonly query: string }
		| { readonly pathSegment: true }
	);

/** Something in front has authenticated the sender: mutual TLS, an address list. */
export interface AttestedAuth {
	readonly scheme: "attested";
	/** What it is, for the record. */
	readonly by: string;
	readonly acceptUnsignedBody: true;
}

/** A known HMAC scheme by name. Which one Valify uses, if any, is unknown: ask before you rely on it. */
export interface PresetAuth {
	readonly preset: "standard_webhooks" | "stripe_style" | "x_valify_signature_unverified";
	/** How far the timestamp may be from now, both ways, in milliseconds. Refused where the preset signs none. */
	readonly toleranceMs?: number | undefined;
	readonly secrets: readonly NamedSecret[];
}

/** How a delivery proves itself: your choice, one scheme per verifier, nothing defaulted outside the presets. */
export type Auth = HmacAuth | StaticHeaderAuth | BasicAuth | SecretUrlAuth | AttestedAuth | PresetAuth;

/** What one value means. Matched exactly by JSON type: `true` is not `"true"`. */
export interface ValueMeaning {
	/** A string, a boolean, or an integer within ±(2^53−1). */
	readonly value: string | boolean | number;
	readonly outcome: Outcome;
}

/** Where one module's outcome is. */
export interface ModuleProfile {
	readonly at: readonly Pointer[];
	readonly values: readonly ValueMeaning[];
}

/** Where the fields of a body are. All pointers of a list that resolve must agree. */
export interface Profile {
	readonly referenceId?: readonly Pointer[] | undefined;
	readonly sessionToken?: readonly Pointer[] | undefined;
	readonly transactionId?: readonly Pointer[] | undefined;
	readonly flow?: readonly Pointer[] | undefined;
	readonly occurredAt?: readonly Pointer[] | undefined;
	readonly decision?: readonly Pointer[] | undefined;
	/** What the decision's values mean. Empty unless you fill it: a decision is never guessed. */
	readonly decisions?: readonly ValueMeaning[] | undefined;
	readonly checks?:
		| { readonly [module in "ocr" | "faceMatch" | "liveness" | "emailOtp" | "phoneOtp"]?: ModuleProfile | undefined }
		| undefined;
	/** Personal fields under names of your own: `[a-z][a-z0-9_]*`. */
	readonly subject?: Readonly<Record<string, readonly Pointer[]>> | undefined;
	/** Default: `decision`. */
	readonly passedWhen?: "decision" | "all_checks" | undefined;
	/** By what an event is matched to an attempt. */
	readonly matchesBy: "session_token" | "reference_id";
	/** Your word that each link has a reference of its own. */
	readonly referencePerLink?: boolean | undefined;
	/** Of a passed and a failed event of one attempt, the one that occurred later decides. */
	readonly latestDecisionWins?: boolean | undefined;
}

/** What a verifier is made of. */
export interface VerifierOptions {
	readonly auth: Auth;
	readonly profile: Profile;
	readonly limits?: { /** Default: 8388608. */ readonly maxBodyBytes?: number | undefined } | undefined;
	/** Default: `production`. */
	readonly environment?: Environment | undefined;
}

/** What comes with a delivery besides body and headers. */
export interface VerifyOptions {
	/** The time of receipt. Default: now. */
	readonly now?: Date | undefined;
	/** The request target or absolute URL, undecoded. Only `secret_url` reads it. */
	readonly url?: string | undefined;
}

/**
 * Authenticates deliveries and reads them: the only maker of events. Make it once and share it; consoles and JSON show no secret.
 *
 * @example
 * ```ts
 * const event = verifier.verify(rawBody, request.headers);
 * await rows.merge(event.keys(), (record) => record.add(event));
 * ```
 */
export class Verifier extends Opaque {
	readonly #handle: wasm.Verifier;
	/** The headers that are read, in lower case: no other is copied. */
	readonly #names: ReadonlySet<string>;
	readonly #most: number;

	/** Checks every option: `ConfigError` with the field. */
	constructor(options: VerifierOptions) {
		super();
		const document = options instanceof Uint8Array ? options : documentOf(options);
		this.#handle = core(() => wasm.Verifier.fromDocument(document, wasm.hostHash()));
		this.#names = new Set(core(() => this.#handle.headerNames()));
		this.#most = core(() => this.#handle.maxBodyBytes);
	}

	/** A verifier from the `verifier` document as every host spells it (advanced). */
	static fromDocument(json: string | Uint8Array): Verifier {
		return new Verifier(documentText(json) as unknown as VerifierOptions);
	}

	/** The environment that every event carries. */
	get environment(): Environment {
		return core(() => this.#handle.environment as Environment);
	}

	/** The largest body that is looked at, in bytes. */
	get maxBodyBytes(): number {
		return this.#most;
	}

	/**
	 * Authenticates one delivery and says what it says: synchronously, in every runtime.
	 *
	 * @throws `SignatureError`: answer 401 with an empty body (413 for `body_too_large`, 415 for `encoded_body`) and believe nothing of it.
	 * `MisuseError` for a caller's own mistake, such as a body that something has parsed.
	 */
	verify(body: Body, headers: HeadersInput, options: VerifyOptions = {}): Event {
		const given = bytesOf(body, this.#most);
		const lines = linesOf(headers, this.#names);
		const now = millisecondsOf(options.now, "now");
		const url = options.url === undefined ? undefined : textOf(options.url, "url");
		// First of all, because the caller's bytes may change, even meanwhile where another thread has them: what is kept is what was verified.
		const bytes = typeof body === "string" ? given : copyOf(given);
		const handle = core(() => this.#handle.verify(bytes, lines, url, now));
		return eventOf(handle, bytes);
	}

	/**
	 * Which mistake makes a delivery fail: for your own log, never for the answer, and never for every failed delivery of an open endpoint.
	 */
	diagnose(body: Body, headers: HeadersInput, options: DiagnoseOptions = {}): Diagnosis {
		return diagnosisOf(this.#handle, body, headers, options);
	}

	/** Without secrets. */
	toJSON(): Record<string, unknown> {
		return { environment: this.environment, maxBodyBytes: this.maxBodyBytes };
	}

	/** Without secrets. */
	toString(): string {
		return `Verifier(${this.environment}, secrets hidden)`;
	}
}

/** Reads a body that nobody has authenticated. From what it gives, nothing leads to "passed". */
export function readUnverified(body: Body, profile: Profile | string | Uint8Array): UnverifiedEvent {
	const document = typeof profile === "string" || profile instanceof Uint8Array ? documentText(profile) : documentOf(profile);
	const bytes = bytesOf(body, MOST_BODY_BYTES);
	return unverifiedOf(
		core(() => wasm.UnverifiedEvent.read(document, bytes)),
		copyOf(bytes),
	);
}

/** What `sign` gives. */
export interface Signed {
	/** The headers to send, besides those of HTTP itself. */
	readonly headers: [name: string, value: string][];
	/** Path and query to send to, for `secret_url` alone. */
	readonly url: string | undefined;
}

/** Options of `sign`. */
export interface SignOptions {
	/** The delivery's id, needed where the scheme signs one. */
	readonly id?: string | undefined;
	/** The time of sending. Default: now. */
	readonly now?: Date | undefined;
}

/** The sender's side, for tests: makes what a verifier with this `auth` accepts, with the first of its secrets. */
export function sign(auth: Auth | string | Uint8Array, body: Body, options: SignOptions = {}): Signed {
	const document = typeof auth === "string" || auth instanceof Uint8Array ? documentText(auth) : documentOf(auth);
	const bytes = bytesOf(body);
	const now = millisecondsOf(options.now, "now");
	const id = options.id === undefined ? undefined : textOf(options.id, "id");
	const { lines, url } = core(() => wasm.sign(document, bytes, id, now) as { lines: string[]; url?: string });
	const headers: [string, string][] = [];
	for (let at = 0; at + 1 < lines.length; at += 2) headers.push([lines[at] ?? "", lines[at + 1] ?? ""]);
	return { headers, url };
}
