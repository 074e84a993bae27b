// The package page's own code, in one program: what it leaves to its reader comes before it, and the journey through it after it.
const BEFORE = `
import express from "express";
import type { Event, Returned, Verification as Record } from "valify-link";
import { Verification } from "valify-link";

type Add = (record: Record) => Record;
/** One row in place of a table. */
let row = "";
const merge = async (add: Add) => {
	row = add(Verification.fromText(row)).toText();
};
const rows = {
	insert: async (record: Record) => {
		row = record.toText();
		return 1;
	},
	merge: (_attempt: number, add: Add) => merge(add),
	mergeEvent: (_event: Event, add: Add) => merge(add),
	mergeReturned: (_returned: Returned, add: Add) => merge(add),
};
const app = express();
const userOf = (_request: express.Request) => "user-1";
const [rawBody, headers, candidates] = ["{}", new Headers(), []];
const cookies: { [name: string]: string } = {};
const [referenceId, expiresAt, target] = ["user-1", new Date(Date.now() + 600_000), "/back"];
`;

const AFTER = `
const status = () => (row === "" ? "nothing yet" : Verification.fromText(row).status());
const server = app.listen(Number(process.env.PORT), "127.0.0.1", async () => {
	const origin = "http://127.0.0.1:" + process.env.PORT;
	const answer = await fetch(origin + "/verify", { method: "POST", redirect: "manual" });
	const token = new URL(answer.headers.get("location") ?? "").searchParams.get("token");
	const said = [answer.status, status(), requested.status()];
	const json = { method: "POST", headers: { "content-type": "application/json" }, body: '{"outcome": "passed"}' };
	await fetch(process.env.SANDBOX + "/_sandbox/sessions/" + token + "/complete", json);
	for (let tries = 0; tries < 200 && status() === "issued"; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
	console.log("it says", ...said, status());
	process.exit();
});
`;

/** What the program says in the end. */
export const README_SAYS = "it says 303 issued requested passed";

/** The program. Only where it would speak to Valify, it is told of the sandbox. */
export function programOf(readme) {
	const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
	const code = blocks.join("\n");
	const local = code
		.replace(
			"{ apiKey: process.env.VALIFY_API_KEY }",
			'{ apiKey: process.env.VALIFY_API_KEY, environment: "sandbox", baseUrl: process.env.SANDBOX }',
		)
		.replace("new Verifier({", 'new Verifier({\n\tenvironment: "sandbox",');
	if (blocks.length < 5 || local.match(/environment: "sandbox"/g)?.length !== 2)
		throw new Error("the README's code is not the one that this program is made for");
	return `${BEFORE}\n${local}\n${AFTER}`;
}
