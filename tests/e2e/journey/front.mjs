// What stands before an example: browsers and webhooks come to it, and it hands them on. Webhooks it can hold, repeat and mix up.
import { once } from "node:events";
import { Agent, createServer, request as send } from "node:http";

export const WEBHOOKS = "/webhooks/valify";

/** `deliver(webhook)` decides what becomes of each webhook, `{ headers, body }`, and gives the status for the sender. */
export async function startFront(deliver) {
	// Given up while idle before the examples' servers do: a request in the moment in which they close would be lost.
	const agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 3000 });
	let targets = [];
	let turn = 0;
	let mayReturn = Promise.resolve();

	/** One request to the next target; one that cannot be reached is passed over. */
	async function pass({ method, path, headers, body }, target) {
		const tries = target === undefined ? targets.length : 1;
		for (let tried = 0; tried < tries; tried += 1) {
			turn += 1;
			const answer = await exchange(target ?? targets[turn % targets.length], { method, path, headers, body });
			if (answer.error?.code !== "ECONNREFUSED") return answer;
		}
		return { status: 502, headers: {}, body: Buffer.alloc(0), error: new Error("nobody there") };
	}

	function exchange(port, { method, path, headers, body }) {
		return new Promise((resolve) => {
			const fail = (error) => resolve({ status: 502, headers: {}, body: Buffer.alloc(0), error });
			const lines = { ...headers, "content-length": String(body.length) };
			delete lines["transfer-encoding"];
			delete lines.connection;
			const sent = send({ host: "127.0.0.1", port, method, path, headers: lines, agent }, async (answer) => {
				try {
					resolve({ status: answer.statusCode, headers: answer.headers, body: await whole(answer) });
				} catch (error) {
					fail(error);
				}
			});
			sent.on("error", fail).end(body);
		});
	}

	const server = createServer(async (request, response) => {
		const { method, url: path, headers } = request;
		const body = await whole(request);
		if (path === WEBHOOKS && method === "POST") {
			response.writeHead(await deliver({ headers, body })).end();
			return;
		}
		if (path.startsWith("/back")) await mayReturn;
		const answer = await pass({ method, path, headers, body });
		const lines = { ...answer.headers };
		for (const hop of ["connection", "keep-alive", "transfer-encoding"]) delete lines[hop];
		response.writeHead(answer.status, lines).end(answer.body);
	});
	server.keepAliveTimeout = 60_000;
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	return {
		origin: `http://127.0.0.1:${port}`,
		/** The ports of the processes behind. */
		behind(ports) {
			targets = ports;
		},
		/** Browsers that come back wait at the door until the function is called that this gives. */
		holdReturns() {
			let release;
			mayReturn = new Promise((resolve) => {
				release = resolve;
			});
			return release;
		},
		/** Hands a webhook on as it came; the status that it was answered with. */
		async hand({ headers, body }, target) {
			return (await pass({ method: "POST", path: WEBHOOKS, headers, body }, target)).status;
		},
		stop() {
			server.close();
			server.closeAllConnections();
			agent.destroy();
		},
	};
}

async function whole(stream) {
	const chunks = [];
	for await (const chunk of stream) chunks.push(chunk);
	return Buffer.concat(chunks);
}
