import { fingerprint } from "../crypto/thumbprint.ts";
import type { ChecklistReason, ChecklistStep, ChecklistView } from "../protocol/api/checklist.ts";
import { faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { listAgents } from "../store/agent.ts";
import { listGateways } from "../store/gateway.ts";
import { newestRecord } from "../store/newest.ts";
import { listPeople } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { listSites } from "../store/site.ts";
import { listVendors } from "../store/vendor.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { faceOrigin } from "./hosts.ts";
import { viewServices } from "./service-view.ts";
import { viewTrusts } from "./trust.ts";

type Step = ChecklistView["steps"][number];
type Found = Partial<Pick<Step, "why" | "about" | "command" | "at">>;

/**
 * How far an installation has come, by what an administrator may see of it. Each step is read from what is there: the register, the
 * links, the log.
 */
export async function viewChecklist(c: Context, caller: Pick<Caller, "scope">): Promise<ChecklistView> {
  const found: Record<ChecklistStep, Found> = {
    site: await site(c, caller.scope),
    gateway: await gateway(c),
    certificates: certificates(c),
    approver: await approver(c, caller.scope),
    agent: await agent(c, caller.scope),
    trust: await trust(c, caller.scope),
    vendor: await vendor(c, caller.scope),
    device: await device(c, caller.scope),
    rehearsal: await rehearsal(c, caller.scope),
    backup: await backup(c),
  };
  const steps = Object.entries(found).map(([step, { why = null, about = [], command = null, at = null }]) => ({
    step: step as ChecklistStep,
    why,
    about,
    command: why === null ? null : command,
    at,
  }));
  return { done: steps.every(({ why }) => why === null), steps };
}

const not = (why: ChecklistReason, more: Omit<Found, "why"> = {}): Found => ({ why, ...more });
const named = (rows: readonly { name: string }[]) => rows.map(({ name }) => name);

async function site(c: Context, scope: Scope): Promise<Found> {
  const sites = (await listSites(c.store.db, scope)).filter(({ active }) => active);
  const silent = sites.filter(({ contact }) => contact === null);
  if (sites.length === 0) return not("site-missing");
  return silent.length > 0 ? not("contact-missing", { about: named(silent) }) : { about: named(sites) };
}

async function gateway(c: Context): Promise<Found> {
  const gateways = (await listGateways(c.store.db)).filter(({ active }) => active);
  const command = "genkan-authority gateway add --name gateway-1 --address HOST:443 --key SHA256:…";
  if (gateways.length === 0) return not("gateway-missing", { command });
  const away = gateways.filter(({ id }) => !c.gateways.isConnected(id));
  if (away.length > 0)
    return not("gateway-away", { about: named(away), command: "journalctl -u genkan-gateway -n 50" });
  return { about: named(gateways) };
}

/** Of the two faces' hosts, and of the access hosts where an agent serves browsers. */
function certificates(c: Context): Found {
  const now = c.now().getTime();
  const own = faces.map((face) => ({
    name: new URL(faceOrigin(c.hosts, face)).host,
    end: c.certificates[face]?.end ?? null,
  }));
  const reports = c.agents.connected().flatMap((id) => c.agents.reports.of(id) ?? []);
  const access = reports.map(({ accessUntil }) => ({
    name: `*.${c.hosts.accessDomain}`,
    end: accessUntil === null ? null : new Date(accessUntil),
  }));
  const all = [...own, ...access].flatMap(({ name, end }) => (end === null ? [] : [{ name, end }]));
  const about = (rows: typeof all) => ({ about: [...new Set(named(rows))] });
  const over = all.filter(({ end }) => end.getTime() <= now);
  if (over.length > 0) return not("certificate-expired", about(over));
  const secure = faceOrigin(c.hosts, "portal").startsWith("https:");
  if (secure && access.some(({ end }) => end === null))
    return not("access-certificate-missing", { about: named(access) });
  const soon = all.filter(({ end }) => end.getTime() - now < limits.doctorCertificateWarnMs);
  if (soon.length > 0) return not("certificate-ends-soon", about(soon));
  const [first] = all.map(({ end }) => end.toISOString()).toSorted();
  return { ...about(all), at: first ?? null };
}

async function approver(c: Context, scope: Scope): Promise<Found> {
  const lists = await viewTrusts(c.store.db, scope);
  const approvers = lists.flatMap(({ current, proposed }) => (current ?? proposed)?.approvers ?? []);
  if (approvers.length === 0) return not("approver-missing");
  return { about: [...new Set(approvers.map(({ person }) => person.name))] };
}

async function agent(c: Context, scope: Scope): Promise<Found> {
  const agents = (await listAgents(c.store.db, scope)).filter(({ active }) => active);
  if (agents.length === 0) return not("agent-missing", { command: "genkan-authority agent token" });
  const away = agents.filter(({ id }) => c.agents.find(id) === null);
  if (away.length > 0) return not("agent-away", { about: named(away), command: "systemctl enable --now genkan-agent" });
  return { about: named(agents) };
}

/** Each agent believes the list of approvers that is in force at its site. */
async function trust(c: Context, scope: Scope): Promise<Found> {
  const agents = (await listAgents(c.store.db, scope)).filter(({ active }) => active);
  const lists = await viewTrusts(c.store.db, scope);
  const listOf = (of: string) => lists.find((one) => one.site.id === of)?.current ?? null;
  const behind = agents.filter((one) => one.trust === null || one.trust.version < (listOf(one.site.id)?.version ?? 1));
  if (agents.length > 0 && behind.length === 0) return { about: named(agents) };
  const list = listOf(behind[0]?.site.id ?? "");
  const command = list && `genkan-agent trust add --fingerprint ${fingerprint(list.hash)}`;
  return not("trust-not-accepted", { about: named(behind), command });
}

async function vendor(c: Context, scope: Scope): Promise<Found> {
  const vendors = await listVendors(c.store.db, scope);
  if (vendors.length === 0) return not("vendor-missing");
  const people = await listPeople(c.store.db, scope);
  const technicians = people.filter(
    ({ active, memberships }) => active && memberships.some(({ roles }) => roles.includes("technician")),
  );
  return technicians.length === 0
    ? not("technician-missing", { about: named(vendors) })
    : { about: [...named(vendors), ...named(technicians)] };
}

async function device(c: Context, scope: Scope): Promise<Found> {
  const services = await viewServices(c, { scope });
  const where = ({ device: of, address, port }: (typeof services)[number]) => `${of.name} ${address}:${port}`;
  const open = services.filter(({ reach }) => reach?.found === "open");
  if (open.length > 0) return { about: open.map(where), at: open[0]?.reach?.at ?? null };
  const about = { about: services.map(where) };
  if (services.length === 0) return not("device-missing");
  if (services.every(({ listed }) => listed === false)) return not("device-not-listed", about);
  return not(services.every(({ reach }) => reach === null) ? "device-not-tested" : "device-not-reached", about);
}

/** Somebody was let in, the session ended, and what the log says of it was taken away to be verified. */
async function rehearsal(c: Context, scope: Scope): Promise<Found> {
  const { db } = c.store;
  const [begun, ended, exported] = [
    await newestRecord(db, scope, "session.begin"),
    await newestRecord(db, scope, "session.end"),
    await newestRecord(db, scope, "audit.export"),
  ];
  if (begun === null || ended === null) return not("session-missing");
  if (exported === null) return not("export-missing", { command: "genkan audit verify FILE --key KEY" });
  return { at: exported };
}

async function backup(c: Context): Promise<Found> {
  const newest = await newestRecord(c.store.db, Scope.system(), "store.backup");
  const command = "genkan-authority backup --help";
  if (newest === null) return not("backup-missing", { command });
  const old = c.now().getTime() - Date.parse(newest) > limits.backupAgeMs;
  return old ? not("backup-old", { at: newest, command }) : { at: newest };
}
