// Every default transport and every adapter: a program that takes orders for links and says what came of each.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const npm = `${here}../../../bindings-wasm/npm/test/`;

/**
 * `[{ host, transport, ask(orders, { authority }), prepare?, isFresh?, tellsRefusal? }]`: `authority` is the file of one to trust, `prepare` a
 * command that must have run before. `isFresh` is false where no fresh connection is promised: a `fetch` of the caller's own. `tellsRefusal`
 * is false where a certificate's refusal is not known from other failures.
 * `python` is the interpreter that has the package.
 */
export async function drivers(python) {
	const { RUNTIMES } = await import(`${npm}runtimes.mjs`);
	const all = [];
	for (const [host, command] of Object.entries(RUNTIMES)) {
		for (const transport of ["default", "fetch"]) {
			const isOurs = transport === "default";
			all.push({ ...program(host, transport, [...command, `${here}drivers/js.mjs`, transport]), isFresh: isOurs, tellsRefusal: isOurs });
		}
	}
	all.push({ host: "workers", transport: "default", ask: inWorkers, tellsRefusal: false });
	for (const transport of ["httpx", "httpx-own", "requests", "requests-own", "stdlib", "httpx-async", "httpx-async-own", "aiohttp"]) {
		all.push(program("python", transport, [python, `${here}drivers/python.py`, transport]));
	}
	for (const transport of ["default", "okhttp"]) {
		all.push({ ...program("kotlin", transport, [`${here}drivers/java`, transport]), prepare: [`${here}drivers/java`, "--build"] });
	}
	const links = `${here}../../../bindings-uniffi/swift/tests/links`;
	all.push({ ...program("swift", "default", [links]), prepare: [links, "--build"] });
	return all;
}

/** Those that do what must not be done: a test that does not complain of them sees nothing. */
export function offenders() {
	const js = (transport) => program("node", transport, [process.execPath, `${here}drivers/js.mjs`, transport]);
	// Node's own switch for programs that need no proof of whom they talk to.
	const trusts = program("node", "default", [
		"env",
		"NODE_TLS_REJECT_UNAUTHORIZED=0",
		"NODE_NO_WARNINGS=1",
		process.execPath,
		`${here}drivers/js.mjs`,
		"default",
	]);
	return { resends: js("resends"), follows: js("follows"), trusts };
}

function program(host, transport, [command, ...args]) {
	const ask = async (orders, trust) => {
		const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, ...trusting(trust) } });
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

/** How each is told of an authority: by its own environment, and the JDK by `drivers/java`. */
function trusting({ authority } = {}) {
	if (authority === undefined) return {};
	return { NODE_EXTRA_CA_CERTS: authority, DENO_CERT: authority, SSL_CERT_FILE: authority };
}

async function inWorkers(orders, { authority } = {}) {
	const { inWorkerd } = await import(`${npm}workerd.mjs`);
	let answers;
	const trustedCertificates = authority === undefined ? [] : [readFileSync(authority, "utf8")];
	const outboundService = { network: { allow: ["private"], tlsOptions: { trustedCertificates } } };
	const ask = async (fetch) => {
		answers = await (await fetch("http://links.test/", { method: "POST", body: JSON.stringify(orders) })).json();
	};
	// workerd writes pages about each failure.
	const handleRuntimeStdio = (...streams) => streams.map((stream) => stream.resume());
	await inWorkerd(`${here}drivers/worker.mjs`, ask, { outboundService, handleRuntimeStdio });
	return answers;
}
