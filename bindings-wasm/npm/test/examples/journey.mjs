// The whole way through an example's backend against the sandbox, in whatever order things come: the same for every example.
import { sign } from "valify-link";
import { equal, ok } from "../harness.mjs";

/** Somebody's browser: it keeps cookies and follows nothing by itself. */
class Browser {
	#cookies = new Map();

	constructor(user) {
		this.user = user;
		this.#cookies.set("user", user);
	}

	async open(url, init = {}) {
		const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
		const answer = await fetch(url, { ...init, redirect: "manual", headers: { cookie, ...init.headers } });
		for (const line of answer.headers.getSetCookie()) {
			const [name, value] = line.split(";")[0].split("=");
			this.#cookies.set(name, value);
		}
		return {
			status: answer.status,
			location: answer.headers.get("location"),
			cookies: answer.headers.getSetCookie(),
			text: await answer.text(),
		};
	}
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** A delivery as the sandbox signs it. */
function signedDelivery(data) {
	const body = JSON.stringify({ data });
	const secrets = [{ id: "sandbox", utf8: "sandbox-secret-not-for-production" }];
	const { headers } = sign({ preset: "x_valify_signature_unverified", secrets }, body);
	return { method: "POST", headers: [...headers, ["content-type", "application/json"]], body };
}

/** `apps` are two processes of one backend over one database; the sandbox sends its webhooks to the first. */
export function cases({ apps: [app, second], sandbox, printed }) {
	let users = 0;
	const newBrowser = () => new Browser(`user-${++users}`);

	const status = async (browser, at = app) => (await browser.open(at)).text.split('<b id="status">')[1]?.split("<")[0];
	const begin = async (browser) => {
		const answer = await browser.open(`${app}/verify`, { method: "POST" });
		equal(answer.status, 303, `the answer: ${answer.text}`);
		ok(answer.location.startsWith(`${sandbox}/?token=`), "the link is the sandbox's");
		return { token: new URL(answer.location).searchParams.get("token"), cookies: answer.cookies };
	};
	const complete = async (token, outcome = "passed") => {
		const answer = await fetch(`${sandbox}/_sandbox/sessions/${token}/complete`, json({ outcome }));
		equal(answer.status, 200, "the sandbox's answer");
		return (await answer.json()).redirect_to;
	};
	const fault = async (fault) => {
		const answer = await fetch(`${sandbox}/_sandbox/faults`, json({ count: 1, ...fault }));
		ok(answer.ok, `the sandbox took the fault: ${answer.status}`);
	};
	const sessionsOf = async (browser) => {
		const { sessions } = await (await fetch(`${sandbox}/_sandbox/sessions`)).json();
		return sessions.filter(({ reference_id }) => reference_id === browser.user);
	};
	/** Waits until the app has answered the webhook of a session with 200. */
	const delivered = async (token) => {
		let state;
		for (let tries = 0; tries < 200 && state !== "delivered"; tries += 1) {
			if (tries > 0) await pause();
			const { deliveries } = await (await fetch(`${sandbox}/_sandbox/deliveries`)).json();
			state = deliveries.find(({ session_token }) => session_token === token)?.state;
		}
		equal(state, "delivered", "the delivery");
	};
	const waitFor = async (browser, expected) => {
		let found;
		for (let tries = 0; tries < 200 && found !== expected; tries += 1) {
			if (tries > 0) await pause();
			found = await status(browser);
		}
		equal(found, expected, "the status");
	};

	const decides = ["passed", "failed", "review", "abandoned", "expired"].map((outcome) => [
		`the webhook decides: ${outcome}`,
		async () => {
			const browser = newBrowser();
			equal(await status(browser), "nothing yet", "the status before");
			const { token } = await begin(browser);
			equal(await status(browser), "issued", "the status with a link");
			const back = await complete(token, outcome);
			await waitFor(browser, outcome);
			// The browser comes after the webhook, and cannot change what it said.
			const returned = await browser.open(back);
			equal([returned.status, returned.location], [303, "/"], "the answer to the return");
			equal([await status(browser), await status(browser, second)], [outcome, outcome], "the status in both processes");
		},
	]);

	return [
		...decides,
		[
			"a return alone proves nothing, and a forged one counts for nothing",
			async () => {
				const browser = newBrowser();
				await fault({ on: "webhook", action: "never" });
				const back = await complete((await begin(browser)).token);
				equal((await browser.open(back.replace("vl=", "vl=x"))).status, 303, "the answer to a forged return");
				equal(await status(browser), "issued", "the status");
				equal((await newBrowser().open(back)).status, 303, "the answer to another user with this return");
				equal(await status(browser), "issued", "the status");
				equal((await browser.open(back)).status, 303, "the answer to the return");
				equal(await status(browser), "returned", "the status");
			},
		],
		[
			"a forged webhook is one empty 401",
			async () => {
				const browser = newBrowser();
				const body = { data: { token: (await begin(browser)).token, status: "approved" } };
				const answer = await fetch(`${app}/webhooks/valify`, json(body));
				equal([answer.status, await answer.text()], [401, ""], "the answer");
				equal(await status(browser), "issued", "the status");
			},
		],
		[
			"writes at the same time, in two processes, are all kept",
			async () => {
				for (let round = 0; round < 12; round += 1) {
					const browser = newBrowser();
					const { token } = await begin(browser);
					const { return_url: back } = await (await fetch(`${sandbox}/_sandbox/sessions/${token}`)).json();
					const say = (to, status) => fetch(`${to}/webhooks/valify`, signedDelivery({ token, status, reference_id: browser.user }));
					const all = [app, second].flatMap((to, index) => [
						say(to, index === 0 ? "approved" : "rejected"),
						say(to, "review"),
						browser.open(back.replace(app, to)),
					]);
					equal(
						(await Promise.all(all)).map(({ status }) => status),
						[200, 200, 303, 200, 200, 303],
						"the answers",
					);
					// Passed and failed: neither must be lost.
					equal(await status(browser), "conflicting", `the status in round ${round}`);
				}
			},
		],
		[
			"after an unknown outcome no link is shown, and the lost session's webhook waits in the record without counting",
			async () => {
				const browser = newBrowser();
				await fault({ on: "link", action: "drop_after" });
				const answer = await browser.open(`${app}/verify`, { method: "POST" });
				equal([answer.status, answer.text], [503, "Verification cannot begin now."], "the answer");
				equal(await status(browser), "requested", "the status");
				const lost = await sessionsOf(browser);
				equal(lost.length, 1, "the sessions: nothing was sent again");
				await complete(lost[0].session_token);
				await delivered(lost[0].session_token);
				equal([await status(browser), printed().includes("for a human")], ["requested", false], "the status, and whether it is a riddle");
			},
		],
		[
			"a webhook that comes before the answer with the link counts once the link is known",
			async () => {
				const browser = newBrowser();
				await fault({ on: "link", action: "slow", delay_ms: 5000 });
				const beginning = begin(browser);
				let found = [];
				for (let tries = 0; tries < 100 && found.length === 0; tries += 1) {
					await pause();
					found = await sessionsOf(browser);
				}
				await complete(found[0].session_token);
				await delivered(found[0].session_token);
				equal(await status(browser), "requested", "the status before");
				equal((await beginning).token, found[0].session_token, "the session of the link");
				equal(await status(browser), "passed", "the status after");
			},
		],
		[
			"a second attempt is another record, and an event of the first does not count for it",
			async () => {
				const browser = newBrowser();
				const { token } = await begin(browser);
				await begin(browser);
				await complete(token);
				// The first record has it; the page shows the latest.
				await delivered(token);
				equal(await status(browser), "issued", "the status of the second");
			},
		],
		[
			"the binding is kept between tabs, its cookie is out of scripts' reach, and one that is none is replaced",
			async () => {
				const browser = newBrowser();
				const binding = async () => (await begin(browser)).cookies[0];
				const first = await binding();
				ok(/^valify=[\w-]+; /.test(first) && first.includes("HttpOnly") && first.includes("SameSite=Lax"), first);
				equal((await binding()).split(";")[0], first.split(";")[0], "the cookie of the second tab");
				const answer = await browser.open(`${app}/verify`, {
					method: "POST",
					headers: { cookie: `user=${browser.user}; valify=no%20binding` },
				});
				equal(answer.status, 303, "the answer to a cookie that is no binding");
				ok(/^valify=[\w-]{20,}; /.test(answer.cookies[0]) && !answer.cookies[0].startsWith(first.split(";")[0]), "a new one");
			},
		],
		[
			"no key, token or reference is in what the app has printed",
			async () => {
				const { sessions } = await (await fetch(`${sandbox}/_sandbox/sessions`)).json();
				ok(sessions.length > 5 && printed().includes("no link: "), "there was something to print");
				const secrets = sessions.flatMap(({ session_token, reference_id }) => [session_token, reference_id]);
				for (const secret of [...secrets, "sandbox-key-not-for-production", "sandbox-secret-not-for-production"])
					ok(!printed().includes(secret), `a secret in: ${printed()}`);
			},
		],
	];
}
