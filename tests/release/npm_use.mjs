// Installs `valify-link` by its name, as a user would, and uses it against the sandbox: `node npm_use.mjs TARBALL ROOM`
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withRegistry } from "./npm_registry.mjs";

const [tarball, room] = process.argv.slice(2);
const run = promisify(execFile);
const SANDBOX_PACKAGE = new URL("../sandbox/npm/index.js", import.meta.url).href;

await withRegistry([tarball], async (registry, asked) => {
	const project = `${room}/npm-project`;
	mkdirSync(project);
	writeFileSync(`${project}/package.json`, JSON.stringify({ name: "a-project", private: true }));
	copyFileSync(fileURLToPath(new URL("installed_use.mjs", import.meta.url)), `${project}/main.mjs`);
	await run("npm", ["install", "--registry", registry, "--cache", `${room}/npm-cache`, "--no-audit", "--no-fund", "valify-link"], {
		cwd: project,
	});
	const installed = readdirSync(`${project}/node_modules`).filter((name) => !name.startsWith("."));
	if (installed.join() !== "valify-link") throw new Error(`installed is ${installed}; npm asked for ${asked}`);
	const { stdout } = await run("node", ["main.mjs"], { cwd: project, env: { ...process.env, SANDBOX_PACKAGE } });
	console.log(`npm install valify-link: nothing else came; ${stdout.trimEnd()}`);
});
