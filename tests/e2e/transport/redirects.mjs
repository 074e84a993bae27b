// A server that sends the client elsewhere, by every status and by every header that could: elsewhere nothing arrives, not even a connection.
import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createTcpServer } from "node:net";

const TOKEN = "5e55104e-0000-4000-8000-000000000001";
const STATUSES = [301, 302, 303, 307, 308];
const PATH = "/api/link/v1/request/?lang=en";

export async function sendElsewhere({ ask }) {
	const elsewhere = await listen("127.0.0.2");
	const sameName = await listen("127.0.0.1");
	const places = {
		"another address": `http://127.0.0.2:${elsewhere.port}${PATH}`,
		"another name": `http://localhost:${sameName.port}${PATH}`,
		"another port": `http://127.0.0.1:${sameName.port}${PATH}`,
		"no scheme": `//127.0.0.2:${elsewhere.port}/`,
		"with a user": `http://127.0.0.1@127.0.0.2:${elsewhere.port}/`,
	};
	const there = places["another address"];
	const cases = [
		...STATUSES.flatMap((status) =>
			Object.entries(places).map(([name, location]) => ({
				what: `${status} to ${name}`,
				status,
				headers: { location },
				expect: "redirected",
			})),
		),
		...STATUSES.map((status) => ({
			what: `${status} to the same origin`,
			status,
			headers: { location: "/elsewhere" },
			expect: "redirected",
		})),
		{ what: "300 with a choice", status: 300, headers: { location: there }, expect: "redirected" },
		{ what: "307 without a place", status: 307, headers: {}, expect: "redirected" },
		{ what: "a link with Refresh", status: 200, headers: { refresh: `0; url=${there}` }, expect: "link" },
		{ what: "a link with Alt-Svc", status: 200, headers: { "alt-svc": `http/1.1="127.0.0.2:${elsewhere.port}"; ma=3600` }, expect: "link" },
		{ what: "the next call after Alt-Svc", status: 200, headers: {}, expect: "link" },
		{
			what: "a link with preconnect",
			status: 200,
			headers: { link: `<${there}>; rel=preconnect, <${there}>; rel=preload; as=fetch` },
			expect: "link",
		},
		{ what: "a link with Content-Location", status: 200, headers: { "content-location": there }, expect: "link" },
		{ what: "a link to elsewhere", status: 200, headers: {}, to: `http://127.0.0.2:${elsewhere.port}`, expect: "unsafe_link" },
	];
	const seen = [];
	const server = createServer((request, response) => {
		const { status, headers, to } = cases[seen.length] ?? { status: 500, headers: {} };
		seen.push({ url: request.url, key: request.headers["x-valify-api-key"] });
		const origin = `http://${request.headers.host}`;
		const body = JSON.stringify({ session_token: TOKEN, "redirect_url ": `${to ?? origin}/?token=${TOKEN}` });
		request.resume().on("end", () => response.writeHead(status, { "content-type": "application/json", ...headers }).end(body));
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	const answers = await ask(
		cases.map((_, index) => ({ base_url: `http://127.0.0.1:${server.address().port}`, reference_id: `user-${index}` })),
	);
	for (const each of [server, elsewhere.server, sameName.server]) each.close();
	server.closeAllConnections();
	const problems = cases.flatMap(({ what, expect }, index) =>
		answers[index] === expect ? [] : [`${what}: it says ${answers[index]}, and ${expect} is true`],
	);
	const arrived = elsewhere.connections + sameName.connections;
	if (arrived > 0) problems.push(`${arrived} connections elsewhere`);
	if (seen.length !== cases.length) problems.push(`${seen.length} requests for ${cases.length} calls`);
	const followed = seen.filter(({ url }) => url !== PATH).map(({ url }) => url);
	if (followed.length > 0) problems.push(`requests for ${followed.join(", ")}`);
	if (seen.some(({ key }) => key === undefined)) problems.push("a request without the key: this test would not see one that leaves");
	return { calls: cases.length, problems };
}

async function listen(host) {
	const counted = { connections: 0 };
	const server = createTcpServer((socket) => {
		counted.connections += 1;
		socket.destroy();
	}).listen(0, host);
	await once(server, "listening");
	return Object.assign(counted, { server, port: server.address().port });
}
