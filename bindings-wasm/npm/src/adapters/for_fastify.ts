import type { FastifyInstance, FastifyRequest, HTTPMethods } from "fastify";
import type { Verifier } from "../verifier.js";
import { deliveryOf } from "./incoming.js";
import { receive, type WebhookHandler, type WebhookOptions } from "./receive.js";

export type { WebhookHandler, WebhookOptions };

/** Where the plugin listens. */
export interface WebhookRoute extends WebhookOptions {
	/** The path, such as `/webhooks/valify`. */
	readonly url: string;
	/** Any other method is answered with 405. Default: `["POST"]`. */
	readonly methods?: readonly HTTPMethods[] | undefined;
}

/** A plugin with a route of its own: `app.register(valifyWebhook(verifier, handler, { url }))`. Parsers of other routes stay as they are. */
export function valifyWebhook(
	verifier: Verifier,
	handler: WebhookHandler<[request: FastifyRequest]>,
	route: WebhookRoute,
): (instance: FastifyInstance) => Promise<void> {
	return async (instance) => {
		instance.removeAllContentTypeParsers();
		instance.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
		const taken = route.methods ?? ["POST"];
		instance.route({
			url: route.url,
			method: [...taken],
			handler: async (request, reply) => {
				const stream = (request.body as NodeJS.ReadableStream | undefined) ?? request.raw;
				const status = await receive(verifier, deliveryOf(request.raw, stream), (event) => handler(event, request), route);
				if (status === 413) reply.header("connection", "close");
				return reply.code(status).send();
			},
		});
		const others = instance.supportedMethods.filter((method) => !taken.includes(method as HTTPMethods)) as HTTPMethods[];
		instance.route({ url: route.url, method: others, handler: (_request, reply) => reply.code(405).send() });
	};
}
