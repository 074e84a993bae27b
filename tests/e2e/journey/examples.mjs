// The examples: what starts each, in its folder. All read the same environment and serve the same pages.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** `[{ name, cwd, command }]` of those that are there; `missing` names the others. */
export async function examples(python) {
	const { RUNTIMES } = await import(`${root}bindings-wasm/npm/test/runtimes.mjs`);
	const all = [
		["python-fastapi", () => [python, "app.py"]],
		["node-express", () => [...RUNTIMES.node24, "app.ts"]],
		["deno-hono", () => ["./start"]],
		["kotlin-ktor", () => ["./start"]],
		["java-spring", () => ["./start"]],
		["swift", () => ["./start"]],
	].map(([name, command]) => ({ name, cwd: `${root}examples/${name}`, command }));
	const isThere = ({ cwd }) => existsSync(cwd);
	return { present: all.filter(isThere), missing: all.filter((one) => !isThere(one)).map(({ name }) => name) };
}

/** What an example has said so far, of all its processes. */
export function logOf(name) {
	const folder = resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "e2e");
	mkdirSync(folder, { recursive: true });
	return `${folder}/${name}.log`;
}

/** Starts one on a port, and waits until it answers. */
export async function startExample({ name, cwd, command }, port, environment) {
	const [program, ...args] = command(port);
	const log = openSync(logOf(name), "a");
	const child = spawn(program, args, {
		cwd,
		stdio: ["ignore", log, log],
		env: { ...process.env, ...environment, PORT: String(port) },
	});
	closeSync(log);
	const origin = `http://127.0.0.1:${port}`;
	const ended = once(child, "exit");
	let isOver = false;
	ended.then(() => {
		isOver = true;
	});
	for (let attempt = 0; attempt < 600; attempt += 1) {
		if (isOver) throw new Error(`${name} ended before it answered; see ${logOf(name)}`);
		const answers = await fetch(`${origin}/`).then(
			(answer) => answer.ok,
			() => false,
		);
		if (answers) {
			const end = async (signal) => {
				child.kill(signal);
				await ended;
			};
			return { origin, port, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
		}
		await sleep(100);
	}
	child.kill("SIGKILL");
	throw new Error(`${name} did not answer on port ${port}`);
}
