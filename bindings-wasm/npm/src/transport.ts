import type { HttpRequest, HttpResponse, TransportFailure } from "./call.js";
import * as wasm from "./module.js";
import { core } from "./module.js";
import { isNotSent } from "./not_sent.js";
import { type Platform, platform } from "./platform.js";

/** A `fetch` of your own. It is called with the URL, and with method, headers, body, `redirect: "manual"` and a signal. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Sends one request. @internal */
export type Transport = (request: HttpRequest, signal: AbortSignal | undefined) => Promise<HttpResponse | Failed>;

/** A failure, and what the runtime said about it. @internal */
export interface Failed {
	readonly failure: TransportFailure;
	readonly said: string;
}

/** The runtime's own `fetch`. @internal */
export function defaultTransport(): Transport {
	const where = platform();
	const own = optionsOf(where);
	const send = (request: HttpRequest, signal: AbortSignal) => {
		const init = initOf(request, signal);
		return fetch(request.url, { ...init, ...own.init, headers: [...init.headers, ...own.headers] });
	};
	return (request, signal) => attempt(request, signal, send, (error) => isNotSent(error, where));
}

/** A `fetch` of the caller's. Nobody has tested what its failures prove, so that each of them may have been sent. @internal */
export function transportOf(own: Fetch): Transport {
	const send = (request: HttpRequest, signal: AbortSignal) => own(request.url, initOf(request, signal));
	return (request, signal) => attempt(request, signal, send, () => false);
}

function initOf(request: HttpRequest, signal: AbortSignal) {
	const { method, headers, body } = request;
	return { method, headers, body: body as Uint8Array<ArrayBuffer>, redirect: "manual" as const, signal };
}

/**
 * Each runtime is told to take a fresh connection where it can be: a reused one that the peer has closed makes some clients send a POST
 * twice. Browsers alone keep cookies, and Workers refuse the option.
 */
function optionsOf(where: Platform): { headers: [string, string][]; init?: RequestInit } {
	switch (where) {
		case "node":
		case "bun":
			return { headers: [["connection", "close"]] };
		case "deno": {
			const client = (globalThis as unknown as { Deno: DenoClients }).Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
			return { headers: [], init: { client } as RequestInit };
		}
		case "browser":
			return { headers: [], init: { credentials: "omit" } };
		default:
			return { headers: [] };
	}
}

interface DenoClients {
	createHttpClient(options: { poolMaxIdlePerHost: number }): unknown;
}

async function attempt(
	request: HttpRequest,
	signal: AbortSignal | undefined,
	send: (request: HttpRequest, signal: AbortSignal) => Promise<Response>,
	provesNotSent: (error: unknown) => boolean,
): Promise<HttpResponse | Failed> {
	signal?.throwIfAborted();
	const controller = new AbortController();
	let end = () => {};
	const ended = new Promise<never>((_, reject) => {
		end = () => {
			controller.abort();
			reject(new Error("timed out"));
		};
	});
	// Rejected after the race as well, when nobody listens any more.
	ended.catch(() => undefined);
	const timer = setTimeout(end, request.timeoutMs);
	signal?.addEventListener("abort", end, { once: true });
	try {
		// Raced, because a fetch of the caller's may not heed its signal.
		return await Promise.race([exchange(request, controller.signal, send), ended]);
	} catch (error) {
		// Whatever is still open of an answer that nobody reads on.
		controller.abort();
		signal?.throwIfAborted();
		// Copied, never chained: what is reachable from a runtime's error may hold the request.
		return { failure: provesNotSent(error) ? "not_sent" : "maybe_sent", said: wordsOf(error) };
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener("abort", end);
	}
}

async function exchange(
	request: HttpRequest,
	signal: AbortSignal,
	send: (request: HttpRequest, signal: AbortSignal) => Promise<Response>,
): Promise<HttpResponse> {
	const response = await send(request, signal);
	const body = await readCapped(response, request.maxResponseBytes);
	const headers = core(() => wasm.headerLines(response.headers));
	return { status: response.status, headers, body, finalUrl: response.url ?? "" };
}

/** The decoded body, counted while it is read: a small compressed answer can be a large one. */
async function readCapped(response: Response, most: number): Promise<Uint8Array> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	const reader = response.body?.getReader();
	for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
		length += read.value.length;
		if (length > most) throw new Error("the answer is too large");
		chunks.push(read.value);
	}
	const [first] = chunks;
	if (first !== undefined && chunks.length === 1) return first;
	const body = new Uint8Array(length);
	let at = 0;
	for (const chunk of chunks) {
		body.set(chunk, at);
		at += chunk.length;
	}
	return body;
}

function wordsOf(error: unknown): string {
	const words: string[] = [];
	for (let at: unknown = error; at instanceof Error && words.length < 4; at = at.cause) {
		const { code } = at as { code?: unknown };
		words.push([at.name, typeof code === "string" ? code : "", at.message].filter(Boolean).join(" "));
	}
	return words.join(": ") || "no words";
}
