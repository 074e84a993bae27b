// Verify a user with Valify: ask for a link, redirect, take the browser back, believe the webhook alone.
//
// The sandbox first, with this app's webhook: `valify-sandbox serve --webhook-url http://127.0.0.1:3000/webhooks/valify`.
// Then this: `npm start`, and http://127.0.0.1:3000 in a browser.
import { parse as parseCookies } from "cookie";
import express from "express";
import { ReturnState, ReturnStateError, ValifyError } from "valify-link";
import { valifyWebhook } from "valify-link/express";
import { openAttempts } from "./attempts.ts";
import { open } from "./database.ts";
import { DATABASE_URL, PORT, PUBLIC_ORIGIN, returnState, valify, verifier } from "./settings.ts";

const cookiesOf = (request: express.Request) => parseCookies(request.headers.cookie ?? "");
/** A real app takes it from its own session. Here a cookie stands in for one, and believes whoever sends it. */
const userOf = (request: express.Request) => cookiesOf(request).user ?? "user-1";
/** Over https: `__Host-valify`, and secure. */
const COOKIE = "valify";

const minutes = (count: number) => new Date(Date.now() + count * 60_000);
const attempts = await openAttempts(open(DATABASE_URL));
const app = express();

/** What is known of the user, and the way to begin. */
app.get("/", async (request, response) => {
	const record = await attempts.latest(userOf(request));
	const status = record?.status() ?? "nothing yet";
	response.send(`<p>Verification: <b id="status">${status}</b></p><form method="post" action="/verify"><button>Verify</button></form>`);
});

/** Asks for a link and sends the browser there. */
app.post("/verify", async (request, response) => {
	const referenceId = userOf(request);
	const binding = ReturnState.bindingFrom(cookiesOf(request)[COOKIE]);
	const { returnUrl, nonce } = returnState.issue({ returnUrl: `${PUBLIC_ORIGIN}/back`, referenceId, expiresAt: minutes(40), binding });
	const wanted = { returnUrl, referenceId, expiresAt: minutes(30) };
	// The record before the call: nothing can come too early then.
	const attempt = await attempts.insert(valify.requested(wanted, { nonce }));
	try {
		const link = await valify.createLink(wanted);
		await attempts.merge(attempt, (record) => record.issued(link));
		response.cookie(COOKIE, binding, { maxAge: 3_600_000, httpOnly: true, sameSite: "lax", secure: false });
		response.redirect(303, link.redirectUrl);
	} catch (error) {
		if (!(error instanceof ValifyError)) throw error;
		console.warn(`no link: ${error} (next: ${error.next})`);
		response.status(503).type("text").send("Verification cannot begin now.");
	}
});

/** A browser has come back, which proves nothing about the outcome. */
app.get("/back", async (request, response) => {
	try {
		const url = PUBLIC_ORIGIN + request.originalUrl;
		await attempts.mergeReturned(returnState.check(url, { referenceId: userOf(request), binding: cookiesOf(request)[COOKIE] }));
	} catch (error) {
		if (!(error instanceof ReturnStateError)) throw error;
		console.info(`a return that counts for nothing: ${error}`);
	}
	response.redirect(303, "/");
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

app.listen(PORT, "127.0.0.1", (error) => {
	if (error) throw error;
	console.log(`listening on http://127.0.0.1:${PORT}`);
});
