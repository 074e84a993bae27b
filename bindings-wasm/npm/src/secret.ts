import { refusal } from "./module.js";

/** Encoding and text of a secret that does not go through a document; `at` is its path. @internal */
export function secretParts(secret: object, at: string): [encoding: string, text: string] {
	const given = Object.entries(secret ?? {}).filter(([name, text]) => name !== "id" && text !== undefined);
	const [encoding, text] = given[0] ?? [];
	const known = encoding === "utf8" || encoding === "base64" || encoding === "hex";
	if (given.length !== 1 || !known) throw refusal("invalid_config", at, "must have exactly one of utf8, base64 and hex");
	if (typeof text !== "string" || !text.isWellFormed()) throw refusal("invalid_config", `${at}.${encoding}`, "must be a string");
	return [encoding, text];
}
