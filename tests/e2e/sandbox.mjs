// A sandbox of this workspace on a free port.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** On a slow machine, a connection that was kept may be closed by the time that it is used again. */
export const FRESH = { connection: "close" };

export async function startSandbox(...options) {
	const program = `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/debug/valify-sandbox`;
	const child = spawn(program, ["serve", "--listen", "127.0.0.1:0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
	for await (const line of createInterface({ input: child.stdout })) {
		const [, origin] = line.match(/^valify-sandbox ready at (http:\S+)$/) ?? [];
		if (origin === undefined) continue;
		const post = async (path, body) => {
			const headers = { "content-type": "application/json", ...FRESH };
			const answer = await fetch(origin + path, { method: "POST", headers, body: JSON.stringify(body) });
			if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
			return answer.json().catch(() => undefined);
		};
		const get = async (path) => (await fetch(origin + path, { headers: FRESH })).json();
		return { origin, port: Number(new URL(origin).port), post, get, stop: () => child.kill() };
	}
	throw new Error("the sandbox did not start");
}
