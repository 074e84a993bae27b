// The key stays home, and one call makes at most one link: `node main.mjs PYTHON [HOST…]`. CUTS=n cuts after each n-th byte only,
// which is each 7th where nobody waits for more.

import { execFileSync } from "node:child_process";
import { startSandbox } from "../sandbox.mjs";
import { makeCertificates } from "./certificates.mjs";
import { cutEverywhere } from "./cuts.mjs";
import { drivers, offenders } from "./drivers.mjs";
import { sendElsewhere } from "./redirects.mjs";
import { cutWithinTls, showOthersCertificates } from "./tls.mjs";

const [python, ...hosts] = process.argv.slice(2);
const every = Number(process.env.CUTS || (process.env.CI === "true" ? 7 : 1));
// A handshake is dear: within TLS, each n-th byte that is asked for, or a coarse look at every phase.
const everyOfTls = Number(process.env.CUTS || 61);
const sandbox = await startSandbox();
const certificates = makeCertificates();
let passed = 0;
let failed = 0;

/** One test: what is wrong, of how many calls. */
async function run(what, test) {
	const { calls, problems } = await test().catch((error) => ({ calls: 0, problems: [error.stack] }));
	if (problems.length === 0) passed += 1;
	else failed += 1;
	console.log(`${what}: ${problems.length === 0 ? `${calls} calls, as they should` : `${problems.length} problems of ${calls} calls`}`);
	for (const problem of problems.slice(0, 20)) console.log(`  ${problem}`);
}

/** An offender is what these tests must complain of. */
async function mustComplain(test) {
	const { calls, problems } = await test();
	return { calls, problems: problems.length > 0 ? [] : ["nothing was complained of: this test sees nothing"] };
}

try {
	for (const driver of await drivers(python)) {
		if (hosts.length > 0 && !hosts.includes(driver.host)) continue;
		if (driver.prepare !== undefined) execFileSync(driver.prepare[0], driver.prepare.slice(1), { stdio: ["ignore", 2, 2] });
		const where = `${driver.host} (${driver.transport})`;
		await run(`${where}, sent elsewhere`, () => sendElsewhere(driver));
		await run(`${where}, cut after ${every === 1 ? "every byte" : `each ${every}th byte`}`, () => cutEverywhere(sandbox, driver, every));
		await run(`${where}, shown certificates of others`, () => showOthersCertificates(sandbox, driver, certificates));
		const within = `${where}, cut within TLS after ${everyOfTls === 1 ? "every byte" : `each ${everyOfTls}th byte`}`;
		await run(within, () => cutWithinTls(sandbox, driver, certificates, everyOfTls));
	}
	const { resends, follows, trusts } = offenders();
	await run("a client that follows, sent elsewhere", () => mustComplain(() => sendElsewhere(follows)));
	await run("a client that sends again, cut here and there", () => mustComplain(() => cutEverywhere(sandbox, resends, 100)));
	await run("a client that sends again, cut within TLS here and there", () =>
		mustComplain(() => cutWithinTls(sandbox, resends, certificates, 200)),
	);
	await run("a client that trusts anybody, shown certificates of others", () =>
		mustComplain(() => showOthersCertificates(sandbox, trusts, certificates)),
	);
} finally {
	sandbox.stop();
	certificates.remove();
}
console.log(`${passed} passed, ${failed} failed`);
// At once: Node can wait for ever for what is left of connections that were cut.
process.exit(failed > 0 || passed === 0 ? 1 : 0);
