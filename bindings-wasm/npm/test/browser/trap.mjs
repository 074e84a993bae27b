// In a page, which is of no use afterwards.
import * as api from "valify-link";
import { valifyWebhook } from "valify-link/request";
import { run as runCases } from "../harness.mjs";
import { trap } from "../trap/cases.mjs";

export async function run() {
	await api.init();
	return runCases("trap on browser", trap(api, valifyWebhook));
}
