// Installs `valify-sandbox` by its name, as a user would, and runs it: `node npm_sandbox_use.mjs TARBALLS ROOM`
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import { withRegistry } from "./npm_registry.mjs";

const [folder, room] = process.argv.slice(2);
const run = promisify(execFile);
const tarballs = readdirSync(folder)
	.filter((file) => file.startsWith("valify-sandbox-"))
	.map((file) => `${folder}/${file}`);

const TEST = `
import { createServer } from "node:http";
import { once } from "node:events";
import { startSandbox } from "valify-sandbox";

const receiver = createServer(async (request, response) => {
	const body = JSON.parse((await request.toArray()).join(""));
	response.end();
	receiver.emit("delivery", body);
});
await once(receiver.listen(0, "127.0.0.1"), "listening");
const sandbox = await startSandbox({ webhookUrl: \`http://127.0.0.1:\${receiver.address().port}/webhooks/valify\` });
const answer = await fetch(\`\${sandbox.url}/api/link/v1/request/?lang=en\`, {
	method: "POST",
	headers: { "content-type": "application/json", "x-valify-api-key": sandbox.apiKey },
	body: JSON.stringify({ return_url: "http://127.0.0.1:9/back", reference_id: "user-1", expires_at: "2099-01-01T00:00:00.000Z" }),
});
const { session_token } = await answer.json();
const delivered = once(receiver, "delivery");
await sandbox.complete(session_token, "failed");
const [body] = await delivered;
await sandbox.stop();
receiver.close();
console.log(body.data.status, body.data.token === session_token);
`;

await withRegistry(tarballs, async (registry, asked) => {
	const project = `${room}/npm-project`;
	mkdirSync(project);
	writeFileSync(`${project}/package.json`, JSON.stringify({ name: "a-project", private: true, type: "module" }));
	writeFileSync(`${project}/main.js`, TEST);
	const options = ["--registry", registry, "--cache", `${room}/npm-cache`, "--no-audit", "--no-fund"];
	await run("npm", ["install", "--save-dev", ...options, "valify-sandbox"], { cwd: project });
	const installed = readdirSync(`${project}/node_modules`).filter((name) => !name.startsWith("."));
	const platform = `valify-sandbox-${process.platform}-${process.arch}`;
	if (installed.join() !== ["valify-sandbox", platform].join()) throw new Error(`installed is ${installed}`);
	const { VALIFY_SANDBOX, ...env } = process.env;
	const { stdout } = await run("node", ["main.js"], { cwd: project, env });
	if (stdout !== "rejected true\n") throw new Error(`the project says ${stdout}`);
	const version = await run(`${project}/node_modules/.bin/valify-sandbox`, ["--version"], { env });
	console.log(`npm install valify-sandbox: ${installed.join(", ")}; ${version.stdout.trim()}; a session and its webhook`);
	if (asked.some((name) => name.includes("darwin") && name.endsWith(".tgz"))) throw new Error("npm fetched another platform's program");
});
