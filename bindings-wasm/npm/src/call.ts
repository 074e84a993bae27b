import { documentOf, documentText } from "./document.js";
import { bytesOf, type HeadersInput, linesOf, millisecondsOf } from "./input.js";
import { type Link, type LinkRequest, linkOf } from "./link.js";
import * as wasm from "./module.js";
import { core, coreAfter, misuse } from "./module.js";
import { Opaque } from "./opaque.js";

/** What a transport brings back, read whole. */
export interface HttpResponse {
	/** The status code. 0 is what `fetch` calls an opaque redirect. */
	readonly status: number;
	/** The header lines. */
	readonly headers: HeadersInput;
	/** The decoded body. */
	readonly body: Uint8Array;
	/** The URL that answered, where the client tells it. */
	readonly finalUrl?: string | undefined;
}

/**
 * How a transport failed. `not_sent`: not one byte of the request has left this machine, and your tests prove it. `maybe_sent`:
 * everything else, a body that could not be read whole included.
 */
export type TransportFailure = "not_sent" | "maybe_sent";

/** What the machine asks for. */
export type Step =
	| { readonly step: "send"; readonly request: HttpRequest }
	| { readonly step: "wait"; readonly delayMs: number }
	| { readonly step: "done"; readonly link: Link };

/** Options of the machine. */
export interface CallOptions {
	/** The time of the call. Default: now. */
	readonly now?: Date | undefined;
	/** 64 random bits, for the jitter of the back-off alone. Default: drawn. */
	readonly seed?: bigint | undefined;
	/** Another timeout for each attempt, in milliseconds. The deadline stays. */
	readonly timeoutMs?: number | undefined;
}

type RequestView = [url: string, lines: string[], body: Uint8Array, timeoutMs: number, maxResponseBytes: number];

/** @internal */
export let requestOf: (view: RequestView) => HttpRequest;
/**
 * The request that a transport sends, exactly as it stands. Its headers hold the API key: consoles and JSON hide them.
 *
 * The transport's duties: a fresh connection, no redirects, no cookies, TLS verified, the answer's decoded body capped at
 * `maxResponseBytes` while it is read.
 */
export class HttpRequest extends Opaque {
	/** Always `POST`. */
	readonly method = "POST";
	/** The absolute URL. */
	readonly url: string;
	/** From hand-over to the last byte of the answer's body, connecting included. */
	readonly timeoutMs: number;
	/** The cap on the answer's decoded body, in bytes. A larger one is a failure, `maybe_sent`. */
	readonly maxResponseBytes: number;
	readonly #lines: readonly string[];
	readonly #body: Uint8Array;

	private constructor([url, lines, body, timeoutMs, maxResponseBytes]: RequestView) {
		super();
		this.url = url;
		this.timeoutMs = timeoutMs;
		this.maxResponseBytes = maxResponseBytes;
		this.#lines = lines;
		this.#body = body;
	}

	static {
		requestOf = (view) => new HttpRequest(view);
	}

	/** The header lines as pairs, the API key among them. */
	get headers(): [name: string, value: string][] {
		const pairs: [string, string][] = [];
		for (let at = 0; at + 1 < this.#lines.length; at += 2) pairs.push([this.#lines[at] ?? "", this.#lines[at + 1] ?? ""]);
		return pairs;
	}

	/** The JSON body in UTF-8. */
	get body(): Uint8Array {
		return this.#body;
	}

	/** Without headers and body. */
	toJSON(): Record<string, unknown> {
		const { method, url, timeoutMs, maxResponseBytes } = this;
		return { method, url, timeoutMs, maxResponseBytes };
	}

	/** Without headers and body. */
	toString(): string {
		return `HttpRequest(${this.method} ${this.url}, headers and body hidden)`;
	}
}

/** @internal */
export let callOf: (config: wasm.Config, request: LinkRequest | string | Uint8Array, options: CallOptions) => CreateLink;

/** The input of a failed attempt, with what the runtime said about it. @internal */
export let failed: (call: CreateLink, failure: TransportFailure, said: string) => Step;

/**
 * One call for a link, without its I/O (advanced): send, wait and feed back until a step is `done` or an error is thrown.
 *
 * Deterministic: the same client, request, seed, inputs and times give the same steps. `ValifyLink.createLink` is this and a loop.
 */
export class CreateLink extends Opaque {
	readonly #handle: wasm.CreateLink;

	private constructor(handle: wasm.CreateLink) {
		super();
		if (!(handle instanceof wasm.CreateLink)) throw misuse("only ValifyLink.call makes a call");
		this.#handle = handle;
	}

	static {
		callOf = (config, request, options) => {
			const json = typeof request === "string" || request instanceof Uint8Array ? documentText(request) : documentOf(request);
			const now = millisecondsOf(options.now, "now");
			const seed = options.seed ?? randomSeed();
			if (typeof seed !== "bigint") throw misuse("seed must be a bigint");
			const call = core(() => wasm.CreateLink.create(config, json, now, BigInt.asUintN(64, seed)));
			const { timeoutMs } = options;
			if (timeoutMs === undefined) return new CreateLink(call);
			return new CreateLink(core(() => call.timeout(typeof timeoutMs === "number" ? timeoutMs : Number.NaN)));
		};
		failed = (call, failure, said) => {
			const handle = call.#handle;
			const clean = core(() => handle.clean(said));
			return stepOf(coreAfter(clean, () => handle.failure(failure === "not_sent", Date.now())));
		};
	}

	/** Begins. Once, and first. */
	start(now?: Date): Step {
		const at = millisecondsOf(now, "now");
		return stepOf(core(() => this.#handle.start(at)));
	}

	/** The transport brought an answer, read whole. */
	response(response: HttpResponse, now?: Date): Step {
		const at = millisecondsOf(now, "now");
		const answer = partsOf(response);
		return stepOf(core(() => this.#handle.response(...answer, at)));
	}

	/** The transport failed. */
	failure(failure: TransportFailure, now?: Date): Step {
		const at = millisecondsOf(now, "now");
		if (failure !== "not_sent" && failure !== "maybe_sent") throw misuse("a failure is not_sent or maybe_sent");
		return stepOf(core(() => this.#handle.failure(failure === "not_sent", at)));
	}

	/** The delay has passed. */
	waited(now?: Date): Step {
		const at = millisecondsOf(now, "now");
		return stepOf(core(() => this.#handle.waited(at)));
	}

	/** The request, for those who want no loop. */
	request(): HttpRequest {
		return requestOf(core(() => this.#handle.request() as RequestView));
	}

	/** What one answer to `request()` means, for those who want no loop. No retry rule is applied. */
	parse(response: HttpResponse, now?: Date): Link {
		const at = millisecondsOf(now, "now");
		const answer = partsOf(response);
		return linkOf(core(() => this.#handle.parse(...answer, at)));
	}

	/** Nothing of the request. */
	toString(): string {
		return "CreateLink(hidden)";
	}
}

interface StepView {
	send?: RequestView;
	wait?: number;
	done?: wasm.Link;
}

function stepOf(view: StepView): Step {
	if (view.send) return { step: "send", request: requestOf(view.send) };
	if (view.done) return { step: "done", link: linkOf(view.done) };
	return { step: "wait", delayMs: view.wait ?? 0 };
}

function partsOf(response: HttpResponse): [status: number, lines: string[], body: Uint8Array, finalUrl: string] {
	const { status, finalUrl = "" } = response;
	if (!Number.isInteger(status)) throw misuse("the status of a response must be an integer");
	return [status, linesOf(response.headers), bytesOf(response.body), finalUrl];
}

function randomSeed(): bigint {
	return crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
}
