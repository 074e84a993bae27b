/** The columns to look a record up by: the token first, then the nonce, then the reference. */
export interface Keys {
	/** A hash of the session token, where it is known. */
	readonly tokenHash: string | undefined;
	/** A hash of the return state's nonce, where there is one. */
	readonly nonceHash: string | undefined;
	/** The reference. It may have several rows: one for each attempt of that user. */
	readonly referenceId: string | undefined;
}

/** Where something belongs. What is of one environment never counts in another. */
export type Environment = "production" | "sandbox";

/** The language of Valify's page. */
export type Lang = "en" | "ar";

/** What an event says. */
export type Outcome = "passed" | "failed" | "review" | "abandoned" | "expired" | "indeterminate";

/** What is known about an attempt. */
export type Status = "requested" | "issued" | "returned" | Outcome | "conflicting";

/** Why an event says less than it might. */
export type Problem =
	| "malformed_body"
	| "pointers_disagree"
	| "field_malformed"
	| "decision_missing"
	| "decision_unmapped"
	| "time_unreadable";

/** Whether the browser that came back is the one that started. A signal, not a gate: people change browsers honestly. */
export type BoundBrowser = "yes" | "no" | "unknown";

/** A secret in exactly one encoding. There is no detection and no fallback. */
export type Secret = { readonly utf8: string | undefined } | { readonly base64: string | undefined } | { readonly hex: string | undefined };

/** A secret under an id, which is not secret and appears in logs and results. */
export type NamedSecret = { readonly id: string } & Secret;

/** The core's names for the columns. @internal */
export interface KeysView {
	token_hash?: string;
	nonce_hash?: string;
	reference_id?: string;
}

/** @internal */
export function keysOf(view: KeysView): Keys {
	return { tokenHash: view.token_hash, nonceHash: view.nonce_hash, referenceId: view.reference_id };
}
