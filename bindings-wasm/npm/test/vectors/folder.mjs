// The folder of vectors, and the report's place: for the runtimes that have files.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../..", import.meta.url));

/** The files that count, in byte order of their relative paths. */
export function files() {
	const folder = resolve(root, process.env.VECTORS_DIR ?? "tests/vectors");
	const names = readdirSync(folder, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
	const counted = names.filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"));
	return counted
		.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
		.map((name) => [name, readFileSync(`${folder}/${name}`, "utf8")]);
}

/** Writes a report, and prints the differences and the sum. A failed case is a failed process. */
export function conclude({ report, lines }) {
	const path = resolve(root, process.env.VECTORS_REPORT ?? `target/vectors/${report.host}.json`);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, `${JSON.stringify(report)}\n`);
	for (const line of lines) console.log(line);
	console.log(`vectors on ${report.host}`);
	console.log(`${report.passed} passed, ${report.failed.length} failed`);
	process.exitCode = report.failed.length === 0 && report.passed > 0 ? 0 : 1;
}
