/** What went wrong. The set is closed. */
export type ErrorKind =
	| "invalid_config"
	| "invalid_request"
	| "misuse"
	| "not_sent"
	| "rate_limited"
	| "outcome_unknown"
	| "server_error"
	| "malformed_response"
	| "unsafe_link"
	| "unexpected_status"
	| "bad_request"
	| "unsupported_media_type"
	| "not_found"
	| "unauthorized"
	| "forbidden"
	| "rejected"
	| "redirected"
	| "signature_missing"
	| "signature_malformed"
	| "signature_mismatch"
	| "timestamp_missing"
	| "timestamp_malformed"
	| "timestamp_out_of_tolerance"
	| "body_too_large"
	| "encoded_body"
	| "state_missing"
	| "state_malformed"
	| "state_forged"
	| "state_expired"
	| "state_mismatch"
	| "record_mismatch"
	| "record_malformed"
	| "record_newer";

/** What the caller does now. */
export type NextStep =
	| "fix_request"
	| "retry_later"
	| "do_not_resend"
	| "fix_credentials"
	| "contact_valify"
	| "reject_delivery"
	| "wait_for_webhook"
	| "keep_delivery"
	| "report_bug";

/** An error of the core as plain data. @internal */
export interface Thrown {
	kind: ErrorKind;
	next: NextStep;
	class: string;
	delivery_status: number;
	message: string;
	detail: string;
	field?: string;
	status?: number;
	code?: string;
	retry_after_ms?: number;
	reference_id?: string;
	transport?: string;
}

/** Shared by every copy of this package in a process, so that `instanceof` works between ES modules and CommonJS. */
const BRAND = Symbol.for("valify-link.error");

/**
 * The base of everything that this package throws, but for what your own `AbortSignal` or `fetch` raises.
 *
 * `message` and every rendering hide `referenceId`; nothing reachable from an error holds the API key or a secret.
 */
export class ValifyError extends Error {
	/** What went wrong. */
	readonly kind: ErrorKind;
	/** What to do now. */
	readonly next: NextStep;
	/** What was wrong and what to do, in English; for people, not for programs. */
	readonly detail: string;
	/** The `snake_case` path of the refused field inside its own document, such as `secrets[0].id`; empty for the document itself. */
	readonly field: string | undefined;
	/** The HTTP status of the last answer, where there was one. */
	readonly status: number | undefined;
	/** How long the service asked to wait, in milliseconds. */
	readonly retryAfterMs: number | undefined;
	/** What the transport said last, without anything of the request, where there was something. For people. */
	readonly transport: string | undefined;
	readonly #deliveryStatus: number;
	readonly #code: string | undefined;
	readonly #referenceId: string | undefined;

	/** @internal */
	constructor(thrown: Thrown) {
		super(thrown.message);
		this.kind = thrown.kind;
		this.next = thrown.next;
		this.detail = thrown.detail;
		this.field = thrown.field;
		this.status = thrown.status;
		this.retryAfterMs = thrown.retry_after_ms;
		this.transport = thrown.transport;
		this.#deliveryStatus = thrown.delivery_status;
		this.#code = thrown.code;
		this.#referenceId = thrown.reference_id;
	}

	/** Valify's `error_code`, as text and as received. Its values are not published: treat an unknown one as unknown. */
	get code(): string | undefined {
		return this.#code;
	}

	/** The status with which a webhook is answered, its body empty: 401, 413, 415, or 500 where the sender is not to blame. */
	get deliveryStatus(): number {
		return this.#deliveryStatus;
	}

	/** The reference of the request that the error is about. Hidden in text, kept in JSON. */
	get referenceId(): string | undefined {
		return this.#referenceId;
	}

	/** For structured logs: everything but the stack. */
	toJSON(): Record<string, unknown> {
		const { name, kind, next, detail, field, status, code, retryAfterMs, transport, referenceId } = this;
		return { name, kind, next, detail, field, status, code, retryAfterMs, transport, referenceId };
	}

	/** @internal */
	static override [Symbol.hasInstance](value: unknown): boolean {
		if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
		// A subclass of the caller's own has no mark: it is what the prototype chain says.
		if (!Object.hasOwn(this.prototype, BRAND) || typeof value !== "object" || value === null) return false;
		const names = (value as { [BRAND]?: unknown })[BRAND];
		return Array.isArray(names) && names.includes(this.name);
	}
}

/** A configuration was refused at construction; `field` says where. */
export class ConfigError extends ValifyError {}
/** A request was refused before anything was sent; `field` says where. */
export class InvalidRequestError extends ValifyError {}
/** The API was called in a way that it does not allow. */
export class MisuseError extends ValifyError {}
/** Nothing has left this machine: the same call may be made again. */
export class NotSentError extends ValifyError {}
/** 429: `retryAfterMs` says how long to wait, where the service said so. */
export class RateLimitedError extends ValifyError {}
/** The request may have been processed. Keep the record as requested, show no link, and do not send it again blindly. */
export class OutcomeUnknownError extends ValifyError {}
/** 5xx: the request may have been processed. */
export class ServerError extends OutcomeUnknownError {}
/** 400, 404, 415, and statuses that the contract does not name. */
export class ApiError extends ValifyError {}
/** 401 and 403: correct the key. */
export class AuthenticationError extends ValifyError {}
/** 422: Valify refused the request; `code` says why, where it is there. */
export class RejectedError extends ValifyError {}
/** The answer was a redirect, could not be read, or its link is not safe to show. */
export class ResponseError extends ValifyError {}
/** A delivery was not believed: answer it with the one empty refusal. */
export class SignatureError extends ValifyError {}
/** A return proves nothing: wait for the webhook, and never make a new link because of it. */
export class ReturnStateError extends ValifyError {}
/** A fact is of another attempt, or a stored record cannot be read. */
export class RecordError extends ValifyError {}

const CLASSES: Record<string, typeof ValifyError> = {
	Api: ApiError,
	Authentication: AuthenticationError,
	Config: ConfigError,
	InvalidRequest: InvalidRequestError,
	Misuse: MisuseError,
	NotSent: NotSentError,
	OutcomeUnknown: OutcomeUnknownError,
	RateLimited: RateLimitedError,
	Record: RecordError,
	Rejected: RejectedError,
	Response: ResponseError,
	ReturnState: ReturnStateError,
	Server: ServerError,
	Signature: SignatureError,
	Valify: ValifyError,
};

for (const [name, type] of Object.entries(CLASSES)) {
	const className = `${name}Error`;
	const inherited: readonly string[] = type === ServerError ? ["OutcomeUnknownError", "ValifyError"] : ["ValifyError"];
	Object.defineProperty(type, "name", { value: className });
	Object.defineProperty(type.prototype, "name", { value: className });
	Object.defineProperty(type.prototype, BRAND, { value: Object.freeze([className, ...inherited]) });
}

/** The error of a class for what the core has thrown. @internal */
export function errorOf(thrown: Thrown): ValifyError {
	return new (CLASSES[thrown.class] ?? ValifyError)(thrown);
}
