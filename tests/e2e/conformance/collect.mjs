// Runs one host and reads the report that it writes. Whatever goes wrong is a finding, never an exception.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, readFileSync, rmSync } from "node:fs";
import { parse } from "./json.mjs";

/** `{ name, report?, problems: [text] }`; `report` has the verdicts by id, as they were read. */
export async function collect({ name, command }, { root, folder, out }) {
	const [path, log] = [`${out}/${name}.json`, `${out}/${name}.log`];
	// What an earlier run wrote must not pass for this one's.
	rmSync(path, { force: true });
	const problems = [];
	const ended = await run(command, { cwd: root, env: { ...process.env, VECTORS_DIR: folder, VECTORS_REPORT: path } }, log);
	if (ended !== "exit status 0") problems.push(`${command.join(" ")}: ${ended}; see ${log}`);
	try {
		return { name, report: readReport(readFileSync(path, "utf8"), name), problems };
	} catch (error) {
		const what = error.code === "ENOENT" ? "it wrote no report" : `its report cannot be read: ${error.message}`;
		return { name, problems: [...problems, what, ...tail(log)] };
	}
}

async function run([program, ...args], options, log) {
	const file = createWriteStream(log);
	await once(file, "open");
	try {
		const child = spawn(program, args, { ...options, stdio: ["ignore", file, file] });
		const [code, signal] = await once(child, "exit");
		return signal === null ? `exit status ${code}` : `ended by ${signal}`;
	} catch (error) {
		return `it did not start: ${error.message}`;
	} finally {
		file.end();
	}
}

/** The last lines of what a host said, for whoever has no more than the terminal. */
function tail(log) {
	return readFileSync(log, "utf8")
		.trimEnd()
		.split("\n")
		.slice(-12)
		.filter(Boolean)
		.map((line) => `  ${line}`);
}

function readReport(text, name) {
	const document = parse(text);
	const names = [...document.keys()].sort().join();
	if (names !== "failed,host,passed,results,vectors_sha256,version") throw new Error(`it has the names ${names}`);
	const report = Object.fromEntries(document);
	if (report.host !== name) throw new Error(`it is of the host ${report.host}`);
	if (!(report.results instanceof Map)) throw new Error("its results are no object");
	for (const [id, verdict] of report.results) {
		if (!(verdict instanceof Map)) throw new Error(`${id}: its verdict is no object`);
	}
	return {
		version: String(report.version),
		sha256: report.vectors_sha256,
		results: report.results,
		failed: report.failed,
		passed: Number(report.passed?.text),
	};
}
