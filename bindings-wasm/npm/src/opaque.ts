const NODE = Symbol.for("nodejs.util.inspect.custom");
const DENO = Symbol.for("Deno.customInspect");

/** What every console shows as one safe line: its state is private, and no rendering reaches it. */
export abstract class Opaque {
	/** The one line. */
	abstract toString(): string;

	/** @internal */
	[NODE](): string {
		return this.toString();
	}

	/** @internal */
	[DENO](): string {
		return this.toString();
	}
}
