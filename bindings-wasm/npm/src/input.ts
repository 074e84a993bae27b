import { misuse } from "./module.js";

/** A body exactly as received: bytes, or text that is encoded as UTF-8. */
export type Body = Uint8Array | ArrayBuffer | ArrayBufferView | string;

/** Headers in any shape: `Headers`, a mapping (an array means repeated lines), Node's flat `rawHeaders`, or pairs. */
export type HeadersInput =
	| Iterable<readonly [string, string]>
	| readonly string[]
	| Readonly<Record<string, string | readonly string[] | undefined>>;

const PARSED =
	"the body must be the raw bytes as received, and this is a value that something has parsed: verify before parsing (Express: mount valifyWebhook before express.json(), or give express.json() captureRawBody as its verify option)";

/** No limit of the core on a body is higher, in bytes. @internal */
export const MOST_BODY_BYTES = 2 ** 27;

/**
 * The bytes of a body. Of one longer than `most` only as many are handed on as the core needs to refuse it for its length: what is copied
 * into its memory stays there for as long as the process lives, and 2 GiB would not fit at all. @internal
 */
export function bytesOf(body: unknown, most = Number.MAX_SAFE_INTEGER): Uint8Array {
	const bytes = everyByteOf(body);
	return bytes.length > most ? bytes.subarray(0, most + 1) : bytes;
}

function everyByteOf(body: unknown): Uint8Array {
	if (body instanceof Uint8Array) return body;
	if (typeof body === "string") {
		if (!body.isWellFormed()) throw misuse("the body is a text with a lone surrogate, which has no bytes: pass the bytes as received");
		return new TextEncoder().encode(body);
	}
	if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
	if (Object.prototype.toString.call(body) === "[object ArrayBuffer]") return new Uint8Array(body as ArrayBuffer);
	throw misuse(PARSED);
}

/** A copy, and of a `Buffer` too: its own `slice` shares the memory. @internal */
export function copyOf(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(bytes);
}

/** Names and values in turn; with `names` (in lower case), of these headers alone. @internal */
export function linesOf(headers: unknown, names?: ReadonlySet<string>): string[] {
	const lines: string[] = [];
	const add = (name: unknown, value: unknown) => {
		if (typeof name !== "string" || typeof value !== "string") throw misuse("the names and values of headers must be strings");
		if (names === undefined || names.has(name.toLowerCase())) lines.push(name, value);
	};
	if (typeof headers !== "object" || headers === null) throw misuse("headers must be given, in any of the shapes of HeadersInput");
	if (Symbol.iterator in headers) fromList([...(headers as Iterable<unknown>)], add);
	else fromMapping(headers, add);
	return lines;
}

function fromList(items: readonly unknown[], add: (name: unknown, value: unknown) => void): void {
	if (typeof items[0] === "string") {
		if (items.length % 2 !== 0) throw misuse("flat headers must be names and values in turn");
		for (let at = 0; at < items.length; at += 2) add(items[at], items[at + 1]);
		return;
	}
	for (const item of items) {
		if (!Array.isArray(item) || item.length !== 2) throw misuse("each header must be a pair of name and value");
		add(item[0], item[1]);
	}
}

function fromMapping(headers: object, add: (name: unknown, value: unknown) => void): void {
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) continue;
		if (Array.isArray(value)) for (const one of value) add(name, one);
		else add(name, value);
	}
}

/** The milliseconds of a `Date`; now where there is none. @internal */
export function millisecondsOf(date: Date | undefined, name: string): number {
	if (date === undefined) return Date.now();
	const milliseconds = Object.prototype.toString.call(date) === "[object Date]" ? date.getTime() : Number.NaN;
	if (Number.isNaN(milliseconds)) throw misuse(`${name} must be a valid Date`);
	return milliseconds;
}

/** An argument that must be a text with bytes of its own. @internal */
export function textOf(given: unknown, name: string): string {
	if (typeof given !== "string" || !given.isWellFormed()) throw misuse(`${name} must be a string without lone surrogates`);
	return given;
}
