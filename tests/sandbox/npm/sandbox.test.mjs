// The package as a test of its user's would use it; VALIFY_SANDBOX names the program.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startSandbox } from "./index.js";

const bin = fileURLToPath(new URL("bin.js", import.meta.url));

async function link(sandbox, apiKey = sandbox.apiKey) {
	const answer = await fetch(`${sandbox.url}/api/link/v1/request/?lang=en`, {
		method: "POST",
		headers: { "content-type": "application/json", "x-valify-api-key": apiKey },
		body: JSON.stringify({ return_url: "http://127.0.0.1:9/back", reference_id: "user-1", expires_at: "2099-01-01T00:00:00.000Z" }),
	});
	return { status: answer.status, token: (await answer.json()).session_token };
}

test("a sandbox starts on a free port, ends a session, sends its webhook, and is emptied", async (t) => {
	const bodies = [];
	const receiver = createServer(async (request, response) => {
		bodies.push(JSON.parse((await request.toArray()).join("")));
		response.end();
	});
	await once(receiver.listen(0, "127.0.0.1"), "listening");
	t.after(() => receiver.close());
	const sandbox = await startSandbox({ webhookUrl: new URL(`http://127.0.0.1:${receiver.address().port}/webhooks/valify`) });
	t.after(() => sandbox.stop());

	const { token } = await link(sandbox);
	assert.equal((await link(sandbox, "another-fake-key")).status, 401);
	const arrived = once(receiver, "request");
	const { redirect_to, delivery_id } = await sandbox.complete(token, "failed");
	assert.equal(redirect_to, "http://127.0.0.1:9/back");
	await arrived;
	const [session] = await sandbox.sessions();
	assert.deepEqual([session.session_token, session.outcome], [token, "failed"]);
	assert.deepEqual(
		(await sandbox.deliveries()).map(({ id }) => id),
		[delivery_id],
	);
	await sandbox.reset();
	assert.deepEqual([await sandbox.sessions(), await sandbox.outbox()], [[], []]);
	assert.equal(bodies[0].data.status, "rejected");
});

test("a fault comes as often as it was ordered", async (t) => {
	const sandbox = await startSandbox();
	t.after(() => sandbox.stop());
	await sandbox.fault({ on: "link", action: "status", status: 500 });
	assert.deepEqual([(await link(sandbox)).status, (await link(sandbox)).status], [500, 200]);
});

test("what the sandbox refuses is said, and what does not start too", async (t) => {
	const sandbox = await startSandbox();
	t.after(() => sandbox.stop());
	await assert.rejects(sandbox.complete("11111111-2222-4333-8444-555555555555"), /answered 404 .*no session/);
	await assert.rejects(startSandbox({ webhookUrl: "http://192.0.2.1/webhook" }), /ended before it served \(exit status [1-9]/);
});

test("it ends with stop, any number of times, and with the block that holds it", async () => {
	const sandbox = await startSandbox();
	await sandbox.stop();
	await sandbox[Symbol.asyncDispose ?? Symbol.for("nodejs.asyncDispose")]?.();
	await sandbox.stop();
	await assert.rejects(fetch(sandbox.url));
});

test("a process that ends takes its sandbox along", async () => {
	const script = `import { startSandbox } from ${JSON.stringify(new URL("index.js", import.meta.url))}; console.log((await startSandbox()).url); process.exit(0)`;
	const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
	const url = stdout.trim();
	assert.match(url, /^http:/);
	// It is told to end, and takes its moment.
	for (let asked = 0; ; asked += 1) {
		const alive = await fetch(`${url}/healthz`).then(
			() => true,
			() => false,
		);
		if (!alive) break;
		assert.ok(asked < 200, "it still serves");
		await new Promise((next) => setTimeout(next, 50));
	}
});

test("the command passes arguments and exit status on, and says which package is missing", () => {
	const run = (...args) => spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });
	assert.match(run("serve", "--help").stdout, /--webhook-url/);
	assert.equal(run("serve", "--nonsense").status, 2);
	const { VALIFY_SANDBOX, ...env } = process.env;
	const missing = spawnSync(process.execPath, [bin], { encoding: "utf8", env });
	assert.equal(missing.status, 1);
	assert.match(missing.stderr, new RegExp(`valify-sandbox-${process.platform}-${process.arch} is not installed`));
});
