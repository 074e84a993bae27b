// A page of headless Chromium: files come in, the report goes out.
import manifest from "valify-link/package.json" with { type: "json" };
import { onPage } from "../browser/chromium.mjs";
import { conclude, files } from "./folder.mjs";

await onPage({}, async (page) => {
	const run = async ([version, files]) => {
		const api = await import("valify-link");
		await api.init();
		const { report } = await import("/page/test/vectors/report.mjs");
		return report(api, "browser", version, files);
	};
	conclude(await page.evaluate(run, [manifest.version, files()]));
});
