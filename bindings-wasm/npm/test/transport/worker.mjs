// Runs inside workerd.
import * as api from "valify-link";
import { run } from "../harness.mjs";
import { cases } from "./cases.mjs";

export default {
	async fetch(request) {
		const world = await request.json();
		return Response.json(await run("transport on workers", cases(api, world)));
	},
};
