// Makes `dist/` and the parts of the package in it: one module, one piece of glue, tiny entries.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { fileURLToPath } from "node:url";
import binaryen from "binaryen";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;
const rustc = (...args) => execFileSync("rustc", args, { cwd: root, encoding: "utf8" });
const cargo = (env, ...args) =>
	execFileSync("cargo", args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "inherit", "inherit"] });

const FEATURES = ["MutableGlobals", "NontrappingFPToInt", "SIMD128", "BulkMemory", "SignExt", "ReferenceTypes", "Multivalue"];

/** The functions of Rust's libraries that never return. */
const PANICS = new RegExp(
	[
		/^core\[\w+\]::panicking::panic/,
		/^core(\[\w+\])?::panicking::assert_failed/,
		/^core\[\w+\]::(option|result)::(unwrap|expect)_failed$/,
		/^core\[\w+\]::cell::panic_already/,
		/^core\[\w+\]::slice::(index::slice_index_fail|copy_from_slice_impl::len_mismatch_fail)/,
		/^core\[\w+\]::slice::sort::shared::smallsort::panic_on_ord_violation$/,
		/^core\[\w+\]::str::slice_error_fail/,
		/^alloc\[\w+\]::(raw_vec::(handle_error|capacity_overflow)|alloc::handle_alloc_error)$/,
		/^__rustc\[\w+\]::(rust_begin_unwind|rust_panic)$/,
	]
		.map((name) => name.source)
		.join("|"),
);

process.chdir(here);
rmSync("dist", { recursive: true, force: true });
mkdirSync("dist", { recursive: true });
for (const license of ["LICENSE-APACHE", "LICENSE-MIT"]) copyFileSync(`${root}${license}`, license);
compile();
await bundle();
declarations();

function compile() {
	const env = { CARGO_ENCODED_RUSTFLAGS: flags().join("\x1f") };
	cargo(env, "build", "--quiet", "-p", "valify-link-wasm", "--profile", "wasm", "--target", "wasm32-unknown-unknown");
	cargo(
		{},
		"run",
		"--quiet",
		"-p",
		"valify-wasm-bundle",
		"--",
		`${target}/wasm32-unknown-unknown/wasm/valify_link_wasm.wasm`,
		`${here}wasm`,
	);
	leaveOutPanicMessages("wasm/valify_link_bg.wasm");
	const options = [
		"-Oz",
		"--strip-debug",
		"--strip-producers",
		"--enable-reference-types",
		"--enable-bulk-memory",
		"--enable-mutable-globals",
	];
	options.push("--enable-multivalue", "--enable-nontrapping-float-to-int", "--enable-sign-ext", "--enable-simd");
	execFileSync("node_modules/.bin/wasm-opt", [...options, "wasm/valify_link_bg.wasm", "-o", "dist/valify_link.wasm"], { stdio: "inherit" });
}

function flags() {
	// Every runtime that the package is for has had 128-bit vectors for years (Safari, the last, since 16.4): hashing and looking for the
	// end of a string are faster with them, and smaller.
	const flags = ["-Ctarget-feature=+simd128"];
	// Where sources are on the machine that builds is nobody's business: those of the dependencies, and Rust's own where they are installed.
	const sources = `${process.env.CARGO_HOME ?? `${homedir()}/.cargo`}/registry/src`;
	if (existsSync(sources)) flags.push(...readdirSync(sources).map((folder) => `--remap-path-prefix=${sources}/${folder}/=`));
	const [, commit] = /^commit-hash: (.*)$/m.exec(rustc("-vV"));
	flags.push(`--remap-path-prefix=${rustc("--print", "sysroot").trim()}/lib/rustlib/src/rust=/rustc/${commit}`);
	return flags;
}

/** A panic is a trap, whatever its message would have been: nothing shows the message, so that what would write it is left out. */
function leaveOutPanicMessages(path) {
	const module = binaryen.readBinary(readFileSync(path));
	// No more than the compiler has used: with all of them, types become what no runtime knows yet.
	module.setFeatures(FEATURES.reduce((all, feature) => all | binaryen.Features[feature], 0));
	const all = Array.from({ length: module.getNumFunctions() }, (_, index) => binaryen.getFunctionInfo(module.getFunctionByIndex(index)));
	const panics = all.filter(({ name, results }) => PANICS.test(name) && results === binaryen.none);
	if (panics.length < 10) throw new Error("the names of the functions that panic have changed");
	for (const { name, params } of panics) {
		module.removeFunction(name);
		module.addFunction(name, params, binaryen.none, [], module.unreachable());
	}
	writeFileSync(path, module.emitBinary());
}

async function bundle() {
	const shared = { absWorkingDir: here, bundle: true, target: "es2022", minify: true, keepNames: true, legalComments: "none" };
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
	writeFileSync("dist/index.mjs", `export { init, ${names} } from "./index.js";\n`);
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
}
