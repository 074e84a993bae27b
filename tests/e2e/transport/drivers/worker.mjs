// Inside workerd: orders come in, the answers go out.
import * as api from "valify-link";
import { asker } from "./ask.mjs";

const ask = asker(api, {});

export default {
	async fetch(request) {
		const answers = [];
		for (const order of await request.json()) answers.push(await ask(order));
		return Response.json(answers);
	},
};
