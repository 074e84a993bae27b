import { millisecondsOf, textOf } from "./input.js";
import * as wasm from "./module.js";
import { core } from "./module.js";
import type { Secret } from "./names.js";
import { Opaque } from "./opaque.js";
import { secretParts } from "./secret.js";

/** A governorate of Egypt, or a birth abroad. */
export interface Governorate {
	/** The two digits in the number. */
	readonly code: string;
	readonly english: string;
	readonly arabic: string;
}

/** What looks wrong about a number and does not make it unusable: the rules behind it are not published. */
export type NationalIdWarning = "unknown_governorate" | "check_digit_mismatch";

interface NationalIdView {
	digits: string;
	birth_date: string;
	governorate?: Governorate;
	sex: "male" | "female";
	warnings: NationalIdWarning[];
}

/**
 * A well-formed Egyptian national ID number. That it is well-formed does not prove that it was issued, nor that it belongs to whoever typed
 * it. Consoles and JSON hide it.
 */
export class NationalId extends Opaque {
	readonly #handle: wasm.NationalId;
	readonly #view: NationalIdView;

	private constructor(handle: wasm.NationalId) {
		super();
		this.#handle = handle;
		this.#view = core(() => handle.view() as NationalIdView);
	}

	/**
	 * Reads 14 ASCII, Arabic-Indic or Persian digits, with any spaces or hyphens between them. `InvalidRequestError` at `national_id` for
	 * what is none; `now` is for one rule alone, that nobody is born in the future.
	 */
	static parse(text: string, now?: Date): NationalId {
		textOf(text, "a national ID number");
		const at = millisecondsOf(now, "now");
		return new NationalId(core(() => wasm.NationalId.parse(text, at)));
	}

	/** The 14 ASCII digits. Personal data: store `pseudonym` where that serves. */
	get digits(): string {
		return this.#view.digits;
	}

	/** The date of birth, as `2001-01-31`. */
	get birthDate(): string {
		return this.#view.birth_date;
	}

	/** Where the birth was registered; absent, with a warning, where the code is not known. */
	get governorate(): Governorate | undefined {
		return this.#view.governorate;
	}

	/** The sex in the number. */
	get sex(): "male" | "female" {
		return this.#view.sex;
	}

	/** What looks wrong. Never a reason to reject by itself. */
	get warnings(): readonly NationalIdWarning[] {
		return [...this.#view.warnings];
	}

	/** Whether the holder is under 18 on the date that it then is in Egypt. Default: now. */
	isMinor(at?: Date): boolean {
		const time = millisecondsOf(at, "at");
		return core(() => this.#handle.isMinor(time));
	}

	/**
	 * A name for this number that nobody can turn back without the key: 64 hexadecimal digits. Keep the key apart from the table.
	 */
	pseudonym(key: Secret): string {
		const [encoding, text] = secretParts(key, "key");
		return core(() => this.#handle.pseudonym(encoding, text));
	}

	/** Nothing. */
	toJSON(): string {
		return "(hidden)";
	}

	/** Nothing. */
	toString(): string {
		return "NationalId(hidden)";
	}
}
