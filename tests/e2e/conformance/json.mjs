// JSON read so that nothing of a verdict is lost: 1 is not 1.0, a name given twice is seen, and no name changes its place.

/** A number as it was written. */
export class Numeral {
	constructor(text) {
		this.text = text;
	}
}

const TOKEN = /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null)|$)/y;
const WORDS = { true: true, false: false, null: null };

/** Objects come as `Map`, numbers as `Numeral`. */
export function parse(text) {
	const tokens = new RegExp(TOKEN);
	let token = next();
	const value = read();
	if (token.kind !== "end") throw unexpected();
	return value;

	function next() {
		const at = tokens.lastIndex;
		const found = tokens.exec(text);
		if (found === null) throw new SyntaxError(`no JSON at ${at}`);
		const [, mark, string, number, word] = found;
		if (mark !== undefined) return { kind: mark, at };
		if (string !== undefined) return { kind: "value", value: JSON.parse(string), isText: true, at };
		if (number !== undefined) return { kind: "value", value: new Numeral(number), at };
		return word === undefined ? { kind: "end", at } : { kind: "value", value: WORDS[word], at };
	}

	function take(kind) {
		if (token.kind !== kind) throw unexpected();
		const taken = token;
		token = next();
		return taken;
	}

	function read() {
		if (token.kind === "{") return list("{", "}", new Map(), member);
		if (token.kind === "[") return list("[", "]", [], (items) => items.push(read()));
		return take("value").value;
	}

	function list(open, close, items, item) {
		take(open);
		if (token.kind !== close) {
			item(items);
			while (token.kind === ",") {
				take(",");
				item(items);
			}
		}
		take(close);
		return items;
	}

	function member(members) {
		const name = take("value");
		if (!name.isText || members.has(name.value)) throw new SyntaxError(`a name that is no text, or is there twice, at ${name.at}`);
		take(":");
		members.set(name.value, read());
	}

	function unexpected() {
		return new SyntaxError(`unexpected '${token.kind}' at ${token.at}`);
	}
}

/** Names sorted by their bytes, no white space, what is absent left out, strings as JSON demands and no more. */
export function canonical(value) {
	if (value instanceof Numeral) return value.text;
	if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
	if (!(value instanceof Map)) return JSON.stringify(value);
	const members = [...value].filter(([, inner]) => inner !== null).sort(([a], [b]) => byBytes(a, b));
	return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join()}}`;
}

export function byBytes(a, b) {
	return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
