import type { Verifier } from "../verifier.js";
import { Capped, CONSUMED, type Delivery, receive, TOO_LARGE, type WebhookHandler, type WebhookOptions } from "./receive.js";

export type { WebhookHandler, WebhookOptions };

/** A handler from `Request` to `Response`: Deno.serve, Bun.serve, Workers. Answers with an empty body. */
export function valifyWebhook(
	verifier: Verifier,
	handler: WebhookHandler<[request: Request]>,
	options?: WebhookOptions,
): (request: Request) => Promise<Response> {
	return async (request) => {
		const status = await receive(verifier, deliveryOf(request), (event) => handler(event, request), options);
		return new Response(null, { status });
	};
}

function deliveryOf(request: Request): Delivery {
	return { headers: request.headers, url: request.url, read: (most) => read(request, most) };
}

async function read(request: Request, most: number) {
	if (request.bodyUsed) return CONSUMED;
	if (Number(request.headers.get("content-length")) > most) return TOO_LARGE;
	const capped = new Capped(most);
	const reader = request.body?.getReader();
	for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
		if (capped.add(part.value)) continue;
		await reader?.cancel();
		return TOO_LARGE;
	}
	return capped.bytes();
}
