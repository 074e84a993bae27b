// All cases of a folder's files, in any runtime: no file is read and nothing is written here.
import { judge } from "./cases.mjs";
import { differences } from "./compare.mjs";
import { sha256 } from "./verdict.mjs";

/** The report of a host. `files` are `[relative path, content]`; `lines` say what failed. */
export async function report(api, host, version, files) {
	const results = {};
	const failed = [];
	const lines = [];
	for (const [path, content] of files) {
		const { kind, cases = [] } = JSON.parse(content);
		for (const { id, given, expect } of cases) {
			if (Object.hasOwn(results, id)) throw new Error(`${id} is there twice`);
			const verdict = await judge(api, kind, given);
			results[id] = verdict.document;
			const found = differences(expect, verdict.document);
			if (verdict.options !== undefined && JSON.stringify(verdict.options) !== JSON.stringify(verdict.document)) {
				found.push(`typed options give ${JSON.stringify(verdict.options)}`);
			}
			if (found.length > 0) {
				failed.push(id);
				lines.push(`${path} ${id}: ${found.join("; ")}`);
			}
		}
	}
	const passed = Object.keys(results).length - failed.length;
	return { report: { host, version, vectors_sha256: await hash(files), results, passed, failed }, lines };
}

/** The hash that says which vectors a report is about. */
async function hash(files) {
	const encoder = new TextEncoder();
	const parts = files.flatMap(([path, content]) => {
		const bytes = encoder.encode(content);
		return [encoder.encode(`${path}\0${bytes.length}\0`), bytes];
	});
	return sha256(await new Blob(parts).arrayBuffer());
}
