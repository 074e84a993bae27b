// Runs inside workerd: files come in, the report goes out.
import * as api from "valify-link";
import { report } from "./report.mjs";

export default {
	async fetch(request) {
		const { version, files } = await request.json();
		return Response.json(await report(api, "workers", version, files));
	},
};
