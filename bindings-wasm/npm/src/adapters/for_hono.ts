import type { Verifier } from "../verifier.js";
import { valifyWebhook as forRequest } from "./for_request.js";
import type { WebhookHandler, WebhookOptions } from "./receive.js";

export type { WebhookHandler, WebhookOptions };

/** A handler for Hono: `app.post("/webhooks/valify", valifyWebhook(verifier, handler))`. Your handler gets Hono's context as well. */
export function valifyWebhook<Context extends { readonly req: { readonly raw: Request } }>(
	verifier: Verifier,
	handler: WebhookHandler<[context: Context]>,
	options?: WebhookOptions,
): (context: Context) => Promise<Response> {
	return (context) => forRequest(verifier, (event) => handler(event, context), options)(context.req.raw);
}
