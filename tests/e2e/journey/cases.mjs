// The journeys: each a user of its own, from the example's page to the outcome on the example's page.

import { readFileSync } from "node:fs";
import { equal, ok } from "../../../bindings-wasm/npm/test/harness.mjs";
import { CANARIES, found, PEOPLE } from "./canaries.mjs";
import { logOf } from "./examples.mjs";
import { complete, PERSONAS } from "./walk.mjs";

/** What the link API can answer with, and how a connection can end. */
const FAULTS = [
	...[400, 401, 403, 404, 415, 422, 429, 500, 503].map((status) => ({ action: "status", status })),
	...["truncate", "malformed", "drop_before", "drop_after"].map((action) => ({ action })),
];

/** The card, the face, liveness, an e-mail and a phone with a code each. */
const ALL_STEPS = ["#persona", "#selfie", "#liveness", "#address[type=email]", "#code", "#address[type=tel]", "#code"];

export function cases(world, browser) {
	const { front, sandbox } = world;
	let users = 0;

	/** A browser of a new user, on the example's page. */
	async function visit(use) {
		users += 1;
		const context = await browser.newContext();
		const user = `user-${users}`;
		await context.addCookies([{ name: "user", value: user, url: front.origin }]);
		const page = await context.newPage();
		const visitor = {
			page,
			user,
			home: () => page.goto(front.origin),
			status: async () => {
				await page.goto(front.origin);
				return page.locator("#status").textContent();
			},
			/** What another tab shows, while this one is on its way. */
			elsewhere: async () => {
				const tab = await context.newPage();
				await tab.goto(front.origin);
				const status = await tab.locator("#status").textContent();
				await tab.close();
				return status;
			},
			comesTo: (status) => world.until(async () => (await visitor.status()) === status, `the page shows ${status}`),
			/** Asks for a link; the browser is then on the hosted page. The session's token. */
			begin: async () => {
				await visitor.home();
				await page.click("form button");
				ok(page.url().startsWith(`${sandbox.origin}/?token=`), `the hosted page, and not ${page.url()}`);
				return new URL(page.url()).searchParams.get("token");
			},
			walk: (persona = PERSONAS.passed, lang = "en") => complete(page, { sandbox, persona, lang }),
		};
		world.isHolding = false;
		world.held = [];
		try {
			await use(visitor);
		} finally {
			world.isHolding = false;
			await context.close();
		}
	}

	async function released() {
		await world.until(() => world.held.length > 0, "a webhook was held");
		const webhooks = world.held;
		world.held = [];
		return webhooks;
	}

	const hand = async (webhook) => equal(await front.hand(webhook), 200, "the answer to the webhook");
	const outcome = async (token) => (await sandbox.get(`/_sandbox/sessions/${token}`)).outcome;
	const completed = (token, outcome) => sandbox.post(`/_sandbox/sessions/${token}/complete`, { outcome });
	const newest = () => world.records().at(-1);

	return [
		...["en", "ar"].map((lang) => [
			`every module, in ${lang === "ar" ? "Arabic" : "English"}`,
			() =>
				visit(async ({ page, begin, walk, comesTo }) => {
					const token = await begin();
					equal(await walk(PERSONAS.passed, lang), ALL_STEPS, "the steps");
					equal(new URL(page.url()).href, `${front.origin}/`, "where the browser is back");
					await comesTo("passed");
					equal(await outcome(token), "passed", "what the sandbox says");
					equal(newest().record.returnedInBoundBrowser, "yes", "the browser that began came back");
				}),
		]),
		...["failed", "review"].map((expected) => [
			`${expected}, by what happens on the page`,
			() =>
				visit(async ({ begin, walk, comesTo }) => {
					const token = await begin();
					await walk(PERSONAS[expected]);
					await comesTo(expected);
					equal(await outcome(token), expected, "what the sandbox says");
				}),
		]),
		[
			"abandoned",
			() =>
				visit(async ({ page, begin, comesTo }) => {
					await begin();
					await page.click("button[value=abandon]");
					await page.click("main a.button");
					equal(page.url(), `${front.origin}/`, "where the browser is back");
					await comesTo("abandoned");
				}),
		],
		[
			"expired",
			() =>
				visit(async ({ page, begin, comesTo }) => {
					const token = await begin();
					const link = page.url();
					await completed(token, "expired");
					equal((await page.goto(link)).status(), 410, "the answer of the link");
					await comesTo("expired");
				}),
		],
		[
			"the return before the webhook",
			() =>
				visit(async ({ begin, walk, status, comesTo }) => {
					world.isHolding = true;
					await begin();
					await walk();
					equal(await status(), "returned", "the return is no outcome");
					for (const webhook of await released()) await hand(webhook);
					await comesTo("passed");
				}),
		],
		[
			"the webhook before the return",
			() =>
				visit(async ({ begin, walk, elsewhere, status }) => {
					const token = await begin();
					const release = front.holdReturns();
					const walked = walk();
					// It may fail while nobody waits for it yet: that is told below, and must not end the process.
					walked.catch(() => undefined);
					try {
						await world.until(
							async () => (await outcome(token)) !== null && (await elsewhere()) === "passed",
							"passed, though nobody has returned",
						);
						equal(newest().record.returnedInBoundBrowser, "unknown", "nobody has returned");
					} finally {
						release();
					}
					await walked;
					equal(await status(), "passed", "the return changes nothing");
					equal(newest().record.returnedInBoundBrowser, "yes", "it is noted");
				}),
		],
		[
			"a webhook six times at once, and once more after a restart",
			() =>
				visit(async ({ begin, walk, status }) => {
					world.isHolding = true;
					await begin();
					await walk();
					const [webhook] = await released();
					await Promise.all(Array.from({ length: 6 }, () => hand(webhook)));
					equal(await status(), "passed", "the status");
					const before = newest().text;
					await world.restart();
					await hand(webhook);
					equal([newest().text === before, await status()], [true, "passed"], "the record is the same");
				}),
		],
		[
			"a late failure of another attempt",
			() =>
				visit(async ({ begin, walk, status, comesTo }) => {
					world.isHolding = true;
					await begin();
					await walk(PERSONAS.failed);
					const late = await released();
					world.isHolding = false;
					await begin();
					await walk();
					await comesTo("passed");
					for (const webhook of late) await hand(webhook);
					equal(await status(), "passed", "the attempt that passed");
					equal(
						world
							.records()
							.slice(-2)
							.map(({ record }) => record.status(new Date())),
						["failed", "passed"],
						"each its own",
					);
				}),
		],
		[
			"a late success of another attempt",
			() =>
				visit(async ({ begin, walk, status }) => {
					world.isHolding = true;
					await begin();
					await walk();
					const late = await released();
					await begin();
					for (const webhook of late) await hand(webhook);
					equal(await status(), "issued", "the attempt that nobody has completed");
				}),
		],
		[
			"the server killed while the user is away, and the webhook finds nobody",
			() =>
				visit(async ({ begin, walk, status, comesTo }) => {
					world.isHolding = true;
					await begin();
					await world.restart();
					await walk();
					equal(await status(), "returned", "what was known before is known after");
					const [webhook] = await released();
					const [{ port }] = world.running;
					front.behind([]);
					equal(await front.hand(webhook), 502, "nobody there");
					front.behind([port]);
					await hand(webhook);
					await comesTo("passed");
				}),
		],
		[
			"a link that was made and never heard of",
			() =>
				visit(async ({ page, home, status }) => {
					await sandbox.post("/_sandbox/faults", { on: "link", action: "drop_after", count: 1 });
					const before = (await sandbox.get("/_sandbox/sessions?limit=1")).total;
					await home();
					await page.click("form button");
					equal(new URL(page.url()).origin, front.origin, "nobody is sent anywhere");
					equal(await status(), "requested", "the status");
					const { total, sessions } = await sandbox.get("/_sandbox/sessions?limit=1");
					equal(total - before, 1, "links: it was not asked for again");
					// Nobody was sent to that link: whoever has passed there says nothing about this user.
					world.isHolding = true;
					await completed(sessions[0].session_token, "passed");
					for (const webhook of await released()) await hand(webhook);
					equal(await status(), "requested", "the status after a webhook of the lost link");
				}),
		],
		[
			"forged: a webhook and a return",
			() =>
				visit(async ({ page, begin, walk, status, comesTo }) => {
					world.isHolding = true;
					const token = await begin();
					const body = Buffer.from(JSON.stringify({ data: { token, status: "approved" } }));
					const headers = { "content-type": "application/json" };
					equal(await front.hand({ headers, body }), 401, "a webhook without a signature");
					equal(await front.hand({ headers: { ...headers, "x-valify-signature": "0".repeat(64) }, body }), 401, "with a wrong one");
					const { return_url: back } = await sandbox.get(`/_sandbox/sessions/${token}`);
					await page.goto(back.replace(/.$/, (last) => (last === "A" ? "B" : "A")));
					equal(await status(), "issued", "a return with a changed state");
					await page.goto(`${front.origin}/back`);
					equal(await status(), "issued", "a return without a state");
					await page.goto(`${sandbox.origin}/?token=${token}`);
					await walk(PERSONAS.failed);
					const [genuine] = await released();
					const changed = { ...genuine, body: Buffer.from(genuine.body.toString().replace("rejected", "approved")) };
					equal(await front.hand(changed), 401, "a webhook whose decision was changed");
					await hand(genuine);
					await comesTo("failed");
				}),
		],
		[
			"after all this and every error: no key, secret, token, person or picture in what was printed or stored",
			() =>
				visit(async ({ begin, walk, user }) => {
					for (const fault of FAULTS) {
						// More than the retries of the default policy, where it retries.
						await sandbox.post("/_sandbox/faults", { on: "link", count: fault.status === 429 ? 10 : 1, ...fault });
						const answer = await fetch(`${front.origin}/verify`, {
							method: "POST",
							redirect: "manual",
							headers: { cookie: `user=${user}` },
						});
						ok(answer.status >= 400, `no link after ${JSON.stringify(fault)}, and not ${answer.status}`);
						await answer.arrayBuffer();
					}
					const earlier = (await sandbox.get("/_sandbox/sessions?limit=1000")).sessions;
					await sandbox.post("/_sandbox/reset", {});
					world.isHolding = true;
					const token = await begin();
					await walk();
					const [genuine] = await released();
					const { data } = JSON.parse(genuine.body);
					const picture = data.images.front.slice(1000, 1060);
					equal([data.token, data.full_name, data.front_nid], [token, PEOPLE.name, PEOPLE["national ID"]], "what the webhook holds");
					const answers = [
						{ ...genuine, body: genuine.body.subarray(1) },
						{ ...genuine, headers: { ...genuine.headers, "x-valify-signature": CANARIES.secret } },
						{ ...genuine, headers: { ...genuine.headers, "content-encoding": "gzip" } },
						{ ...genuine, body: Buffer.concat([genuine.body, Buffer.alloc(9 << 20, " ")]) },
						genuine,
					].map((webhook) => front.hand(webhook));
					equal(await Promise.all(answers), [401, 401, 415, 413, 200], "the answers");
					const tokens = Object.fromEntries([...earlier.map((one) => one.session_token), token].map((one) => [`token ${one}`, one]));
					const secret = { ...CANARIES, ...PEOPLE, ...tokens, picture };
					equal(found(readFileSync(logOf(world.name), "utf8"), secret), [], "in what was printed");
					equal(found(world.stored(), secret), [], "in what was stored");
					equal(found(world.stored(), { user }), ["user"], "the reference is stored: this test sees what is there");
				}),
		],
	];
}
