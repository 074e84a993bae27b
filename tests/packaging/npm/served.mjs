// Servers of other tools, and pages of theirs in a browser.
import { spawn } from "node:child_process";
import { launch } from "../../../bindings-wasm/npm/test/browser/chromium.mjs";
import { freePort } from "../../../bindings-wasm/npm/test/examples/postgres.mjs";

/** Runs a program that serves at the port handed to `args`, for as long as `use` takes. */
export async function served(cwd, program, args, use) {
	const port = await freePort();
	const origin = `http://127.0.0.1:${port}`;
	const child = spawn(process.execPath, [program, ...args(port)], { cwd, stdio: ["ignore", "pipe", "pipe"] });
	process.on("exit", () => child.kill());
	let said = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (data) => {
			said += data;
		});
	try {
		for (let tries = 0; ; tries += 1) {
			if (child.exitCode !== null || tries > 600) throw new Error(`nothing serves: ${said}`);
			if (await fetch(origin).catch(() => undefined)) break;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		return await use(origin, () => said);
	} finally {
		child.kill();
	}
}

/** The title of a page, once it is one that says something. */
export async function titleOf(url) {
	const browser = await launch();
	try {
		const page = await browser.newPage();
		const problems = [];
		page.on("pageerror", (error) => problems.push(error.message));
		await page.goto(url);
		await page.waitForFunction(() => document.title.startsWith("it says")).catch((error) => problems.push(error.message));
		return [await page.title(), ...problems].join("; ");
	} finally {
		await browser.close();
	}
}
