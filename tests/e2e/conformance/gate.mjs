// The gate: runs hosts one after another, judges what they say, prints a table and every difference.
import { mkdirSync } from "node:fs";
import { collect } from "./collect.mjs";
import { differences } from "./expectation.mjs";
import { judge } from "./judge.mjs";
import { readVectors } from "./vectors.mjs";

/** `place` is `{ root, folder, out }`, all absolute; returns how many hosts passed and failed. */
export async function gate(hosts, place, print) {
	const vectors = readVectors(place.folder);
	mkdirSync(place.out, { recursive: true });
	const collected = [];
	for (const host of hosts) {
		print(`-- ${host.name}: ${host.command.join(" ")}`);
		collected.push(await collect(host, place));
	}
	const { byHost, byCase } = judge(vectors, collected);
	for (const line of ["", ...table(vectors, collected), ...byCase]) print(line);
	for (const [name, problems] of byHost) for (const problem of problems) print(`${name}: ${problem}`);
	const failed = [...byHost.values()].filter((problems) => problems.length > 0).length;
	// Hosts that differ have failed together, even where each has what its expectation names.
	const together = byCase.length > 0 ? 1 : 0;
	print(
		together === 0
			? `${vectors.cases.size} cases: one verdict everywhere`
			: `${byCase.length} of ${vectors.cases.size} cases: not one verdict everywhere`,
	);
	return { passed: hosts.length - failed + 1 - together, failed: failed + together };
}

function table(vectors, collected) {
	const rows = [["host", "version", "vectors", "passed", "failed", "hash"]];
	for (const { name, report } of collected) {
		if (report === undefined) {
			rows.push([name, "–", "–", "–", "–", "no report"]);
			continue;
		}
		const known = [...report.results].filter(([id]) => vectors.cases.has(id));
		const passed = known.filter(([id, verdict]) => differences(vectors.cases.get(id), verdict).length === 0).length;
		rows.push([name, report.version, report.results.size, passed, report.results.size - passed, String(report.sha256).slice(0, 16)]);
	}
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
	return rows.map((row) =>
		row
			.map((cell, column) => String(cell)[isNumber(column) ? "padStart" : "padEnd"](widths[column]))
			.join("  ")
			.trimEnd(),
	);
}

function isNumber(column) {
	return column >= 2 && column <= 4;
}
