// Side by side in one run: this package, `stripe`, `standardwebhooks`, and what Node has by itself. No test depends on it.
import { execFileSync } from "node:child_process";
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { sign, ValifyLink, Verifier } from "valify-link";

const here = fileURLToPath(new URL(".", import.meta.url));
const SECRET = "fake-webhook-secret-0001";
const SIZES = { "0.5 kB": 512, "4 kB": 4096, "64 kB": 65_536, "1 MiB": 1 << 20, "8 MiB": (8 << 20) - 1 };
const WARM = 4;
const TOKEN = "5e55104e-0000-4000-8000-000000000001";

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const microseconds = (number) => (number < 100 ? number.toFixed(1) : number.toFixed(0)).padStart(9);

/** Processor time of this process in microseconds, its garbage collector and compilers included: what others do besides does not count. */
function spent() {
	const { user, system } = process.cpuUsage();
	return user + system;
}

/** A body of so many bytes, as a webhook with images in base64 has them. */
function bodyOf(bytes) {
	const head = `{"data":{"reference_id":"user-1","token":"${TOKEN}","status":"approved","image":"`;
	return Buffer.from(`${head}${"QUJD".repeat(bytes).slice(0, bytes - head.length - 3)}"}}`);
}

/**
 * The candidates in turn, so that what the machine does besides hits all alike: medians of rounds. A round ends with a turn of the event
 * loop, in which what nobody holds any more is given back.
 */
async function measure(candidates, rounds, calls) {
	const times = candidates.map(() => []);
	for (let round = 0; round < rounds + WARM; round += 1) {
		for (const [index, candidate] of candidates.entries()) {
			const began = spent();
			for (let call = 0; call < calls; call += 1) candidate();
			await new Promise(setImmediate);
			if (round >= WARM) times[index].push((spent() - began) / calls);
		}
	}
	return times.map(median);
}

async function verifying() {
	console.log("verify and read the decision, microseconds of processor time a call");
	console.log(`${"".padEnd(8)}  valify-link     stripe  standardw.   bare node`);
	const auth = { preset: "stripe_style", secrets: [{ id: "a", utf8: SECRET }] };
	const decisions = [{ value: "approved", outcome: "passed" }];
	const profile = { sessionToken: ["/data/token"], decision: ["/data/status"], decisions, matchesBy: "session_token" };
	const verifier = new Verifier({ auth, profile });
	const stripe = new Stripe("sk_test_fake");
	const webhook = new Webhook(Buffer.from(SECRET).toString("base64"));
	for (const [name, bytes] of Object.entries(SIZES)) {
		const body = bodyOf(bytes);
		const headers = Object.fromEntries(sign(auth, body).headers.map(([key, value]) => [key.toLowerCase(), value]));
		const now = new Date();
		const standard = {
			"webhook-id": "msg_1",
			"webhook-timestamp": `${Math.floor(now.getTime() / 1000)}`,
			"webhook-signature": webhook.sign("msg_1", now, body.toString()),
		};
		const tag = createHmac("sha256", SECRET).update(body).digest();
		const check = (ok) => {
			if (!ok) throw new Error("a candidate does not do its work");
		};
		const candidates = [
			() => {
				const event = verifier.verify(body, headers);
				check(event.outcome === "passed" && event.sessionToken === TOKEN);
			},
			() => check(stripe.webhooks.constructEvent(body, headers["stripe-signature"], SECRET).data.token === TOKEN),
			() => check(webhook.verify(body.toString(), standard).data.token === TOKEN),
			() => {
				check(timingSafeEqual(createHmac("sha256", SECRET).update(body).digest(), tag));
				check(JSON.parse(body.toString()).data.token === TOKEN);
			},
		];
		const calls = Math.max(1, Math.min(500, Math.floor((1 << 20) / bytes)));
		console.log(name.padEnd(8), ...(await measure(candidates, 15, calls)).map(microseconds));
	}
}

function loading() {
	console.log("\nload in a fresh process, milliseconds of processor time: the median of 15");
	const scripts = ["valify-link", "stripe", "standardwebhooks"].map((name) => [name, `require("${name}")`]);
	const times = new Map(scripts.map(([name]) => [name, []]));
	for (let round = 0; round < 15; round += 1) {
		for (const [name, script] of scripts) {
			const timed = `const began = process.cpuUsage(); ${script}; const { user, system } = process.cpuUsage(began); console.log((user + system) / 1000)`;
			times.get(name).push(Number(execFileSync(process.execPath, ["-e", timed], { cwd: here, encoding: "utf8" })));
		}
	}
	for (const [name, numbers] of times) console.log(name.padEnd(18), median(numbers).toFixed(1).padStart(7));
}

async function calling() {
	console.log(
		"\na call on loopback, microseconds of processor time, the server's included: fresh connections on both sides, the median of 1000 after 500",
	);
	let origin;
	const server = createServer((request, response) => {
		request.resume().on("end", () => response.end(JSON.stringify({ session_token: TOKEN, redirect_url: `${origin}/?token=${TOKEN}` })));
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	origin = `http://127.0.0.1:${server.address().port}`;
	const valify = new ValifyLink({ apiKey: "fake-key-for-tests-0001", environment: "sandbox", baseUrl: origin });
	const request = () => ({ returnUrl: "https://shop.example/back", referenceId: "user-1", expiresAt: new Date(Date.now() + 600_000) });
	const headers = { "content-type": "application/json", "x-valify-api-key": "fake-key-for-tests-0001", connection: "close" };
	const bare = async () => {
		const body = JSON.stringify({ return_url: "https://shop.example/back", reference_id: "user-1", expires_at: new Date().toISOString() });
		const answer = await fetch(`${origin}/api/link/v1/request/?lang=en`, { method: "POST", headers, body, redirect: "manual" });
		return (await answer.json()).redirect_url;
	};
	const ours = async () => (await valify.createLink(request())).redirectUrl;
	const times = { bare: [], ours: [] };
	for (let call = 0; call < 1500; call += 1) {
		for (const [name, candidate] of Object.entries({ bare, ours })) {
			const began = spent();
			await candidate();
			if (call >= 500) times[name].push(spent() - began);
		}
	}
	server.closeAllConnections();
	server.close();
	const [without, with_] = [median(times.bare), median(times.ours)];
	console.log(
		`bare fetch ${without.toFixed(0)}, createLink ${with_.toFixed(0)}: ${(((with_ - without) / without) * 100).toFixed(1)} % more`,
	);
}

function weighing() {
	const [packed] = JSON.parse(
		execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: `${here}../../../bindings-wasm/npm`, encoding: "utf8" }),
	);
	console.log(`\npackage: ${(packed.unpackedSize / 1000).toFixed(0)} kB unpacked, ${(packed.size / 1000).toFixed(0)} kB packed`);
	for (const { path, size } of packed.files.toSorted((a, b) => b.size - a.size).slice(0, 4))
		console.log(`  ${(size / 1000).toFixed(0).padStart(4)} kB ${path}`);
}

console.log(`node ${process.version}; others want ${loadavg()[0].toFixed(1)} processors of this machine\n`);
await verifying();
loading();
await calling();
weighing();
