import { readFileSync } from "node:fs";
import { load } from "../module.js";

export * from "../index.js";

export async function init(): Promise<void> {}

load(new WebAssembly.Module(moduleBytes()), {
	hmac(digest, key, head, body) {
		// Loaded when it is first needed, since it takes some milliseconds and small bodies do without.
		const { createHmac } = require("node:crypto") as typeof import("node:crypto");
		return createHmac(digest, key).update(head).update(body).digest();
	},
});

function moduleBytes(): Uint8Array<ArrayBuffer> {
	try {
		return readFileSync(`${__dirname}/valify_link.wasm`);
	} catch (error) {
		const advice = 'keep the package external (Next.js: serverExternalPackages: ["valify-link"]; esbuild: --external:valify-link)';
		throw new Error(`valify-link: its module is not beside this bundle: ${advice}, or copy valify-link/valify_link.wasm there`, {
			cause: error,
		});
	}
}

declare const __dirname: string;
