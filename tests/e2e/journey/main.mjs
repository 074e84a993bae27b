// The journey of every example: `node main.mjs PYTHON [EXAMPLE…]`. ATTEMPTS says how many the machines share (default 1000).
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { conclude, run } from "../../../bindings-wasm/npm/test/harness.mjs";
import { environment, writeConfig } from "./canaries.mjs";
import { cases } from "./cases.mjs";
import { examples, logOf, prepare } from "./examples.mjs";
import { twoMachines } from "./machines.mjs";
import { startPostgres } from "./postgres.mjs";
import { startBrowser } from "./walk.mjs";
import { startWorld } from "./world.mjs";

const [python, ...asked] = process.argv.slice(2);
const attempts = Number(process.env.ATTEMPTS || 1000);
const { present, missing } = await examples(python);
const chosen = present.filter(({ name }) => asked.length === 0 || asked.includes(name));
const config = `${mkdtempSync(`${tmpdir()}/valify-link-journey-`)}/sandbox.toml`;
const postgres = await startPostgres();
const browser = await startBrowser();
try {
	for (const example of chosen) {
		rmSync(logOf(example.name), { force: true });
		try {
			prepare(example);
			writeConfig(config);
			const world = await startWorld(example, postgres, { config, environment });
			try {
				conclude(await run(`journey of ${example.name}`, cases(world, browser)));
			} finally {
				await world.stop();
			}
			conclude(await run(`two machines of ${example.name}`, [[`${attempts} attempts`, () => twoMachines(example, postgres, attempts)]]));
		} catch (error) {
			conclude({ suite: `journey of ${example.name}`, passed: 0, failed: 1, lines: [error.stack] });
		}
	}
} finally {
	await browser.close();
	await postgres.stop();
	rmSync(dirname(config), { recursive: true });
}
// An example that is not there is not passed over in silence.
for (const name of asked.length === 0 ? missing : []) conclude({ suite: `there is no examples/${name}`, passed: 0, failed: 1, lines: [] });
