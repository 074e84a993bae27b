const NAME = /^[a-z][a-zA-Z0-9]*$/;
/** No field of any document takes a fraction: this is how a value without a JSON form is refused under its own path. */
const REFUSED = "0.5";
/** Deeper than any document: a cycle ends here. */
const DEPTH = 8;

/**
 * Options as the one JSON document that the core reads and checks: camelCase names become snake_case, `undefined` is absent.
 *
 * Nothing is checked here. What JSON cannot say (`NaN`, a bigint, an invalid date) becomes a value that the core refuses by its path.
 * @internal
 */
export function documentOf(options: unknown): Uint8Array {
	return new TextEncoder().encode(value(options, "", DEPTH));
}

/** A document that is JSON already. @internal */
export function documentText(json: string | Uint8Array): Uint8Array {
	if (typeof json !== "string") return json;
	// A lone surrogate has no UTF-8: the core is to refuse the document, not to read a replacement character.
	return json.isWellFormed() ? new TextEncoder().encode(json) : Uint8Array.of(0xff);
}

function value(given: unknown, name: string, depth: number): string {
	switch (typeof given) {
		case "string":
		case "boolean":
			return JSON.stringify(given);
		case "number":
			return Number.isFinite(given) ? JSON.stringify(given) : REFUSED;
		case "object":
			if (given === null) return "null";
			if (depth === 0) return REFUSED;
			if (Array.isArray(given)) return `[${given.map((item) => value(item, "", depth - 1)).join()}]`;
			if (given instanceof Date) return date(given, name);
			return members(given, name, depth);
		default:
			return REFUSED;
	}
}

function date(given: Date, name: string): string {
	if (name !== "expires_at") return REFUSED;
	return JSON.stringify(Number.isNaN(given.getTime()) ? "" : given.toISOString());
}

function members(given: object, name: string, depth: number): string {
	// The names of personal fields are the integrator's own data.
	const nameOf = name === "subject" ? (key: string) => key : snakeCase;
	const texts: string[] = [];
	for (const [key, item] of Object.entries(given)) {
		if (item === undefined) continue;
		const inner = nameOf(key);
		texts.push(`${JSON.stringify(inner)}:${value(item, name === "subject" ? "" : inner, depth - 1)}`);
	}
	return `{${texts.join()}}`;
}

function snakeCase(key: string): string {
	// What is no name of this API stays unknown, whatever snake_case would make of it.
	return NAME.test(key) ? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : `?${key}`;
}
