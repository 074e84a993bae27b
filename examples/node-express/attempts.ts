// The attempts in a database: one row for each, every later write an atomic merge under a lock.
import { type Event, type Returned, route, Verification } from "valify-link";
import type { Database, Query } from "./database.ts";

/** One attempt as it is stored: the record, beside the keys that returns and events are looked up by. */
interface Row {
	readonly id: number;
	readonly record: string;
}

type Add = (record: Verification) => Verification;

/** The attempts of a database, its table made where it is missing. */
export async function openAttempts({ transaction, idColumn, lock }: Database) {
	await transaction((query) =>
		query(`CREATE TABLE IF NOT EXISTS attempts (
			id ${idColumn},
			reference_id TEXT NOT NULL,
			token_hash TEXT UNIQUE,
			nonce_hash TEXT UNIQUE,
			record TEXT NOT NULL
		)`),
	);
	await transaction((query) => query("CREATE INDEX IF NOT EXISTS attempts_reference_id ON attempts (reference_id)"));

	/** Rows that nobody else writes until the transaction ends. */
	const locked = (query: Query, where: string, key: string | number | undefined) =>
		query<Row>(`SELECT id, record FROM attempts WHERE ${where} ORDER BY id ${lock}`, key);

	async function write(query: Query, { id, record }: Row, add: Add) {
		const merged = add(Verification.fromText(record));
		const { tokenHash, nonceHash } = merged.keys();
		await query(
			"UPDATE attempts SET token_hash = $1, nonce_hash = $2, record = $3 WHERE id = $4",
			tokenHash,
			nonceHash,
			merged.toText(),
			id,
		);
		return merged;
	}

	return {
		/** A new attempt. Before the call for its link: nothing can come too early then. */
		insert: (record: Verification) =>
			transaction(async (query) => {
				const { referenceId, tokenHash, nonceHash } = record.keys();
				const columns = "reference_id, token_hash, nonce_hash, record";
				const values = [referenceId, tokenHash, nonceHash, record.toText()];
				const [row] = await query<Row>(`INSERT INTO attempts (${columns}) VALUES ($1, $2, $3, $4) RETURNING id`, ...values);
				return row?.id;
			}),

		/** Adds to one attempt. */
		merge: (id: number | undefined, add: Add) =>
			transaction(async (query) => {
				const [row] = await locked(query, "id = $1", id);
				return row && write(query, row, add);
			}),

		/** Adds that a browser came back, to the attempt whose state it carried. */
		mergeReturned: (returned: Returned) =>
			transaction(async (query) => {
				const [row] = await locked(query, "nonce_hash = $1", returned.keys().nonceHash);
				return row && write(query, row, (record) => record.returned(returned));
			}),

		/** Adds what a webhook said, to the attempt that it is about; `undefined` if that cannot be told: for a human. */
		mergeEvent: (event: Event) =>
			transaction(async (query) => {
				const { tokenHash, referenceId } = event.keys();
				let rows = await locked(query, "token_hash = $1", tokenHash);
				// Its link may not be known yet, here or ever.
				if (rows.length === 0) rows = await locked(query, "token_hash IS NULL AND reference_id = $1", referenceId);
				const found = route(
					event,
					rows.map(({ record }) => Verification.fromText(record)),
				);
				const row = found.route === "one" ? rows[found.index] : undefined;
				return row && write(query, row, (record) => record.add(event));
			}),

		/** A user's latest attempt. */
		latest: (referenceId: string) =>
			transaction(async (query) => {
				const newest = "SELECT record FROM attempts WHERE reference_id = $1 ORDER BY id DESC LIMIT 1";
				const [row] = await query<Row>(newest, referenceId);
				return row && Verification.fromText(row.record);
			}),
	};
}
