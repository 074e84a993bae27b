import { copyOf, millisecondsOf, textOf } from "./input.js";
import * as wasm from "./module.js";
import { core, misuse } from "./module.js";
import { type Environment, type Keys, type KeysView, keysOf, type Outcome, type Problem } from "./names.js";
import { Opaque } from "./opaque.js";

/** The outcome of each module that the profile names and the event tells of. */
export interface Checks {
	readonly ocr?: Outcome;
	readonly faceMatch?: Outcome;
	readonly liveness?: Outcome;
	readonly emailOtp?: Outcome;
	readonly phoneOtp?: Outcome;
}

/** What has been proven about a delivery. */
export interface AuthenticatedBy {
	/** The kind of scheme. */
	readonly scheme: "hmac" | "static_header" | "basic" | "secret_url" | "attested";
	/** The id of the secret, or of what attests. Not secret. */
	readonly secret: string;
	/** Whether the sender signed the body. If not, whoever learns the secret can say anything. */
	readonly bodySigned: boolean;
	/** Whether a signed timestamp was within the tolerance. If not, an old delivery can be sent again. */
	readonly fresh: boolean;
}

/** What does not fit among the fields `front_nid`, `back_nid`, `date_of_birth` and `expiry_date` of a subject. */
export type SubjectWarning =
	| "national_id_unreadable"
	| "national_ids_differ"
	| "birth_date_unreadable"
	| "birth_date_differs"
	| "expiry_date_unreadable"
	| "card_expired";

interface BodyView {
	problem?: Problem;
	reference_id?: string;
	session_token?: string;
	flow?: string;
	transaction_id?: string;
	occurred_at?: string;
}

interface EventView extends BodyView {
	environment: Environment;
	outcome: Outcome;
	checks: { ocr?: Outcome; face_match?: Outcome; liveness?: Outcome; email_otp?: Outcome; phone_otp?: Outcome };
	received_at: string;
	authenticated_by: { scheme: AuthenticatedBy["scheme"]; secret: string; body_signed: boolean; fresh: boolean };
}

/** @internal */
export let eventOf: (handle: wasm.Event, raw: Uint8Array) => Event;
/** @internal */
export let eventHandle: (event: Event) => wasm.Event;

/**
 * What an authenticated delivery says. Only `Verifier.verify` makes one: to queue an event, queue the delivery, and verify it again with
 * its time of receipt.
 *
 * Consoles show the outcome and how it was authenticated, and no value of the body. JSON leaves out `sessionToken`, `subject` and `raw`.
 */
export class Event extends Opaque {
	readonly #handle: wasm.Event;
	readonly #raw: Uint8Array;
	#known: EventView | undefined;
	#dedupeKey: string | undefined;

	private constructor(handle: wasm.Event, raw: Uint8Array) {
		super();
		if (!(handle instanceof wasm.Event)) throw misuse("only Verifier.verify makes an event");
		this.#handle = handle;
		this.#raw = raw;
	}

	static {
		eventOf = (handle, raw) => new Event(handle, raw);
		eventHandle = (event) => {
			if (!(typeof event === "object" && event !== null && #handle in event))
				throw misuse("an event must be one that Verifier.verify gave");
			return event.#handle;
		};
	}

	get #view(): EventView {
		this.#known ??= core(() => this.#handle.view() as EventView);
		return this.#known;
	}

	/** The verifier's environment. */
	get environment(): Environment {
		return this.#view.environment;
	}

	/** What the event says. Only a record knows what that means for an attempt. */
	get outcome(): Outcome {
		return this.#known?.outcome ?? core(() => this.#handle.outcome() as Outcome);
	}

	/** The outcome of each module that the profile names and the event tells of. */
	get checks(): Checks {
		const { ocr, face_match, liveness, email_otp, phone_otp } = this.#view.checks;
		return {
			...(ocr && { ocr }),
			...(face_match && { faceMatch: face_match }),
			...(liveness && { liveness }),
			...(email_otp && { emailOtp: email_otp }),
			...(phone_otp && { phoneOtp: phone_otp }),
		};
	}

	/** Why the event says less than it might. */
	get problem(): Problem | undefined {
		return this.#view.problem;
	}

	/** Your own reference of the user. Hidden in text. */
	get referenceId(): string | undefined {
		return core(() => this.#handle.referenceId());
	}

	/** The session that the event is about. Secret. */
	get sessionToken(): string | undefined {
		return core(() => this.#handle.sessionToken());
	}

	/** The flow that the event is about, as received. */
	get flow(): string | undefined {
		return this.#view.flow;
	}

	/** Valify's id of the transaction. */
	get transactionId(): string | undefined {
		return this.#view.transaction_id;
	}

	/** When it occurred, by the event's own word. Proven only if `authenticatedBy.bodySigned`. */
	get occurredAt(): Date | undefined {
		return dateOf(this.#view.occurred_at);
	}

	/** The `now` of `verify`. */
	get receivedAt(): Date {
		return new Date(this.#view.received_at);
	}

	/**
	 * 64 hexadecimal digits, the same for the same delivery: guards your own side effects. Records need no such guard. Where no id is signed,
	 * it is a hash of the whole body, made when it is first asked for.
	 */
	get dedupeKey(): string {
		this.#dedupeKey ??= core(() => this.#handle.dedupeKeyOf(this.#raw));
		return this.#dedupeKey;
	}

	/** What has been proven about the delivery, and with which secret. */
	get authenticatedBy(): AuthenticatedBy {
		const { scheme, secret, body_signed, fresh } = this.#view.authenticated_by;
		return { scheme, secret, bodySigned: body_signed, fresh };
	}

	/** The personal fields that the profile names, as text. Personal data; an object without a prototype. */
	subject(): Record<string, string> {
		return subjectOf(core(() => this.#handle.subject() as string[]));
	}

	/** What does not fit among the personal fields, for a rule or a person of yours. It never changes an outcome. Default: now. */
	subjectWarnings(now?: Date): readonly SubjectWarning[] {
		const at = millisecondsOf(now, "now");
		return core(() => this.#handle.subjectWarnings(at) as SubjectWarning[]);
	}

	/** The exact bytes of the body. Personal data. */
	raw(): Uint8Array {
		return copyOf(this.#raw);
	}

	/** One value of the body as its exact JSON text, so that no number is rounded on the way. Personal data. */
	rawAt(pointer: string): string | undefined {
		textOf(pointer, "the pointer");
		return core(() => wasm.rawAt(this.#raw, pointer));
	}

	/** The columns to look the attempt's record up by. */
	keys(): Keys {
		return keysOf(core(() => this.#handle.keys() as KeysView));
	}

	/** Without `sessionToken`, `subject` and `raw`. */
	toJSON(): Record<string, unknown> {
		const { environment, outcome, checks, problem, referenceId, flow, transactionId, dedupeKey, authenticatedBy } = this;
		const { occurred_at: occurredAt, received_at: receivedAt } = this.#view;
		return { environment, outcome, checks, problem, referenceId, flow, transactionId, occurredAt, receivedAt, dedupeKey, authenticatedBy };
	}

	/** The outcome, and how it was authenticated. */
	toString(): string {
		return `Event(${core(() => this.#handle.text())})`;
	}
}

/** @internal */
export let unverifiedOf: (handle: wasm.UnverifiedEvent, raw: Uint8Array) => UnverifiedEvent;

/**
 * What a body claims that nobody has authenticated: for support and for setting up, never for a decision. It has no outcome, and nothing
 * takes it where an `Event` is needed.
 */
export class UnverifiedEvent extends Opaque {
	readonly #view: BodyView;
	readonly #subject: readonly string[];
	readonly #raw: Uint8Array;

	private constructor(handle: wasm.UnverifiedEvent, raw: Uint8Array) {
		super();
		if (!(handle instanceof wasm.UnverifiedEvent)) throw misuse("only readUnverified makes an unverified event");
		this.#view = core(() => handle.view() as BodyView);
		this.#subject = core(() => handle.subject() as string[]);
		this.#raw = raw;
		handle.free();
	}

	static {
		unverifiedOf = (handle, raw) => new UnverifiedEvent(handle, raw);
	}

	/** Why an event of this body would say less than it might. */
	get problem(): Problem | undefined {
		return this.#view.problem;
	}

	/** The reference that the body claims. */
	get referenceId(): string | undefined {
		return this.#view.reference_id;
	}

	/** The session that the body claims. */
	get sessionToken(): string | undefined {
		return this.#view.session_token;
	}

	/** The flow that the body claims. */
	get flow(): string | undefined {
		return this.#view.flow;
	}

	/** The transaction that the body claims. */
	get transactionId(): string | undefined {
		return this.#view.transaction_id;
	}

	/** When it occurred, by the body's own word. */
	get occurredAt(): Date | undefined {
		return dateOf(this.#view.occurred_at);
	}

	/** The personal fields that the profile names, as text. Personal data. */
	subject(): Record<string, string> {
		return subjectOf(this.#subject);
	}

	/** The exact bytes of the body. Personal data. */
	raw(): Uint8Array {
		return copyOf(this.#raw);
	}

	/** One value of the body as its exact JSON text. Personal data. */
	rawAt(pointer: string): string | undefined {
		textOf(pointer, "the pointer");
		return core(() => wasm.rawAt(this.#raw, pointer));
	}

	/** Without `sessionToken`, `subject` and `raw`. */
	toJSON(): Record<string, unknown> {
		const { problem, referenceId, flow, transactionId } = this;
		return { problem, referenceId, flow, transactionId, occurredAt: this.#view.occurred_at };
	}

	/** Nothing of the body. */
	toString(): string {
		return "UnverifiedEvent(hidden)";
	}
}

function dateOf(text: string | undefined): Date | undefined {
	return text === undefined ? undefined : new Date(text);
}

function subjectOf(lines: readonly string[]): Record<string, string> {
	// Without a prototype, so that no name among them can mean anything but itself.
	const subject: Record<string, string> = Object.create(null);
	for (let at = 0; at + 1 < lines.length; at += 2) subject[lines[at] ?? ""] = lines[at + 1] ?? "";
	return subject;
}
