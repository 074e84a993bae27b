export * from "./index.js";

/** Loads the core: once, before anything else. Give it a URL, a `Response` or bytes where the module is served from another place. */
export function init(source?: string | URL | Response | BufferSource | PromiseLike<Response>): Promise<void>;
