// In workerd, driven from Node.
import { conclude } from "../harness.mjs";
import { inWorkerd } from "../workerd.mjs";

await inWorkerd("trap/worker.mjs", async (fetch) => conclude(await (await fetch("http://trap.test/")).json()));
