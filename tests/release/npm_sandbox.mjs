// Packs `valify-sandbox` and, for each platform, a package that holds its program. `node npm_sandbox.mjs PROGRAMS OUT`
import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const [programs, out] = process.argv.slice(2);
const root = fileURLToPath(new URL("../..", import.meta.url));
const source = `${root}tests/sandbox/npm`;
const main = JSON.parse(readFileSync(`${source}/package.json`, "utf8"));
const { name, version, license } = main;
const PLATFORMS = [
	["x86_64-unknown-linux-musl", "linux", "x64"],
	["aarch64-unknown-linux-musl", "linux", "arm64"],
	["x86_64-apple-darwin", "darwin", "x64"],
	["aarch64-apple-darwin", "darwin", "arm64"],
	["x86_64-pc-windows-gnu", "win32", "x64"],
];
const LICENSES = ["LICENSE-APACHE", "LICENSE-MIT"];

function pack(manifest, fill) {
	const room = mkdtempSync(`${tmpdir()}/valify-sandbox-npm-`);
	fill(room);
	for (const file of LICENSES) copyFileSync(`${root}${file}`, `${room}/${file}`);
	writeFileSync(`${room}/package.json`, `${JSON.stringify(manifest, null, "\t")}\n`);
	execFileSync("npm", ["pack", "--silent", "--pack-destination", out], { cwd: room });
	rmSync(room, { recursive: true });
}

const optionalDependencies = {};
for (const [target, os, cpu] of PLATFORMS) {
	const its = `${name}-${os}-${cpu}`;
	const suffix = os === "win32" ? ".exe" : "";
	const description = `The program of ${name} for ${os} on ${cpu}: install ${name} instead`;
	// Without `exports`, the program is resolved by its path.
	const manifest = { name: its, version, description, license, os: [os], cpu: [cpu], preferUnplugged: true };
	pack({ ...manifest, files: [`valify-sandbox${suffix}`, "LICENSE-*"] }, (room) => {
		copyFileSync(`${programs}/valify-sandbox-${target}${suffix}`, `${room}/valify-sandbox${suffix}`);
		chmodSync(`${room}/valify-sandbox${suffix}`, 0o755);
		writeFileSync(`${room}/README.md`, `# ${its}\n\n${description}.\n`);
	});
	optionalDependencies[its] = version;
}
pack({ ...main, optionalDependencies }, (room) => {
	for (const file of [...main.files.filter((file) => file.includes(".")), "README.md"])
		copyFileSync(`${source}/${file}`, `${room}/${file}`);
});
