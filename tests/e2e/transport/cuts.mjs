// Connections cut after every byte of the request and of the answer, in both ways a connection ends: at most one link for each call.
import { startProxy } from "./proxy.mjs";

const HOW = [false, true];

/** What is wrong with one transport under the default policy; nothing is what is wanted. `every` takes each n-th byte only. */
export async function cutEverywhere(sandbox, { ask, isFresh = true }, every) {
	await sandbox.post("/_sandbox/reset", {});
	const plans = await plan(sandbox, ask, every);
	const proxy = await startProxy(sandbox.port, plans);
	const answers = await ask(plans.map((_, index) => ({ base_url: proxy.origin, reference_id: reference(index) })));
	proxy.stop();
	const links = await linksByReference(sandbox);
	const problems = [];
	const complain = (index, what) => problems.push(`${describe(plans[index])}: ${what}`);
	const isWholeAnswer = (plan) => plan?.side === "response" && plan.after >= plan.size;
	let reused = 0;
	plans.forEach((plan, index) => {
		const [answer, made] = [answers[index], links.get(reference(index)) ?? 0];
		const isWhole = isWholeAnswer(plan);
		// A client that keeps connections may take the one of a whole answer for the next call, and find it dead.
		if (!isFresh && isWholeAnswer(plans[index - 1]) && made === 0 && answer === "outcome_unknown") {
			reused += 1;
			return;
		}
		if (made > 1) complain(index, `${made} links of one call`);
		if (answer === "link" && !isWhole) complain(index, "a link from half an answer");
		// A reset may overtake the last bytes of a whole answer.
		const allowed = isWhole ? (plan.reset ? ["link", "outcome_unknown"] : ["link"]) : ["outcome_unknown"];
		if (!allowed.includes(answer)) complain(index, `it says ${answer}, and ${allowed.join(" or ")} is true`);
		if (plan.side === "response" && made !== 1) complain(index, `${made} links, though the request was whole`);
	});
	const { connections, posts } = proxy.seen;
	if (connections + reused !== plans.length) problems.push(`${connections} connections for ${plans.length} calls`);
	if (posts > plans.length) problems.push(`${posts} requests for ${plans.length} calls`);
	return { calls: plans.length, problems };
}

/** How large request and answer are, from one that is left whole; then every cut of them. */
async function plan(sandbox, ask, every) {
	const proxy = await startProxy(sandbox.port, []);
	const [answer] = await ask([{ base_url: proxy.origin, reference_id: reference(99_999) }]);
	proxy.stop();
	if (answer !== "link") throw new Error(`without a cut it says ${answer}`);
	const [sizes] = proxy.seen.sizes;
	return ["request", "response"].flatMap((side) => {
		const whole = sizes[side];
		const afters = Array.from({ length: whole + 1 }, (_, after) => after).filter((after) => after % every === 0 || after === whole);
		return afters.flatMap((after) => HOW.map((reset) => ({ side, after, reset, size: whole })));
	});
}

/** How many links the sandbox has made for each reference. */
export async function linksByReference(sandbox) {
	const counts = new Map();
	for (let skip = 0; ; skip += 1000) {
		const { sessions } = await sandbox.get(`/_sandbox/sessions?limit=1000&skip=${skip}`);
		for (const { reference_id: id } of sessions) counts.set(id, (counts.get(id) ?? 0) + 1);
		if (sessions.length < 1000) return counts;
	}
}

/** Of one length, so that every request has the same. */
function reference(index) {
	return `user-${String(index).padStart(5, "0")}`;
}

function describe({ side, after, size, reset }) {
	return `${side} ${reset ? "reset" : "closed"} after ${after} of ${size} bytes`;
}
