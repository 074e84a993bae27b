// Starts the servers, and runs the cases in the runtime that is named.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { conclude } from "../harness.mjs";
import { RUNTIMES } from "../runtimes.mjs";
import { startSandbox } from "../sandbox.mjs";
import { inWorkerd } from "../workerd.mjs";
import { startPeers } from "./peers.mjs";

/** workerd gives no codes: "Network connection lost" can be anything. */
const NOTHING = { refused: false, unresolved: false, untrusted: false, fresh: false };
const ALL = { refused: true, unresolved: true, untrusted: true, fresh: true };

const host = process.argv[2];
const sandbox = await startSandbox();
const peers = await startPeers();
const world = { host, origins: { ...peers.origins, sandbox: sandbox.origin }, claims: host === "workers" ? NOTHING : ALL };
try {
	if (host === "workers") {
		const ask = async (fetch) => {
			const answer = await fetch("http://transport.test/", { method: "POST", body: JSON.stringify(world) });
			conclude(await answer.json());
		};
		// workerd writes pages about each failure that the cases provoke.
		const handleRuntimeStdio = (...streams) => streams.map((stream) => stream.resume());
		await inWorkerd("transport/worker.mjs", ask, { handleRuntimeStdio });
	} else {
		const [program, ...args] = RUNTIMES[host];
		const script = fileURLToPath(new URL("main.mjs", import.meta.url));
		const child = spawn(program, [...args, script], { stdio: "inherit", env: { ...process.env, TRANSPORT_WORLD: JSON.stringify(world) } });
		const [code] = await once(child, "exit");
		process.exitCode = code ?? 1;
	}
} finally {
	peers.stop();
	sandbox.stop();
}
