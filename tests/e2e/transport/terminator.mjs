// What ends TLS in front of the sandbox, and sees what of a request could be read.
import { once } from "node:events";
import { connect } from "node:net";
import { createServer } from "node:tls";

/** An answer leaves in records of this size, so that it can be cut between them: each half is then authentic. */
const RECORD_BYTES = 100;

/** `seen[i]` is of the i-th connection whose handshake was finished: the `bytes` and `posts` that it brought, and the bytes of `answer` that left. */
export async function startTerminator(port, certificate) {
	const seen = [];
	const server = createServer(certificate, (client) => {
		const one = { bytes: 0, posts: 0, answer: 0 };
		seen.push(one);
		const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
		client.on("error", () => upstream.end()).on("end", () => upstream.end());
		client.on("data", (data) => {
			one.bytes += data.length;
			one.posts += data.toString("latin1").split("POST /api/link/").length - 1;
			upstream.write(data);
		});
		upstream.on("error", () => client.destroy());
		inRecords(upstream, client, one);
	});
	server.on("tlsClientError", () => undefined);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return { port: server.address().port, seen, stop: () => server.close() };
}

async function inRecords(upstream, client, one) {
	try {
		for await (const data of upstream) {
			for (let at = 0; at < data.length; at += RECORD_BYTES) {
				const piece = data.subarray(at, at + RECORD_BYTES);
				await new Promise((resolve, reject) => {
					client.write(piece, (error) => (error ? reject(error) : resolve()));
				});
				one.answer += piece.length;
			}
		}
		client.end();
	} catch {
		// One of the two has gone; the other learns of it.
		client.destroy();
		upstream.destroy();
	}
}
