// Runs inside workerd.
import * as api from "valify-link";
import { valifyWebhook } from "valify-link/request";
import { run } from "../harness.mjs";
import { trap } from "./cases.mjs";

export default {
	async fetch() {
		return Response.json(await run("trap on workers", trap(api, valifyWebhook)));
	},
};
