import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { saidOf } from "../../../authority/device.ts";
import { newId } from "../../../crypto/random.ts";
import { type Id, isId } from "../../../protocol/make-id.ts";
import { listAccounts } from "../../../store/account.ts";
import { findAgent, listAgents, stampAgent } from "../../../store/agent.ts";
import { insertApproval, listProposals, putInForce } from "../../../store/approval.ts";
import {
  dropProposedApproverList,
  insertApproverList,
  listApproverLists,
  type StoredApproverList,
  updateApproverList,
} from "../../../store/approver-list.ts";
import { findAttested, listAttested, listSuspended, suspend } from "../../../store/attestation.ts";
import { findPasskey, listAuthenticators, listPasskeysAt, listStaffKeys } from "../../../store/authenticator.ts";
import { findContract, listContracts } from "../../../store/contract.ts";
import type { Db } from "../../../store/database.ts";
import { findDevice, listDevices } from "../../../store/device.ts";
import {
  findDeviceOfService,
  findDeviceRecord,
  listDeviceRecords,
  setDeviceActive,
  updateDevice,
} from "../../../store/device-record.ts";
import { insertDossierEntry, listDossier, updateDossierEntry } from "../../../store/dossier.ts";
import { confirmErasure, insertErasure, listErasures } from "../../../store/erasure.ts";
import {
  countOpenGrants,
  findGrant,
  insertGrant,
  listApprovedBytes,
  listGrants,
  revokeGrant,
} from "../../../store/grant.ts";
import { findIdentity, insertIdentity, listIdentities } from "../../../store/identity.ts";
import { insertLock, liftLock, listLocks } from "../../../store/lock.ts";
import { exportLog } from "../../../store/log-export.ts";
import { listLog } from "../../../store/log-list.ts";
import { findPerson, findPersonByLogin, listPeople, vendorOf } from "../../../store/person.ts";
import { findProvider, insertProvider, listProviders, updateProvider } from "../../../store/provider.ts";
import { keepReach, listReaches } from "../../../store/reach.ts";
import { listEntries } from "../../../store/recording.ts";
import {
  countOpenRequests,
  findRequest,
  findStatement,
  insertRequest,
  listRequests,
  settleRequest,
} from "../../../store/request.ts";
import { listRetention } from "../../../store/retention.ts";
import { Scope } from "../../../store/scope.ts";
import {
  beginSession,
  countLiveSessions,
  countSession,
  endSession,
  findSession,
  insertSession,
  listSessions,
  liveSessions,
  setFrozen,
  setWindowEnd,
  stampSessions,
} from "../../../store/session.ts";
import { listSignIns } from "../../../store/sign-in.ts";
import { findSite, listSites } from "../../../store/site.ts";
import { findConsent, listSubcontracts, putSubcontract } from "../../../store/subcontract.ts";
import { findVendor, insertVendor, listVendorSites, listVendors, updateVendor } from "../../../store/vendor.ts";
import {
  findWorkstation,
  findWorkstationByKey,
  listLabels,
  listWorkstationKeys,
  listWorkstations,
  listWorkstationUses,
} from "../../../store/workstation.ts";
import { admission, approvalAllowed } from "../../allowed.ts";
import { askedFor, grantOf, keptUnsigned } from "../../asked.ts";
import { asHash, asPin, asThumbprint } from "../../brand.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { hour, type Name, names, World } from "../authority/world.ts";

/** Whose a row is. What a kind of row does not have is left out. */
interface Owner {
  readonly site?: readonly Id<"site">[];
  readonly vendor?: Id<"vendor">;
  readonly person?: Id<"person">;
}

let world: World;
let db: Db;
const ends: (() => Promise<void>)[] = [];
const owners = new Map<string, Owner>();
const rows: { requests: Id<"request">[]; grants: Id<"grant">[]; sessions: Id<"session">[] } = {
  requests: [],
  grants: [],
  sessions: [],
};
const paper = { kind: "isms", number: "1", issued: "2026-01-01", expires: null, reference: null } as const;
const provider = {
  issuer: "https://id.example",
  label: "ID",
  clientId: "genkan",
  secretSealed: "v1",
  mapping: [],
  twoFactors: { acr: [], amr: [] },
  maxAgeSeconds: null,
  createdAt: "2026-01-01T00:00:00.000Z",
};
const deviceOf = new Map<Id<"service">, Id<"device">>();
const scopes = new Map<string, Scope>();

beforeAll(async () => {
  world = await World.open({ until: (end) => void ends.push(end) });
  db = world.store.db;
  const { ids, people, devices } = world;
  const sitesOf = new Map([
    [ids.vendorA, [ids.siteA]],
    [ids.vendorB, [ids.siteA, ids.siteB]],
  ]);
  for (const name of names) {
    const { caller } = await world.signIn(name);
    scopes.set(name, caller.scope);
    const vendor = vendorOf(caller.person);
    const own = caller.person.memberships.flatMap(({ site }) => site?.id ?? []);
    const of = vendor ? { vendor: vendor.id, site: sitesOf.get(vendor.id) ?? [] } : { site: own };
    owners.set(people[name].id, { person: people[name].id, ...of });
    const subject = people[name].id;
    await insertIdentity(db, { person: subject, issuer: "https://id.example", subject });
    const computer = world.computers.get(name);
    if (computer) owners.set(computer.id, { person: people[name].id, ...of });
  }
  for (const [id, of] of [
    ["prv_a", { face: "staff", site: ids.siteA, vendor: null }],
    ["prv_b", { face: "staff", site: ids.siteB, vendor: null }],
    ["prv_v", { face: "portal", site: null, vendor: ids.vendorA }],
    ["prv_w", { face: "portal", site: null, vendor: null }],
  ] as const) {
    await insertProvider(db, { ...provider, id, ...of });
    owners.set(id, { site: of.site ? [of.site] : [], ...(of.vendor ? { vendor: of.vendor } : {}) });
  }
  scopes.set("staff of no site", Scope.ofPerson({ id: "per_x", memberships: [] }));
  owners.set(devices.own.id, { site: [ids.siteA], vendor: ids.vendorA });
  owners.set(devices.rivals.id, { site: [ids.siteA], vendor: ids.vendorB });
  owners.set(devices.elsewhere.id, { site: [ids.siteB], vendor: ids.vendorB });
  owners.set(ids.agentA, { site: [ids.siteA] });
  for (const site of [ids.siteA, ids.siteB]) owners.set(site, { site: [site] });
  for (const [vendor, site] of sitesOf) owners.set(vendor, { site, vendor });
  owners.set(ids.agentB, { site: [ids.siteB] });
  for (const { id, services } of Object.values(devices))
    for (const service of services) {
      deviceOf.set(service, id);
      await keepReach(db, { service, reach: "open", at: new Date(world.clock) });
    }
  for (const name of ["approver", "foreignApprover", "technician", "rival"] as const) await world.enrol(name);
  await work("technician", "siteA", "own");
  await work("colleague", "siteA", "own");
  await work("rival", "siteA", "rivals");
  await work("rival", "siteB", "elsewhere");
  for (const name of ["officer", "foreignOfficer"] as const) {
    const scope = scopes.get(name) as Scope;
    const lock = { kind: "everything", target: null, name: null, reason: "x", by: people[name].id } as const;
    const site = scope.sites?.[0] ?? ids.siteA;
    const id = await insertLock(db, { ...lock, site, at: new Date(world.clock) });
    owners.set(id, { site: [site] });
  }
  for (const [name, vendor] of [["technician", ids.vendorA] as const, ["rival", ids.vendorB] as const])
    await suspend(db, { person: people[name].id, vendor, at: new Date(world.clock) });
  for (const site of [ids.siteA, ids.siteB]) {
    owners.set(`at ${ids.vendorB} ${site}`, { site: [site], vendor: ids.vendorB });
    owners.set(await insertDossierEntry(db, { vendor: ids.vendorB, site, ...paper }), { site: [site] });
    const left = { vendor: ids.vendorB, site, what: "copies", due: "2026-04-01", at: new Date(world.clock) };
    owners.set(await insertErasure(db, left), { site: [site] });
    // A company that nobody here is of, so that nobody's devices become more.
    await insertVendor(db, { id: `ven_of_${site}`, name: "Vendor C", contact: null, mailDomains: [] });
    const of = { site, vendor: ids.vendorA, subcontractor: `ven_of_${site}` } as const;
    const consent = { from: world.at(), until: world.at(hour) };
    owners.set(await putSubcontract(db, of, { consent, note: null }), { site: [site], vendor: of.subcontractor });
    owners.set(of.subcontractor, { site: [site], vendor: of.subcontractor });
    owners.set(`at ${of.subcontractor} ${site}`, { site: [site], vendor: of.subcontractor });
  }
  owners.set(`at ${ids.vendorA} ${ids.siteA}`, { site: [ids.siteA], vendor: ids.vendorA });
  await world.sequencer.settle();
  return () => Promise.all(ends.map((end) => end()));
});

/** A request, its grant and its live session with one entry, of one technician at one device. */
async function work(name: Name, site: "siteA" | "siteB", device: keyof World["devices"]): Promise<void> {
  const { ids, people } = world;
  const vendor = name === "rival" ? ids.vendorB : ids.vendorA;
  const person = people[name].id;
  const workstation = (await world.equip(name)).id;
  const { id: deviceId, services } = world.devices[device];
  const owner = { site: [ids[site]], vendor, person };
  const at = new Date(world.clock);
  const window = world.window(-hour, hour);
  const asked = askedFor({
    site: { id: ids[site], name: site },
    person: { id: person, name },
    vendor: { id: vendor, name: "v" },
    workstation: { id: workstation, label: "w", thumbprints: [asThumbprint("A".repeat(43))] },
    device: { id: deviceId, name: device },
    windows: [window],
  });
  await insertRequest(db, keptUnsigned(asked), at);
  const request = asked.id;
  const grant = grantOf(asked, {
    agent: { id: site === "siteA" ? ids.agentA : ids.agentB, key: asPin("A".repeat(43)) },
  });
  const grantId = grant.id;
  const approver = people[site === "siteA" ? "approver" : "foreignApprover"].id;
  const signed = { statement: "", credential: "", authenticatorData: "", clientDataJson: "", signature: "" };
  await insertGrant(db, { grant, request, hash: asHash(grantId), bytes: text(grant), at });
  await insertApproval(db, { grant: grantId, approver, signed, at });
  await putInForce(db, approvalAllowed, grantId, at);
  // Another waits for one more approval.
  const waits = { ...asked, id: newId("request") };
  await insertRequest(db, keptUnsigned(waits), at);
  const waiting = waits.id;
  const proposed = grantOf(waits);
  const kept = { grant: proposed, request: waiting, hash: asHash(proposed.id), bytes: text(proposed), at };
  await insertGrant(db, kept);
  await insertApproval(db, { grant: proposed.id, approver, signed, at });
  owners.set(waiting, owner);
  const session = newId("session");
  await insertSession(db, admission, {
    id: session,
    grant: grantId,
    site: ids[site],
    vendor,
    person,
    workstation,
    device: deviceId,
    service: services[0] ?? "svc_",
    agent: grant.agent.id,
    gateway: newId("gateway"),
    sign_in: newId("signIn"),
    client: "native",
    host: "x",
    state: "live",
    frozen_at: null,
    frozen_by: null,
    frozen_reason: null,
    started_at: world.at(),
    ended_at: null,
    reason: null,
    ended_by: null,
    bytes_up: 0,
    bytes_down: 0,
    connections: 0,
    window_end: window.end,
    epoch: 1,
  });
  await world.store.change((change) =>
    change.audit(anyRecord({ at, action: "session.admit", site: ids[site] ?? null, subjects: { session } })),
  );
  rows.requests.push(request);
  rows.grants.push(grantId);
  rows.sessions.push(session);
  for (const id of [request, grantId, session]) {
    owners.set(id, owner);
  }
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const ids = (found: readonly { id: string }[]) => found.map(({ id }) => id);
/** What of `all` a call finds in this scope. */
const probe = async <I extends string>(all: readonly I[], find: (id: I) => Promise<unknown>) => {
  const found: string[] = [];
  for (const id of all) if (await find(id)) found.push(id);
  return found;
};
const ofKind = <P extends string>(prefix: P) =>
  [...owners.keys()].filter((id): id is `${P}${string}` => id.startsWith(prefix));
const now = () => new Date(world.clock);

/** Each function that reads rows of somebody: the ids that it lets a scope see. */
const narrowed: Record<string, (scope: Scope) => Promise<string[]>> = {
  listAgents: async (scope) => ids(await listAgents(db, scope)),
  findAgent: (scope) => probe(ofKind("agt_"), (id) => findAgent(db, scope, id)),
  listAuthenticators: (scope) =>
    probe(
      Object.values(world.people).map(({ id }) => id),
      async (id) => (await listAuthenticators(db, scope, id)).length > 0,
    ),
  findPasskey: async (scope) => {
    const found = [];
    for (const { credential } of world.passkeys.values())
      found.push((await findPasskey(db, scope, credential))?.person ?? []);
    return found.flat();
  },
  listIdentities: (scope) => probe(ofKind("per_"), async (id) => (await listIdentities(db, scope, id)).length > 0),
  listProviders: async (scope) => (await listProviders(db, scope)).map(({ id }) => id),
  findProvider: (scope) => probe(ofKind("prv_"), (id) => findProvider(db, scope, id)),
  findIdentity: (scope) =>
    probe(ofKind("per_"), (subject) => findIdentity(db, scope, { issuer: "https://id.example", subject })),
  listPasskeysAt: async (scope) => {
    const keys = [];
    for (const { rp } of world.passkeys.values()) keys.push(...(await listPasskeysAt(db, scope, `https://${rp}`)));
    return keys.map(({ person }) => person);
  },
  listStaffKeys: async (scope) => {
    const keys = [];
    for (const site of [world.ids.siteA, world.ids.siteB]) keys.push(...(await listStaffKeys(db, scope, site, now())));
    return keys.map(({ person }) => person);
  },
  listSignIns: (scope) =>
    probe(ofKind("per_"), async (id) => (await listSignIns(db, scope, id, { at: now(), idleMs: hour })).length > 0),
  listWorkstationUses: (scope) =>
    probe(ofKind("per_"), async (id) => (await listWorkstationUses(db, scope, id)).size > 0),
  listDevices: async (scope) => ids(await listDevices(db, scope)),
  findDevice: (scope) => probe(ofKind("dev_"), (id) => findDevice(db, scope, id)),
  listDeviceRecords: async (scope) => ids(await listDeviceRecords(db, scope)),
  findDeviceRecord: (scope) => probe(ofKind("dev_"), (id) => findDeviceRecord(db, scope, id)),
  findDeviceOfService: async (scope) => {
    const found = [];
    for (const { services } of Object.values(world.devices))
      for (const id of services) found.push((await findDeviceOfService(db, scope, id))?.id ?? []);
    return found.flat();
  },
  listRetention: async (scope) => (await listRetention(db, scope)).map(({ site }) => site.id),
  countOpenGrants: async (scope) => {
    // Of a technician: what somebody sees of the grants of a device.
    const found = [];
    for (const id of rows.grants) {
      const grant = await findGrant(db, Scope.system(), id);
      const seen = grant && scope.person !== null ? await findGrant(db, scope, id) : grant;
      if (grant && seen && (await countOpenGrants(db, scope, grant.grant.device.id, now())) > 0) found.push(id);
    }
    return found;
  },
  findContract: (scope) =>
    probe(ofKind("dev_"), (id) => findContract(db, scope, owners.get(id)?.vendor ?? "ven_", id, now())),
  listReaches: async (scope) => (await listReaches(db, scope)).map(({ service }) => deviceOf.get(service) ?? "unknown"),
  listGrants: async (scope) => ids(await listGrants(db, scope, now())),
  listApprovedBytes: async (scope) => {
    const found = [];
    for (const id of ofKind("per_"))
      for (const { grant } of await listApprovedBytes(db, scope, id)) found.push(grant.id);
    return found;
  },
  listWorkstationKeys: (scope) =>
    probe(ofKind("wks_"), async (id) => (await listWorkstationKeys(db, scope, id)).length > 0),
  findGrant: (scope) => probe(rows.grants, (id) => findGrant(db, scope, id)),
  listLocks: async (scope) => ids(await listLocks(db, scope)),
  listPeople: async (scope) => ids(await listPeople(db, scope)),
  listAccounts: async (scope) => ids(await listAccounts(db, scope, now())),
  findPerson: (scope) => probe(ofKind("per_"), (id) => findPerson(db, scope, id, now())),
  findPersonByLogin: async (scope) => {
    const found = [];
    for (const { login } of Object.values(world.people))
      found.push((await findPersonByLogin(db, scope, login, now()))?.id ?? []);
    return found.flat();
  },
  listRequests: async (scope) => ids(await listRequests(db, scope, now())),
  findRequest: (scope) => probe(rows.requests, (id) => findRequest(db, scope, id, now())),
  listProposals: async (scope) => [...(await listProposals(db, scope, ofKind("req_"))).keys()],
  findStatement: (scope) => probe(rows.requests, (id) => findStatement(db, scope, id)),
  listSessions: async (scope) => ids(await listSessions(db, scope)),
  liveSessions: async (scope) => ids(await liveSessions(db, scope)),
  findSession: (scope) => probe(rows.sessions, (id) => findSession(db, scope, id)),
  listEntries: (scope) => probe(rows.sessions, async (id) => (await listEntries(db, scope, id, 0)) !== null),
  countLiveSessions: async (scope) => {
    const found = await probe(rows.grants, async (id) => (await countLiveSessions(db, scope, id)) > 0);
    return found;
  },
  countOpenRequests: (scope) =>
    probe(ofKind("per_"), async (id) => (await countOpenRequests(db, scope, id, now())) > 0),
  listSites: async (scope) => ids(await listSites(db, scope)),
  findSite: (scope) => probe(ofKind("sit_"), (id) => findSite(db, scope, id)),
  listVendors: async (scope) => ids(await listVendors(db, scope)),
  findVendor: (scope) => probe(ofKind("ven_"), (id) => findVendor(db, scope, id)),
  listVendorSites: async (scope) =>
    (await listVendorSites(db, scope)).map(({ vendor, site }) => `at ${vendor} ${site.id}`),
  listContracts: async (scope) => (await listContracts(db, scope)).map(({ device }) => device.id),
  listDossier: async (scope) => ids(await listDossier(db, scope)),
  findAttested: async (scope) => {
    const found = [];
    for (const id of ofKind("per_")) {
      const vendor = owners.get(id)?.vendor;
      if (vendor && (await findAttested(db, scope, id, vendor)) !== null) found.push(id);
    }
    return found;
  },
  listAttested: async (scope) => (await listAttested(db, scope)).map(({ person }) => person),
  listSuspended: async (scope) => (await listSuspended(db, scope)).map(({ person }) => person),
  listErasures: async (scope) => ids(await listErasures(db, scope)),
  listSubcontracts: async (scope) => ids(await listSubcontracts(db, scope)),
  findConsent: async (scope) => {
    const found = [];
    for (const { id, site, vendor, subcontractor } of await listSubcontracts(db, Scope.system())) {
      const of = { site: site.id, vendor: vendor.id, subcontractor: subcontractor.id };
      found.push((await findConsent(db, scope, of)) ? id : []);
    }
    return found.flat();
  },
  listApproverLists: async (scope) => (await listApproverLists(db, scope)).map(({ site }) => site),
  listWorkstations: async (scope) => ids(await listWorkstations(db, scope)),
  findWorkstation: (scope) => probe(ofKind("wks_"), (id) => findWorkstation(db, scope, id)),
  listLabels: async (scope) => {
    const found = [];
    for (const person of ofKind("per_")) found.push(...ids(await listLabels(db, scope, person)));
    return found;
  },
  findWorkstationByKey: async (scope) => {
    const keys = await db.selectFrom("workstation_key").selectAll().execute();
    const found = [];
    for (const { thumbprint } of keys) found.push((await findWorkstationByKey(db, scope, thumbprint))?.id ?? []);
    return found.flat();
  },
  listLog: async (scope) =>
    (await listLog(db, scope, { before: null, limit: 200 })).records.flatMap(
      ({ body }) => body?.subjects.session ?? [],
    ),
  exportLog: async (scope) => {
    let all = "";
    for await (const line of exportLog(db, scope, world.context.keys.log)) all += line;
    return rows.sessions.filter((id) => all.includes(id));
  },
};

const proposedRoot: Omit<StoredApproverList, "site" | "hash"> = {
  version: 9,
  statement: "c3Q",
  signatures: [],
  state: "proposed",
};

/** Writes that a scope must not reach: each says whether it changed the row. They run in a transaction that is undone. */
const writes: Record<
  string,
  {
    of: keyof typeof rows | "lck_" | "agt_" | "sit_" | "dev_" | "ven_" | "dos_" | "era_" | "prv_";
    reach(tx: Db, scope: Scope, id: never): Promise<boolean>;
  }
> = {
  revokeGrant: { of: "grants", reach: (tx, scope, id: Id<"grant">) => revokeGrant(tx, scope, id, "per_x", "x", now()) },
  settleRequest: {
    of: "requests",
    reach: (tx, scope, id: Id<"request">) => settleRequest(tx, scope, id, { state: "denied", by: "per_x", at: now() }),
  },
  endSession: {
    of: "sessions",
    reach: (tx, scope, id: Id<"session">) => endSession(tx, scope, id, { reason: "revoked", by: null, at: now() }),
  },
  setFrozen: {
    of: "sessions",
    reach: async (tx, scope, id: Id<"session">) => {
      const [by] = ofKind("per_");
      if (by === undefined) throw new Error("There is nobody.");
      await setFrozen(tx, scope, id, { by, at: now(), reason: null });
      const row = await tx.selectFrom("session").select("frozen_at").where("id", "=", id).executeTakeFirstOrThrow();
      return row.frozen_at !== null;
    },
  },
  setWindowEnd: {
    of: "sessions",
    reach: async (tx, scope, id: Id<"session">) => {
      const end = now().toISOString();
      await setWindowEnd(tx, scope, id, end);
      return (await listSessions(tx, Scope.system(), id))[0]?.windowEnd === end;
    },
  },
  updateVendor: {
    of: "ven_",
    reach: async (tx, scope, id: Id<"vendor">) => {
      await updateVendor(tx, scope, id, { contact: "+81 3" });
      return (await findVendor(tx, Scope.system(), id))?.contact === "+81 3";
    },
  },
  updateProvider: {
    of: "prv_",
    reach: async (tx, scope, id: Id<"provider">) => {
      await updateProvider(tx, scope, id, { active: false });
      return (await findProvider(tx, Scope.system(), id))?.active === false;
    },
  },
  confirmErasure: {
    of: "era_",
    reach: (tx, scope, id: Id<"erasure">) =>
      confirmErasure(tx, scope, id, { by: world.people.auditor.id, reference: "C-1", at: now() }),
  },
  updateDossierEntry: {
    of: "dos_",
    reach: (tx, scope, id: Id<"dossier">) =>
      updateDossierEntry(tx, scope, { id, vendor: world.ids.vendorB }, { ...paper, number: "2" }),
  },
  liftLock: { of: "lck_", reach: (tx, scope, id: Id<"lock">) => liftLock(tx, scope, id, "per_x", now()) },
  beginSession: {
    of: "sessions",
    reach: async (tx, scope, id: Id<"session">) => {
      await tx.updateTable("session").set({ state: "admitted" }).where("id", "=", id).execute();
      return beginSession(tx, scope, id);
    },
  },
  countSession: {
    of: "sessions",
    reach: async (tx, scope, id: Id<"session">) => {
      await countSession(tx, scope, id, { up: 7, down: 0, connections: 1 });
      return (await listSessions(tx, Scope.system(), id))[0]?.counts.up === 7;
    },
  },
  stampSessions: {
    of: "sessions",
    reach: async (tx, scope, id: Id<"session">) => {
      await stampSessions(tx, scope, [id], { epoch: 77, validUntil: null });
      return (await findSession(tx, Scope.system(), id))?.epoch === 77;
    },
  },
  stampAgent: {
    of: "agt_",
    reach: async (tx, scope, id: Id<"agent">) => {
      await stampAgent(tx, scope, id, { at: now(), recorder: true, skewMs: 77, trust: null });
      return (await listAgents(tx, Scope.system())).some((agent) => agent.id === id && agent.skewMs === 77);
    },
  },
  updateDevice: {
    of: "dev_",
    reach: async (tx, scope, id: Id<"device">) => {
      const device = await findDeviceRecord(tx, Scope.system(), id);
      if (!device) return false;
      await updateDevice(tx, scope, id, { ...saidOf(device), name: "renamed" });
      return (await findDeviceRecord(tx, Scope.system(), id))?.name === "renamed";
    },
  },
  setDeviceActive: {
    of: "dev_",
    reach: async (tx, scope, id: Id<"device">) => {
      await setDeviceActive(tx, scope, id, false);
      return (await findDeviceRecord(tx, Scope.system(), id))?.active === false;
    },
  },
  dropProposedApproverList: {
    of: "sit_",
    reach: async (tx, scope, site: Id<"site">) => {
      const proposed = { ...proposedRoot, site, hash: asHash(`proposed ${site}`) };
      await insertApproverList(tx, proposed, now());
      await dropProposedApproverList(tx, scope, site);
      return !(await listApproverLists(tx, Scope.system())).some(({ hash }) => hash === proposed.hash);
    },
  },
  updateApproverList: {
    of: "sit_",
    reach: async (tx, scope, site: Id<"site">) => {
      const proposed = { ...proposedRoot, site, hash: asHash(`proposed ${site}`) };
      await insertApproverList(tx, proposed, now());
      await updateApproverList(tx, scope, { ...proposed, state: "current" });
      return (await listApproverLists(tx, Scope.system())).some(
        ({ hash, state }) => hash === proposed.hash && state === "current",
      );
    },
  },
};

/** Functions that read without narrowing, and why that opens nothing. */
const open: Record<string, string> = {
  findAgentByKey: "an agent is the key that it proved",
  findCeremony: "by its id and what it was begun for",
  findDeviceCode: "by the hash of a secret",
  findDeviceCodeByUserCode: "by what a person typed, on one face, while it is pending",
  findEnrolment: "by the hash of a secret",
  findRecovery: "of the caller themselves",
  findJoinToken: "by the hash of a secret",
  findSignIn: "by the hash of a secret",
  findSignInById: "of the caller's own sign-in, or of a session that is decided again",
  listGateways: "gateways are the installation's, and say their names and addresses only",
  locksInForce: "decisions concern every lock, whoever set it",
  latestCheckpoint: "size and root of the tree",
  countOutbox: "a number",
  readTree: "size and hashes of the tree",
  readEpoch: "a number",
  readRequest: "parses what was read in scope",
  readAttestationInterval: "the installation's own",
  readSetting: "the installation's own",
};

const sees = (scope: Scope, owner: Owner | undefined): boolean => {
  if (scope.sites === null && scope.vendor === null && scope.person === null) return true;
  const asked = [
    scope.sites === null ? undefined : owner?.site?.some((site) => scope.sites?.includes(site)),
    scope.vendor === null ? undefined : owner?.vendor && owner.vendor === scope.vendor,
    scope.person === null ? undefined : owner?.person && owner.person === scope.person,
  ].filter((answer) => answer !== undefined);
  // Fail closed: what nothing narrows is not seen.
  return asked.length > 0 && asked.every((answer) => answer);
};

test("every function of the store that reads is held below, or says why it need not be", async () => {
  const folder = join(import.meta.dirname, "../../../store");
  const reading: string[] = [];
  for (const file of readdirSync(folder))
    for (const [name, value] of Object.entries((await import(join(folder, file))) as object))
      if (typeof value === "function" && /^(find|list|count|live|latest|locks|read|export|all|get|search)/.test(name))
        reading.push(name);
  const changes = new Set(["countSession"]);
  const known = [...Object.keys(narrowed), ...Object.keys(open)];
  expect(reading.filter((name) => !changes.has(name)).sort()).toEqual(known.sort());
});

test("no function of the store takes a scope that it does not use", () => {
  const folder = join(import.meta.dirname, "../../../store");
  const unused = readdirSync(folder).filter((file) => readFileSync(join(folder, file), "utf8").includes("_scope"));
  expect(unused).toEqual([]);
});

const everybody = [...names, "staff of no site"];
const ofOwnPeople = new Set([
  "listAuthenticators",
  "listPasskeysAt",
  "findPasskey",
  "listAccounts",
  "listSignIns",
  "listIdentities",
  "findAttested",
  "listAttested",
  "listSuspended",
  "findIdentity",
]);
/** A record of the log is its site's, never a vendor's; an authenticator or the account of a technician is no site's. */
const ownerOf = (read: string, id: string): Owner => {
  const { site, ...owner }: Owner = owners.get(id) ?? (isId("site", id) ? { site: [id] } : {});
  if (ofOwnPeople.has(read) && owner.vendor) return owner;
  return read === "listLog" || read === "exportLog" ? { site: site ?? [] } : { site: site ?? [], ...owner };
};

describe("a scope", () => {
  test.each(Object.keys(narrowed))("shows what is theirs and nothing else: %s", async (read) => {
    const call = narrowed[read] as (scope: Scope) => Promise<string[]>;
    const all = [...new Set(await call(Scope.system()))];
    expect(all.length).toBeGreaterThan(1);
    for (const name of everybody) {
      const scope = scopes.get(name) as Scope;
      const seen = [...new Set(await call(scope))];
      expect([name, ...seen.sort()]).toEqual([name, ...all.filter((id) => sees(scope, ownerOf(read, id))).sort()]);
    }
  });

  test.each(Object.keys(writes))("reaches what is theirs and nothing else: %s", async (write) => {
    const { of, ...reached } = writes[write] as (typeof writes)[string];
    const undone = new Error("undone");
    for (const name of everybody)
      for (const id of of in rows ? rows[of as keyof typeof rows] : ofKind(of)) {
        const scope = scopes.get(name) as Scope;
        const work = world.store.change(async (change) => {
          expect([name, id, await reached.reach(change.db, scope, id as never)]).toEqual([
            name,
            id,
            sees(scope, owners.get(id)),
          ]);
          throw undone;
        });
        await expect(work).rejects.toBe(undone);
      }
  });

  test("is made by authentication and for the authority's own work alone", () => {
    const makers = scopeMakers();
    expect(makers.ofPerson).toEqual(["api/authenticate.ts"]);
    expect(makers.constructor).toEqual(["store/scope.ts"]);
  });
});

/** Files that make a scope, by how. */
function scopeMakers(): { ofPerson: string[]; constructor: string[] } {
  const root = join(import.meta.dirname, "../../..");
  const made = { ofPerson: [] as string[], constructor: [] as string[] };
  for (const folder of ["store", "authority", "api", "bin", "bin/authority"])
    for (const file of readdirSync(join(root, folder))) {
      if (!file.endsWith(".ts")) continue;
      const source = readFileSync(join(root, folder, file), "utf8");
      if (source.includes("Scope.ofPerson(")) made.ofPerson.push(`${folder}/${file}`);
      if (source.includes("new Scope(")) made.constructor.push(`${folder}/${file}`);
    }
  return made;
}
