// What a case is given, as the package takes it.
const encoder = new TextEncoder();

export function isBytes(value) {
	return Array.isArray(value) || ["utf8", "base64", "repeat"].some((name) => Object.hasOwn(value, name));
}

export function bytes(value) {
	if (Array.isArray(value)) return joined(value.map(bytes));
	const [form, inner] = Object.entries(value)[0];
	switch (form) {
		case "utf8":
			return encoder.encode(inner);
		case "base64":
			return Uint8Array.from(atob(inner), (character) => character.charCodeAt(0));
		case "repeat":
			return joined(Array(inner[1]).fill(bytes(inner[0])));
		default:
			throw new Error(`unknown form of bytes: ${form}`);
	}
}

function joined(parts) {
	const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		whole.set(part, at);
		at += part.length;
	}
	return whole;
}

export function headers(pairs) {
	return pairs.map(([name, value]) => [name, typeof value === "string" ? value : new TextDecoder().decode(bytes(value))]);
}

/** The options of a typed constructor for a document, or `undefined` where no such options can be written. */
export function typed(document, name = "") {
	if (Array.isArray(document)) return document.map((item) => typed(item));
	if (
		typeof document === "string" &&
		name === "expires_at" &&
		/^\d{4}-\d\d-\d\dT.*\.\d{3}Z$/.test(document) &&
		!Number.isNaN(Date.parse(document))
	) {
		return new Date(document);
	}
	if (typeof document !== "object" || document === null) return document;
	const entries = Object.entries(document).map(([key, value]) => {
		if (name === "subject") return [key, typed(value)];
		if (!/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*$/.test(key)) throw new Inexpressible(key);
		return [key.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), typed(value, key)];
	});
	return Object.fromEntries(entries);
}

/** What typed options cannot say, such as a name that camelCase has no form of. */
export class Inexpressible extends Error {}
