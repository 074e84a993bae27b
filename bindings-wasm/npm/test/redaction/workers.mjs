// In workerd, driven from Node, with what its console has written.
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { conclude, equal, ok, run } from "../harness.mjs";
import { inWorkerd } from "../workerd.mjs";
import { shown } from "./canaries.mjs";

const kinds = Object.keys(JSON.parse(readFileSync(new URL("../../../../tests/vectors/errors.json", import.meta.url), "utf8")).errors);
let written = "";
const handleRuntimeStdio = (...streams) => {
	for (const stream of streams) stream.setEncoding("utf8").on("data", (text) => (written += text));
};
await inWorkerd(
	"redaction/worker.mjs",
	async (fetch) => {
		conclude(await (await fetch("http://redaction.test/", { method: "POST", body: JSON.stringify(kinds) })).json());
		for (let tries = 0; tries < 100 && !written.includes("canary-of-the-test-itself"); tries += 1) await sleep(50);
	},
	{ handleRuntimeStdio },
);
conclude(
	await run("console on workers", [
		[
			"what a console is told shows nothing",
			() => {
				ok(written.includes("canary-of-the-test-itself"), `the console was heard: ${written.slice(0, 300)}`);
				equal(shown(written), [], "what it shows");
			},
		],
	]),
);
