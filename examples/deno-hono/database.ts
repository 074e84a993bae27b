// SQLite or PostgreSQL, as far as this app tells them apart.
import { DatabaseSync } from "node:sqlite";
// @ts-types="@types/pg"
import { Pool } from "pg";

type Value = string | number | undefined;

/** What both can do. */
export interface Database {
	/** Runs one statement; `$1`, `$2` and so on in it stand for the values. */
	readonly query: <Row>(sql: string, ...values: Value[]) => Promise<Row[]>;
	/** The words for a number that the database counts up by itself. */
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
		idColumn: "INTEGER PRIMARY KEY GENERATED ALWAYS AS IDENTITY",
		query: async (sql, ...values) => (await pool.query(sql, values)).rows,
	};
}

function sqlite(file: string): Database {
	const connection = new DatabaseSync(file, { timeout: 5000 });
	return {
		idColumn: "INTEGER PRIMARY KEY",
		query(sql, ...values) {
			const named = Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value ?? null]));
			return Promise.resolve(connection.prepare(sql).all(named) as never);
		},
	};
}
