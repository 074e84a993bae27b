// An installed `valify-sandbox`, used as a test of its user's would use it: a link, its end and its delivery.
import assert from "node:assert/strict";
import { startSandbox } from "valify-sandbox";

const sandbox = await startSandbox();
try {
	const answer = await fetch(`${sandbox.url}/api/link/v1/request/?lang=en`, {
		method: "POST",
		headers: { "content-type": "application/json", "x-valify-api-key": sandbox.apiKey },
		body: JSON.stringify({ return_url: "http://127.0.0.1:9/back", reference_id: "user-1", expires_at: "2099-01-01T00:00:00.000Z" }),
	});
	assert.equal(answer.status, 200);
	const { session_token } = await answer.json();
	await sandbox.complete(session_token, "passed");
	assert.deepEqual(
		(await sandbox.sessions()).map((session) => [session.session_token, session.outcome]),
		[[session_token, "passed"]],
	);
	console.log(`${process.platform} ${process.arch}: a link, and its end`);
} finally {
	await sandbox.stop();
}
