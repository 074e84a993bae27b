// Each framework with the adapter on /webhooks/valify, with and without a JSON parser for all routes.
import { createServer } from "node:http";
import { serve } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { NextRequest } from "next/server.js";
import * as forExpress from "valify-link/express";
import * as forFastify from "valify-link/fastify";
import * as forHono from "valify-link/hono";
import * as forNext from "valify-link/next";
import * as forNode from "valify-link/node";
import * as forRequest from "valify-link/request";

const PATH = "/webhooks/valify";

/** Opens each server: `(verifier, handler, options) => { port, close }`. */
export const SERVERS = {
	"node:http": (...hook) => listen(createServer(forNode.valifyWebhook(...hook))),
	express: (...hook) => listen(createServer(express().post(PATH, forExpress.valifyWebhook(...hook)))),
	"express in a router": (...hook) => {
		const router = express.Router().post("/valify", forExpress.valifyWebhook(...hook));
		return listen(createServer(express().use("/webhooks", router)));
	},
	"express with captureRawBody": (...hook) => {
		const app = express().use(express.json({ limit: "1mb", verify: forExpress.captureRawBody }));
		return listen(createServer(app.post(PATH, forExpress.valifyWebhook(...hook))));
	},
	"express with express.raw()": (...hook) => {
		const app = express().use(express.raw({ type: "*/*", limit: "1mb" }));
		return listen(createServer(app.post(PATH, forExpress.valifyWebhook(...hook))));
	},
	fastify: async (verifier, handler, options) => {
		const app = fastify();
		app.post("/json", async (request) => request.body);
		app.register(forFastify.valifyWebhook(verifier, handler, { url: PATH, ...options }));
		await app.listen({ port: 0, host: "127.0.0.1" });
		return { port: app.server.address().port, close: () => app.close(), app };
	},
	hono: (...hook) => {
		const app = new Hono().post(PATH, forHono.valifyWebhook(...hook));
		return served(app.fetch);
	},
	next: (...hook) => {
		const POST = forNext.valifyWebhook(...hook);
		return served(({ url, method, headers, body }) => POST(new NextRequest(url, { method, headers, body, duplex: "half" })));
	},
	"Request-based": (...hook) => served(forRequest.valifyWebhook(...hook)),
};

/** Servers whose parser leaves the adapter nothing. */
export const CONSUMING = {
	"express.json() first": (...hook) => {
		const app = express().use(express.json());
		return listen(createServer(app.post(PATH, forExpress.valifyWebhook(...hook))));
	},
	"a Request that was read": (...hook) => {
		const answer = forRequest.valifyWebhook(...hook);
		return served(async (request) => {
			await request.text();
			return answer(request);
		});
	},
	"Hono's own c.req.json()": (...hook) => {
		const app = new Hono().use(async (context, next) => {
			await context.req.json();
			await next();
		});
		return served(app.post(PATH, forHono.valifyWebhook(...hook)).fetch);
	},
};

async function listen(server) {
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const close = () => {
		server.closeAllConnections();
		return new Promise((resolve) => server.close(resolve));
	};
	return { port: server.address().port, close };
}

/** A server from `Request` to `Response`: the runtime's own, on Node the one that Hono has for it. */
async function served(fetch) {
	if (globalThis.Bun) {
		const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch });
		return { port: server.port, close: () => server.stop(true) };
	}
	if (globalThis.Deno) {
		const stopping = new AbortController();
		const server = Deno.serve({ port: 0, hostname: "127.0.0.1", signal: stopping.signal, onListen: () => undefined }, fetch);
		return { port: server.addr.port, close: () => stopping.abort() };
	}
	return new Promise((resolve) => {
		const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => {
			const close = () => {
				server.closeAllConnections();
				return new Promise((resolve) => server.close(resolve));
			};
			resolve({ port, close });
		});
	});
}
