import type { SignatureError } from "../errors.js";
import type { Event } from "../event.js";
import type { HeadersInput } from "../input.js";
import type { Verifier } from "../verifier.js";

/** Told what the sender is not told: a mistake in the set-up, or what your handler threw. */
export interface WebhookOptions {
	/** Default: `console.error`. */
	readonly onError?: ((error: unknown) => void) | undefined;
	/**
	 * Told why a delivery is not believed, which its sender is not; with what `verifier.diagnose(body, headers)` needs, while you set up.
	 * Anybody can send such deliveries: do not log what they say. One that is too large to be read is not told. Default: nobody is told.
	 */
	readonly onRefused?: ((error: SignatureError, body: Uint8Array, headers: HeadersInput) => void) | undefined;
}

/** Takes an event; the sender is answered when it has finished. It may be called twice for one event: make it idempotent. */
export type WebhookHandler<Context extends unknown[] = []> = (event: Event, ...context: Context) => unknown;

/** What a framework brings. @internal */
export interface Delivery {
	readonly headers: HeadersInput;
	/** The undecoded request target, or the absolute URL. */
	readonly url: string | undefined;
	/** The raw body up to so many bytes, `TOO_LARGE` beyond them, `CONSUMED` where something has read it already. */
	read(most: number): Promise<Uint8Array | typeof TOO_LARGE | typeof CONSUMED>;
}

/** @internal */
export const TOO_LARGE = Symbol("too large");
/** @internal */
export const CONSUMED = Symbol("consumed");

/** The status to answer a delivery with; the body is always empty. @internal */
export async function receive(
	verifier: Verifier,
	delivery: Delivery,
	handler: (event: Event) => unknown,
	options: WebhookOptions | undefined,
): Promise<number> {
	const report = options?.onError ?? console.error;
	let event: Event;
	let body: Uint8Array | typeof TOO_LARGE | typeof CONSUMED = CONSUMED;
	try {
		body = await delivery.read(verifier.maxBodyBytes);
		if (body === TOO_LARGE) return 413;
		// The verifier refuses what is no body, and says what to do.
		event = verifier.verify(body === CONSUMED ? (undefined as never) : body, delivery.headers, { url: delivery.url });
	} catch (error) {
		const status = (error as { deliveryStatus?: unknown }).deliveryStatus;
		if (typeof status !== "number" || status === 500 || typeof body === "symbol") {
			report(error);
			return 500;
		}
		try {
			options?.onRefused?.(error as SignatureError, body, delivery.headers);
		} catch (failure) {
			report(failure);
		}
		return status;
	}
	try {
		await handler(event);
		return 200;
	} catch (error) {
		report(error);
		return 503;
	}
}

/** Collects chunks up to a number of bytes. @internal */
export class Capped {
	readonly #chunks: Uint8Array[] = [];
	#length = 0;

	constructor(readonly most: number) {}

	/** Whether there is still room. */
	add(chunk: Uint8Array): boolean {
		this.#length += chunk.length;
		this.#chunks.push(chunk);
		return this.#length <= this.most;
	}

	/** All bytes. */
	bytes(): Uint8Array {
		const [first] = this.#chunks;
		if (first !== undefined && this.#chunks.length === 1) return first;
		const bytes = new Uint8Array(this.#length);
		let at = 0;
		for (const chunk of this.#chunks) {
			bytes.set(chunk, at);
			at += chunk.length;
		}
		return bytes;
	}
}
