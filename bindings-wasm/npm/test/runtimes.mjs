// The runtimes that the tests run in, from this folder's own packages.
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("node_modules", import.meta.url));

/** Command and arguments before the script. Deno gets no more than the tests themselves need: the package needs none of it. */
export const RUNTIMES = {
	node: [process.execPath],
	node24: [`${bin}/node24/bin/node`],
	node26: [`${bin}/node26/bin/node`],
	deno: [`${bin}/.bin/deno`, "run", "--quiet", "--no-prompt", "--allow-net", "--allow-env", "--allow-read", "--allow-write"],
	bun: [`${bin}/.bin/bun`],
};
