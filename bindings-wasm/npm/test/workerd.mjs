// Bundles a Worker as wrangler does (modules of wasm kept apart) and runs it in workerd.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";

const { build } = createRequire(new URL("../package.json", import.meta.url))("esbuild");
const here = fileURLToPath(new URL(".", import.meta.url));

export async function inWorkerd(script, use, options = {}) {
	const bundled = await build({
		absWorkingDir: here,
		entryPoints: [script],
		bundle: true,
		format: "esm",
		conditions: ["workerd", "worker", "browser"],
		external: ["*.wasm"],
		write: false,
	});
	const wasm = readFileSync(`${here}../dist/valify_link.wasm`);
	const miniflare = new Miniflare({
		modules: [
			{ type: "ESModule", path: "worker.mjs", contents: bundled.outputFiles[0].text },
			{ type: "CompiledWasm", path: "valify_link.wasm", contents: wasm },
		],
		compatibilityDate: "2026-01-01",
		...options,
	});
	try {
		await use((url, init) => miniflare.dispatchFetch(url, init));
	} finally {
		await miniflare.dispose();
	}
}
