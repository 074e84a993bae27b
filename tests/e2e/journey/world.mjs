// One example behind its front, beside a sandbox of its own, on a database of its own.
import { setTimeout as sleep } from "node:timers/promises";
import { Verification } from "valify-link";
import { startSandbox } from "../sandbox.mjs";
import { startExample } from "./examples.mjs";
import { startFront, WEBHOOKS } from "./front.mjs";
import { freePort } from "./postgres.mjs";

/**
 * `processes` of the example share the database. `deliver` is the front's; without one, webhooks are handed on as they come. `config` is
 * the sandbox's file, and `environment` what the example is told besides.
 */
export async function startWorld(example, databases, { processes = 1, deliver, config, environment } = {}) {
	const database = databases.create(`db_${example.name.replaceAll("-", "_")}_${processes}`);
	const front = await startFront(deliver ?? ((webhook) => world.courier(webhook)));
	const configured = config === undefined ? [] : ["--config", config];
	const sandbox = await startSandbox("--webhook-url", `${front.origin}${WEBHOOKS}`, ...configured);
	const all = { ...environment, PUBLIC_ORIGIN: front.origin, DATABASE_URL: database.url, VALIFY_SANDBOX_URL: sandbox.origin };
	const world = {
		name: example.name,
		front,
		sandbox,
		running: [],
		/** Webhooks that wait, while `isHolding`. */
		held: [],
		isHolding: false,
		async courier(webhook) {
			if (!world.isHolding) return front.hand(webhook);
			world.held.push(webhook);
			return 200;
		},
		async start() {
			world.running.push(await startExample(example, await freePort(), all));
			world.route();
		},
		route() {
			front.behind(world.running.map(({ port }) => port));
		},
		async restart() {
			await Promise.all(world.running.map((process) => process.kill()));
			const gone = world.running.length;
			world.running = [];
			for (let started = 0; started < gone; started += 1) await world.start();
		},
		/** One of several dies without a word, and is not replaced. */
		async killOne() {
			const [first, ...others] = world.running;
			world.running = others;
			await first.kill();
			world.route();
		},
		/** All that is stored, as text. */
		stored: () => database.stored(),
		/** Every record, the oldest first: `{ id, reference, text, record }`. */
		records() {
			return database
				.attempts()
				.split("\n")
				.filter(Boolean)
				.map((line) => {
					const [id, reference, record] = JSON.parse(line);
					const text = typeof record === "string" ? record : JSON.stringify(record);
					return { id, reference, text, record: Verification.fromText(text) };
				});
		},
		/** Until a condition holds; the last of what it gave, if it never does. */
		async until(condition, what) {
			for (let attempt = 0; attempt < 300; attempt += 1) {
				if (await condition()) return;
				await sleep(50);
			}
			throw new Error(`it never came to this: ${what}`);
		},
		async stop() {
			await Promise.all(world.running.map((process) => process.stop()));
			sandbox.stop();
			front.stop();
		},
	};
	try {
		for (let started = 0; started < processes; started += 1) await world.start();
	} catch (error) {
		await world.stop();
		throw error;
	}
	return world;
}
