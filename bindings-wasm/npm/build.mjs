// Makes `dist/` and the parts of the package in it: one module, one piece of glue, tiny entries.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;
const cargo = (...args) => execFileSync("cargo", args, { cwd: root, stdio: ["ignore", "inherit", "inherit"] });

process.chdir(here);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });
for (const license of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(`${root}${license}`, license);
compile();
await bundle();
declarations();

function compile() {
	cargo("build", "--quiet", "-p", "valify-link-wasm", "--profile", "wasm", "--target", "wasm32-unknown-unknown");
	cargo("run", "--quiet", "-p", "valify-wasm-bundle", "--", `${target}/wasm32-unknown-unknown/wasm/valify_link_wasm.wasm`, `${here}wasm`);
	const options = [
		"-Oz",
		"--strip-debug",
		"--strip-producers",
		"--enable-reference-types",
		"--enable-bulk-memory",
		"--enable-mutable-globals",
	];
	options.push("--enable-multivalue", "--enable-nontrapping-float-to-int", "--enable-sign-ext");
	execFileSync("node_modules/.bin/wasm-opt", [...options, "wasm/valify_link_bg.wasm", "-o", "dist/valify_link.wasm"], { stdio: "inherit" });
}

async function bundle() {
	const shared = { bundle: true, target: "es2022", minify: true, keepNames: true, legalComments: "none" };
	await build({ ...shared, entryPoints: ["src/entry/node.ts"], format: "cjs", platform: "node", outfile: "dist/index.js" });
	const web = await build({
		...shared,
		entryPoints: ["src/entry/web.ts"],
		format: "esm",
		platform: "neutral",
		outfile: "dist/web.mjs",
		metafile: true,
	});
	const names = web.metafile.outputs["dist/web.mjs"].exports.filter((name) => name !== "load" && name !== "isLoaded").join(", ");
	// Node's ES modules and CommonJS share one copy, so that what one has made the other takes.
	writeFileSync("dist/index.mjs", `export { ${names} } from "./index.js";\n`);
	for (const runtime of ["deno", "workers", "browser"]) {
		copyFileSync(`src/entry/${runtime}.mjs`, `dist/${runtime}.mjs`);
		writeFileSync(`dist/${runtime}.mjs`, `export { ${names} } from "./web.mjs";\n`, { flag: "a" });
	}
	const adapters = readdirSync("src/adapters").filter((file) => file.startsWith("for_"));
	const entryPoints = adapters.map((file) => ({ in: `src/adapters/${file}`, out: file.slice(4, -3) }));
	await build({ ...shared, entryPoints, format: "cjs", platform: "node", outdir: "dist" });
	await build({ ...shared, entryPoints, format: "esm", platform: "neutral", outdir: "dist", outExtension: { ".js": ".mjs" } });
}

function declarations() {
	execFileSync("node_modules/.bin/tsc", ["-p", "."], { stdio: "inherit" });
	for (const inner of ["module", "entry/node", "entry/web", "document", "platform", "secret", "not_sent"])
		rmSync(`dist/types/${inner}.d.ts`, { force: true });
	rmSync("dist/types/entry", { recursive: true, force: true });
	for (const file of readdirSync("dist/types/adapters").filter((file) => file.startsWith("for_"))) {
		writeFileSync(`dist/types/adapters/${file.replace(".d.ts", ".d.mts")}`, `export * from "./${file.replace(".d.ts", ".js")}";\n`);
	}
	writeFileSync("dist/types/index.d.mts", 'export * from "./index.js";\n');
	copyFileSync("types/browser.d.mts", "dist/types/browser.d.mts");
}
