import { documentOf, documentText } from "./document.js";
import { millisecondsOf, textOf } from "./input.js";
import * as wasm from "./module.js";
import { core, misuse } from "./module.js";
import { type BoundBrowser, type Keys, type KeysView, keysOf, type NamedSecret } from "./names.js";
import { Opaque } from "./opaque.js";

/** What return states are made with. */
export interface ReturnStateOptions {
	/** 1 to 16 secrets of at least 16 bytes: the first issues, all of them check. */
	readonly secrets: readonly NamedSecret[];
	/** The query parameter's name. Default: `vl`. */
	readonly parameter?: string | undefined;
	/** `path` for a sender that appends `?…` whatever the URL already holds. Default: `query`. */
	readonly placement?: "query" | "path" | undefined;
}

/** What a state is issued for. */
export interface IssueOptions {
	/** Where the browser is to come back to. */
	readonly returnUrl: string;
	/** The reference of the request. */
	readonly referenceId: string;
	/** When the state expires: a little later than the link, for the way back. */
	readonly expiresAt: Date;
	/** The cookie's text, from `ReturnState.bindingFrom(cookie)`. */
	readonly binding: string;
	/** Default: now. */
	readonly now?: Date | undefined;
}

/** What a return is checked against. */
export interface CheckOptions {
	/** The reference that your own session expects. */
	readonly referenceId: string;
	/** The cookie's text. Absent: the answer is `unknown`. */
	readonly binding?: string | undefined;
	/** Default: now. */
	readonly now?: Date | undefined;
}

/** A state that has been issued. */
export interface Issued {
	/** The URL to ask the link with. */
	readonly returnUrl: string;
	/** The nonce as text: `valify.requested(request, { nonce })` binds a record to it. */
	readonly nonce: string;
}

interface ReturnedView {
	reference_id: string;
	nonce: string;
	expires_at: number;
	returned_in_bound_browser: BoundBrowser;
}

/** @internal */
export let returnedOf: (handle: wasm.Returned) => Returned;
/** @internal */
export let returnedHandle: (returned: Returned) => wasm.Returned;

/** A browser has come back from this attempt. It is not an outcome, and must never log anyone in. */
export class Returned extends Opaque {
	readonly #handle: wasm.Returned;
	readonly #view: ReturnedView;

	private constructor(handle: wasm.Returned) {
		super();
		if (!(handle instanceof wasm.Returned)) throw misuse("only ReturnState.check makes a return");
		this.#handle = handle;
		this.#view = core(() => handle.view() as ReturnedView);
	}

	static {
		returnedOf = (handle) => new Returned(handle);
		returnedHandle = (returned) => {
			if (!(typeof returned === "object" && returned !== null && #handle in returned))
				throw misuse("a return must be one that ReturnState.check gave");
			return returned.#handle;
		};
	}

	/** The reference that the state was issued for, which is the one that was expected. */
	get referenceId(): string {
		return this.#view.reference_id;
	}

	/** The state's nonce, for single use: keep it until `expiresAt`, the first insert wins. */
	get nonce(): string {
		return this.#view.nonce;
	}

	/** When the state expires. */
	get expiresAt(): Date {
		return new Date(this.#view.expires_at);
	}

	/** Whether this is the browser that started the attempt. */
	get returnedInBoundBrowser(): BoundBrowser {
		return this.#view.returned_in_bound_browser;
	}

	/** The columns to find the attempt's record by. */
	keys(): Keys {
		return keysOf(core(() => this.#handle.keys() as KeysView));
	}

	/** Without the nonce. */
	toJSON(): Record<string, unknown> {
		const { referenceId, expiresAt, returnedInBoundBrowser } = this;
		return { referenceId, expiresAt: expiresAt.toISOString(), returnedInBoundBrowser };
	}

	/** Without reference and nonce. */
	toString(): string {
		return `Returned(in bound browser: ${this.returnedInBoundBrowser})`;
	}
}

/** Issues and checks the state that `returnUrl` carries: which attempt a browser comes back from, and nothing about its outcome. */
export class ReturnState extends Opaque {
	readonly #handle: wasm.ReturnState;

	/** Checks every option: `ConfigError` with the field. */
	constructor(options: ReturnStateOptions) {
		super();
		const document = options instanceof Uint8Array ? options : documentOf(options);
		this.#handle = core(() => wasm.ReturnState.fromDocument(document));
	}

	/** From the `return_state` document as every host spells it (advanced). */
	static fromDocument(json: string | Uint8Array): ReturnState {
		return new ReturnState(documentText(json) as unknown as ReturnStateOptions);
	}

	/**
	 * 128 random bits for a cookie: `__Host-valify=<binding>; Path=/; Secure; HttpOnly; SameSite=Lax`. Where there is no cookie (a native
	 * app), draw one and forget it.
	 */
	static newBinding(): string {
		return ReturnState.bindingFrom(undefined);
	}

	/** The binding in the cookie that a browser already has, so that two tabs do not undo each other; a new one where it has none. */
	static bindingFrom(cookie: string | undefined): string {
		const text = typeof cookie === "string" && cookie.isWellFormed() ? cookie : undefined;
		return core(() => wasm.bindingOf(text, random()));
	}

	/** Puts a state into `returnUrl`. `InvalidRequestError` with the field. */
	issue(options: IssueOptions): Issued {
		const returnUrl = textOf(options.returnUrl, "returnUrl");
		const referenceId = textOf(options.referenceId, "referenceId");
		const binding = textOf(options.binding, "binding");
		if (options.expiresAt === undefined) throw misuse("expiresAt must be given");
		const expiresAt = millisecondsOf(options.expiresAt, "expiresAt");
		const now = millisecondsOf(options.now, "now");
		const issued = core(() => this.#handle.issue(returnUrl, referenceId, expiresAt, random(), binding, now));
		const { return_url, nonce } = issued as { return_url: string; nonce: string };
		return { returnUrl: return_url, nonce };
	}

	/**
	 * Checks the state of a return. `url` is the absolute URL that the browser used: your configured public origin followed by the request's
	 * target, never built from the Host header.
	 *
	 * @throws `ReturnStateError`: wait for the webhook, and never make a new link because of it.
	 */
	check(url: URL | string, options: CheckOptions): Returned {
		const absolute = textOf(typeof url === "string" ? url : String(url), "url");
		const referenceId = textOf(options.referenceId, "referenceId");
		const binding = options.binding === undefined ? undefined : textOf(options.binding, "binding");
		const now = millisecondsOf(options.now, "now");
		return returnedOf(core(() => this.#handle.check(absolute, referenceId, binding, now)));
	}

	/** Without secrets. */
	toString(): string {
		return "ReturnState(secrets hidden)";
	}
}

function random(): Uint8Array {
	return crypto.getRandomValues(new Uint8Array(16));
}
