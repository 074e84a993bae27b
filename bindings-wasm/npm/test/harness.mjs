// A suite that runs in any runtime: no more than names, functions and a sum.

/** Runs the cases one after another. `lines` say what failed; nothing is printed here. */
export async function run(suite, cases) {
	const lines = [];
	let passed = 0;
	for (const [name, test] of cases) {
		try {
			await test();
			passed += 1;
		} catch (error) {
			lines.push(`${suite}: ${name}: ${error?.stack ?? error}`);
		}
	}
	return { suite, passed, failed: lines.length, lines };
}

/** Prints what failed and the sum, in the form that tests/run adds up. */
export function conclude({ suite, passed, failed, lines }) {
	for (const line of lines) console.log(line);
	console.log(suite);
	console.log(`${passed} passed, ${failed} failed`);
	if (failed > 0 || passed === 0) process.exitCode = 1;
}

export function equal(actual, expected, what) {
	const [a, e] = [JSON.stringify(actual), JSON.stringify(expected)];
	if (a !== e) throw new Error(`${what}: expected ${e}, got ${a}`);
}

export function ok(condition, what) {
	if (!condition) throw new Error(what);
}

/** What a promise or a function throws. */
export async function thrown(action) {
	try {
		await (typeof action === "function" ? action() : action);
	} catch (error) {
		return error;
	}
	throw new Error("nothing was thrown");
}
