// Node, Deno and Bun.
import process from "node:process";
import * as api from "valify-link";
import { valifyWebhook } from "valify-link/request";
import { conclude, run } from "../harness.mjs";
import { trap } from "./cases.mjs";

conclude(await run("trap", trap(api, valifyWebhook)));
process.exit();
