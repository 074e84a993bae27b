// The examples: what starts each, in its folder. All read the same environment and serve the same pages.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** `[{ name, cwd, prepare, command }]` of those that are there; `missing` names the others. */
export async function examples(python) {
	const { RUNTIMES } = await import(`${root}bindings-wasm/npm/test/runtimes.mjs`);
	const [deno] = RUNTIMES.deno;
	const all = [
		{ name: "python-fastapi", command: [python, "app.py"] },
		{
			name: "node-express",
			prepare: "npm install --no-save --loglevel=error --no-audit --no-fund",
			command: [...RUNTIMES.node24, "app.ts"],
		},
		// Deno copies a linked package: an old copy is of an old build.
		{
			name: "deno-hono",
			prepare: `rm -rf node_modules && '${deno}' install --quiet`,
			command: [deno, "run", "--quiet", "--no-prompt", "--allow-net=127.0.0.1", "--allow-env", "app.ts"],
		},
		{ name: "kotlin-ktor", prepare: "./start --build", command: ["./start"] },
		{ name: "swift-server", prepare: `${here}start/swift-server --build`, command: [`${here}start/swift-server`] },
	].map((example) => ({ ...example, cwd: `${root}examples/${example.name}` }));
	const isThere = ({ cwd }) => existsSync(cwd);
	return { present: all.filter(isThere), missing: all.filter((one) => !isThere(one)).map(({ name }) => name) };
}

/** What it needs before it can start. */
export function prepare({ cwd, prepare }) {
	if (prepare !== undefined) execFileSync("bash", ["-c", prepare], { cwd, stdio: ["ignore", "inherit", "inherit"] });
}

/** What an example has said so far, of all its processes. */
export function logOf(name) {
	const folder = resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "e2e");
	mkdirSync(folder, { recursive: true });
	return `${folder}/${name}.log`;
}

/** Starts one on a port, and waits until it answers. */
export async function startExample({ name, cwd, command }, port, environment) {
	const [program, ...args] = command;
	const log = openSync(logOf(name), "a");
	// A group of its own: what `start` has started ends with it.
	const child = spawn(program, args, {
		cwd,
		detached: true,
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
				signalGroup(child, signal);
				await ended;
			};
			return { origin, port, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
		}
		await sleep(100);
	}
	signalGroup(child, "SIGKILL");
	throw new Error(`${name} did not answer on port ${port}`);
}

function signalGroup(child, signal) {
	try {
		process.kill(-child.pid, signal);
	} catch (error) {
		// It has ended by itself.
		if (error.code !== "ESRCH") throw error;
	}
}
