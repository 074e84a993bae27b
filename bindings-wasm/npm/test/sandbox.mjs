// A sandbox of the workspace's own build, on a free port.
import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));

export async function startSandbox(...options) {
	const target = process.env.CARGO_TARGET_DIR ?? `${root}target`;
	const program = `${target}/debug/valify-sandbox`;
	if (!existsSync(program)) execFileSync("cargo", ["build", "--quiet", "-p", "valify-sandbox"], { cwd: root, stdio: "inherit" });
	const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
	// A test that ends by an exception must not leave it behind.
	process.on("exit", () => child.kill());
	for await (const line of createInterface({ input: child.stdout })) {
		const ready = line.match(/^valify-sandbox ready at (http:\S+)$/);
		if (ready) return { origin: ready[1], stop: () => child.kill() };
	}
	throw new Error("the sandbox did not start");
}
