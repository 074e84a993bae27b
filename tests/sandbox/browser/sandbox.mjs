// Starts a sandbox of its own and a browser on it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import axe from "axe-core";
import { chromium } from "playwright-core";
import { EXECUTABLE, FLAGS } from "../../e2e/chromium.mjs";

const KEY = "sandbox-key-not-for-production";
const BINARY = process.env.VALIFY_SANDBOX ?? fail("VALIFY_SANDBOX must name the valify-sandbox binary");

function fail(why) {
	throw new Error(why);
}

export async function startSandbox(...options) {
	const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
	let said = "";
	for await (const piece of child.stdout) {
		said += piece;
		if (said.includes("\n")) break;
	}
	const base = said.trim().split(" ").at(-1);
	const post = (path, body, headers = {}) =>
		fetch(base + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
	const get = async (path) => (await fetch(base + path)).json();
	return {
		base,
		post,
		get,
		async link({ lang = "en", returnUrl = `${base}/_sandbox/returned`, referenceId = "user-1" } = {}) {
			const body = { return_url: returnUrl, reference_id: referenceId, expires_at: "2099-01-01T00:00:00.000Z" };
			const answer = await post(`/api/link/v1/request/?lang=${lang}`, body, { "x-valify-api-key": KEY });
			return (await answer.json())["redirect_url "];
		},
		session: (link) => get(`/_sandbox/sessions/${new URL(link).searchParams.get("token")}`),
		code: async () => (await get("/_sandbox/outbox")).messages[0].code,
		async stop() {
			child.kill("SIGTERM");
			await once(child, "exit");
		},
	};
}

export const startBrowser = (...more) => chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...more] });

export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

// What axe finds on a page, each as one line; nothing is what is wanted. The page's policy forbids injected script, so that axe comes in
// through the debugger, which no policy binds.
export async function violations(page) {
	await page.evaluate(axe.source);
	const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
	return result.violations.map((one) => `${one.id}: ${one.help} at ${one.nodes.map((node) => node.target).join(", ")}`);
}

// A server of another origin that answers every path with one page, or leads on to another place. It ends with the test.
export async function otherOrigin(test, { html = "<h1>other</h1>", location } = {}) {
	const server = createServer((_request, response) => {
		if (location) response.writeHead(302, { location }).end();
		else response.setHeader("content-type", "text/html").end(html);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	test.after(() => {
		server.close();
		server.closeAllConnections();
	});
	return `http://localhost:${server.address().port}`;
}
