// The browser entry in a page of headless Chromium: before it is loaded, with a real webhook, and what its transport does.
import { readFileSync } from "node:fs";
import { conclude, equal, ok, run } from "../harness.mjs";
import { shown } from "../redaction/canaries.mjs";
import { startSandbox } from "../sandbox.mjs";
import { startPeers } from "../transport/peers.mjs";
import { onPage } from "./chromium.mjs";

const kinds = Object.keys(JSON.parse(readFileSync(new URL("../../../../tests/vectors/errors.json", import.meta.url), "utf8")).errors);
const peers = await startPeers();
// Nobody answers there: the page reads from the sandbox what was sent.
const sandbox = await startSandbox("--webhook-url", `${peers.origins.refused}/webhooks/valify`);
/** Runs the suite of a module under test/browser/ in the page. */
const inPage = ([suite, world]) => import(`/page/test/browser/${suite}.mjs`).then(({ run }) => run(world));
try {
	await onPage({ ...peers.origins, sandbox: sandbox.origin }, async (page, origin) => {
		// Over TLS, and refused, are peers of another origin; all others are reached through the page's own.
		const { refused, self_signed, unknown_issuer } = peers.origins;
		const own = Object.fromEntries([...Object.keys(peers.origins), "sandbox"].map((name) => [name, origin]));
		const world = { origin, kinds, origins: { ...own, refused, self_signed, unknown_issuer } };
		const written = [];
		page.on("console", (message) => written.push(message.text()));
		// The trap is the last: nothing of the module can be used after it.
		for (const suite of ["page", "transport", "redaction", "trap"]) conclude(await page.evaluate(inPage, [suite, world]));
		const consoles = () => {
			ok(
				written.some((text) => text.startsWith("thing:")),
				"the console was heard",
			);
			equal(shown(written.join("\n")), [], "what it shows");
		};
		conclude(await run("console on browser", [["what a console is told shows nothing", consoles]]));
	});
} finally {
	sandbox.stop();
	peers.stop();
}
