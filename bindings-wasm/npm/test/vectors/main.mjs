// Node, Deno and Bun: the same file in each.
import * as api from "valify-link";
import { conclude, files } from "./folder.mjs";
import { report } from "./report.mjs";

const host = globalThis.Deno ? "deno" : globalThis.Bun ? "bun" : "node";
const { default: manifest } = await import("valify-link/package.json", { with: { type: "json" } });
conclude(await report(api, host, manifest.version, files()));
