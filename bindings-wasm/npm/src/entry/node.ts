import { readFileSync } from "node:fs";
import { load } from "../module.js";

export * from "../index.js";

load(new WebAssembly.Module(readFileSync(`${__dirname}/valify_link.wasm`)), {
	hmac(digest, key, head, body) {
		// Loaded when it is first needed, since it takes some milliseconds and small bodies do without.
		const { createHmac } = require("node:crypto") as typeof import("node:crypto");
		return createHmac(digest, key).update(head).update(body).digest();
	},
});

declare const __dirname: string;
