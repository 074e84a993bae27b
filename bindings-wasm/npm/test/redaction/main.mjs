// Node, Deno and Bun, with all that their consoles can show.
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";
import { inspect } from "node:util";
import * as api from "valify-link";
import { conclude, run } from "../harness.mjs";
import { redaction } from "./cases.mjs";

const kinds = Object.keys(JSON.parse(readFileSync(new URL("../../../../tests/vectors/errors.json", import.meta.url), "utf8")).errors);
const { cases } = await redaction(api, { kinds, texts, views: (bytes) => [Buffer.from(bytes)] });
const host = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : `node ${process.version}`;
conclude(await run(`redaction on ${host}`, cases));

function texts(thing) {
	const found = [inspect(thing), inspect(thing, { depth: null, showHidden: true, showProxy: true })];
	found.push(inspect({ inside: [thing] }, { depth: null, showHidden: true, customInspect: false }));
	if (globalThis.Deno) found.push(Deno.inspect(thing, { depth: 99, showHidden: true }));
	if (globalThis.Bun) found.push(Bun.inspect(thing));
	return found;
}
