import { closeSync, openSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { AllowList } from "../../../agent/allow-list.ts";
import { Trust } from "../../../agent/trust.ts";
import { CertificateFile } from "../../../link/certificate-file.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { until } from "../channels/bench.ts";

/** Watches the files of `folder`, touches them while this process can open nothing, and tells what came of it. */
const [folder = "", site = ""] = process.argv.slice(2);
const allow = join(folder, "allow.json");
const certificate = { cert: join(folder, "a.pem"), key: join(folder, "a.key") };
let problems = 0;
let renewed = 0;
const list = new AllowList({
  path: allow,
  log: silentProgramLog,
  emit: (event) => {
    if (event.event === "allow-list" && event.problem !== null) problems += 1;
  },
});
const trust = new Trust({ folder, site, now: () => new Date(), log: silentProgramLog, emit: () => {} });
let unread = 0;
const log = { ...silentProgramLog, error: () => void (unread += 1) };
new CertificateFile(certificate, log).onChange(() => (renewed += 1));
const state = () => ({ allowed: list.permits("10.0.0.5", 80), trusted: trust.list !== undefined, renewed, problems });
const tell = () => console.log(JSON.stringify(state()));
tell();

const held: number[] = [];
try {
  for (;;) held.push(openSync("/dev/null", "r"));
} catch {
  // None is left.
}
const now = new Date();
for (const path of [allow, join(folder, "trust.json"), certificate.cert]) utimesSync(path, now, now);
await until(() => problems > 0 && unread > 0 && !state().trusted, "that each was looked for").catch(() => {});
tell();
for (const descriptor of held) closeSync(descriptor);
await until(() => state().allowed && state().trusted && renewed > 0, "recovery").catch(() => {});
tell();
process.exit(0);
