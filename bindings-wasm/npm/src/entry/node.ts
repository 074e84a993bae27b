import { readFileSync } from "node:fs";
import { load } from "../module.js";

export * from "../index.js";

load(new WebAssembly.Module(readFileSync(`${__dirname}/valify_link.wasm`)));

declare const __dirname: string;
