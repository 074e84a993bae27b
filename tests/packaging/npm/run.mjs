// Packs the package, installs the tarball into throwaway projects and runs them. `node run.mjs`
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { freePort } from "../../../bindings-wasm/npm/test/examples/postgres.mjs";
import { conclude, equal, ok, run, thrown } from "../../../bindings-wasm/npm/test/harness.mjs";
import { RUNTIMES } from "../../../bindings-wasm/npm/test/runtimes.mjs";
import { startSandbox } from "../../../bindings-wasm/npm/test/sandbox.mjs";
import { inWorkerd } from "../../../bindings-wasm/npm/test/workerd.mjs";
import { BOTH, BROWSER, CJS, COPIES, ESM, NEXT, SAID, SAID_IN_BROWSER, TYPED, WORKER } from "./projects.mjs";
import { programOf, README_SAYS } from "./readme.mjs";
import { served, titleOf } from "./served.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const source = fileURLToPath(new URL("../../../bindings-wasm/npm", import.meta.url));
const tests = `${source}/test`;
const bin = `${here}node_modules/.bin`;
const rooms = mkdtempSync(`${tmpdir()}/valify-link-packaging-`);

function exec(cwd, program, ...args) {
	try {
		return execFileSync(program, args, {
			cwd,
			encoding: "utf8",
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, NO_COLOR: "1", NEXT_TELEMETRY_DISABLED: "1" },
		});
	} catch (error) {
		throw new Error(`${program} ${args.join(" ")}\n${error.stdout}${error.stderr}`);
	}
}

const tarball = `${rooms}/${exec(source, "npm", "pack", "--silent", "--pack-destination", rooms).trim()}`;

/** A folder with the tarball installed and the given files; `type` is that of its package.json. */
function project(name, files, type = "module", room = `${rooms}/${name}`) {
	mkdirSync(room, { recursive: true });
	writeFileSync(`${room}/package.json`, JSON.stringify({ name, private: true, type }));
	for (const [file, content] of Object.entries(files)) {
		mkdirSync(dirname(`${room}/${file}`), { recursive: true });
		writeFileSync(`${room}/${file}`, content);
	}
	exec(room, "npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", tarball);
	return room;
}

function says(room, [program, ...args], file, said = SAID) {
	equal(exec(room, program, ...args, file).trim(), said, "what it says");
}

const NODES = ["node", "node24", "node26"];
/** No permission at all: neither loading nor verifying needs one. */
const DENO = [RUNTIMES.deno[0], "run", "--quiet", "--no-prompt"];

const TS = {
	compilerOptions: {
		strict: true,
		noEmit: true,
		skipLibCheck: false,
		target: "es2022",
		lib: ["ES2022", "DOM", "DOM.Iterable"],
		types: ["node"],
		noUncheckedIndexedAccess: true,
		exactOptionalPropertyTypes: true,
	},
	include: ["*.ts", "*.mts", "*.cts"],
};

function typed(name, compiler, type, options, file) {
	return [
		`types: ${name}`,
		() => {
			const config = { ...TS, compilerOptions: { ...TS.compilerOptions, ...options } };
			const room = project(`types-${name.replaceAll(/\W/g, "-")}`, { [file]: TYPED, "tsconfig.json": JSON.stringify(config) }, type);
			mkdirSync(`${room}/node_modules/@types`);
			symlinkSync(`${here}node_modules/@types/node`, `${room}/node_modules/@types/node`);
			symlinkSync(`${here}node_modules/undici-types`, `${room}/node_modules/undici-types`);
			exec(room, "node", `${here}node_modules/${compiler}/bin/tsc`, "-p", ".");
		},
	];
}

const cases = [
	[
		"the tarball holds what is meant, and no more",
		() => {
			const files = exec(rooms, "tar", "tzf", tarball)
				.trim()
				.split("\n")
				.map((file) => file.replace("package/", ""));
			const unwanted = files.filter(
				(file) => !/^(package\.json|README\.md|LICENSE-(APACHE|MIT)|dist\/[\w]+\.(js|mjs|wasm)|dist\/types\/.*\.d\.m?ts)$/.test(file),
			);
			equal(unwanted, [], "other files");
			for (const file of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/valify_link.wasm"]) ok(files.includes(file), file);
			const manifest = JSON.parse(readFileSync(`${source}/package.json`, "utf8"));
			equal([manifest.dependencies, manifest.scripts.postinstall], [undefined, undefined], "what an installation brings or runs");
		},
	],
	[
		"ES modules on each Node",
		() => {
			const room = project("esm", { "main.mjs": ESM });
			for (const node of NODES) says(room, RUNTIMES[node], "main.mjs");
		},
	],
	[
		"CommonJS on each Node",
		() => {
			const room = project("cjs", { "main.cjs": CJS });
			for (const node of NODES) says(room, RUNTIMES[node], "main.cjs");
		},
	],
	["both in one process", () => says(project("both", { "main.mjs": BOTH }), RUNTIMES.node, "main.mjs", "one package")],
	["two copies in one process", () => says(project("copies", { "main.cjs": COPIES }), RUNTIMES.node, "main.cjs", "two copies")],
	[
		"Bun, both systems",
		() => {
			const room = project("bun", { "main.mjs": ESM, "main.cjs": CJS });
			says(room, RUNTIMES.bun, "main.mjs");
			says(room, RUNTIMES.bun, "main.cjs");
		},
	],
	["Deno without any permission", () => says(project("deno", { "main.mjs": ESM }), DENO, "main.mjs")],
	[
		"Workers",
		async () => {
			const room = project("worker", { "worker.mjs": WORKER });
			await inWorkerd(`${room}/worker.mjs`, async (fetch) => equal(await (await fetch("http://w.test/")).text(), SAID, "what it says"));
		},
	],
	[
		"esbuild for Node, the package external",
		() => {
			const room = project("esbuild-node", { "main.mjs": ESM });
			exec(
				room,
				`${bin}/esbuild`,
				"main.mjs",
				"--bundle",
				"--platform=node",
				"--format=esm",
				"--external:valify-link",
				"--outfile=out.mjs",
				"--log-level=error",
			);
			says(room, RUNTIMES.node, "out.mjs");
		},
	],
	[
		"esbuild for Node, the module beside the bundle; without it, what to do is said",
		async () => {
			const room = project("esbuild-beside", { "main.cjs": CJS });
			mkdirSync(`${room}/out`);
			exec(room, `${bin}/esbuild`, "main.cjs", "--bundle", "--platform=node", "--outfile=out/main.cjs", "--log-level=error");
			const error = await thrown(() => exec(room, ...RUNTIMES.node, "out/main.cjs"));
			ok(error.message.includes("keep the package external"), error.message);
			exec(room, "cp", "node_modules/valify-link/dist/valify_link.wasm", "out/");
			says(room, RUNTIMES.node, "out/main.cjs");
		},
	],
	[
		"Vite for browsers, built and while developing, in a browser",
		async () => {
			const room = project("vite", { "main.js": BROWSER, "index.html": '<script type="module" src="/main.js"></script>' });
			const vite = `${here}node_modules/vite/bin/vite.js`;
			const at = (port) => ["--host", "127.0.0.1", "--port", `${port}`, "--strictPort"];
			exec(room, "node", vite, "build", "--logLevel", "error", "--target", "es2022");
			const script = readdirSync(`${room}/dist/assets`).find((file) => file.endsWith(".js"));
			ok(!readFileSync(`${room}/dist/assets/${script}`, "utf8").includes("node:fs"), "nothing of Node");
			const read = async (origin) => equal(await titleOf(origin), SAID_IN_BROWSER, "the title");
			await served(room, vite, (port) => ["preview", ...at(port)], read);
			await served(room, vite, (port) => at(port), read);
		},
	],
	[
		"Next.js, built and started",
		async () => {
			// Among the tests' own packages, so that Next.js is found and need not be installed again.
			const room = mkdtempSync(`${tests}/next-app-`);
			try {
				project("next-app", NEXT, "module", room);
				const next = `${tests}/node_modules/next/dist/bin/next`;
				exec(room, "node", next, "build");
				const { sign } = await import(pathToFileURL(`${room}/node_modules/valify-link/dist/index.mjs`));
				await served(
					room,
					next,
					(port) => ["start", "-H", "127.0.0.1", "-p", `${port}`],
					async (origin, said) => {
						const auth = { preset: "x_valify_signature_unverified", secrets: [{ id: "a", utf8: "fake-webhook-secret-0001" }] };
						const deliver = async (body, { headers = sign(auth, body).headers, sent = body } = {}) => {
							const answer = await fetch(`${origin}/webhooks/valify`, { method: "POST", headers, body: sent });
							return [answer.status, await answer.text()];
						};
						const body = (status) => JSON.stringify({ token: "5e55104e-0000-4000-8000-000000000001", status }, null, 3);
						equal(await deliver(body("approved")), [200, ""], "the answer");
						ok(said().includes("it says passed"), `the handler's log: ${said()}`);
						equal(await deliver(body("approved"), { headers: [] }), [401, ""], "the answer to no signature");
						equal(await deliver(body("approved"), { sent: body("rejected") }), [401, ""], "the answer to another body");
						const [[name, tag]] = sign(auth, body("approved")).headers;
						equal(
							await deliver(body("approved"), {
								headers: [
									[name, tag],
									[name, tag],
								],
							}),
							[401, ""],
							"the answer to two signatures",
						);
						equal(
							await deliver(body("approved"), {
								headers: [
									[name, tag],
									["content-encoding", "gzip"],
								],
							}),
							[415, ""],
							"the answer to gzip",
						);
						equal(await deliver(body("x".repeat(20_000))), [413, ""], "the answer to a large body");
						equal(await deliver(body("throw")), [503, ""], "the answer where the handler throws");
						equal((await fetch(`${origin}/webhooks/valify`)).status, 405, "the answer to another method");
					},
				);
			} finally {
				rmSync(room, { recursive: true });
			}
		},
	],
	typed("nodenext, ES modules", "typescript", "module", { module: "nodenext", moduleResolution: "nodenext" }, "main.mts"),
	typed("nodenext, CommonJS", "typescript", "commonjs", { module: "nodenext", moduleResolution: "nodenext" }, "main.cts"),
	typed("bundler", "typescript", "module", { module: "preserve", moduleResolution: "bundler" }, "main.ts"),
	typed("TypeScript 5, node16", "typescript5", "module", { module: "node16", moduleResolution: "node16" }, "main.mts"),
	typed("TypeScript 5, node16, CommonJS", "typescript5", "commonjs", { module: "node16", moduleResolution: "node16" }, "main.cts"),
	[
		"the README's code compiles, runs, and ends in what it promises",
		async () => {
			// Here, so that the types of Express and Node are found.
			const room = mkdtempSync(`${here}readme-`);
			const port = await freePort();
			const sandbox = await startSandbox("--webhook-url", `http://127.0.0.1:${port}/webhooks/valify`);
			try {
				const program = programOf(readFileSync(`${source}/README.md`, "utf8"));
				const config = { ...TS, compilerOptions: { ...TS.compilerOptions, module: "nodenext" } };
				project("readme", { "main.ts": program, "tsconfig.json": JSON.stringify(config) }, "module", room);
				exec(room, "node", `${here}node_modules/typescript/bin/tsc`, "-p", ".");
				Object.assign(process.env, { PORT: port, SANDBOX: sandbox.origin, VALIFY_API_KEY: "sandbox-key-not-for-production" });
				Object.assign(process.env, {
					VALIFY_WEBHOOK_SECRET: "sandbox-secret-not-for-production",
					RETURN_STATE_SECRET: "fake-secret-of-32-bytes-for-tests",
				});
				const [node] = RUNTIMES.node24;
				const said = exec(room, node, "main.ts").trim().split("\n");
				equal(said.at(-1), README_SAYS, "what it says");
			} finally {
				sandbox.stop();
				rmSync(room, { recursive: true });
			}
		},
	],
	typed("TypeScript 5, node10", "typescript5", "commonjs", { module: "commonjs", moduleResolution: "node10" }, "main.ts"),
	["publint", () => exec(source, `${bin}/publint`, "--strict")],
	["attw", () => exec(source, `${bin}/attw`, tarball, "--profile", "strict", "--exclude-entrypoints", "./valify_link.wasm")],
];

try {
	if (!existsSync(`${source}/dist/valify_link.wasm`)) exec(source, "npm", "run", "--silent", "build");
	conclude(await run("packaging of the npm package", cases));
} finally {
	rmSync(rooms, { recursive: true });
}
