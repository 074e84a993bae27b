// A sandbox for one test run: a process of its own on a free port, which ends with the process that started it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { program } from "./program.js";

const READY = /^valify-sandbox ready at (http:\S+)$/;

export async function startSandbox({ webhookUrl, strict = false, dataDir, config, listen = "127.0.0.1:0", args = [] } = {}) {
	const options = ["serve", "--listen", listen];
	if (webhookUrl !== undefined) options.push("--webhook-url", String(webhookUrl));
	if (strict) options.push("--strict");
	if (dataDir !== undefined) options.push("--data", String(dataDir));
	if (config !== undefined) options.push("--config", String(config));
	const child = spawn(program(), [...options, ...args], { stdio: ["ignore", "pipe", "inherit"] });
	const kill = () => child.kill();
	process.once("exit", kill);
	const ended = new Promise((resolve, reject) => child.once("error", reject).once("exit", resolve));
	ended.catch(() => {}).then(() => process.off("exit", kill));
	return new Sandbox(child, await ready(child, ended));
}

async function ready(child, ended) {
	const lines = createInterface({ input: child.stdout });
	const first = new Promise((resolve) => {
		lines.on("line", (line) => READY.test(line) && resolve(READY.exec(line)[1]));
	});
	const url = await Promise.race([first, ended]);
	if (typeof url === "string") return url;
	throw new Error(`the sandbox ended before it served (exit status ${url}): what it printed on standard error says why`);
}

class Sandbox {
	#child;
	apiKey = "sandbox-key-not-for-production";
	webhookSecret = "sandbox-secret-not-for-production";

	constructor(child, url) {
		this.#child = child;
		this.url = url;
	}

	complete(sessionToken, outcome = "passed") {
		return this.#call(`/_sandbox/sessions/${encodeURIComponent(sessionToken)}/complete`, { outcome });
	}

	async sessions() {
		return (await this.#call("/_sandbox/sessions")).sessions;
	}

	async deliveries() {
		return (await this.#call("/_sandbox/deliveries")).deliveries;
	}

	async outbox() {
		return (await this.#call("/_sandbox/outbox")).messages;
	}

	async fault(fault) {
		await this.#call("/_sandbox/faults", fault);
	}

	async reset() {
		await this.#call("/_sandbox/reset", {});
	}

	async stop() {
		if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
		this.#child.kill();
		await once(this.#child, "exit");
	}

	async [Symbol.asyncDispose]() {
		await this.stop();
	}

	async #call(path, body) {
		const post = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
		const answer = await fetch(this.url + path, post);
		const text = await answer.text();
		if (!answer.ok) throw new Error(`the sandbox answered ${answer.status} to ${path}: ${text}`);
		return text ? JSON.parse(text) : undefined;
	}
}
