// What a page of the tests is served by. Under /page/ are the page, the package and the tests; all else goes to the sandbox, or to the peer
// that is chosen, so that both are of the page's own origin: the sandbox allows no other.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

const FOLDERS = { package: fileURLToPath(new URL("../../dist", import.meta.url)), test: fileURLToPath(new URL("..", import.meta.url)) };
const TYPES = { mjs: "text/javascript", wasm: "application/wasm" };
const PAGE = `<!doctype html><title>valify-link</title><link rel="icon" href="data:,">
<script type="importmap" nonce="tests">
{ "imports": { "valify-link": "/page/package/browser.mjs", "valify-link/request": "/page/package/request.mjs" } }</script>`;
/** What the package needs of a page's policy, and no more: no eval, nothing inline but the import map. */
const POLICY =
	"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'nonce-tests'; connect-src 'self' http://127.0.0.1:* https://127.0.0.1:*";

/** Serves on a free loopback port. `targets` are origins by name; the first is in use until the page chooses another. */
export async function serve(targets) {
	let target = Object.values(targets)[0];
	const server = createServer((request, response) => {
		const [, root, kind, ...rest] = request.url.split("/");
		if (root !== "page") return target === undefined ? response.writeHead(404).end() : forward(request, target);
		if (kind === "target") {
			target = targets[rest[0]];
			return response.writeHead(target === undefined ? 404 : 204).end();
		}
		if (kind === "index.html") {
			return response.writeHead(200, { "content-type": "text/html", "content-security-policy": POLICY }).end(PAGE);
		}
		const file = `${FOLDERS[kind]}/${rest.join("/")}`;
		const type = TYPES[file.split(".").at(-1)];
		if (type === undefined || !existsSync(file)) return response.writeHead(404).end();
		response.writeHead(200, { "content-type": type }).end(readFileSync(file));
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const stop = () => {
		server.closeAllConnections();
		server.close();
	};
	return { origin: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Byte for byte in both directions, the answer's end included, on a connection of its own. */
function forward(request, target) {
	const { hostname, port } = new URL(target);
	const peer = connect(Number(port), hostname);
	const lines = request.rawHeaders.flatMap((text, index, all) => (index % 2 === 0 ? [[text, all[index + 1]]] : []));
	const kept = lines.filter(([name]) => name.toLowerCase() !== "connection");
	const head = [...kept, ["Connection", "close"]].map(([name, value]) => `${name}: ${value}\r\n`);
	peer.write(`${request.method} ${request.url} HTTP/1.1\r\n${head.join("")}\r\n`, "latin1");
	request.pipe(peer, { end: false });
	peer.pipe(request.socket, { end: false });
	peer.on("error", () => undefined);
	peer.on("close", () => request.socket.destroySoon());
	request.socket.on("close", () => peer.destroy());
}
