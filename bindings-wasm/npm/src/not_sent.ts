import type { Platform } from "./platform.js";

/**
 * What proves that no connection was made, or that it was given up before the request was written. Each code is held by a test against
 * a real socket; whatever is not here may have been sent.
 */
const CODES: Partial<Record<Platform, ReadonlySet<string>>> = {
	node: new Set(["ECONNREFUSED", "ENOTFOUND", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]),
	bun: new Set(["ECONNREFUSED", "ENOTFOUND", "DEPTH_ZERO_SELF_SIGNED_CERT", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"]),
};

/** Whether an error of the runtime's own `fetch` proves that nothing has left this machine. @internal */
export function isNotSent(error: unknown, where: Platform): boolean {
	if (where === "deno") return isConnectFailureOfDeno(error);
	const codes = CODES[where];
	return codes !== undefined && provenBy(error, codes);
}

function provenBy(error: unknown, codes: ReadonlySet<string>): boolean {
	if (typeof error !== "object" || error === null) return false;
	const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown };
	// One failure for each address that was tried: every one of them must prove it.
	if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => provenBy(one, codes));
	if (typeof code === "string") return codes.has(code);
	return provenBy(cause, codes);
}

/** Deno gives no code: its HTTP client says in words that it failed while connecting, which includes TLS. */
function isConnectFailureOfDeno(error: unknown): boolean {
	return error instanceof Error && (error.message.includes("client error (Connect)") || isConnectFailureOfDeno(error.cause));
}
