import module from "./valify_link.wasm";
import { load } from "./web.mjs";

load(module);

export async function init() {}
