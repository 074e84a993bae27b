// One verdict everywhere: `node main.mjs [HOST…]`. Fewer hosts than all are not the gate: those left out are counted as skipped.
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gate } from "./gate.mjs";
import { HOSTS } from "./hosts.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !HOSTS.some((host) => host.name === name));
if (unknown.length > 0) {
	console.error(`there is no host ${unknown.join(", ")}: ${HOSTS.map(({ name }) => name).join(" ")}`);
	process.exit(2);
}
const hosts = HOSTS.filter(({ name }) => asked.length === 0 || asked.includes(name));
const place = {
	root,
	folder: resolve(root, process.env.VECTORS_DIR || "tests/vectors"),
	out: resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "conformance"),
};
const { passed, failed } = await gate(hosts, place, console.log).catch((error) => {
	console.log(`${error.message}: VECTORS_DIR names a folder of vectors, from the root of the repository`);
	return { passed: 0, failed: 1 };
});
console.log(`${passed} passed, ${failed} failed, ${HOSTS.length - hosts.length} skipped`);
process.exitCode = failed > 0 || (process.env.CI === "true" && hosts.length < HOSTS.length) ? 1 : 0;
