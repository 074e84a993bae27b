// Verify a user with Valify: ask for a link, redirect, take the browser back, believe the webhook alone.
//
// The sandbox first, with this app's webhook: `valify-sandbox serve --webhook-url http://127.0.0.1:8000/webhooks/valify`.
// Then this: `deno task start`, and http://127.0.0.1:8000 in a browser.
import { type Context, Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { ReturnState, ReturnStateError, ValifyError } from "valify-link";
import { valifyWebhook } from "valify-link/hono";
import { openAttempts } from "./attempts.ts";
import { open } from "./database.ts";
import { DATABASE_URL, PORT, PUBLIC_ORIGIN, returnState, valify, verifier } from "./settings.ts";

/** A real app takes it from its own session. Here a cookie stands in for one, and believes whoever sends it. */
const userOf = (c: Context) => getCookie(c, "user") ?? "user-1";
/** Over https: `__Host-valify`, and secure. */
const COOKIE = "valify";

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const attempts = await openAttempts(open(DATABASE_URL));
const app = new Hono();

/** What is known of the user, and the way to begin. */
app.get("/", async (c) => {
	const record = await attempts.latest(userOf(c));
	const status = record?.status() ?? "nothing yet";
	return c.html(html`<p>Verification: <b id="status">${status}</b></p><form method="post" action="/verify"><button>Verify</button></form>`);
});

/** Asks for a link and sends the browser there. */
app.post("/verify", async (c) => {
	const referenceId = userOf(c);
	const binding = ReturnState.bindingFrom(getCookie(c, COOKIE));
	const { returnUrl, nonce } = returnState.issue({ returnUrl: `${PUBLIC_ORIGIN}/back`, referenceId, expiresAt: minutes(40), binding });
	const wanted = { returnUrl, referenceId, expiresAt: minutes(30) };
	// The record before the call: nothing can come too early then.
	const attempt = await attempts.insert(valify.requested(wanted, { nonce }));
	try {
		const link = await valify.createLink(wanted);
		await attempts.merge(attempt, (record) => record.issued(link));
		setCookie(c, COOKIE, binding, { maxAge: 3600, httpOnly: true, sameSite: "Lax", secure: false });
		return c.redirect(link.redirectUrl, 303);
	} catch (error) {
		if (!(error instanceof ValifyError)) throw error;
		console.warn(`no link: ${error} (next: ${error.next})`);
		return c.text("Verification cannot begin now.", 503);
	}
});

/** A browser has come back, which proves nothing about the outcome. */
app.get("/back", async (c) => {
	const target = c.req.url.slice(new URL(c.req.url).origin.length);
	try {
		await attempts.mergeReturned(returnState.check(PUBLIC_ORIGIN + target, { referenceId: userOf(c), binding: getCookie(c, COOKIE) }));
	} catch (error) {
		if (!(error instanceof ReturnStateError)) throw error;
		console.info(`a return that counts for nothing: ${error}`);
	}
	return c.redirect("/", 303);
});

/** What Valify says. Whatever order it comes in, the record has the same answer. */
app.post(
	"/webhooks/valify",
	valifyWebhook(verifier, async (event) => {
		if (await attempts.mergeEvent(event)) return;
		console.error(`an event that no attempt takes, for a human: ${event}`);
		// Two attempts whose links are not yet written look alike: 503, and the sender comes again.
		throw new Error("no attempt takes this event");
	}),
);

Deno.serve({ port: PORT, hostname: "127.0.0.1" }, app.fetch);
