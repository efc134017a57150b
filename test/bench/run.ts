import { parseArgs } from "node:util";
import type { Effort, Figure, Spread } from "./figure.ts";

/** In this order: what needs a quiet machine first. */
const figures = {
  session: () => import("./figures/session.ts"),
  revoke: () => import("./figures/revoke.ts"),
  relay: () => import("./figures/relay.ts"),
  idle: () => import("./figures/idle.ts"),
  flood: () => import("./figures/flood.ts"),
  audit: () => import("./figures/audit.ts"),
  "lock-under-flood": () => import("./figures/lock-under-flood.ts"),
  "lease-gap": () => import("./figures/lease-gap.ts"),
  "log-page": () => import("./figures/log-page.ts"),
} as const satisfies Record<string, () => Promise<{ measure(effort: Effort): Promise<Figure[]> }>>;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, only: { type: "string" }, scale: { type: "string", default: "1" } },
});
const scale = Number(values.scale);
if (!(scale > 0 && scale <= 10)) throw new Error("--scale is a number above 0, at most 10");

const effort: Effort = {
  times: (n) => Math.max(3, Math.round(n * scale)),
  say: (progress) => {
    if (!values.json) console.error(`  · ${progress}`);
  },
};
const results: Figure[] = [];
for (const [name, load] of Object.entries(figures)) {
  if (values.only !== undefined && values.only !== name) continue;
  const measured = await (await load()).measure(effort);
  results.push(...measured);
  if (!values.json) for (const figure of measured) console.log(row(figure));
}
if (values.json) console.log(JSON.stringify({ scale, node: process.version, figures: results }, null, 2));
// What a figure leaves open (sockets that were reset, timers) is no reason to stay.
process.exit(0);

function row({ figure, unit, ours, beside, note }: Figure): string {
  return `${figure.padEnd(28)} ${show(ours)} ${unit}\n${"".padEnd(28)} beside ${beside.what}: ${show(beside.value)}\n${"".padEnd(28)} ${note}`;
}

function show(value: Spread | number): string {
  return typeof value === "number"
    ? String(value)
    : `p50 ${value.p50}  p99 ${value.p99}  max ${value.max}  (n ${value.n})`;
}
