// The adapters in their real frameworks, over sockets. Node, Deno and Bun.
import { Buffer } from "node:buffer";
import { request as httpRequest } from "node:http";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { BODY, newVerifier, signed } from "../delivery.mjs";
import { conclude, equal, ok, run } from "../harness.mjs";
import { CONSUMING, SERVERS } from "./servers.mjs";

/** Sends lines and chunks as they are; `undefined` as a status is a connection that ended without an answer. */
function send(port, { headers = signed(), chunks = [BODY], pauseMs = 0, method = "POST", end = true, length } = {}) {
	return new Promise((resolve) => {
		const lines = [
			...headers.flat(),
			"Host",
			"shop.example",
			...(length === undefined ? ["Transfer-Encoding", "chunked"] : ["Content-Length", `${length}`]),
		];
		const request = httpRequest({ port, host: "127.0.0.1", path: "/webhooks/valify", method, headers: lines, setHost: false });
		request.on("response", (response) => {
			let body = "";
			response.on("data", (data) => {
				body += data;
			});
			response.on("close", () => resolve({ status: response.statusCode, body }));
		});
		request.on("error", () => resolve({ status: undefined }));
		const next = ([chunk, ...rest]) => {
			if (chunk === undefined) return end && request.end();
			// Who goes away has sent what there is: a request that is destroyed before it has a connection never was.
			request.write(chunk, () => end || rest.length > 0 || request.destroy());
			return pauseMs === 0 ? next(rest) : setTimeout(next, pauseMs, rest);
		};
		next(chunks);
	});
}

const quiet = { onError: () => undefined };

async function using(open, { handler = () => undefined, options = quiet, limits } = {}, use) {
	const seen = [];
	const server = await open(
		newVerifier(limits),
		(event, ...context) => {
			seen.push([event, ...context]);
			return handler(event);
		},
		options,
	);
	try {
		await use(server.port, seen, server);
	} finally {
		await server.close();
	}
}

function common(name, open) {
	const parses = name.includes("captureRawBody");
	return [
		[
			"a signed delivery is an event, and 200 is empty",
			() =>
				using(open, {}, async (port, seen) => {
					equal(await send(port), { status: 200, body: "" }, "the answer");
					const [event, context] = seen[0];
					equal([event.outcome, event.referenceId], ["passed", "user-1"], "the event");
					ok(Buffer.compare(Buffer.from(event.raw()), BODY) === 0, "the exact bytes");
					ok(context !== undefined, "the handler gets the framework's own");
				}),
		],
		[
			"what is not signed is 401, empty, whatever is wrong",
			() =>
				using(open, {}, async (port, seen) => {
					const [, type] = signed();
					for (const headers of [[type], [["X-Valify-Signature", "00".repeat(32)], type], [["X-Valify-Signature", "zz"], type]]) {
						equal(await send(port, { headers }), { status: 401, body: "" }, "the answer");
					}
					equal(seen.length, 0, "the events");
				}),
		],
		[
			"the log is told why, and a log that fails changes no answer",
			async () => {
				const told = [];
				const onRefused = (error, body, headers) => {
					told.push([error.kind, newVerifier().diagnose(body, headers).findings[0].mistake]);
					throw new Error("full");
				};
				const options = { onRefused, onError: (error) => told.push(error.message) };
				await using(open, { options }, async (port, seen) => {
					const sent = Buffer.concat([BODY, Buffer.from("\n")]);
					equal(await send(port, { headers: signed(), chunks: [sent] }), { status: 401, body: "" }, "the answer");
					equal(await send(port), { status: 200, body: "" }, "the answer to another");
					equal([told, seen.length], [[["signature_mismatch", "body_newline"], "full"], 1], "what was told");
				});
			},
		],
		[
			"a signature given twice is 401",
			() =>
				using(open, {}, async (port, seen) => {
					const headers = signed();
					equal(await send(port, { headers: [headers[0], ...headers] }), { status: 401, body: "" }, "the answer");
					equal(seen.length, 0, "the events");
				}),
		],
		[
			"gzip is 415 before authentication",
			() =>
				using(open, {}, async (port, seen) => {
					const zipped = gzipSync(BODY);
					for (const headers of [signed(zipped), [["Content-Type", "application/json"]]]) {
						equal(
							await send(port, { headers: [...headers, ["Content-Encoding", "gzip"]], chunks: [zipped] }),
							{ status: 415, body: "" },
							"the answer",
						);
					}
					equal(seen.length, 0, "the events");
				}),
		],
		[
			"a body over the limit is 413, declared or not",
			() =>
				using(open, { limits: { maxBodyBytes: 1000 } }, async (port, seen) => {
					const large = Buffer.from(JSON.stringify({ data: "x".repeat(2000) }));
					equal((await send(port, { chunks: [large], headers: signed(large) })).status, 413, "by chunks");
					equal((await send(port, { chunks: [large], headers: signed(large), length: large.length })).status, 413, "by length");
					equal(seen.length, 0, "the events");
				}),
		],
		[
			"a body exactly at the limit is read",
			() =>
				using(open, { limits: { maxBodyBytes: BODY.length } }, async (port) => {
					equal((await send(port)).status, 200, "the answer");
				}),
		],
		[
			"a body in slow pieces is whole",
			() =>
				using(open, {}, async (port, seen) => {
					const chunks = [BODY.subarray(0, 1), BODY.subarray(1, 40), BODY.subarray(40)];
					equal((await send(port, { chunks, pauseMs: 30 })).status, 200, "the answer");
					equal(seen[0][0].outcome, "passed", "the event");
				}),
		],
		[
			"a sender that goes away leaves a server that serves",
			() =>
				using(open, {}, async (port, seen) => {
					await send(port, { chunks: [BODY.subarray(0, 20)], end: false });
					equal((await send(port)).status, 200, "the next");
					equal(seen.length, 1, "the events");
				}),
		],
		[
			"a handler that throws is 503, and its error is told",
			async () => {
				for (const handler of [
					() => Promise.reject(new Error("the database is away")),
					() => {
						throw new Error("the database is away");
					},
				]) {
					const told = [];
					await using(open, { handler, options: { onError: (error) => told.push(error.message) } }, async (port) => {
						equal(await send(port), { status: 503, body: "" }, "the answer");
					});
					equal(told, ["the database is away"], "what was told");
				}
			},
		],
		[
			"the answer waits for the handler",
			async () => {
				let finished = false;
				const handler = async () => {
					await new Promise((resolve) => setTimeout(resolve, 50));
					finished = true;
				};
				await using(open, { handler }, async (port) => {
					await send(port);
					ok(finished, "the handler had finished");
				});
			},
		],
		...(parses
			? []
			: [
					[
						"an empty body is no crash",
						() =>
							using(open, {}, async (port) => {
								const empty = Buffer.alloc(0);
								equal((await send(port, { headers: signed(empty), chunks: [], length: 0 })).status, 200, "the answer");
							}),
					],
				]),
	].map(([what, test]) => [`${name}: ${what}`, test]);
}

const consumed = Object.entries(CONSUMING).map(([name, open]) => [
	`${name}: a parsed body is 500, and says what to do`,
	async () => {
		const told = [];
		await using(open, { options: { onError: (error) => told.push(error) } }, async (port, seen) => {
			equal(await send(port), { status: 500, body: "" }, "the answer");
			equal(seen.length, 0, "the events");
		});
		equal(
			told.map(({ kind }) => kind),
			["misuse"],
			"the error",
		);
		ok(told[0].message.includes("captureRawBody"), "what to do");
	},
]);

const fastify = [
	[
		"fastify: other routes keep their JSON parser",
		() =>
			using(SERVERS.fastify, {}, async (_port, _seen, { app }) => {
				const answer = await app.inject({ method: "POST", url: "/json", payload: { a: 1 } });
				equal(answer.json(), { a: 1 }, "the answer");
			}),
	],
	[
		"fastify: another method is 405",
		() =>
			using(SERVERS.fastify, {}, async (port) => {
				equal((await send(port, { method: "PUT" })).status, 405, "the answer");
			}),
	],
];

const cases = [...Object.entries(SERVERS).flatMap(([name, open]) => common(name, open)), ...consumed, ...fastify];
const host = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : `node ${process.version}`;
conclude(await run(`adapters on ${host}`, cases));
process.exit();
