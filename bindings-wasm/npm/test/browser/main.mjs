// The browser entry in a page of headless Chromium: before it is loaded, with a real webhook, and what its transport does.
import { conclude } from "../harness.mjs";
import { startSandbox } from "../sandbox.mjs";
import { startPeers } from "../transport/peers.mjs";
import { onPage } from "./chromium.mjs";

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
		const world = { origin, origins: { ...own, refused, self_signed, unknown_issuer } };
		for (const suite of ["page", "transport"]) conclude(await page.evaluate(inPage, [suite, world]));
	});
} finally {
	sandbox.stop();
	peers.stop();
}
