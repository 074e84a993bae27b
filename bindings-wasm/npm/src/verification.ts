import { type Event, eventHandle } from "./event.js";
import { millisecondsOf, textOf } from "./input.js";
import { type Link, linkHandle } from "./link.js";
import * as wasm from "./module.js";
import { core, misuse } from "./module.js";
import { type BoundBrowser, type Environment, type Keys, type KeysView, keysOf, type Outcome, type Status } from "./names.js";
import { Opaque } from "./opaque.js";
import { type Returned, returnedHandle } from "./return_state.js";

/** @internal */
export let verificationOf: (handle: wasm.Verification) => Verification;
/** @internal */
export let verificationHandle: (record: Verification) => wasm.Verification;

/**
 * What is known about one attempt, whatever the order it arrived in. No method changes a record: each gives another one.
 *
 * Write the record of `valify.requested(…)` before the call for a link, and make every later write an atomic merge (a row lock, or
 * compare-and-swap), never a put. The storage is trusted: whoever can write a record can write a verdict.
 */
export class Verification extends Opaque {
	readonly #handle: wasm.Verification;

	private constructor(handle: wasm.Verification) {
		super();
		if (!(handle instanceof wasm.Verification)) throw misuse("a record comes from ValifyLink.requested, or from storage");
		this.#handle = handle;
	}

	static {
		verificationOf = (handle) => new Verification(handle);
		verificationHandle = (record) => {
			if (!(typeof record === "object" && record !== null && #handle in record)) throw misuse("a record must be a Verification");
			return record.#handle;
		};
	}

	/** Reads a stored record: the text of `toText`, its members in any order. */
	static fromText(text: string): Verification {
		textOf(text, "a stored record");
		return verificationOf(core(() => wasm.Verification.fromText(text)));
	}

	/** Reads a stored record that a `jsonb` column gives back as an object. */
	static fromJSON(stored: unknown): Verification {
		const text = JSON.stringify(stored);
		if (text === undefined) throw misuse("a stored record must be the object that toJSON gave");
		return Verification.fromText(text);
	}

	/** Adds that the link was issued. `RecordError` for the link of another attempt. */
	issued(link: Link): Verification {
		const handle = linkHandle(link);
		return verificationOf(core(() => this.#handle.issued(handle)));
	}

	/** Adds that the browser came back. It never sets an outcome. */
	returned(returned: Returned): Verification {
		const handle = returnedHandle(returned);
		return verificationOf(core(() => this.#handle.returned(handle)));
	}

	/** Adds what a webhook said. `RecordError` for an event of another attempt: keep the delivery for a human. */
	add(event: Event): Verification {
		const handle = eventHandle(event);
		return verificationOf(core(() => this.#handle.add(handle)));
	}

	/** The union of two copies of the same record. */
	merge(other: Verification): Verification {
		const handle = verificationHandle(other);
		return verificationOf(core(() => this.#handle.merge(handle)));
	}

	/**
	 * Adds an operator's word. `at` orders it among resolutions and against events; `operator` is 1 to 48 bytes and `reason` at most 48, a
	 * ticket's number rather than its story. No personal data belongs into them.
	 */
	resolve(outcome: Outcome, operator: string, at: Date, reason: string): Verification {
		textOf(outcome, "outcome");
		textOf(operator, "operator");
		textOf(reason, "reason");
		const time = millisecondsOf(at, "at");
		const resolved = core(() => this.#handle.resolve(outcome, operator, time, reason));
		if (resolved === undefined) throw misuse("outcome must be one of the closed set of outcomes");
		return verificationOf(resolved);
	}

	/** What is known at this time. Default: now. */
	status(now?: Date): Status {
		const at = millisecondsOf(now, "now");
		return core(() => this.#handle.status(at) as Status);
	}

	/** True for passed alone. */
	mayProceed(now?: Date): boolean {
		const at = millisecondsOf(now, "now");
		return core(() => this.#handle.mayProceed(at));
	}

	/** Whether the browser that came back is the one that started: `no` outweighs `yes`. A signal, not a gate. */
	get returnedInBoundBrowser(): BoundBrowser {
		return core(() => this.#handle.returnedInBoundBrowser() as BoundBrowser);
	}

	/** What everything in this record belongs to. */
	get environment(): Environment {
		return core(() => this.#handle.environment() as Environment);
	}

	/** What to look this record up by. */
	keys(): Keys {
		return keysOf(core(() => this.#handle.keys() as KeysView));
	}

	/** The canonical form, the same bytes in every host: under 2 kB, without body, subject or token in clear. */
	toText(): string {
		return core(() => this.#handle.toText());
	}

	/** The same form as an object, for a `jsonb` column. */
	toJSON(): Record<string, unknown> {
		return JSON.parse(this.toText());
	}

	/** Without the reference. */
	toString(): string {
		return `Verification(${this.environment}, hidden)`;
	}
}

/** Which of several records an event is about: give it all that share the event's token or its reference. */
export type Route =
	| { readonly route: "one"; readonly index: number; readonly record: Verification }
	| { readonly route: "none" }
	| { readonly route: "ambiguous" };

/** Says which record an event is about. For none and for ambiguous: keep the delivery for a human. */
export function route(event: Event, records: readonly Verification[]): Route {
	const handle = eventHandle(event);
	const handles = records.map(verificationHandle);
	const index = core(() => {
		const all = new wasm.Records();
		for (const one of handles) all.push(one);
		return all.route(handle);
	});
	const record = records[index];
	if (record !== undefined) return { route: "one", index, record };
	return { route: index === -1 ? "none" : "ambiguous" };
}
