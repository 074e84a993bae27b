// The gate itself: it lets honest hosts through, and every doctored report fails it with a word of what is wrong.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gate } from "./gate.mjs";
import { readVectors } from "./vectors.mjs";

const fixtures = fileURLToPath(new URL("fixtures", import.meta.url));
const out = mkdtempSync(`${tmpdir()}/valify-link-gate-`);
after(() => rmSync(out, { recursive: true }));

function host(name, how) {
	return { name, command: [process.execPath, `${fixtures}/host.mjs`, name, how] };
}

async function judged(hosts, folder = `${fixtures}/vectors`) {
	const lines = [];
	const sum = await gate(hosts, { root: fixtures, folder, out }, (line) => lines.push(line));
	return { ...sum, text: lines.join("\n") };
}

test("honest hosts pass, however their JSON is spaced", async () => {
	const { passed, failed, text } = await judged([host("one", "honest"), host("two", "unordered")]);
	assert.deepEqual([passed, failed], [3, 0], text);
	assert.match(text, /^two +0\.1\.0 +4 +4 +0 +[0-9a-f]{16}$/m);
	assert.match(text, /4 cases: one verdict everywhere/);
});

for (const [how, said] of Object.entries({
	unnamed_field: /webhook\/a: 2 verdicts\n +one: .*"raw":"00".*\n +two: .*"raw":"01"/,
	extra_field: /webhook\/a: 2 verdicts/,
	jitter: /call\/c: 2 verdicts/,
	number: /call\/d: 2 verdicts/,
	type: /call\/d: not what is expected, on two\n +\.ok\.status: expected 200, got "200"/,
	failed: /two: it says that none failed, and by its verdicts webhook\/b did/,
	failed_and_said_so: /two: 1 of 4 failed/,
	fewer: /two: it did not run 1: call\/d/,
	more: /two: it ran 1 that are not there: call\/z/,
	twice: /two: its report cannot be read: .*twice/,
	hash: /two: it read other vectors/,
	miscounted: /two: it counts 3 passed of 4/,
	named: /two: .*of the host somebody/,
	cut: /two: its report cannot be read/,
	silent: /two: it wrote no report/,
	crashed: /two: .*exit status 3/,
	failed_after: /two: .*exit status 1/,
})) {
	test(`a host that is ${how} fails the gate`, async () => {
		const { failed, text } = await judged([host("one", "honest"), host("two", how)]);
		assert.ok(failed > 0, text);
		assert.match(text, said);
	});
}

test("a host that is not there fails the gate", async () => {
	const { failed, text } = await judged([host("one", "honest"), { name: "two", command: ["./no-such-host"] }]);
	assert.ok(failed > 0);
	assert.match(text, /two: \.\/no-such-host: it did not start/);
});

test("the report of an earlier run is not this one's", async () => {
	await judged([host("one", "honest"), host("two", "honest")]);
	const { failed, text } = await judged([host("one", "honest"), host("two", "silent")]);
	assert.ok(failed > 0);
	assert.match(text, /two: it wrote no report/);
});

test("expectations that are wrong fail every host, though all agree", async () => {
	const folder = `${out}/wrong`;
	cpSync(`${fixtures}/vectors`, folder, { recursive: true });
	const first = `${folder}/first.json`;
	writeFileSync(first, readFileSync(first, "utf8").replace('"passed"', '"failed"'));
	const { passed, failed, text } = await judged([host("one", "honest"), host("two", "honest")], folder);
	assert.deepEqual([passed, failed], [0, 3]);
	assert.doesNotMatch(text, /verdicts\n/);
	assert.match(text, /webhook\/a: not what is expected, on one two/);
});

test("the hash is that of tests/vectors/README.md", () => {
	const hash = createHash("sha256");
	for (const path of ["first.json", "more/second.json"]) {
		const content = readFileSync(`${fixtures}/vectors/${path}`);
		hash.update(Buffer.concat([Buffer.from(`${path}\0${content.length}\0`), content]));
	}
	assert.equal(readVectors(`${fixtures}/vectors`).sha256, hash.digest("hex"));
});

test("a folder without cases proves nothing", () => {
	assert.throws(() => readVectors(mkdtempSync(`${out}/empty-`)), /no cases/);
});
