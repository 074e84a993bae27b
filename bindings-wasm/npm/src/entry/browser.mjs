import { isLoaded, load } from "./web.mjs";

/** Loads the core: once, before anything else. Give it a URL, a `Response` or bytes where the module is served from another place. */
export async function init(source = new URL("./valify_link.wasm", import.meta.url)) {
	if (isLoaded()) return;
	const given = await source;
	const isAddress = typeof given === "string" || given instanceof URL;
	const found = isAddress ? await fetch(given) : given;
	load(found instanceof Response ? await WebAssembly.compile(await found.arrayBuffer()) : found);
}
