import { documentOf } from "./document.js";
import type { ErrorKind } from "./errors.js";
import type { AuthenticatedBy } from "./event.js";
import { type Body, bytesOf, type HeadersInput, linesOf, MOST_BODY_BYTES, millisecondsOf, textOf } from "./input.js";
import * as wasm from "./module.js";
import { core } from "./module.js";
import type { Environment, NamedSecret } from "./names.js";
import { secretParts } from "./secret.js";
import type { Auth, Profile, VerifyOptions } from "./verifier.js";

/** One mistake, with what may be said of it without a secret or any content. */
export interface Finding {
	/** Which mistake, such as `body_reserialised` or `clock_skew`; `none` if the delivery verifies. */
	readonly mistake: string;
	/** What was found in place of the configured or expected. */
	readonly found?: string;
	/** The header that it is about. */
	readonly header?: string;
	/** The id of the secret that fits. Not secret. */
	readonly secret?: string;
	/** The signed timestamp less now, in milliseconds: negative if the sender's clock is behind, or the delivery is old. */
	readonly offByMs?: number;
	/** What to do. */
	readonly advice: string;
}

/** What `Verifier.diagnose` has found. Nothing in it has key material, a header's value or anything of the body. */
export interface Diagnosis {
	/** The kind by which `verify` refuses the delivery; absent if it verifies. */
	readonly refused?: ErrorKind;
	/** At least one. */
	readonly findings: readonly Finding[];
	/** How many MACs were computed. */
	readonly macs: number;
	/** One line for each finding. */
	readonly text: string;
}

/** The form of one delivery, every value masked. */
export interface Inspection {
	/** The header lines in order, at most 64. */
	readonly headers: readonly { readonly name: string; readonly looksLike: string; readonly length: string }[];
	/** How many more there are. */
	readonly headersNotShown: number;
	/** What the body is. */
	readonly body: "json" | "empty" | "compressed" | "text" | "binary";
	/** The body's length in bytes, as a range. */
	readonly bodyLength: string;
	/** The values of a JSON body in order, at most 256. */
	readonly shape: readonly { readonly pointer: string; readonly type: string; readonly looksLike?: string; readonly length?: string }[];
	/** What became of each candidate. */
	readonly candidates: readonly { readonly scheme: string; readonly authenticatedBy?: AuthenticatedBy; readonly refused?: ErrorKind }[];
	/** Where the fields seem to be, if a candidate authenticates the delivery. Never what values mean. */
	readonly proposal?: {
		readonly profile: Profile;
		readonly ambiguous: readonly { readonly field: string; readonly pointers: readonly string[] }[];
	};
	/** All of it for people. */
	readonly text: string;
}

/** What `inspect` tries. */
export interface InspectOptions extends VerifyOptions {
	/** Schemes that may authenticate the delivery. */
	readonly candidates?: readonly Auth[] | undefined;
	/** Where the candidates' secrets are from. Default: `production`. */
	readonly environment?: Environment | undefined;
}

/** What a delivery looks like, without what it says: the first real one becomes configuration, and nobody's data is shown. */
export function inspect(body: Body, headers: HeadersInput, options: InspectOptions = {}): Inspection {
	const bytes = bytesOf(body, MOST_BODY_BYTES);
	const lines = linesOf(headers);
	const { candidates = [], environment = "production" } = options;
	const documents = candidates.map((auth) => new TextDecoder().decode(documentOf(auth)));
	const now = millisecondsOf(options.now, "now");
	const url = options.url === undefined ? undefined : textOf(options.url, "url");
	return camelCase(core(() => wasm.inspect(bytes, lines, url, documents, environment, now))) as Inspection;
}

/** What `Verifier.diagnose` takes besides body and headers. */
export interface DiagnoseOptions extends VerifyOptions {
	/** Secrets of earlier days, to be tried as well: 1 to 16. */
	readonly olderSecrets?: readonly NamedSecret[] | undefined;
}

/** @internal */
export function diagnosisOf(verifier: wasm.Verifier, body: Body, headers: HeadersInput, options: DiagnoseOptions): Diagnosis {
	const bytes = bytesOf(
		body,
		core(() => verifier.maxBodyBytes),
	);
	const lines = linesOf(headers);
	const now = millisecondsOf(options.now, "now");
	const url = options.url === undefined ? undefined : textOf(options.url, "url");
	const older = options.olderSecrets?.flatMap((secret, index) => {
		const at = `secrets[${index}]`;
		return [textOf(secret.id, `${at}.id`), ...secretParts(secret, at)];
	});
	return camelCase(core(() => verifier.diagnose(bytes, lines, url, older, now))) as Diagnosis;
}

/** The core's own names in the spelling of this host; no name in here comes from outside. */
function camelCase(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(camelCase);
	if (typeof value !== "object" || value === null) return value;
	const present = Object.entries(value).filter(([, inner]) => inner !== undefined);
	return Object.fromEntries(
		present.map(([name, inner]) => [name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()), camelCase(inner)]),
	);
}
