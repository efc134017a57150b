import { readHosts } from "../../authority/hosts.ts";
import { GenkanError } from "../../protocol/error.ts";
import { listGateways } from "../../store/gateway.ts";
import { readTree } from "../../store/log-tree.ts";
import { readSetting } from "../../store/setting.ts";
import type { Store } from "../../store/store.ts";
import { parseHostPort } from "../address.ts";
import { type OpenOptions, openStore } from "../authority/open.ts";
import { type Finding, found } from "./finding.ts";
import { reachGateway } from "./gateway-reach.ts";
import { checkCertificate, checkClock, checkDisk, checkName, checkPort, checkRights } from "./host-checks.ts";

const dayMs = 86_400_000;
/** Days after which somebody should ask why there was no backup. */
const backupDays = 2;

export interface AuthorityDoctor extends OpenOptions {
  readonly portal?: string;
  readonly certificate?: readonly string[];
  readonly staffListen?: string;
}

/** What an authority needs on its host, and beyond. */
export function authorityChecks(o: AuthorityDoctor, now: () => Date): (Promise<Finding | Finding[]> | Finding)[] {
  const { host, port } =
    o.staffListen === undefined
      ? { host: "", port: 0 }
      : parseHostPort(o.staffListen, "--staff-listen looks like HOST:PORT.");
  const secrets = [
    [o.masterKey, "--master-key"],
    [o.storeUrlFile, "--store-url-file"],
    [o.busUrlFile, "--bus-url-file"],
  ] as const;
  return [
    checkDisk(o.data),
    ...secrets.flatMap(([path, option]) => (path === undefined ? [] : [checkRights(path, "private", option)])),
    ...(o.certificate ?? []).map((path) => checkCertificate(path, now())),
    ...(host === "" ? [] : [checkPort(host, port)]),
    behindStore(o, now),
  ];
}

async function behindStore(o: AuthorityDoctor, now: () => Date): Promise<Finding[]> {
  try {
    const { store } = await openStore(o, null);
    try {
      return await inStore(o, store, now);
    } finally {
      await store.close();
    }
  } catch (error) {
    const why = error instanceof GenkanError ? (error.detail ?? error.code) : "internal";
    return [found("fail", "store-away", { why })];
  }
}

async function inStore(o: AuthorityDoctor, { db }: Store, now: () => Date): Promise<Finding[]> {
  const hosts = await readHosts(db);
  const gateways = await listGateways(db);
  const backup = await readSetting(db, "backup-at");
  const days = backup === null ? null : Math.floor((now().getTime() - Date.parse(backup)) / dayMs);
  const reached = await Promise.all(gateways.map((gateway) => reachGateway(gateway, `gateway ${gateway.name}`)));
  const names = [hosts?.portal, hosts?.staff].flatMap((origin) => (origin ? [new URL(origin).hostname] : []));
  // Browsers send names under .localhost to their own machine without asking anybody.
  const asked = names.filter((name) => !name.endsWith(".localhost"));
  return [
    found("ok", "store", { records: String((await readTree(db)).size) }),
    days === null
      ? found("warn", "backup-never")
      : found(days >= backupDays ? "warn" : "ok", "backup", { days: String(days) }),
    ...(gateways.length === 0 ? [found("warn", "peers-none")] : []),
    ...reached.flat(),
    ...(await Promise.all(asked.map(checkName))).flat(),
    await checkClock(o.portal ?? hosts?.portal, now),
  ];
}
