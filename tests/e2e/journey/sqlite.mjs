// SQLite files in a folder of their own, read by Python's own module: for an example that has no other database.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

const READ = "import json, sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]): print(json.dumps(row))";

export function startSqlite(python) {
	const folder = mkdtempSync(`${tmpdir()}/valify-link-sqlite-`);
	return {
		create(name) {
			const file = `${folder}/${name}.db`;
			const read = (sql) => execFileSync(python, ["-c", READ, file, sql], { encoding: "utf8", maxBuffer: 1 << 30 });
			return {
				url: `sqlite:///${file}`,
				attempts: () => read("select id, reference_id, record from attempts order by id"),
				stored: () => read("select * from attempts"),
			};
		},
		stop: async () => rmSync(folder, { recursive: true }),
	};
}
