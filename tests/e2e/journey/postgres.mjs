// A PostgreSQL of its own in a folder of its own, run by somebody who is not root: the server refuses root.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

const USER = "valify";

export async function startPostgres() {
	const bin = programs();
	const folder = mkdtempSync(`${tmpdir()}/valify-link-postgres-`);
	const isRoot = process.getuid() === 0;
	if (isRoot) execFileSync("chown", ["nobody", folder]);
	const as = (program, ...args) =>
		isRoot ? ["runuser", ["-u", "nobody", "--", `${bin}/${program}`, ...args]] : [`${bin}/${program}`, args];
	// Without fsync: what is tested survives the death of a client, not that of the machine.
	execFileSync(...as("initdb", "-D", `${folder}/data`, "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8"), {
		stdio: "ignore",
		cwd: folder,
	});
	const port = await freePort();
	const settings = [
		"-h",
		"127.0.0.1",
		"-p",
		String(port),
		"-k",
		folder,
		"-c",
		"fsync=off",
		"-c",
		"max_connections=200",
		"-c",
		"log_min_messages=fatal",
	];
	const server = spawn(...as("postgres", "-D", `${folder}/data`, ...settings), { stdio: ["ignore", "ignore", "ignore"], cwd: folder });
	const url = (database) => `postgresql://${USER}:not-checked@127.0.0.1:${port}/${database}`;
	const query = (database, sql) =>
		execFileSync(`${bin}/psql`, ["-XAtq", "-v", "ON_ERROR_STOP=1", url(database), "-c", sql], {
			encoding: "utf8",
			maxBuffer: 1 << 30,
			stdio: ["ignore", "pipe", "pipe"],
		});
	for (let attempt = 0; ; attempt += 1) {
		try {
			query("postgres", "select 1");
			break;
		} catch (error) {
			if (attempt > 150) throw error;
			await sleep(100);
		}
	}
	return {
		/** A new database: its URL, its attempts as lines of JSON `[id, reference, record]`, and all that is stored, as text. */
		create(database) {
			query("postgres", `create database ${database}`);
			return {
				url: url(database),
				attempts: () => query(database, "select json_build_array(id, reference_id, record) from attempts order by id"),
				stored: () => query(database, "select row_to_json(attempts) from attempts"),
			};
		},
		async stop() {
			const ended = once(server, "exit");
			execFileSync(...as("pg_ctl", "stop", "-m", "immediate", "-D", `${folder}/data`), { stdio: "ignore", cwd: folder });
			await ended;
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** Debian's place for them, which is on nobody's PATH. */
function programs() {
	const debian = "/usr/lib/postgresql";
	const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
	const found = versions
		.map((version) => `${debian}/${version}/bin`)
		.find((bin) => existsSync(`${bin}/initdb`) && existsSync(`${bin}/psql`));
	if (found === undefined) throw new Error("PostgreSQL is missing: install Debian's package postgresql");
	return found;
}

export async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	await new Promise((resolve) => server.close(resolve));
	return port;
}
