// Node, Deno and Bun: what the driver has started is told by TRANSPORT_WORLD.
import process from "node:process";
import * as api from "valify-link";
import { conclude, run } from "../harness.mjs";
import { cases } from "./cases.mjs";

const world = JSON.parse(process.env.TRANSPORT_WORLD);
conclude(await run(`transport on ${world.host}`, cases(api, world)));
