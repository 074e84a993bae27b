// The example of a host, end to end, over SQLite and over PostgreSQL. `node main.mjs node|deno`
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { conclude, ok, run } from "../harness.mjs";
import { RUNTIMES } from "../runtimes.mjs";
import { startSandbox } from "../sandbox.mjs";
import { cases } from "./journey.mjs";
import { freePort, startPostgres } from "./postgres.mjs";

const room = mkdtempSync(`${tmpdir()}/valify-link-example-`);
const permissions = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=${room}`, `--allow-write=${room}`];
const DENO = [RUNTIMES.deno[0], "run", "--quiet", "--no-prompt", ...permissions];
/** Each with the runtimes that it runs in: over SQLite in the first, over PostgreSQL in the second. */
const EXAMPLES = {
	node: { folder: "node-express", command: { sqlite: RUNTIMES.node24, postgresql: RUNTIMES.node26 } },
	deno: { folder: "deno-hono", command: { sqlite: DENO, postgresql: DENO } },
};

const { folder, command } = EXAMPLES[process.argv[2]];
const example = fileURLToPath(new URL(`../../../../examples/${folder}`, import.meta.url));

/** Two processes of the app over one database, and a sandbox that calls the first. */
async function journey(name, [program, ...args], databaseUrl) {
	const ports = [await freePort(), await freePort()];
	const [origin] = ports.map((port) => `http://127.0.0.1:${port}`);
	const sandbox = await startSandbox("--webhook-url", `${origin}/webhooks/valify`);
	const printed = [];
	const apps = [];
	try {
		for (const port of ports) {
			const env = { ...process.env, PORT: port, PUBLIC_ORIGIN: origin, DATABASE_URL: databaseUrl, VALIFY_SANDBOX_URL: sandbox.origin };
			const app = spawn(program, [...args, "app.ts"], { cwd: example, env, stdio: ["ignore", "pipe", "pipe"] });
			apps.push(app);
			process.on("exit", () => app.kill());
			for (const stream of [app.stdout, app.stderr]) stream.on("data", (data) => printed.push(`${data}`));
			await listening(`http://127.0.0.1:${port}`, app, printed);
		}
		const world = { apps: ports.map((port) => `http://127.0.0.1:${port}`), sandbox: sandbox.origin, printed: () => printed.join("") };
		const result = await run(`${folder} over ${name}`, cases(world));
		if (result.failed > 0) result.lines.push(`what the apps printed:\n${world.printed()}`);
		conclude(result);
	} finally {
		for (const app of apps) app.kill();
		sandbox.stop();
	}
}

async function listening(origin, app, printed) {
	for (let tries = 0; tries < 400; tries += 1) {
		ok(app.exitCode === null, `the app has ended:\n${printed.join("")}`);
		const answer = await fetch(origin).catch(() => undefined);
		if (answer) return answer.arrayBuffer();
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	throw new Error(`the app does not listen:\n${printed.join("")}`);
}

const postgres = await startPostgres();
try {
	await journey("SQLite", command.sqlite, `sqlite:///${room}/attempts.db`);
	if (postgres) await journey("PostgreSQL", command.postgresql, postgres.url);
	else {
		console.log("not set up: PostgreSQL, of which Debian's package is `postgresql`");
		console.log(process.env.CI === "true" ? "0 passed, 1 failed" : "0 passed, 0 failed, 1 skipped");
		if (process.env.CI === "true") process.exitCode = 1;
	}
} finally {
	await postgres?.stop();
	rmSync(room, { recursive: true });
}
