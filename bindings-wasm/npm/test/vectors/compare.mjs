// What a case expects beside what came out: only what is named is looked at, at every level.
import { bytes, isBytes } from "./given.mjs";

/** One line for each difference; none if the verdict is the expected one. */
export function differences(expected, actual, path = "") {
	if (expected === null) return actual === undefined ? [] : [`${path}: expected nothing, got ${JSON.stringify(actual)}`];
	if (Array.isArray(expected)) {
		if (!Array.isArray(actual) || actual.length !== expected.length) return [`${path}: expected ${expected.length} elements`];
		return expected.flatMap((item, index) => differences(item, actual[index], `${path}[${index}]`));
	}
	if (typeof expected !== "object") return expected === actual ? [] : [`${path}: expected ${expected}, got ${JSON.stringify(actual)}`];
	if (isBytes(expected) && typeof actual === "string") {
		return new TextDecoder().decode(bytes(expected)) === actual ? [] : [`${path}: other bytes`];
	}
	if (typeof actual !== "object") return [`${path}: expected an object, got ${JSON.stringify(actual)}`];
	return Object.entries(expected).flatMap(([name, inner]) => {
		if (name === "delay") return within(inner, actual.delay_ms, `${path}.${name}`);
		return differences(inner, actual[name], `${path}.${name}`);
	});
}

/** A wait has jitter: it is expected within bounds, both included. */
function within({ min_ms, max_ms }, actual, path) {
	return actual >= min_ms && actual <= max_ms ? [] : [`${path}: expected ${min_ms} to ${max_ms}, got ${actual}`];
}
