// Where the program of this platform is: in an optional package of its own, which npm installs on that platform alone.
import { createRequire } from "node:module";

/** The path of the `valify-sandbox` program. `VALIFY_SANDBOX` names another one. */
export function program() {
	if (process.env.VALIFY_SANDBOX) return process.env.VALIFY_SANDBOX;
	const name = `valify-sandbox-${process.platform}-${process.arch}`;
	try {
		return createRequire(import.meta.url).resolve(`${name}/valify-sandbox${process.platform === "win32" ? ".exe" : ""}`);
	} catch {
		throw new Error(
			`the package ${name} is not installed: either this platform has none, or optional dependencies were left out (npm install --include=optional). VALIFY_SANDBOX can name a program that you built`,
		);
	}
}
