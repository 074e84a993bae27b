// A TCP proxy in front of the sandbox that cuts the connection after so many bytes, and counts what clients sent.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * `plans[i]` is for the i-th connection: `{ side: "request" or "response", after: bytes, reset: boolean }`; without one nothing is cut.
 * A client that connects more often than it was asked is seen by `connections` and `posts`.
 */
export async function startProxy(port, plans) {
	const seen = { connections: 0, posts: 0, sizes: [] };
	const server = createServer({ allowHalfOpen: true }, (client) => {
		const plan = plans[seen.connections];
		const size = { request: 0, response: 0 };
		seen.sizes.push(size);
		seen.connections += 1;
		const upstream = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
		client.setNoDelay().on("error", () => upstream.destroy());
		upstream.setNoDelay().on("error", () => client.destroy());
		const cut = () => {
			// The other side learns of it as of any peer that has gone.
			upstream.end();
			if (plan.reset) client.resetAndDestroy();
			else client.end(() => client.destroySoon());
		};
		if (plan?.side === "request" && plan.after === 0) {
			// A moment later: a connection that ends at once may look refused to the client, which rightly tries again.
			setTimeout(cut, 500);
			return;
		}
		pass(client, upstream, "request");
		pass(upstream, client, "response");

		function pass(from, to, side) {
			from.on("data", (data) => {
				if (side === "request") seen.posts += count(data);
				const rest = plan?.side === side ? plan.after - size[side] : Number.POSITIVE_INFINITY;
				size[side] += data.length;
				if (rest < 0) return;
				// A cut of an answer comes when its bytes have left, so that a reset does not take them back.
				if (data.length < rest) to.write(data);
				else to.write(data.subarray(0, rest), cut);
			});
			from.on("end", () => to.end());
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return { origin: `http://127.0.0.1:${server.address().port}`, seen, stop: () => server.close() };
}

function count(data) {
	return data.toString("latin1").split("POST /api/link/").length - 1;
}
