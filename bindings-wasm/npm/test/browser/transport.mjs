// The transport's cases in a page. A browser tells no reasons, and who made a connection is its own business.
import * as api from "valify-link";
import { run as runCases } from "../harness.mjs";
import { cases } from "../transport/cases.mjs";

const NOTHING = { refused: false, unresolved: false, untrusted: false, fresh: false };

export function run({ origins }) {
	const reach = (name) => fetch(`/page/target/${name}`, { method: "POST" });
	// A client of any host but loopback is refused here before its name is looked up: see page.mjs.
	const all = cases(api, { origins, claims: NOTHING }, reach).filter(([name]) => name !== "a name that does not exist");
	return runCases("transport on browser", all);
}
