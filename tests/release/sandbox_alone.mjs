// Runs a static program as the container's image would: nothing else in its root, nobody's rights. `node sandbox_alone.mjs PROGRAM`
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { createInterface } from "node:readline";

const [program] = process.argv.slice(2);
const root = mkdtempSync(`${tmpdir()}/valify-sandbox-root-`);
chmodSync(root, 0o755);
copyFileSync(program, `${root}/valify-sandbox`);
const serve = ["serve", "--listen", "0.0.0.0:0"];
// Only root may change the root folder; anybody else runs it where it is.
const command =
	process.getuid() === 0 ? ["chroot", "--userspec=65532:65532", root, "/valify-sandbox", ...serve] : [`${root}/valify-sandbox`, ...serve];
const child = spawn(command[0], command.slice(1), { env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "inherit"] });
try {
	const [line] = await once(createInterface({ input: child.stdout }), "line");
	const url = /^valify-sandbox ready at (http:\S+)$/.exec(line)[1];
	const answer = await fetch(`${url}/api/link/v1/request/?lang=en`, {
		method: "POST",
		headers: { "content-type": "application/json", "x-valify-api-key": "sandbox-key-not-for-production" },
		body: JSON.stringify({ return_url: "http://127.0.0.1:9/back", reference_id: "user-1", expires_at: "2099-01-01T00:00:00.000Z" }),
	});
	const { session_token } = await answer.json();
	if (!answer.ok || !session_token) throw new Error(`it answered ${answer.status}`);
	child.kill("SIGTERM");
	const [code] = await once(child, "exit");
	if (code !== 0) throw new Error(`it ended with ${code}`);
	console.log(`${command.slice(0, -serve.length).join(" ")}: a link, and a clean end`);
} finally {
	child.kill("SIGKILL");
	rmSync(root, { recursive: true });
}
