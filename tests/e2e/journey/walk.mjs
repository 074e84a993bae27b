// A user in a real browser, on the hosted page of the sandbox.
import { chromium } from "playwright-core";
import { EXECUTABLE, FLAGS } from "../chromium.mjs";

export const startBrowser = () => chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });

/** The people of the sandbox, by what becomes of them. */
export const PERSONAS = { passed: "0", failed: "1", review: "3" };

/** The steps that a user can meet, by what each shows; all modules are walked by these in this order, but for a code to each address. */
const STEPS = [
	[
		"#persona",
		async (page, { persona }) => {
			await page.selectOption("#persona", persona);
			await page.click("button.primary");
		},
	],
	["#selfie", (page) => page.click("button[name=sample]")],
	["#liveness", (page) => page.click("button[name=sample]")],
	[
		"#address[type=email]",
		async (page) => {
			await page.fill("#address", "salma@example.com");
			await page.click("button[value=send]");
		},
	],
	[
		"#address[type=tel]",
		async (page) => {
			await page.fill("#address", "01000000000");
			await page.click("button[value=send]");
		},
	],
	[
		"#code",
		async (page, { sandbox }) => {
			await page.fill("#code", (await sandbox.get("/_sandbox/outbox")).messages[0].code);
			await page.click("button[value=check]");
		},
	],
];

/** Completes one module after the other, until the page leads away; gives the steps that it met. */
export async function complete(page, { sandbox, persona, lang = "en" }) {
	if (lang === "ar") {
		await page.click("a.switch[hreflang=ar]");
		await page.waitForSelector("html[lang=ar][dir=rtl]");
	}
	const met = [];
	for (let step = 0; step < 12 && page.url().startsWith(sandbox.origin); step += 1) {
		const [selector, act] = await present(page);
		if (lang === "ar" && (await page.getAttribute("html", "dir")) !== "rtl") throw new Error(`${selector} is not in Arabic`);
		met.push(selector);
		await Promise.all([page.waitForNavigation({ waitUntil: "commit" }), act(page, { sandbox, persona })]);
		await page.waitForLoadState("domcontentloaded");
	}
	return met;
}

async function present(page) {
	for (const entry of STEPS) if ((await page.locator(entry[0]).count()) > 0) return entry;
	throw new Error(`no step on ${page.url()}: ${await page.locator("main").textContent()}`);
}
