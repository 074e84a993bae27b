import type { IncomingMessage, ServerResponse } from "node:http";
import type { Verifier } from "../verifier.js";
import { answer, captureRawBody, deliveryOf } from "./incoming.js";
import { receive, type WebhookHandler, type WebhookOptions } from "./receive.js";

export { captureRawBody, type WebhookHandler, type WebhookOptions };

/** A listener for `node:http`: call it for the webhook's path. Answers by itself, with an empty body. */
export function valifyWebhook(
	verifier: Verifier,
	handler: WebhookHandler<[request: IncomingMessage]>,
	options?: WebhookOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
	return async (request, response) => {
		answer(response, await receive(verifier, deliveryOf(request), (event) => handler(event, request), options));
	};
}
