// Servers that misbehave in ways of their own, each at an origin of its own. `GET /seen` says what arrived.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { gzipSync } from "node:zlib";

const token = "5e55104e-0000-4000-8000-000000000001";
const link = (origin) => JSON.stringify({ session_token: token, "redirect_url ": `${origin}/?token=${token}` });

export async function startPeers() {
	const servers = [];
	const origins = {};
	const open = async (name, server, scheme = "http") => {
		await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
		servers.push(server);
		origins[name] = `${scheme}://127.0.0.1:${server.address().port}`;
	};
	const peer = (name, answer) => {
		const seen = { posts: 0, keys: 0 };
		return open(
			name,
			createServer((request, response) => {
				if (request.url === "/seen") return response.end(JSON.stringify(seen));
				seen.posts += 1;
				seen.keys += request.headers["x-valify-api-key"] === undefined ? 0 : 1;
				request.resume().on("end", () => answer(response, request));
			}),
		);
	};
	await peer("elsewhere", (response) => response.end("{}"));
	await peer("redirect", (response) => response.writeHead(307, { location: `${origins.elsewhere}/` }).end());
	await peer("redirect_here", (response) => response.writeHead(302, { location: "/again" }).end());
	await peer("bomb", (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(64 << 20))));
	await peer("not_gzip", (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(link(origins.not_gzip)));
	await peer("cut_body", (response) => response.writeHead(200, { "content-length": 1000 }).write("{", () => response.socket.destroy()));
	await peer("trickle", (response) => {
		response.writeHead(200, { "content-type": "application/json" });
		const timer = setInterval(() => response.write(" "), 20);
		response.on("close", () => clearInterval(timer));
	});
	await open("stale", staleServer());
	const { selfSigned, unknownIssuer } = certificates();
	await open(
		"self_signed",
		createTlsServer(selfSigned, (_, response) => response.end(link(origins.self_signed))),
		"https",
	);
	await open(
		"unknown_issuer",
		createTlsServer(unknownIssuer, (_, response) => response.end(link(origins.unknown_issuer))),
		"https",
	);
	origins.refused = await closedOrigin();
	const stop = () => {
		for (const server of servers) {
			server.closeAllConnections?.();
			server.close();
		}
	};
	return { origins, stop };

	/** Answers the first request of a connection and drops it at the second: what a proxy does with a connection kept too long. */
	function staleServer() {
		let posts = 0;
		return createTcpServer((socket) => {
			let answered = false;
			socket.on("error", () => undefined);
			socket.on("data", (data) => {
				const text = data.toString("latin1");
				const isQuestion = text.startsWith("GET /seen");
				if (text.startsWith("POST")) posts += 1;
				const isRequest = isQuestion || text.startsWith("POST");
				// The body of a request may come in a packet of its own.
				if (!isRequest) return;
				if (answered && !isQuestion) {
					socket.destroy();
					return;
				}
				answered = true;
				const body = isQuestion ? JSON.stringify({ posts }) : link(origins.stale);
				const close = isQuestion ? "connection: close\r\n" : "";
				// After the rest of the request has come.
				setTimeout(() => {
					socket.write(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${close}content-length: ${body.length}\r\n\r\n${body}`);
					if (isQuestion) socket.end();
				}, 30);
			});
		});
	}
}

function certificates() {
	const folder = mkdtempSync(`${tmpdir()}/valify-link-`);
	const make = (name, ...more) => {
		const place = ["-keyout", `${name}.key`, "-out", `${name}.cert`, "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"];
		execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...place, ...more], {
			cwd: folder,
			stdio: "ignore",
		});
		return { key: readFileSync(`${folder}/${name}.key`), cert: readFileSync(`${folder}/${name}.cert`) };
	};
	try {
		const selfSigned = make("issuer");
		return { selfSigned, unknownIssuer: make("leaf", "-CA", "issuer.cert", "-CAkey", "issuer.key") };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

async function closedOrigin() {
	const server = createTcpServer();
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	await new Promise((resolve) => connect(port, "127.0.0.1").on("error", resolve));
	return `http://127.0.0.1:${port}`;
}
