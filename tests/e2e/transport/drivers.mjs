// Every default transport and every adapter: a program that takes orders for links and says what came of each.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const npm = `${here}../../../bindings-wasm/npm/test/`;

/**
 * `[{ host, transport, ask(orders), prepare?, isFresh? }]`, `prepare` being a command that must have run before; `isFresh` is false where no
 * fresh connection is promised: a `fetch` of the caller's own. `python` is the interpreter that has the package.
 */
export async function drivers(python) {
	const { RUNTIMES } = await import(`${npm}runtimes.mjs`);
	const all = [];
	for (const [host, command] of Object.entries(RUNTIMES)) {
		for (const transport of ["default", "fetch"]) {
			all.push({ ...program(host, transport, [...command, `${here}drivers/js.mjs`, transport]), isFresh: transport === "default" });
		}
	}
	all.push({ host: "workers", transport: "default", ask: inWorkers });
	for (const transport of ["httpx", "httpx-own", "requests", "requests-own", "stdlib", "httpx-async", "httpx-async-own", "aiohttp"]) {
		all.push(program("python", transport, [python, `${here}drivers/python.py`, transport]));
	}
	for (const transport of ["default", "okhttp"]) {
		all.push({ ...program("kotlin", transport, [`${here}drivers/java`, transport]), prepare: [`${here}drivers/java`, "--build"] });
	}
	all.push(program("swift", "default", [`${here}../../../bindings-uniffi/swift/tests/links`]));
	return all;
}

/** Those that do what must not be done: a test that does not complain of them sees nothing. */
export function offenders() {
	const js = (transport) => program("node", transport, [process.execPath, `${here}drivers/js.mjs`, transport]);
	return { resends: js("resends"), follows: js("follows") };
}

function program(host, transport, [command, ...args]) {
	const ask = async (orders) => {
		const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
		child.stdin.on("error", () => undefined).end(JSON.stringify(orders));
		let text = "";
		for await (const piece of child.stdout.setEncoding("utf8")) text += piece;
		return text
			.split("\n")
			.filter(Boolean)
			.map((line) => JSON.parse(line));
	};
	return { host, transport, ask };
}

async function inWorkers(orders) {
	const { inWorkerd } = await import(`${npm}workerd.mjs`);
	let answers;
	await inWorkerd(`${here}drivers/worker.mjs`, async (fetch) => {
		answers = await (await fetch("http://links.test/", { method: "POST", body: JSON.stringify(orders) })).json();
	});
	return answers;
}
