// Two processes of one example on one database: many attempts at full speed, webhooks shuffled, repeated and late, one process killed
// midway. At the end every record says what the sandbox says.
import { randomBytes } from "node:crypto";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { equal, ok } from "../../../bindings-wasm/npm/test/harness.mjs";
import { generator } from "../peers/bodies.mjs";
import { FRESH } from "../sandbox.mjs";
import { startWorld } from "./world.mjs";

const OUTCOMES = ["passed", "passed", "passed", "failed", "review", "abandoned", "expired"];
const USERS_AT_ONCE = 24;
const HANDS = 16;

export async function twoMachines(example, databases, attempts) {
	const seed = process.env.MACHINES_SEED ?? randomBytes(6).toString("hex");
	console.log(`MACHINES_SEED=${seed}`);
	const random = generator(seed);
	const chaos = startChaos(random);
	const world = await startWorld(example, databases, { processes: 2, deliver: (webhook) => chaos.take(webhook) });
	const agent = new Agent({ keepAlive: true, maxSockets: USERS_AT_ONCE });
	const began = performance.now();
	try {
		const { sandbox, front } = world;
		chaos.handTo((webhook) => front.hand(webhook));
		let next = 0;
		let refused = 0;
		const users = Array.from({ length: USERS_AT_ONCE }, async () => {
			while (next < attempts) {
				next += 1;
				const number = next;
				if (number === attempts >> 1) await world.killOne();
				const token = await attempt(front.origin, agent, `user-${number}`);
				if (token === undefined) refused += 1;
				// Some are ended by the sandbox as soon as it knows of them, which may be before the example does.
				else if (random(2) === 0) await end(world, token, random, agent);
			}
		});
		const impatient = endEarly(world, random, () => users.isOver);
		await Promise.all(users);
		users.isOver = true;
		await impatient;
		await endTheRest(world, random);
		const links = (await everySession(sandbox)).length;
		// A sandbox that waits too long for its answer sends again: what counts is of how many links a webhook has come.
		await world.until(() => chaos.seen.links.size >= links, `the sandbox has sent webhooks of ${links} links`);
		await chaos.isOver();
		const seconds = (performance.now() - began) / 1000;
		const sessions = await everySession(sandbox);
		console.log(
			`${attempts} attempts in ${seconds.toFixed(1)} s: ${(attempts / seconds).toFixed(0)} a second; ${sessions.length} links, ` +
				`${chaos.seen.webhooks} webhooks handed on ${chaos.seen.handed} times (${chaos.seen.again} of them again, after no 2xx), ${refused} attempts without a link`,
		);
		judge(world.records(), sessions, attempts, refused);
		ok(chaos.seen.handed > chaos.seen.webhooks, "webhooks were repeated");
	} finally {
		agent.destroy();
		await world.stop();
	}
}

/** Each record's status beside the sandbox's own word. */
function judge(records, sessions, attempts, refused) {
	const truth = new Map();
	for (const { reference_id: reference, outcome } of sessions) {
		ok(!truth.has(reference), `two links for ${reference}`);
		truth.set(reference, outcome);
	}
	ok(records.length >= attempts - refused && records.length <= attempts, `${records.length} records of ${attempts} attempts`);
	const now = new Date();
	// A process that was killed before it had its link leaves a record of none, or of one that nobody was sent to.
	const lost = records.filter(({ record }) => record.keys().tokenHash === undefined);
	ok(lost.length <= refused, `${lost.length} records without a link, and ${refused} users without one`);
	const wrong = records.flatMap(({ reference, record }) => {
		const expected = lost.some((one) => one.record === record) ? "requested" : truth.get(reference);
		truth.delete(reference);
		const status = record.status(now);
		return status === expected ? [] : [`${reference}: the record says ${status}, and the sandbox ${expected}`];
	});
	equal(wrong.slice(0, 5), [], `${wrong.length} records are wrong`);
	equal([...truth.keys()].slice(0, 5), [], `${truth.size} links without a record`);
}

/** Webhooks in another order, some more than once, all of them late; each copy again until it is taken. */
function startChaos(random) {
	const waiting = [];
	const seen = { webhooks: 0, links: new Set(), handed: 0, again: 0 };
	let hand;
	let open = 0;
	const work = async () => {
		while (waiting.length > 0) {
			const [copy] = waiting.splice(random(waiting.length), 1);
			const status = await hand(copy);
			seen.handed += 1;
			if (status >= 200 && status < 300) {
				open -= 1;
				continue;
			}
			seen.again += 1;
			if (status < 500) throw new Error(`a webhook was refused with ${status}`);
			waiting.push(copy);
			await sleep(20);
		}
	};
	const hands = Array.from({ length: HANDS }, () => undefined);
	let failure;
	const wake = () => {
		hands.forEach((busy, index) => {
			if (busy !== undefined) return;
			hands[index] = work()
				.catch((error) => {
					failure ??= error;
				})
				.finally(() => {
					hands[index] = undefined;
				});
		});
	};
	return {
		seen,
		handTo(function_) {
			hand = function_;
		},
		take(webhook) {
			seen.webhooks += 1;
			seen.links.add(JSON.parse(webhook.body).data.token);
			const copies = 1 + random(3);
			open += copies;
			for (let copy = 0; copy < copies; copy += 1) {
				setTimeout(() => {
					waiting.push(webhook);
					wake();
				}, random(1500));
			}
			return 200;
		},
		async isOver() {
			while (open > 0) {
				if (failure !== undefined) throw failure;
				await sleep(20);
			}
		},
	};
}

/** The token of a link, if the example made one. */
async function attempt(origin, agent, user) {
	const { status, location } = await call(`${origin}/verify`, { method: "POST", agent, headers: { cookie: `user=${user}` } });
	return status === 303 ? new URL(location).searchParams.get("token") : undefined;
}

/** Ends a session; often the browser then comes back, with another cookie or none, which changes no outcome. */
async function end({ sandbox }, token, random, agent) {
	const ended = await complete(sandbox, token, random);
	if (ended !== undefined && random(2) === 0) await call(ended.redirect_to, { method: "GET", agent, headers: {} });
}

async function complete(sandbox, token, random) {
	const outcome = OUTCOMES[random(OUTCOMES.length)];
	const headers = { "content-type": "application/json", ...FRESH };
	const answer = await fetch(`${sandbox.origin}/_sandbox/sessions/${token}/complete`, {
		method: "POST",
		headers,
		body: JSON.stringify({ outcome }),
	});
	const text = await answer.text();
	// 409: somebody else was quicker.
	ok(answer.ok || answer.status === 409, `the end of a session: ${answer.status} ${text}`);
	return answer.ok ? JSON.parse(text) : undefined;
}

async function endEarly({ sandbox }, random, isOver) {
	while (!isOver()) {
		const { sessions } = await sandbox.get("/_sandbox/sessions?limit=8");
		await Promise.all(
			sessions
				.filter(({ outcome }) => outcome === null)
				.slice(0, 4)
				.map(({ session_token: token }) => complete(sandbox, token, random)),
		);
		await sleep(10);
	}
}

/** Links that the killed process made and never told of are among them. */
async function endTheRest({ sandbox }, random) {
	for (const { session_token: token, outcome } of await everySession(sandbox)) if (outcome === null) await complete(sandbox, token, random);
}

async function everySession(sandbox) {
	const all = [];
	for (;;) {
		const { sessions, total } = await sandbox.get(`/_sandbox/sessions?limit=1000&skip=${all.length}`);
		all.push(...sessions);
		if (all.length >= total || sessions.length === 0) return all;
	}
}

function call(url, { method, agent, headers }) {
	return new Promise((resolve) => {
		const sent = request(url, { method, agent, headers: { ...headers, "content-length": "0" } }, (answer) => {
			answer.resume().on("end", () => resolve({ status: answer.statusCode, location: answer.headers.location }));
		});
		sent.on("error", () => resolve({ status: 0 })).end();
	});
}
