// The same over TLS: connections that end inside the handshake, the request's records and the answer's, and certificates that prove nothing.
import { linksByReference } from "./cuts.mjs";
import { startProxy } from "./proxy.mjs";
import { startTerminator } from "./terminator.mjs";

/** The most that the core sends where nothing was sent: one attempt and its retries. */
const MOST_ATTEMPTS = 3;
/** The record that says that no more will come; without it, a whole answer is whole. */
const CLOSE_NOTIFY_BYTES = 24;
/** Of one process. Each has a proxy and a terminator of its own, so that a retry is cut as the first attempt was. */
const CALLS_AT_ONCE = 200;

/** What is wrong with one transport that trusts `certificates.authority`. `every` takes each n-th byte only. */
export async function cutWithinTls(sandbox, driver, certificates, every) {
	await sandbox.post("/_sandbox/reset", {});
	const [whole] = await callAll(sandbox, driver, certificates, [undefined], 99_999);
	if (whole.answer !== "link") throw new Error(`without a cut it says ${whole.answer}`);
	const plans = ["request", "response"].flatMap((side) => {
		const afters = Array.from({ length: Math.ceil(whole.sizes[side] / every) }, (_, index) => index * every);
		return [...afters, whole.sizes[side]].flatMap((after) => [false, true].map((reset) => ({ side, after, reset })));
	});
	const calls = [];
	for (let at = 0; at < plans.length; at += CALLS_AT_ONCE) {
		calls.push(...(await callAll(sandbox, driver, certificates, plans.slice(at, at + CALLS_AT_ONCE), at)));
	}
	const [{ answer: size }] = whole.secured;
	const problems = calls.flatMap((call) => judge(call, size).map((what) => `${describe(call.plan)}: ${what}`));
	const phases = new Set(calls.map(phaseOf));
	for (const phase of ["handshake", "request", "answer"]) if (!phases.has(phase)) problems.push(`no cut fell into the ${phase}`);
	return { calls: calls.length, problems };
}

/** One call for each plan: its answer, the links that the sandbox has made of it, and what its proxy and its terminator have seen. */
async function callAll(sandbox, { ask }, certificates, plans, first = 0) {
	const worlds = await Promise.all(
		plans.map(async (plan) => {
			const terminator = await startTerminator(sandbox.port, certificates.trusted);
			return { plan, terminator, proxy: await startProxy(terminator.port, Array(MOST_ATTEMPTS + 1).fill(plan)) };
		}),
	);
	const reference = (index) => `user-${String(first + index).padStart(5, "0")}`;
	const orders = worlds.map(({ proxy }, index) => ({
		base_url: proxy.origin.replace("http:", "https:"),
		// The sandbox knows nothing of the TLS before it.
		link_prefix: `${proxy.origin}/?`,
		reference_id: reference(index),
	}));
	const answers = await ask(orders, { authority: certificates.authority });
	for (const { proxy, terminator } of worlds) {
		proxy.stop();
		terminator.stop();
	}
	const links = await linksByReference(sandbox);
	return worlds.map(({ plan, proxy: { seen }, terminator }, index) => ({
		plan,
		answer: answers[index],
		links: links.get(reference(index)) ?? 0,
		connections: seen.connections,
		sizes: seen.sizes.at(-1),
		secured: terminator.seen,
	}));
}

/** What is wrong with a call, a whole answer being of `size` bytes. */
function judge({ plan, answer, links, connections, sizes, secured }, size) {
	const problems = [];
	const posts = secured.reduce((sum, one) => sum + one.posts, 0);
	const wasCut = sizes === undefined || sizes[plan.side] >= plan.after;
	const hasLeft = secured.some((one) => one.answer >= size);
	// What is cut of a request that was answered in full is its goodbye.
	const isWhole = hasLeft && (!wasCut || plan.side === "request" || plan.after >= sizes.response - CLOSE_NOTIFY_BYTES);
	if (links > 1) problems.push(`${links} links of one call`);
	if (posts > 1) problems.push(`${posts} requests of one call`);
	if (connections > MOST_ATTEMPTS) problems.push(`${connections} connections of one call`);
	// A second attempt is for what was not sent: whatever could be read came last.
	if (secured.slice(0, -1).some(({ bytes }) => bytes > 0)) problems.push("a connection after one that brought something");
	if (answer === "link" && !isWhole) problems.push("a link from half an answer");
	if (answer === "link" && links !== 1) problems.push(`a link, and the sandbox has made ${links}`);
	const isHidden = secured.length === 0 && links === 0;
	const allowed = [...(isWhole ? ["link"] : []), ...(isWhole && !wasCut ? [] : ["outcome_unknown"]), ...(isHidden ? ["not_sent"] : [])];
	if (!allowed.includes(answer)) problems.push(`it says ${answer}, and ${allowed.join(" or ")} is true`);
	return problems;
}

function phaseOf({ secured, links }) {
	if (secured.length === 0) return "handshake";
	return links === 0 ? "request" : "answer";
}

/**
 * Certificates that prove nothing: whoever shows one reads nothing, and is asked for no more than the retries of what was not sent.
 * `notSent` says whether the transport is known to tell that its own side has refused.
 */
export async function showOthersCertificates(sandbox, { ask, tellsRefusal = true }, certificates) {
	await sandbox.post("/_sandbox/reset", {});
	const cases = [
		{ what: "by an unknown authority", certificate: certificates.byAnother, allowed: ["not_sent"] },
		{ what: "by nobody but itself", certificate: certificates.bySelf, allowed: ["not_sent"] },
		{ what: "for another name", certificate: certificates.forAnotherName, allowed: ["not_sent", "outcome_unknown"] },
	];
	const servers = await Promise.all(cases.map(({ certificate }) => startTerminator(sandbox.port, certificate)));
	const answers = await ask(
		servers.map(({ port }, index) => ({ base_url: `https://127.0.0.1:${port}`, reference_id: `user-${index}` })),
		{ authority: certificates.authority },
	);
	const problems = cases.flatMap(({ what, allowed }, index) => {
		const read = servers[index].seen.reduce((sum, { bytes }) => sum + bytes, 0);
		const isAllowed = allowed.includes(answers[index]) || (!tellsRefusal && answers[index] === "outcome_unknown");
		return [
			...(read > 0 ? [`${what}: it was told ${read} bytes`] : []),
			...(isAllowed ? [] : [`${what}: it says ${answers[index]}, and ${allowed.join(" or ")} is true`]),
		];
	});
	for (const server of servers) server.stop();
	const made = (await linksByReference(sandbox)).size;
	if (made > 0) problems.push(`${made} links were made`);
	return { calls: cases.length, problems };
}

function describe(plan) {
	return `${plan.side} ${plan.reset ? "reset" : "closed"} after ${plan.after} bytes of TLS`;
}
