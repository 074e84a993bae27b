// SQLite or PostgreSQL, as far as this app tells them apart.
import { DatabaseSync } from "node:sqlite";
import { Pool } from "pg";

type Value = string | number | undefined;

/** Runs one statement; `$1`, `$2` and so on in it stand for the values. */
export type Query = <Row>(sql: string, ...values: Value[]) => Promise<Row[]>;

/** What both can do, and the words that they have for it. */
export interface Database {
	/** All of `work` or nothing of it. What it selects with `lock`, nobody else writes meanwhile. */
	readonly transaction: <Result>(work: (query: Query) => Promise<Result>) => Promise<Result>;
	readonly lock: string;
	readonly idColumn: string;
}

/** `postgresql://user:password@host:port/name`, or `sqlite:///` and a file's path. */
export function open(url: string): Database {
	return url.startsWith("postgresql:") ? postgresql(url) : sqlite(url.replace("sqlite:///", ""));
}

function postgresql(connectionString: string): Database {
	const pool = new Pool({ connectionString });
	// An idle connection that the server closes is no reason to end.
	pool.on("error", (error) => console.warn(`database: ${error.message}`));
	return {
		lock: "FOR UPDATE",
		idColumn: "INTEGER PRIMARY KEY GENERATED ALWAYS AS IDENTITY",
		async transaction(work) {
			const client = await pool.connect();
			const query: Query = async (sql, ...values) => (await client.query(sql, values)).rows;
			try {
				return await between("BEGIN", query, work);
			} finally {
				client.release();
			}
		},
	};
}

function sqlite(file: string): Database {
	const connection = new DatabaseSync(file, { timeout: 5000 });
	const query: Query = async (sql, ...values) => {
		const named = Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value ?? null]));
		return connection.prepare(sql).all(named) as never;
	};
	let last: Promise<unknown> = Promise.resolve();
	return {
		// SQLite locks no rows: this begins by taking the whole database, so that what is read is current.
		lock: "",
		idColumn: "INTEGER PRIMARY KEY",
		transaction(work) {
			// There is one connection: transactions take turns.
			const turn = last.then(() => between("BEGIN IMMEDIATE", query, work));
			last = turn.catch(() => undefined);
			return turn;
		},
	};
}

async function between<Result>(begin: string, query: Query, work: (query: Query) => Promise<Result>): Promise<Result> {
	await query(begin);
	try {
		const result = await work(query);
		await query("COMMIT");
		return result;
	} catch (error) {
		await query("ROLLBACK");
		throw error;
	}
}
