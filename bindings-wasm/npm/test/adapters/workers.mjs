// The adapter in workerd, driven from Node.
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { BODY, signed, verifierOptions } from "../delivery.mjs";
import { conclude, equal, ok, run } from "../harness.mjs";
import { inWorkerd } from "../workerd.mjs";

const VERIFIER = verifierOptions({ maxBodyBytes: 10_000 });
await inWorkerd(
	"adapters/worker.mjs",
	async (fetch) => {
		const send = async (body, headers = signed(body), path = "/webhooks/valify") => {
			const answer = await fetch(`http://shop.test${path}`, { method: "POST", headers, body });
			return [answer.status, await answer.text()];
		};
		const seen = async () => (await fetch("http://shop.test/seen")).json();
		const [[name, tag], type] = signed();
		conclude(
			await run("adapter on workers", [
				[
					"a signed delivery is an event, and 200 is empty",
					async () => {
						equal([await send(BODY), await seen()], [[200, ""], ["passed"]], "the answer and the event");
					},
				],
				[
					"what is not signed, or signed twice, is one empty 401",
					async () => {
						for (const headers of [[type], [[name, "00".repeat(32)], type], [[name, tag], [name, tag], type]])
							equal(await send(BODY, headers), [401, ""], "the answer");
						equal(await seen(), [], "the events");
					},
				],
				[
					"gzip is 415, a large body 413, before authentication",
					async () => {
						const zipped = gzipSync(BODY);
						equal(await send(zipped, [...signed(zipped), ["content-encoding", "gzip"]]), [415, ""], "the answer to gzip");
						equal(await send(Buffer.alloc(10_001, " "), [type]), [413, ""], "the answer to a large body");
						equal(await seen(), [], "the events");
					},
				],
				[
					"a handler that throws is 503, and its error is told",
					async () => {
						const body = Buffer.from(BODY.toString().replace("approved", "throw"));
						equal(
							[await send(body), await seen()],
							[
								[503, ""],
								["indeterminate", "the database is away"],
							],
							"the answer",
						);
					},
				],
				[
					"a body that something has read is 500, and it is said what to do",
					async () => {
						equal(await send(BODY, undefined, "/consumed"), [500, ""], "the answer");
						ok((await seen())[0].includes("captureRawBody"), "what to do");
					},
				],
			]),
		);
	},
	{ bindings: { VERIFIER } },
);
