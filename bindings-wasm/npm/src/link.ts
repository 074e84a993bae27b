import * as wasm from "./module.js";
import { core, misuse } from "./module.js";
import type { Environment, Lang } from "./names.js";
import { Opaque } from "./opaque.js";

/** What a link is asked for with. */
export interface LinkRequest {
	/** Where the browser goes after completion: absolute, https (http for loopback hosts), at most 2048 bytes. */
	readonly returnUrl: string;
	/** Your own unique id of this end user: 1 to 256 bytes of UTF-8. */
	readonly referenceId: string;
	/** When the link expires. */
	readonly expiresAt: Date;
	/** The flow's UUID, given by Valify; needed only where an account has several flows. */
	readonly flow?: string | null | undefined;
	/** The language of the page; by default the client's. */
	readonly lang?: Lang | null | undefined;
}

interface LinkView {
	redirect_url: string;
	session_token: string;
	reference_id: string;
	flow?: string;
	expires_at: string;
	environment: Environment;
}

/** @internal */
export let linkOf: (handle: wasm.Link) => Link;
/** @internal */
export let linkHandle: (link: Link) => wasm.Link;

/**
 * A link that has passed the check: redirect the user to `redirectUrl` with 303, and to no other address.
 *
 * Whoever holds it can use it: text and consoles hide it, JSON contains it.
 */
export class Link extends Opaque {
	readonly #handle: wasm.Link;
	readonly #view: LinkView;

	private constructor(handle: wasm.Link) {
		super();
		if (!(handle instanceof wasm.Link)) throw misuse("only createLink makes a link");
		this.#handle = handle;
		this.#view = core(() => handle.view());
	}

	static {
		linkOf = (handle) => new Link(handle);
		linkHandle = (link) => {
			if (!(typeof link === "object" && link !== null && #handle in link)) throw misuse("the link must be one that createLink gave");
			return link.#handle;
		};
	}

	/** Where the user goes. Secret. */
	get redirectUrl(): string {
		return this.#view.redirect_url;
	}

	/** The session that Valify made. Secret. */
	get sessionToken(): string {
		return this.#view.session_token;
	}

	/** The reference of the request. */
	get referenceId(): string {
		return this.#view.reference_id;
	}

	/** The flow of the request, in lower case. */
	get flow(): string | undefined {
		return this.#view.flow;
	}

	/** When the link expires, as requested. */
	get expiresAt(): Date {
		return new Date(this.#view.expires_at);
	}

	/** The client's environment. */
	get environment(): Environment {
		return this.#view.environment;
	}

	/** Everything, the secret link too. */
	toJSON(): Record<string, unknown> {
		const { redirectUrl, sessionToken, referenceId, flow, expiresAt, environment } = this;
		return { redirectUrl, sessionToken, referenceId, flow, expiresAt: expiresAt.toISOString(), environment };
	}

	/** Without anything secret. */
	toString(): string {
		return `Link(${this.environment}, hidden)`;
	}
}
