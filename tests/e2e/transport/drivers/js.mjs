// Node, Deno and Bun: asks for each link in turn. Orders on standard input, the transport as the argument; one answer a line.
import { readFileSync } from "node:fs";
import process from "node:process";
import * as api from "valify-link";
import { asker } from "./ask.mjs";

const OPTIONS = {
	default: {},
	fetch: { fetch: (url, init) => fetch(url, init) },
	// Two that do what must not be done, so that these tests are seen to see it.
	resends: { resendWhenUnknown: true },
	follows: { fetch: (url, init) => fetch(url, { ...init, redirect: "follow" }) },
};
const ask = asker(api, OPTIONS[process.argv[2]]);
for (const order of JSON.parse(readFileSync(0, "utf8"))) console.log(JSON.stringify(await ask(order)));
