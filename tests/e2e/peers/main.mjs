// Beside software that nobody here wrote: `node main.mjs PYTHON [--write]`. PEERS_SEED repeats a run; --write renews the table in README.md.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { randomBodies } from "./bodies.mjs";
import { hostile } from "./hostile.mjs";
import { SECRETS } from "./schemes.mjs";
import { tables } from "./table.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const [python, ...options] = process.argv.slice(2);

/** Where the peers live, by the name of their registry. */
const HOSTS = {
	npm: [process.execPath, `${here}node.mjs`],
	PyPI: [python, `${here}python.py`],
	Maven: [`${here}java/run`],
};

const seed = process.env.PEERS_SEED ?? randomBytes(6).toString("hex");
const now = () => Math.floor(Date.now() / 1000);
// Everybody takes at least 300 seconds to both sides: from the future, so that a slow machine's last verifier still takes what its first signer signed.
const latest = now() + 240;
console.log(`PEERS_SEED=${seed}`);
const bodies = randomBodies(seed, 300);
const orders = Object.keys(SECRETS).flatMap((family) =>
	bodies.map((body, index) => ({
		family,
		secret: SECRETS[family],
		id: `msg_${index}`,
		timestamp: latest - (index % 200),
		body: Buffer.from(body).toString("base64"),
	})),
);

const counts = { passed: 0, failed: 0 };
function check(holds, what) {
	counts[holds ? "passed" : "failed"] += 1;
	if (!holds) console.log(`FAILED: ${what}`);
}

/** What every peer of every host says: `[{ host, peer, verify, sign }]`. Who signed is nobody's business. */
function ask(work) {
	const input = JSON.stringify(work, (name, value) => (name === "signer" ? undefined : value));
	return Object.entries(HOSTS).flatMap(([host, [program, ...args]]) => {
		const { status, stdout, error } = spawnSync(program, args, {
			input,
			maxBuffer: 1 << 30,
			stdio: ["pipe", "pipe", "inherit"],
		});
		if (status !== 0) throw new Error(`${host}: ${error?.message ?? `exit status ${status}`}`);
		return Object.entries(JSON.parse(stdout)).map(([peer, said]) => ({ host, peer, ...said }));
	});
}

const isOurs = ({ peer }) => peer === "valify-link";
const named = ({ host, peer }) => (isOurs({ peer }) ? `valify-link (${host})` : `${peer} (${host})`);

// Everybody signs, then everybody verifies what all have signed: as it is, and with one letter of the signature changed.
const signers = ask({ verify: [], sign: orders });
const signed = signers.flatMap((signer) =>
	orders.flatMap((order, index) => (signer.sign[index] === null ? [] : [{ ...order, headers: signer.sign[index], signer }])),
);
const verifiers = ask({ verify: [...signed, ...signed.map(forged)], sign: [] });
for (const verifier of verifiers) {
	for (const signer of signers) {
		const said = signed.flatMap((delivery, index) =>
			delivery.signer === signer && verifier.verify[index] !== null
				? [{ delivery, good: verifier.verify[index], bad: verifier.verify[signed.length + index] }]
				: [],
		);
		// Among peers alone there is nothing of ours to see.
		if (said.length === 0 || (!isOurs(signer) && !isOurs(verifier))) continue;
		const refused = said.filter(({ good }) => good !== "accepted");
		const believed = said.filter(({ bad }) => bad === "accepted");
		const pair = `${named(signer)} signs, ${named(verifier)} verifies`;
		check(refused.length === 0, `${pair}: ${refused.length} not accepted, the first ${first(refused)}`);
		check(believed.length === 0, `${pair}: ${believed.length} forged ones accepted`);
		console.log(`${pair}: ${said.length - refused.length} of ${said.length}, and none of as many forged`);
	}
}

function first([entry]) {
	return entry && `(${entry.good}) with ${JSON.stringify({ headers: entry.delivery.headers, body: entry.delivery.body.slice(0, 200) })}`;
}

/** The same with one letter of the last signature changed, so that it is still well-formed. */
function forged({ signer, ...delivery }) {
	const turn = (text) => {
		const at = text.lastIndexOf("v1") + 3;
		return `${text.slice(0, at)}${text[at] === "a" ? "b" : "a"}${text.slice(at + 1)}`;
	};
	return {
		...delivery,
		headers: delivery.headers.map(([name, value]) => [name, name.toLowerCase().endsWith("signature") ? turn(value) : value]),
	};
}

// Hostile deliveries: ours must say what the table says in every host, and the table must be what the file has.
const cases = hostile(now());
const answers = ask({ verify: cases, sign: [] });
cases.forEach(({ family, what, expect, asObject }, index) => {
	for (const ours of answers.filter(isOurs)) {
		const said = ours.verify[index];
		// Where bytes are what the compiler takes, nobody can pass another thing.
		if (said === null && asObject && ours.host === "Maven") continue;
		check(said === expect, `${family}, ${what}: ${named(ours)} says ${said}, and ${expect} is expected`);
	}
});
const table = tables(cases, answers);
console.log(`\n${table}`);
const [path, marks] = [`${here}README.md`, /(<!-- table -->\n).*(<!-- end -->)/s];
const readme = readFileSync(path, "utf8");
const renewed = readme.replace(marks, (_, begin, end) => `${begin}${table}${end}`);
if (options.includes("--write")) writeFileSync(path, renewed);
else
	check(
		readme === renewed,
		"the table in tests/e2e/peers/README.md is not what the peers say now: renew it with --write, and look at what changed",
	);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
