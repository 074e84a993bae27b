// The home page in a real browser, and what pages of other origins can do to it: nothing.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { otherOrigin, PHONE, startBrowser, startSandbox, violations } from "./sandbox.mjs";

const MARKUP = `"><img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;

let sandbox;
let browser;
before(async () => {
	sandbox = await startSandbox("--webhook-url", "http://127.0.0.1:9/hook");
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await sandbox?.stop();
});

test("it is accessible and fits a phone, with everything on it", async () => {
	const link = await sandbox.link({ referenceId: "axe" });
	await sandbox.post(`/_sandbox/sessions/${new URL(link).searchParams.get("token")}/complete`, { outcome: "failed" });
	await sandbox.link({ referenceId: MARKUP });
	await sandbox.post("/_sandbox/faults", { on: "link", action: "delay", delay_ms: 1, count: 1 });
	for (const options of [PHONE, { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }]) {
		const context = await browser.newContext(options);
		const page = await context.newPage();
		await page.goto(sandbox.base);
		await page.waitForFunction(() => document.getElementById("live").textContent === "Live");
		await page.evaluate(() =>
			document.querySelectorAll("details").forEach((one) => {
				one.open = true;
			}),
		);
		assert.deepEqual(await violations(page), []);
		assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0);
		await context.close();
	}
	await sandbox.post("/_sandbox/reset", {});
});

test("a form makes a link, and everything that happens shows itself", async () => {
	const page = await browser.newPage();
	await page.goto(sandbox.base);
	await page.waitForFunction(() => document.getElementById("live").textContent === "Live");
	await page.fill("#reference_id", "from-the-form");
	await page.click("#links button");
	await page.waitForSelector("#sessions >> text=from-the-form");
	await page.waitForFunction(() => document.getElementById("live").textContent === "Live");
	const link = await sandbox.link({ referenceId: "from-elsewhere" });
	await page.waitForSelector("#sessions >> text=from-elsewhere");
	await sandbox.post(`/_sandbox/sessions/${new URL(link).searchParams.get("token")}/complete`, { outcome: "review" });
	await page.waitForSelector("#deliveries >> text=could not connect");
	await sandbox.post("/_sandbox/faults", { on: "webhook", action: "delay", delay_ms: 1, count: 1000 });
	await page.waitForSelector("#faults .entries >> text=delay");
	await page.selectOption("#sessions select", "abandoned");
	await page.click("#sessions form button");
	await page.waitForSelector("#sessions .state.abandoned");
	await page.selectOption("#on", "link");
	await page.selectOption("#action", "duplicate");
	await page.click("#faults form button");
	await page.waitForSelector("#summary >> text=duplicate and reorder are for webhooks");
	await page.close();
});

test("stored markup stays text", async () => {
	await sandbox.link({ referenceId: MARKUP });
	const page = await browser.newPage();
	await page.goto(sandbox.base);
	await page.waitForFunction(() => document.getElementById("live").textContent === "Live");
	// Once as the server renders it, once as the script puts it in place.
	await sandbox.link({ referenceId: MARKUP });
	await page.waitForFunction(() => document.querySelectorAll("#sessions .reference").length >= 2);
	assert.notEqual(await page.title(), "owned");
	assert.equal(await page.locator("#sessions .reference").first().textContent(), MARKUP);
	await page.close();
});

test("a page of another origin can neither frame it, nor read it, nor write to it", async (t) => {
	const link = await sandbox.link({ referenceId: "victim" });
	const token = new URL(link).searchParams.get("token");
	const evil = await otherOrigin(t);
	const page = await browser.newPage();
	await page.goto(evil);
	for (const target of [`${sandbox.base}/`, link]) {
		const failed = page.waitForEvent("requestfailed", (request) => request.url() === target);
		await page.evaluate((src) => {
			const frame = document.createElement("iframe");
			frame.src = src;
			document.body.append(frame);
		}, target);
		assert.equal((await failed).failure().errorText, "net::ERR_BLOCKED_BY_RESPONSE");
	}
	const tries = await page.evaluate(
		async ({ base, token }) => {
			const write = (path, options) =>
				fetch(base + path, { method: "POST", ...options }).then(
					(answer) => answer.type,
					() => "refused",
				);
			const body = JSON.stringify({ outcome: "passed" });
			return {
				read: await write(`/_sandbox/sessions/${token}`, { method: "GET" }),
				events: await new Promise((done) => {
					const events = new EventSource(`${base}/_sandbox/events`);
					events.onerror = () => done("refused");
					events.onmessage = () => done("read");
				}),
				json: await write(`/_sandbox/sessions/${token}/complete`, { headers: { "content-type": "application/json" }, body }),
				noCors: await write(`/_sandbox/sessions/${token}/complete`, { mode: "no-cors", headers: { "content-type": "text/plain" }, body }),
				reset: await write("/_sandbox/reset", { mode: "no-cors", body: new Blob(["{}"], { type: "text/plain" }) }),
			};
		},
		{ base: sandbox.base, token },
	);
	assert.deepEqual({ ...tries, noCors: "", reset: "" }, { read: "refused", events: "refused", json: "refused", noCors: "", reset: "" });
	// A plain form needs no permission to be sent; what it finds is the check of the origin.
	await page.setContent(`<form method="post" action="${link}"><input name="step" value="ocr"><input name="persona" value="0"></form>`);
	const [answer] = await Promise.all([page.waitForResponse(link), page.evaluate(() => document.forms[0].submit())]);
	assert.equal(answer.status(), 403);
	const session = await sandbox.session(link);
	assert.deepEqual([session.outcome, session.checks], [null, {}]);
	await page.close();
});

test("a rebound name finds nothing", async (t) => {
	// A browser for which a name of somebody else's is this machine.
	const rebound = await startBrowser("--host-resolver-rules=MAP rebound.test 127.0.0.1");
	t.after(() => rebound.close());
	const page = await rebound.newPage();
	const answer = await page.goto(sandbox.base.replace("127.0.0.1", "rebound.test"));
	assert.equal(answer.status(), 421);
});
