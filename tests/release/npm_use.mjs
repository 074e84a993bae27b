// Installs `valify-link` by its name, as a user would, and uses it against the sandbox: `node npm_use.mjs TARBALL ROOM`
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { withRegistry } from "./npm_registry.mjs";

const [tarball, room] = process.argv.slice(2);
const run = promisify(execFile);
const sandboxPackage = fileURLToPath(new URL("../sandbox/npm/index.js", import.meta.url));

const MAIN = `
import { createServer } from "node:http";
import { once } from "node:events";
import { SignatureError, ValifyLink, Verifier } from "valify-link";
import { startSandbox } from ${JSON.stringify(sandboxPackage)};

const receiver = createServer(async (request, response) => {
	const body = Buffer.concat(await request.toArray());
	response.end();
	receiver.emit("delivery", body, request.headers);
});
await once(receiver.listen(0, "127.0.0.1"), "listening");
const sandbox = await startSandbox({ webhookUrl: \`http://127.0.0.1:\${receiver.address().port}/webhooks/valify\` });
const valify = new ValifyLink({ apiKey: sandbox.apiKey, environment: "sandbox", baseUrl: sandbox.url });
const expiresAt = new Date(Date.now() + 60_000);
const link = await valify.createLink({ returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt });
const delivered = once(receiver, "delivery");
await sandbox.complete(link.sessionToken, "passed");
const [body, headers] = await delivered;
await sandbox.stop();
receiver.close();
const verifier = new Verifier({
	environment: "sandbox",
	auth: { preset: "x_valify_signature_unverified", secrets: [{ id: "sandbox", utf8: sandbox.webhookSecret }] },
	profile: {
		sessionToken: ["/data/token"],
		decision: ["/data/status"],
		decisions: [{ value: "approved", outcome: "passed" }, { value: "rejected", outcome: "failed" }],
		matchesBy: "session_token",
	},
});
const event = verifier.verify(body, headers);
try {
	verifier.verify(Buffer.from(body.toString().replace("approved", "rejected")), headers);
} catch (error) {
	console.log(event.outcome, error instanceof SignatureError);
}
`;

await withRegistry([tarball], async (registry, asked) => {
	const project = `${room}/npm-project`;
	mkdirSync(project);
	writeFileSync(`${project}/package.json`, JSON.stringify({ name: "a-project", private: true, type: "module" }));
	writeFileSync(`${project}/main.js`, MAIN);
	await run("npm", ["install", "--registry", registry, "--cache", `${room}/npm-cache`, "--no-audit", "--no-fund", "valify-link"], {
		cwd: project,
	});
	const installed = readdirSync(`${project}/node_modules`).filter((name) => !name.startsWith("."));
	if (installed.join() !== "valify-link") throw new Error(`installed is ${installed}; npm asked for ${asked}`);
	const { stdout } = await run("node", ["main.js"], { cwd: project });
	if (stdout !== "passed true\n") throw new Error(`the project says ${stdout}`);
	console.log("npm install valify-link: nothing else came; a link, a webhook believed, a forged one refused");
});
