// In a page: the console's own view of each thing is looked at by who drives it.
import * as api from "valify-link";
import { run as runCases } from "../harness.mjs";
import { redaction } from "../redaction/cases.mjs";

export async function run({ kinds }) {
	await api.init();
	const { cases, things } = await redaction(api, { kinds });
	for (const thing of things) console.log("thing:", thing, { inside: [thing] });
	return runCases("redaction on browser", cases);
}
