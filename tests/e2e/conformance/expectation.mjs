// Whether a verdict is the expected one: the rule of tests/vectors/README.md, judged here once more so that no host is its own judge.
import { canonical, Numeral } from "./json.mjs";

/** One line for each difference; none if the verdict is the expected one. */
export function differences(expected, actual, path = "") {
	if (expected instanceof Map && isBytes(expected)) {
		return typeof actual === "string" && Buffer.from(actual).equals(bytes(expected)) ? [] : [`${path}: other bytes`];
	}
	if (expected instanceof Map && actual instanceof Map) {
		return [...expected].flatMap(([name, inner]) => {
			if (name === "delay") return within(inner, actual.get("delay_ms"), `${path}.delay_ms`);
			return differences(inner, actual.get(name), `${path}.${name}`);
		});
	}
	if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
		return expected.flatMap((inner, index) => differences(inner, actual[index], `${path}[${index}]`));
	}
	const [wanted, got] = [canonical(expected), canonical(actual ?? null)];
	return wanted === got ? [] : [`${path}: expected ${wanted}, got ${got}`];
}

function isBytes(value) {
	return value.size === 1 && ["utf8", "base64", "repeat"].some((form) => value.has(form));
}

function bytes(value) {
	if (Array.isArray(value)) return Buffer.concat(value.map(bytes));
	if (value.has("utf8")) return Buffer.from(value.get("utf8"));
	if (value.has("base64")) return Buffer.from(value.get("base64"), "base64");
	const [part, count] = value.get("repeat");
	return Buffer.concat(Array(Number(count.text)).fill(bytes(part)));
}

/** A wait has jitter: it is expected within bounds, both included. */
function within(bounds, actual, path) {
	const [least, most] = ["min_ms", "max_ms"].map((name) => Number(bounds.get(name).text));
	const isWithin = actual instanceof Numeral && Number(actual.text) >= least && Number(actual.text) <= most;
	return isWithin ? [] : [`${path}: expected ${least} to ${most}, got ${canonical(actual ?? null)}`];
}
