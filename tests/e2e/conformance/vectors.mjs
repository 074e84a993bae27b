// A folder of vectors, read without the help of any host: its hash, its cases and what they expect.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { byBytes, parse } from "./json.mjs";

/** `{ sha256, cases: Map of id to what is expected }` */
export function readVectors(folder) {
	const hash = createHash("sha256");
	const cases = new Map();
	for (const path of files(folder)) {
		const content = readFileSync(`${folder}/${path}`);
		hash.update(`${path}\0${content.length}\0`).update(content);
		for (const entry of parse(content.toString()).get("cases") ?? []) {
			const id = entry.get("id");
			if (cases.has(id)) throw new Error(`${path}: ${id} is there twice`);
			cases.set(id, entry.get("expect"));
		}
	}
	if (cases.size === 0) throw new Error(`${folder}: no cases, which proves nothing`);
	return { sha256: hash.digest("hex"), cases };
}

function files(folder) {
	return readdirSync(folder, { recursive: true })
		.map((path) => path.replaceAll("\\", "/"))
		.filter((path) => path.endsWith(".json") && !path.endsWith(".schema.json"))
		.sort(byBytes);
}
