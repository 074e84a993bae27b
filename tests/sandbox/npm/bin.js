#!/usr/bin/env node
// The program itself, with its arguments, its terminal and its exit status.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { program } from "./program.js";

let path;
try {
	path = program();
} catch (error) {
	console.error(`valify-sandbox: ${error.message}`);
	process.exit(1);
}
const child = spawn(path, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
	console.error(`valify-sandbox: cannot run ${path}: ${error.message}`);
	process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
