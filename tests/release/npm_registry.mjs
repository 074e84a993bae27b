// A registry of the given tarballs alone, for as long as `use` takes: what npm makes of `os`, `cpu` and optional dependencies is seen as a
// user would see it, before anything is published.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";

export async function withRegistry(tarballs, use) {
	const packages = new Map();
	const asked = [];
	const server = createServer((request, response) => {
		const name = decodeURIComponent(request.url.slice(1));
		asked.push(name);
		const found = packages.get(name);
		response.writeHead(found ? 200 : 404);
		response.end(found);
	});
	await once(server.listen(0, "127.0.0.1"), "listening");
	const url = `http://127.0.0.1:${server.address().port}`;
	for (const path of tarballs) {
		const bytes = readFileSync(path);
		const manifest = JSON.parse(execFileSync("tar", ["-xzOf", path, "package/package.json"], { encoding: "utf8" }));
		const { name, version } = manifest;
		const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
		const dist = { tarball: `${url}/${basename(path)}`, integrity };
		packages.set(name, JSON.stringify({ name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } }));
		packages.set(basename(path), bytes);
	}
	try {
		return await use(url, asked);
	} finally {
		server.close();
	}
}
