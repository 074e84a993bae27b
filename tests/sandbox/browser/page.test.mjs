// The hosted page in a real browser: on a phone, in both languages, with and without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { otherOrigin, PHONE, startBrowser, startSandbox, violations } from "./sandbox.mjs";

let sandbox;
let browser;
before(async () => {
	sandbox = await startSandbox();
	browser = await startBrowser();
});
after(async () => {
	await browser?.close();
	await sandbox?.stop();
});

// A page that reports every script error and every breach of the content policy.
async function open(options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	const problems = [];
	page.on("pageerror", (error) => problems.push(error.message));
	page.on("console", (message) => {
		if (message.text().includes("Content Security Policy")) problems.push(message.text());
	});
	return { page, problems, close: () => context.close() };
}

async function confirm(page, address) {
	await page.fill("#address", address);
	await page.click("button[value=send]");
	await page.fill("#code", await sandbox.code());
	await page.click("button[value=check]");
}

// Every step, by a persona who passes.
async function walk(page) {
	await page.selectOption("#persona", "0");
	await page.click("button.primary");
	await page.click("button[name=sample]");
	await page.click("button[name=sample]");
	await confirm(page, "salma@example.com");
	await confirm(page, "01000000000");
}

for (const lang of ["en", "ar"]) {
	for (const colorScheme of ["light", "dark"]) {
		test(`every step is accessible and fits a phone (${lang}, ${colorScheme})`, async () => {
			const { page, problems, close } = await open({ ...PHONE, colorScheme });
			const look = async (where) => {
				assert.deepEqual(await violations(page), [], where);
				const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
				assert.ok(overflow <= 0, `${where}: ${overflow} pixels too wide`);
				assert.equal(await page.getAttribute("html", "dir"), lang === "ar" ? "rtl" : "ltr");
			};
			await page.goto(await sandbox.link({ lang }));
			await look("card");
			await page.click("button.primary");
			await look("card with a mistake");
			await page.click("details summary");
			await look("card with the outcomes");
			await page.selectOption("#persona", "0");
			await page.click("button.primary");
			await look("selfie");
			await page.click("button[name=sample]");
			await look("liveness");
			await page.click("button[name=sample]");
			await look("e-mail");
			await confirm(page, "salma@example.com");
			await look("phone");
			await page.fill("#address", "01000000000");
			await page.click("button[value=send]");
			await look("code");
			await page.fill("#code", "٠");
			await page.click("button[value=check]");
			await look("wrong code");
			await page.goto(`${sandbox.base}/?token=x&lang=${lang}`);
			await look("unknown link");
			assert.deepEqual(problems, []);
			await close();
		});
	}
}

test("the keyboard alone walks the page, and a mistake is where the focus is", async () => {
	const { page, close } = await open(PHONE);
	await page.goto(await sandbox.link());
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips to the step");
	await page.keyboard.press("Enter");
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.id), "persona");
	await page.focus("button.primary");
	await page.keyboard.press("Enter");
	await page.waitForSelector("#summary");
	// The script moves it, a moment after the page is there.
	await page.waitForFunction(() => document.activeElement.id === "summary");
	await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	// The summary leads to the field.
	await page.waitForFunction(() => document.activeElement.id === "front");
	await close();
});

test("without script every step works, and the redirect leaves for another origin", async (t) => {
	const shop = await otherOrigin(t);
	const { page, close } = await open({ ...PHONE, javaScriptEnabled: false });
	const link = await sandbox.link({ returnUrl: `${shop}/back?order=1` });
	await page.goto(link);
	await walk(page);
	await page.waitForURL(`${shop}/back?order=1`);
	assert.equal((await sandbox.session(link)).outcome, "passed");
	await close();
});

test("the redirect may be redirected further", async (t) => {
	const login = await otherOrigin(t);
	const shop = await otherOrigin(t, { location: `${login}/in` });
	const { page, close } = await open(PHONE);
	const link = await sandbox.link({ returnUrl: `${shop}/back` });
	await page.goto(link);
	await walk(page);
	await page.waitForURL(`${login}/in`);
	await close();
});

test("the back button, a second tab and a second device lead on from where the session is", async () => {
	const phone = await open(PHONE);
	const link = await sandbox.link();
	const tab = await phone.page.context().newPage();
	await tab.goto(link);
	await phone.page.goto(link);
	await phone.page.selectOption("#persona", "0");
	await phone.page.click("button.primary");
	await phone.page.waitForSelector("#selfie");
	await phone.page.goBack();
	assert.ok(await phone.page.isVisible("#selfie"), "back shows the current step, never a form that is over");
	await tab.selectOption("#persona", "2");
	await tab.click("button.primary");
	await tab.waitForSelector("#selfie");
	assert.deepEqual((await sandbox.session(link)).checks, { ocr: "passed" }, "an old form changes nothing");
	await phone.close();
	const laptop = await open();
	await laptop.page.goto(link);
	assert.ok(await laptop.page.isVisible("#selfie"));
	await laptop.close();
});

test("a chosen picture is shown before it is sent, and photos make room for a persona", async () => {
	const { page, problems, close } = await open(PHONE);
	await page.goto(await sandbox.link());
	const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==", "base64");
	await page.setInputFiles("#front", { name: "card.png", mimeType: "image/png", buffer: picture });
	await page.waitForSelector("img.preview");
	await page.selectOption("#persona", "0");
	assert.ok(!(await page.isVisible("#front")));
	assert.deepEqual(problems, []);
	await close();
});
