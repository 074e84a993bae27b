// workerd, driven from Node by miniflare.
import manifest from "valify-link/package.json" with { type: "json" };
import { inWorkerd } from "../workerd.mjs";
import { conclude, files } from "./folder.mjs";

await inWorkerd("vectors/worker.mjs", async (fetch) => {
	const answer = await fetch("http://vectors.test/", {
		method: "POST",
		body: JSON.stringify({ version: manifest.version, files: files() }),
	});
	conclude(await answer.json());
});
