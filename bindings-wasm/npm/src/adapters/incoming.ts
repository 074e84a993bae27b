import type { IncomingMessage, ServerResponse } from "node:http";
import { Capped, CONSUMED, type Delivery, TOO_LARGE } from "./receive.js";

const RAW_BODY = Symbol.for("valify-link.rawBody");

/**
 * Keeps the raw body for `valifyWebhook`, where a JSON parser for all routes reads it first:
 * `app.use(express.json({ verify: captureRawBody }))`.
 */
export function captureRawBody(request: IncomingMessage, _response: ServerResponse, body: Uint8Array): void {
	(request as { [RAW_BODY]?: Uint8Array })[RAW_BODY] = body;
}

/** A delivery that Node's own server has received; `stream` where a framework hands the body over as another one. @internal */
export function deliveryOf(request: IncomingMessage & { originalUrl?: string }, stream: NodeJS.ReadableStream = request): Delivery {
	return {
		headers: request.rawHeaders,
		// Express cuts a mount point off `url`.
		url: request.originalUrl ?? request.url,
		read: (most) => read(request, stream, most),
	};
}

async function read(request: IncomingMessage, stream: NodeJS.ReadableStream, most: number) {
	const { [RAW_BODY]: kept, body } = request as { [RAW_BODY]?: Uint8Array; body?: unknown };
	// `express.raw()` leaves the bytes where other parsers leave what they have made of them.
	const captured = kept ?? (body instanceof Uint8Array ? body : undefined);
	if (captured !== undefined) return captured.length > most ? TOO_LARGE : captured;
	if ((stream as IncomingMessage).readableDidRead) return CONSUMED;
	if (Number(request.headers["content-length"]) > most) return TOO_LARGE;
	const capped = new Capped(most);
	return new Promise<Uint8Array | typeof TOO_LARGE>((resolve, reject) => {
		// Not by iteration: its early end would destroy the connection that the answer needs.
		stream.on("data", (chunk: Uint8Array) => {
			if (capped.add(chunk)) return;
			stream.removeAllListeners("data");
			stream.pause();
			resolve(TOO_LARGE);
		});
		stream.on("end", () => resolve(capped.bytes()));
		stream.on("error", reject);
		stream.on("close", () => reject(new Error("the sender closed the connection before the end of the body")));
	});
}

/** Answers with an empty body. @internal */
export function answer(response: ServerResponse, status: number): void {
	// What is left of a body that is too large is not read: the connection is of no more use.
	response.writeHead(status, status === 413 ? { "content-length": 0, connection: "close" } : { "content-length": 0 }).end();
}
