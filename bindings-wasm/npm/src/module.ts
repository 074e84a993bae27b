import { initSync, refused } from "../wasm/valify_link.js";
import { type ErrorKind, errorOf, type Thrown, type ValifyError } from "./errors.js";

export * from "../wasm/valify_link.js";

/** The runtime's own hash, synchronous. It gets views of the core's memory, which it must not keep. @internal */
export interface HostHash {
	hmac(digest: string, key: Uint8Array, head: Uint8Array, body: Uint8Array): Uint8Array;
}

let state: "missing" | "ready" | "failed" = "missing";
let host: HostHash | undefined;

/** Makes the core ready. Each entry of the package hands over the module in the way of its runtime. @internal */
export function load(module: WebAssembly.Module | BufferSource, hash?: HostHash): void {
	if (state !== "missing") return;
	initSync({ module });
	host = hash;
	state = "ready";
}

/** The hash that the entry has brought. @internal */
export function hostHash(): HostHash | undefined {
	return host;
}

/** Whether the core is ready. @internal */
export function isLoaded(): boolean {
	return state !== "missing";
}

/**
 * Calls the core. What it throws becomes an error of this package; a trap ends the use of the module loudly, since nobody knows in
 * which state it has left its memory.
 * @internal
 */
export function core<T>(call: () => T): T {
	if (state === "missing") throw new Error("valify-link: the core is not loaded yet. In a browser, await init() first");
	if (state === "failed") throw failure();
	try {
		return call();
	} catch (thrown) {
		if (isThrown(thrown)) throw errorOf(thrown);
		// What an object of the caller's throws on its way in is the caller's.
		if (!(thrown instanceof WebAssembly.RuntimeError || thrown instanceof RangeError)) throw thrown;
		state = "failed";
		throw failure();
	}
}

/** What cannot even be handed to the core, refused by the core's own kinds. @internal */
export function refusal(kind: ErrorKind, field: string | undefined, detail: string): ValifyError {
	return errorOf(core(() => refused(kind, field, detail) as Thrown));
}

/** A call that only a JavaScript host can get wrong. @internal */
export function misuse(detail: string): ValifyError {
	return refusal("misuse", undefined, detail);
}

/** Calls the core, and adds to its error what the transport said. @internal */
export function coreAfter<T>(transport: string | undefined, call: () => T): T {
	return core(() => {
		try {
			return call();
		} catch (thrown) {
			throw isThrown(thrown) && transport !== undefined ? { ...thrown, transport } : thrown;
		}
	});
}

function isThrown(value: unknown): value is Thrown {
	return typeof value === "object" && value !== null && "kind" in value && "class" in value;
}

function failure(): Error {
	return new Error("valify-link: the core has failed and cannot be used any more in this process. This is a bug: please report it.");
}
