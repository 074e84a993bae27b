// One link by one order: `{ base_url, link_prefix?, reference_id }`. The policy is the default one; only the waits of its retries are short, and time is
// ample: a machine that is busy with other things is not what is tested.

export function asker(api, options) {
	const clients = new Map();
	return async ({ base_url: baseUrl, link_prefix: linkPrefix, reference_id: referenceId }) => {
		const made = () =>
			new api.ValifyLink({
				apiKey: "sandbox-key-not-for-production",
				environment: "sandbox",
				baseUrl,
				linkPrefixes: linkPrefix === undefined ? [] : [linkPrefix],
				backoffCapMs: 0,
				timeoutMs: 120_000,
				deadlineMs: 300_000,
				...options,
			});
		const client = clients.get(baseUrl) ?? made();
		clients.set(baseUrl, client);
		try {
			await client.createLink({ returnUrl: "https://shop.example/back", referenceId, expiresAt: new Date("2099-01-01T00:00:00Z") });
			return "link";
		} catch (error) {
			if (!(error instanceof api.ValifyError)) throw error;
			return error.kind;
		}
	};
}
