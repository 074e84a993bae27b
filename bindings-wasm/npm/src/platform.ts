/** Where this code runs, as far as its `fetch` differs. @internal */
export type Platform = "node" | "bun" | "deno" | "workers" | "browser" | "other";

interface Globals {
	Deno?: unknown;
	Bun?: unknown;
	window?: unknown;
	WorkerGlobalScope?: unknown;
	navigator?: { userAgent?: string };
	process?: { versions?: { node?: string } };
}

/** @internal */
export function platform(): Platform {
	const globals = globalThis as Globals;
	if (globals.Deno !== undefined) return "deno";
	if (globals.Bun !== undefined) return "bun";
	// Workers may imitate Node; Node may imitate a browser (jsdom): so in this order.
	if (globals.navigator?.userAgent === "Cloudflare-Workers") return "workers";
	if (globals.process?.versions?.node !== undefined) return "node";
	if (globals.window !== undefined || globals.WorkerGlobalScope !== undefined) return "browser";
	return "other";
}
