// Whether all hosts said the same about the same cases, and what was expected.
import { differences } from "./expectation.mjs";
import { canonical } from "./json.mjs";

/** What is wrong: `byHost` is a list of texts for each host's name, `byCase` one text for each case that is answered differently or wrongly. */
export function judge({ sha256, cases }, collected) {
	const byHost = new Map(
		collected.map((host) => [host.name, [...host.problems, ...(host.report ? ofReport(host.report, sha256, cases) : [])]]),
	);
	const reports = collected.filter(({ report }) => report !== undefined);
	const byCase = [];
	for (const [id, expected] of cases) {
		const answers = new Map();
		for (const { name, report } of reports) {
			if (!report.results.has(id)) continue;
			const verdict = canonical(report.results.get(id));
			answers.set(verdict, [...(answers.get(verdict) ?? []), name]);
		}
		if (answers.size > 1) {
			byCase.push(
				`${id}: ${answers.size} verdicts\n${[...answers].map(([verdict, names]) => `    ${names.join(" ")}: ${verdict}`).join("\n")}`,
			);
		}
		for (const [names, lines] of unexpected(expected, id, reports)) byCase.push(`${id}: not what is expected, on ${names}\n${lines}`);
	}
	return { byHost, byCase };
}

/** What is wrong with one report beside the vectors. */
function ofReport({ sha256, results, failed, passed }, expectedHash, cases) {
	const problems = [];
	if (sha256 !== expectedHash) problems.push(`it read other vectors: their hash is ${sha256}, and here ${expectedHash}`);
	const missing = [...cases.keys()].filter((id) => !results.has(id));
	if (missing.length > 0) problems.push(`it did not run ${missing.length}: ${missing.join(", ")}`);
	const unknown = [...results.keys()].filter((id) => !cases.has(id));
	if (unknown.length > 0) problems.push(`it ran ${unknown.length} that are not there: ${unknown.join(", ")}`);
	const wrong = [...results].filter(([id, verdict]) => cases.has(id) && differences(cases.get(id), verdict).length > 0).map(([id]) => id);
	if (!Array.isArray(failed) || wrong.toSorted().join() !== failed.toSorted().join()) {
		problems.push(`it says that ${list(failed)} failed, and by its verdicts ${list(wrong)} did`);
	}
	if (passed !== results.size - wrong.length) problems.push(`it counts ${passed} passed of ${results.size}, where ${wrong.length} failed`);
	if (wrong.length > 0) problems.push(`${wrong.length} of ${cases.size} failed`);
	return problems;
}

/** The same complaint of several hosts, once. */
function unexpected(expected, id, reports) {
	const complaints = new Map();
	for (const { name, report } of reports) {
		if (!report.results.has(id)) continue;
		const lines = differences(expected, report.results.get(id));
		if (lines.length === 0) continue;
		const text = lines.map((line) => `    ${line}`).join("\n");
		complaints.set(text, [...(complaints.get(text) ?? []), name]);
	}
	return [...complaints].map(([text, names]) => [names.join(" "), text]);
}

function list(ids) {
	return Array.isArray(ids) && ids.length > 0 ? ids.join(", ") : "none";
}
