// Runs inside workerd. The set of kinds comes in; what a console is told goes to the runtime's own output.
import * as api from "valify-link";
import { run } from "../harness.mjs";
import { redaction } from "./cases.mjs";

export default {
	async fetch(request) {
		const { cases, things } = await redaction(api, { kinds: await request.json() });
		for (const thing of things) console.log("thing:", thing, { inside: [thing] });
		console.log("canary-of-the-test-itself");
		return Response.json(await run("redaction on workers", cases));
	},
};
