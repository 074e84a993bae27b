// The attempts in a database: one row for each, every later write an atomic merge by compare and swap.
import { type Event, type Returned, route, Verification } from "valify-link";
import type { Database } from "./database.ts";

/** One attempt as it is stored: the record, beside the keys that returns and events are looked up by. */
interface Row {
	readonly id: number;
	readonly record: string;
}

/** The attempts of a database, its table made where it is missing. */
export async function openAttempts({ query, idColumn }: Database) {
	await query(`CREATE TABLE IF NOT EXISTS attempts (
		id ${idColumn},
		reference_id TEXT NOT NULL,
		token_hash TEXT UNIQUE,
		nonce_hash TEXT UNIQUE,
		record TEXT NOT NULL
	)`);
	await query("CREATE INDEX IF NOT EXISTS attempts_reference_id ON attempts (reference_id)");

	const rows = (where: string, key: string | number | undefined) =>
		query<Row>(`SELECT id, record FROM attempts WHERE ${where} ORDER BY id`, key);

	/** Adds to the row that is found; again from the start if somebody else has written it meanwhile. */
	async function mergeInto(find: () => Promise<Row | undefined>, add: (record: Verification) => Verification) {
		for (;;) {
			const row = await find();
			if (row === undefined) return undefined;
			const merged = add(Verification.fromText(row.record));
			const { tokenHash, nonceHash } = merged.keys();
			const written = await query(
				"UPDATE attempts SET token_hash = $1, nonce_hash = $2, record = $3 WHERE id = $4 AND record = $5 RETURNING id",
				...[tokenHash, nonceHash, merged.toText(), row.id, row.record],
			);
			if (written.length === 1) return merged;
		}
	}

	return {
		/** A new attempt. Before the call for its link: nothing can come too early then. */
		async insert(record: Verification) {
			const { referenceId, tokenHash, nonceHash } = record.keys();
			const columns = "reference_id, token_hash, nonce_hash, record";
			const values = [referenceId, tokenHash, nonceHash, record.toText()];
			const [row] = await query<Row>(`INSERT INTO attempts (${columns}) VALUES ($1, $2, $3, $4) RETURNING id`, ...values);
			return row?.id;
		},

		/** Adds to one attempt. */
		merge: (id: number | undefined, add: (record: Verification) => Verification) =>
			mergeInto(async () => (await rows("id = $1", id))[0], add),

		/** Adds that a browser came back, to the attempt whose state it carried. */
		mergeReturned: (returned: Returned) =>
			mergeInto(
				async () => (await rows("nonce_hash = $1", returned.keys().nonceHash))[0],
				(record) => record.returned(returned),
			),

		/** Adds what a webhook said, to the attempt that it is about; `undefined` if that cannot be told: for a human. */
		mergeEvent: (event: Event) =>
			mergeInto(
				async () => {
					const { tokenHash, referenceId } = event.keys();
					let found = await rows("token_hash = $1", tokenHash);
					// Its link may not be known yet, here or ever.
					if (found.length === 0) found = await rows("token_hash IS NULL AND reference_id = $1", referenceId);
					const about = route(
						event,
						found.map(({ record }) => Verification.fromText(record)),
					);
					return about.route === "one" ? found[about.index] : undefined;
				},
				(record) => record.add(event),
			),

		/** A user's latest attempt. */
		async latest(referenceId: string) {
			const [row] = await query<Row>("SELECT id, record FROM attempts WHERE reference_id = $1 ORDER BY id DESC LIMIT 1", referenceId);
			return row && Verification.fromText(row.record);
		},
	};
}
