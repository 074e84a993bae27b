// Headless Chromium, on a page of the tests.
import { chromium } from "playwright-core";
import { EXECUTABLE, FLAGS } from "../../../../tests/e2e/chromium.mjs";
import { serve } from "./server.mjs";

/** Launches it. CHROMIUM names another one than /usr/bin/chromium. */
export function launch() {
	return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
}

/** Opens the page of a server over these targets, and hands both over. What the page could not do is a failure. */
export async function onPage(targets, use) {
	const server = await serve(targets);
	const browser = await launch();
	try {
		const page = await browser.newPage();
		const problems = [];
		page.on("pageerror", (error) => problems.push(error.message));
		await page.goto(`${server.origin}/page/index.html`);
		await use(page, server.origin);
		if (problems.length > 0) throw new Error(`on the page: ${problems.join("; ")}`);
	} finally {
		await browser.close();
		server.stop();
	}
}
