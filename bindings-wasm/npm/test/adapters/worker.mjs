// Runs inside workerd: a Worker whose webhook is the adapter. `GET /seen` says what the handler has seen.
import { Verifier } from "valify-link";
import { valifyWebhook } from "valify-link/request";

const seen = [];
let webhook;

export default {
	async fetch(request, env) {
		if (new URL(request.url).pathname === "/seen") return Response.json(seen.splice(0));
		webhook ??= valifyWebhook(
			new Verifier(env.VERIFIER),
			(event) => {
				seen.push(event.outcome);
				if (event.rawAt("/data/status") === '"throw"') throw new Error("the database is away");
			},
			{ onError: (error) => seen.push(error.message) },
		);
		if (new URL(request.url).pathname === "/consumed") await request.text();
		return webhook(request);
	},
};
