// A PostgreSQL of its own in a folder that is thrown away. It refuses to run as root: then it runs as somebody else.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";

const VERSIONS = "/usr/lib/postgresql";

/** The folder of the newest server's programs, where Debian puts them; `undefined` where there is none. */
function programs() {
	const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS) : [];
	const folders = versions.sort((a, b) => b - a).map((version) => `${VERSIONS}/${version}/bin`);
	return folders.find((folder) => existsSync(`${folder}/initdb`) && existsSync(`${folder}/postgres`));
}

/** A running server, `undefined` where PostgreSQL is not installed. */
export async function startPostgres() {
	const bin = programs();
	if (bin === undefined) return undefined;
	const folder = mkdtempSync(`${tmpdir()}/valify-link-postgres-`);
	const as = { cwd: folder };
	if (process.getuid() === 0) {
		const idOf = (which) => Number(execFileSync("id", [which, "nobody"], { encoding: "utf8" }));
		Object.assign(as, { uid: idOf("-u"), gid: idOf("-g") });
		chownSync(folder, as.uid, as.gid);
	}
	execFileSync(`${bin}/initdb`, ["-D", `${folder}/data`, "-U", "valify", "--auth=trust", "--no-sync"], { ...as, stdio: "ignore" });
	const port = await freePort();
	const options = ["-D", `${folder}/data`, "-k", folder, "-h", "127.0.0.1", "-p", `${port}`, "-c", "fsync=off"];
	const server = spawn(`${bin}/postgres`, options, { ...as, stdio: ["ignore", "ignore", "pipe"] });
	// A test that ends by an exception must not leave it behind.
	process.on("exit", () => server.kill("SIGQUIT"));
	let said = "";
	for await (const piece of server.stderr) {
		said += piece;
		if (said.includes("ready to accept connections")) break;
	}
	if (server.exitCode !== null || !said.includes("ready to accept connections")) throw new Error(`PostgreSQL did not start:\n${said}`);
	return {
		url: `postgresql://valify:fake-password@127.0.0.1:${port}/postgres`,
		async stop() {
			server.kill("SIGINT");
			await once(server, "exit");
			rmSync(folder, { recursive: true });
		},
	};
}

/** A port that was free a moment ago. */
export async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}
