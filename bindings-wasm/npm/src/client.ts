import { type CallOptions, type CreateLink, callOf, failed } from "./call.js";
import { documentOf, documentText } from "./document.js";
import { ValifyError } from "./errors.js";
import { millisecondsOf, textOf } from "./input.js";
import type { Link, LinkRequest } from "./link.js";
import * as wasm from "./module.js";
import { core, misuse, refusal } from "./module.js";
import type { Environment, Lang } from "./names.js";
import { Opaque } from "./opaque.js";
import { platform } from "./platform.js";
import { defaultTransport, type Fetch, type Transport, transportOf } from "./transport.js";
import { type Verification, verificationOf } from "./verification.js";

/** Takes what the client says about its work. It is never told a key, a link, a token or a reference. */
export interface Logger {
	debug?(message: string, fields: Record<string, string | number>): void;
	warn?(message: string, fields: Record<string, string | number>): void;
}

/** The account's settings. All durations are in milliseconds. */
export interface ValifyLinkOptions {
	/** The account's key, for backend-to-backend calls only. `undefined` and `""` are refused, so that a missing variable is seen. */
	readonly apiKey: string | undefined;
	/** The service's origin in normal form. Default: `https://verify.valifysolutions.com`; required in the sandbox environment. */
	readonly baseUrl?: string | undefined;
	/** The language of links whose request names none. Default: `en`. */
	readonly lang?: Lang | undefined;
	/** Production, or the local sandbox on a loopback address. Default: `production`. */
	readonly environment?: Environment | undefined;
	/** One attempt's time from hand-over to the last byte of the answer. Default: 30000. */
	readonly timeoutMs?: number | undefined;
	/** The time over all attempts. Default: 60000. */
	readonly deadlineMs?: number | undefined;
	/** How many times a request is sent again after 429, and after what has not left this machine. Default: 2. */
	readonly maxRetries?: number | undefined;
	/** The cap on the back-off's delay. Default: 8000. */
	readonly backoffCapMs?: number | undefined;
	/** The longest `Retry-After` that is waited for; beyond it the call ends. Default: 30000. */
	readonly retryAfterCapMs?: number | undefined;
	/** The cap on an answer's decoded body, in bytes. Default: 1048576. */
	readonly maxResponseBytes?: number | undefined;
	/** How long after `expiresAt` a record still waits for an event. Default: 300000. */
	readonly expiryGraceMs?: number | undefined;
	/** Send again after 5xx and after a failure that leaves the outcome unknown: two sessions may be created and billed. Default: false. */
	readonly resendWhenUnknown?: boolean | undefined;
	/** What a link may begin with. Default: the base URL's origin followed by `/?`. */
	readonly linkPrefixes?: readonly string[] | undefined;
	/** Schemes besides https that `returnUrl` may have, for app deep links. */
	readonly returnSchemes?: readonly string[] | undefined;
	/** `host` or `host:port` that may be spoken to over http in the sandbox environment. */
	readonly insecureHosts?: readonly string[] | undefined;
	/** A `fetch` of your own. With one, no failure counts as proof that nothing was sent. */
	readonly fetch?: Fetch | undefined;
	/** Told about attempts and waits. */
	readonly logger?: Logger | undefined;
}

/** Options of one call. */
export interface CreateLinkOptions {
	/** Cancels the call. It then throws the signal's reason, as `fetch` does; the request may have been processed all the same. */
	readonly signal?: AbortSignal | undefined;
	/** Another timeout for each attempt, in milliseconds: 1 to 3600000. The deadline stays. */
	readonly timeoutMs?: number | undefined;
}

/** Options of a new record. */
export interface RequestedOptions {
	/** The nonce of the return state that the request's `returnUrl` carries: then only that return counts for the record. */
	readonly nonce?: string | undefined;
	/** When the call is made. Default: now. */
	readonly now?: Date | undefined;
}

/**
 * The client of one account. Make it once and share it; consoles and JSON show no key.
 *
 * @example
 * ```ts
 * const valify = new ValifyLink({ apiKey: process.env.VALIFY_API_KEY });
 * const link = await valify.createLink({ returnUrl, referenceId, expiresAt: new Date(Date.now() + 30 * 60_000) });
 * ```
 */
export class ValifyLink extends Opaque {
	readonly #config: wasm.Config;
	readonly #transport: Transport;
	readonly #logger: Logger | undefined;

	/** Checks every option: `ConfigError` with the field. */
	constructor(options: ValifyLinkOptions) {
		super();
		const { fetch, logger, document, isTyped } = split(options);
		const config = core(() => wasm.Config.fromDocument(document));
		if (isTyped) refuseKeyInBrowser(config);
		if (fetch !== undefined && typeof fetch !== "function") throw misuse("fetch must be a function");
		this.#config = config;
		this.#transport = fetch === undefined ? defaultTransport() : transportOf(fetch);
		this.#logger = logger;
	}

	/** A client from the `config` document as every host spells it (advanced). In a browser, it is `createLink` that refuses a real key. */
	static fromDocument(json: string | Uint8Array, options: Pick<ValifyLinkOptions, "fetch" | "logger"> = {}): ValifyLink {
		return new ValifyLink({ ...options, [DOCUMENT]: documentText(json) } as unknown as ValifyLinkOptions);
	}

	/** Production or sandbox. */
	get environment(): Environment {
		return core(() => this.#config.environment as Environment);
	}

	/** The service's origin. */
	get baseUrl(): string {
		return core(() => this.#config.baseUrl);
	}

	/**
	 * Asks for a link. Sent again are, by default, only what has not left this machine and 429.
	 *
	 * @throws `InvalidRequestError` before anything is sent; `OutcomeUnknownError` where the request may have been processed: keep the
	 * record as requested, show no link, and make a new attempt only on purpose.
	 */
	async createLink(request: LinkRequest, options: CreateLinkOptions = {}): Promise<Link> {
		refuseKeyInBrowser(this.#config);
		const { signal, timeoutMs } = options;
		const call = callOf(this.#config, request, { timeoutMs });
		signal?.throwIfAborted();
		try {
			return await this.#drive(call, signal);
		} catch (error) {
			if (error instanceof ValifyError) this.#log("warn", "no link", { kind: error.kind, next: error.next });
			throw error;
		}
	}

	async #drive(call: CreateLink, signal: AbortSignal | undefined): Promise<Link> {
		let step = call.start();
		for (;;) {
			switch (step.step) {
				case "send": {
					this.#log("debug", "sending", { timeoutMs: step.request.timeoutMs });
					const answer = await this.#transport(step.request, signal);
					if ("failure" in answer) {
						this.#log("debug", "failed", { failure: answer.failure });
						step = failed(call, answer.failure, answer.said);
					} else {
						this.#log("debug", "answered", { status: answer.status });
						step = call.response(answer);
					}
					break;
				}
				case "wait":
					this.#log("debug", "waiting", { delayMs: step.delayMs });
					await sleep(step.delayMs, signal);
					step = call.waited();
					break;
				case "done":
					return step.link;
			}
		}
	}

	/** A record of a call that is about to be made. Store it **before** the call: nothing can come too early then. */
	requested(request: LinkRequest | string | Uint8Array, options: RequestedOptions = {}): Verification {
		const json = typeof request === "string" || request instanceof Uint8Array ? documentText(request) : documentOf(request);
		const now = millisecondsOf(options.now, "now");
		const record = core(() => wasm.Verification.requested(this.#config, json, now));
		const { nonce } = options;
		if (nonce === undefined) return verificationOf(record);
		textOf(nonce, "nonce");
		return verificationOf(core(() => record.boundTo(nonce)));
	}

	/** The machine of one call, without its I/O (advanced). The request may be a JSON document as every host spells it. */
	call(request: LinkRequest | string | Uint8Array, options: CallOptions = {}): CreateLink {
		return callOf(this.#config, request, options);
	}

	/** Without the key. */
	toJSON(): Record<string, unknown> {
		return { environment: this.environment, baseUrl: this.baseUrl };
	}

	/** Without the key. */
	toString(): string {
		return `ValifyLink(${this.environment}, ${this.baseUrl}, key hidden)`;
	}

	#log(level: keyof Logger, message: string, fields: Record<string, string | number>): void {
		try {
			this.#logger?.[level]?.(`valify-link: ${message}`, fields);
		} catch {
			// A log that fails must not cost a link that has been made.
		}
	}
}

const DOCUMENT = Symbol("document");

interface Parts {
	readonly fetch: Fetch | undefined;
	readonly logger: Logger | undefined;
	readonly document: Uint8Array;
	readonly isTyped: boolean;
}

function split(options: ValifyLinkOptions): Parts {
	if (typeof options !== "object" || options === null || Array.isArray(options))
		return { fetch: undefined, logger: undefined, document: documentOf(options), isTyped: true };
	const { fetch, logger, ...rest } = options;
	const document = (rest as { [DOCUMENT]?: Uint8Array })[DOCUMENT];
	return { fetch, logger, document: document ?? documentOf(rest), isTyped: document === undefined };
}

function refuseKeyInBrowser(config: wasm.Config): void {
	if (platform() !== "browser" || core(() => config.baseUrlIsLoopback)) return;
	const why = "a browser must not hold an API key: its users can read it. Only the local sandbox may be used from here";
	throw refusal("invalid_config", "api_key", why);
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted) return reject(signal.reason);
		const wake = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", wake);
			signal?.aborted ? reject(signal.reason) : resolve();
		};
		const timer = setTimeout(wake, milliseconds);
		signal?.addEventListener("abort", wake, { once: true });
	});
}
