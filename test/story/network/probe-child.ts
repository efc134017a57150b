import { readFileSync } from "node:fs";
import { type ProbeName, probes } from "./probe.ts";

const standardInput = 0;
const order: unknown = JSON.parse(readFileSync(standardInput, "utf8"));
const found = await (probes[process.argv[2] as ProbeName] as (order: unknown) => Promise<unknown>)(order);
console.log(JSON.stringify(found));
