// The hosts, and for each the command that puts the vectors through its public API, started in the root of the repository.

const npm = "bindings-wasm/npm/test/vectors/run";

export const HOSTS = [
	["rust", ["cargo", "test", "--quiet", "--locked", "--package", "valify-link-core", "--all-features", "--test", "vectors"]],
	["node", [npm, "node"]],
	["deno", [npm, "deno"]],
	["bun", [npm, "bun"]],
	["workers", [npm, "workers"]],
	["browser", [npm, "browser"]],
	["python", ["bindings-python/tests/vectors"]],
	["kotlin", ["bindings-uniffi/kotlin/tests/vectors", "kotlin"]],
	["java", ["bindings-uniffi/kotlin/tests/vectors", "java"]],
	["swift", ["bindings-uniffi/swift/tests/vectors"]],
].map(([name, command]) => ({ name, command }));
