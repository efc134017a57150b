import { beforeAll, describe, expect, test } from "vitest";
import { ask as askFor } from "../../../authority/ask.ts";
import { host } from "../../../authority/caller.ts";
import { addGateway } from "../../../authority/gateway.ts";
import { putMember } from "../../../authority/membership.ts";
import { newId } from "../../../crypto/random.ts";
import type { Window } from "../../../protocol/window.ts";
import { insertLock } from "../../../store/lock.ts";
import { insertSession } from "../../../store/session.ts";
import { admission } from "../../allowed.ts";
import { asPin } from "../../brand.ts";
import { approved, wish } from "../authority/parts.ts";
import { hour, type Name } from "../authority/world.ts";
import { type Faces, shareFaces } from "./world.ts";

/** Of each hospital one of everything; `shared` is an officer of A and an approver of B. */
interface Things {
  readonly site: string;
  readonly device: string;
  readonly agent: string;
  readonly colleague: string;
  readonly request: string;
  readonly grant: string;
  readonly session: string;
  readonly lock: string;
  readonly service: string;
  readonly contract: string;
  readonly workstation: string;
}
type Hospital = "siteA" | "siteB";
const hospitals = ["siteA", "siteB"] as const;
const held = { siteA: "officer", siteB: "approver" } as const;

let f: Faces;
let as: string;
const things = {} as Record<Hospital, Things>;

shareFaces((shared) => {
  f = shared;
});
beforeAll(async () => {
  await f.world.enrol("approver");
  await f.world.enrol("foreignApprover");
  things.siteA = await of("siteA", "technician", "own", "approver", "officer");
  things.siteB = await of("siteB", "rival", "elsewhere", "foreignApprover", "foreignOfficer");
  as = await f.token("shared");
  gatewayId = await addGateway(f.world.store, gateway, new Date(f.world.clock), host);
});

async function of(
  hospital: Hospital,
  asker: Name,
  name: "own" | "elsewhere",
  yes: Name,
  officer: Name,
): Promise<Things> {
  const { world } = f;
  const [site, device] = [world.ids[hospital], world.devices[name]];
  const agent = world.ids[hospital === "siteA" ? "agentA" : "agentB"];
  const caller = await world.caller(asker);
  const wished = { device: { id: device.id, name: name === "own" ? "MRI" : "Scanner" }, ids: device.services };
  const ask = async (window: Window) =>
    askFor(world.context, caller, await wish(world, caller, { ...wished, windows: [window] }));
  const first = await ask(world.window(0, hour));
  const grant = await approved(world, yes, first.id, first.windows);
  const waiting = await ask(world.window(2 * hour, 3 * hour));
  const session = newId("session");
  const row = { kind: "everything", target: null, name: null, reason: "r", by: world.people[officer].id } as const;
  const lock = await world.store.change(async ({ db }) => {
    await insertSession(db, admission, {
      id: session,
      grant: grant.id,
      site,
      vendor: first.vendor.id,
      person: caller.person.id,
      workstation: first.workstation.id,
      device: device.id,
      service: device.services[0] ?? "svc_none",
      agent,
      gateway: "gtw_none",
      sign_in: caller.signIn.id,
      client: "browser",
      host: "h",
      state: "live",
      frozen_at: null,
      frozen_by: null,
      frozen_reason: null,
      started_at: world.at(),
      bytes_up: 0,
      bytes_down: 0,
      connections: 0,
      window_end: world.at(hour),
      epoch: 1,
    });
    return insertLock(db, { ...row, site, at: new Date(world.clock) });
  });
  return {
    site,
    device: device.id,
    agent,
    colleague: world.people[officer].id,
    request: waiting.id,
    grant: grant.id,
    session,
    lock,
    service: device.services[0] ?? "",
    contract: await world.contract(name),
    workstation: first.workstation.id,
  };
}

/** What each route that shows something of a hospital would show: an id in its answer. */
const shows: Readonly<Record<string, (of: Things) => { id?: string; shown: string }>> = {
  "/api/devices": ({ device: shown }) => ({ shown }),
  "/api/register/devices": ({ device: shown }) => ({ shown }),
  "/api/register/devices/export": ({ device: shown }) => ({ shown }),
  "/api/accounts/export": ({ site }) => ({ shown: site === f.world.ids.siteA ? "Hospital A" : "Hospital B" }),
  "/api/requests": ({ request: shown }) => ({ shown }),
  "/api/requests/:id": ({ request: id }) => ({ id, shown: id }),
  "/api/requests/:id/ground": ({ request: id, agent: shown }) => ({ id, shown }),
  "/api/grants": ({ grant: shown }) => ({ shown }),
  "/api/grants/:id": ({ grant: id }) => ({ id, shown: id }),
  "/api/sessions": ({ session: shown }) => ({ shown }),
  "/api/sessions/:id": ({ session: id }) => ({ id, shown: id }),
  "/api/sessions/:id/entries": ({ session: id }) => ({ id, shown: "entries" }),
  "/api/locks": ({ lock: shown }) => ({ shown }),
  "/api/people": ({ colleague: shown }) => ({ shown }),
  "/api/accounts": ({ colleague: shown }) => ({ shown }),
  "/api/agents": ({ agent: shown }) => ({ shown }),
  "/api/trust": ({ site: shown }) => ({ shown }),
  "/api/vendor-files": ({ device: shown }) => ({ shown }),
  "/api/services": ({ service: shown }) => ({ shown }),
  "/api/retention": ({ site: shown }) => ({ shown }),
  "/api/sites": ({ site: shown }) => ({ shown }),
  "/api/audit": ({ site }) => ({ shown: `"site":"${site}"` }),
  "/api/audit/export": ({ site }) => ({ shown: `"${site}"` }),
};
/** What each route would do to a thing of a hospital. What is beyond sight is unknown; anything else is another answer. */
const acts: Readonly<Record<string, (of: Things) => { id?: string; body: object }>> = {
  "/api/sites": () => ({ body: { name: "Hospital C", zone: "Asia/Tokyo", contact: null } }),
  "/api/sites/:id": ({ site: id }) => ({ id, body: { name: "Hospital", zone: "Asia/Tokyo", contact: null } }),
  "/api/sites/:id/enable": ({ site: id }) => ({ id, body: {} }),
  "/api/sites/:id/disable": ({ site: id }) => ({ id, body: {} }),
  "/api/locks": ({ device, site }) => ({ body: { kind: "device", target: device, site, reason: "r" } }),
  "/api/sessions/:id/freeze": ({ session: id }) => ({ id, body: { frozen: true, reason: "r" } }),
  "/api/requests/:id/mismatch": ({ request: id }) => ({ id, body: { faults: ["device"] } }),
  "/api/requests/:id/approval/begin": ({ request: id }) => ({
    id,
    body: { windows: [f.world.window(2 * hour, 3 * hour)] },
  }),
  "/api/requests/:id/denial": ({ request: id }) => ({ id, body: { reason: "r" } }),
  "/api/sessions/:id/end": ({ session: id }) => ({ id, body: { reason: "r" } }),
  "/api/grants/:id/revocation": ({ grant: id }) => ({ id, body: { reason: "r" } }),
  "/api/vendors/:id": () => ({ id: f.world.ids.vendorB, body: { name: "V", contact: null, mailDomains: [] } }),
  "/api/vendors/:id/offboarding": ({ site }) => ({
    id: f.world.ids.vendorB,
    body: { site, reason: "r", what: "copies", due: "2026-04-01" },
  }),
  "/api/vendors/:id/enable": () => ({ id: f.world.ids.vendorB, body: {} }),
  "/api/erasures/:id/confirmation": () => ({ id: newId("erasure"), body: { reference: "C-1" } }),
  "/api/vendors/:id/dossier": ({ site }) => ({
    id: f.world.ids.vendorB,
    body: { entry: null, site, kind: "isms", number: "1", issued: "2026-01-01", expires: null, reference: null },
  }),
  "/api/vendors/:id/subcontractors": ({ site }) => ({
    id: f.world.ids.vendorB,
    body: { site, subcontractor: f.world.ids.vendorA, consent: null, note: null },
  }),
  "/api/locks/:id/lift": ({ lock: id }) => ({ id, body: { reason: "r" } }),
  "/api/accounts": ({ site }) => ({
    body: { name: "N", login: "n", site, vendor: null, roles: ["auditor"], until: null },
  }),
  "/api/accounts/:id/invitation": ({ colleague: id }) => ({ id, body: {} }),
  "/api/accounts/:id/roles": ({ colleague: id, site }) => ({
    id,
    body: { site, vendor: null, roles: ["auditor"], until: null },
  }),
  "/api/accounts/:id/leave": ({ colleague: id, site }) => ({
    id,
    body: { site, vendor: null, until: f.world.at() },
  }),
  "/api/accounts/:id/recovery": ({ colleague: id }) => ({ id, body: { reason: "r" } }),
  "/api/accounts/:id/disable": ({ colleague: id }) => ({ id, body: {} }),
  "/api/accounts/:id/enable": ({ colleague: id }) => ({ id, body: {} }),
  "/api/workstations/:id/removal": ({ workstation: id }) => ({ id, body: { reason: "r" } }),
  "/api/devices": (of) => ({ body: deviceSaid(of) }),
  "/api/devices/:id": (of) => ({ id: of.device, body: deviceSaid(of) }),
  "/api/devices/:id/disable": ({ device: id }) => ({ id, body: {} }),
  "/api/devices/:id/enable": ({ device: id }) => ({ id, body: {} }),
  "/api/services": ({ device }) => ({ body: { device, ...port } }),
  "/api/services/:id": ({ service: id }) => ({ id, body: port }),
  "/api/services/:id/reach-test": ({ service: id }) => ({ id, body: {} }),
  "/api/services/:id/disable": ({ service: id }) => ({ id, body: {} }),
  "/api/services/:id/enable": ({ service: id }) => ({ id, body: {} }),
  "/api/agents/token": ({ site }) => ({ body: { site } }),
  "/api/agents/:id": ({ agent: id }) => ({ id, body: { name: "agent" } }),
  "/api/agents/:id/disable": ({ agent: id }) => ({ id, body: {} }),
  "/api/agents/:id/enable": ({ agent: id }) => ({ id, body: {} }),
  "/api/gateways": () => ({ body: gateway }),
  "/api/gateways/:id": () => ({ id: gatewayId, body: gateway }),
  "/api/gateways/:id/disable": () => ({ id: gatewayId, body: {} }),
  "/api/gateways/:id/enable": () => ({ id: gatewayId, body: {} }),
  "/api/trust/rules": ({ site }) => ({ body: { site, rules: { normal: [oneYes], emergency: [oneYes] } } }),
  "/api/retention": ({ site }) => ({ body: { site, recordingDays: 90, logDays: 365 } }),
  "/api/contracts": ({ device }) => ({ body: { device, vendor: f.world.ids.vendorB, ...f.world.term() } }),
  "/api/contracts/:id": ({ contract: id }) => ({ id, body: f.world.term() }),
  "/api/contracts/:id/end": ({ contract: id }) => ({ id, body: {} }),
};
const oneYes = { roles: ["approver"], persons: 1 };
const gateway = { name: "g", host: "gateway.example", port: 443, key: asPin("A".repeat(43)) };
let gatewayId = "";
const port = { name: "pages", protocol: "http", address: "10.1.2.3", port: 80 };
const deviceSaid = ({ agent }: Things) => ({
  name: "CT",
  model: "M-1",
  vendor: f.world.ids.vendorB,
  agent,
  tags: [],
  location: null,
  owner: null,
  notes: null,
});
/** Routes that are of no hospital's thing, or of what they have begun themselves. */
const others = [
  // Each line of a file names its place, and is refused by itself.
  "/api/register/devices/import",
  "/api/accounts/import",
  "/api/account",
  "/api/account/passkeys/begin",
  "/api/account/passkeys",
  "/api/account/passkeys/:id",
  "/api/account/passkeys/:id/removal",
  "/api/account/sign-ins/:id/end",
  "/api/account/other-sign-ins/end",
  "/api/sign-out",
  "/api/me",
  "/api/device-codes/lookup",
  "/api/device-codes/confirmation",
  "/api/requests/:id/approval",
  "/api/trust/signature/begin",
  "/api/trust/signature",
  "/api/vendors",
  "/api/workstations",
  "/api/audit/proof",
  "/api/gateways",
  "/api/installation",
  "/api/checklist",
];

const may = (permission: unknown, hospital: Hospital) =>
  permission === "signed-in" || (permission as readonly string[]).includes(held[hospital]);

describe("an officer of one hospital who approves at another", () => {
  test("meets each route of the staff host here", () => {
    const routes = f.endpoints("staff").filter(({ permission }) => permission !== "public");
    const known = [...Object.keys(shows), ...Object.keys(acts), ...others];
    expect([...new Set(routes.map(({ url }) => url))].sort()).toEqual([...new Set(known)].sort());
  });

  test("sees at each what their role there lets them see, and no more", async () => {
    for (const [url, what] of Object.entries(shows)) {
      const route = f.endpoints("staff").find((one) => one.method === "GET" && one.url === url);
      for (const hospital of hospitals) {
        const { id = "", shown } = what(things[hospital]);
        const { text } = await f.ask("staff", "GET", url.replace(":id", id), { as });
        expect([url, hospital, text.includes(shown)]).toEqual([url, hospital, may(route?.permission, hospital)]);
      }
    }
  });

  test("acts at each as their role there lets them act; the rest is unknown to them", async () => {
    let unknown = 0;
    for (const [url, what] of Object.entries(acts)) {
      const route = f.endpoints("staff").find((one) => one.method === "POST" && one.url === url);
      for (const hospital of hospitals) {
        const { id = "", body } = what(things[hospital]);
        const { status } = await f.post("staff", url.replace(":id", id), body, { as });
        const allowed = may(route?.permission, hospital);
        expect([url, hospital, status !== 404]).toEqual([url, hospital, allowed]);
        if (!allowed) unknown += 1;
      }
    }
    expect(unknown).toBeGreaterThan(2);
  });

  test("has their role of the list of approvers at its own hospital alone", async () => {
    const windows = [f.world.window(2 * hour, 3 * hour)];
    const reasons = async (hospital: Hospital) => {
      const { request } = things[hospital];
      const { body } = await f.post("staff", `/api/requests/${request}/approval/begin`, { windows }, { as });
      return ((body.reasons ?? []) as string[]).includes("not-approver-of-site");
    };
    expect([await reasons("siteA"), await reasons("siteB")]).toEqual([true, false]);
    const me = (await f.ask<{ memberships: object[] }>("staff", "GET", "/api/me", { as })).body;
    expect(me.memberships).toMatchObject(
      [
        { site: { id: f.world.ids.siteA }, roles: ["officer"] },
        { site: { id: f.world.ids.siteB }, roles: ["approver"] },
      ].toSorted((a, b) => (a.site.id < b.site.id ? -1 : 1)),
    );
  });
});

test("an administrator of one hospital does nothing to another's things, whatever they name", async () => {
  const administrator = { as: await f.token("administrator") };
  let tried = 0;
  for (const [url, what] of Object.entries(acts)) {
    const route = f.endpoints("staff").find((one) => one.method === "POST" && one.url === url);
    if (!route || !(route.permission as readonly string[]).includes("administrator")) continue;
    const { id = "", body } = what(things.siteB);
    const { status } = await f.post("staff", url.replace(":id", id), body, administrator);
    // That company works at both, so it is seen, and is neither's alone to rename.
    expect([url, status]).toEqual([url, url === "/api/vendors/:id" ? 403 : 404]);
    tried += 1;
  }
  expect(tried).toBeGreaterThan(10);
});

test("an officer of one hospital locks nothing at another, whatever they name", async () => {
  const { ids, people, devices } = f.world;
  const lock = (body: object) => f.post("staff", "/api/locks", { reason: "r", ...body }, { as });
  for (const site of [ids.siteB, undefined])
    expect((await lock({ kind: "device", target: devices.elsewhere.id, ...(site ? { site } : {}) })).status).toBe(404);
  expect((await lock({ kind: "everything", target: null, site: ids.siteB })).status).toBe(404);
  expect((await lock({ kind: "person", target: people.foreignOfficer.id })).status).toBe(404);
  const { status, body } = await lock({ kind: "person", target: people.approver.id });
  expect([status, body.site]).toEqual([201, { id: ids.siteA, name: "Hospital A" }]);
});

test("an officer of two hospitals says at which a lock holds", async () => {
  const { world } = f;
  const at = new Date(world.clock);
  const { login } = world.people.foreignOfficer;
  await putMember(world.store, { login, place: { site: world.ids.siteA, vendor: null }, roles: ["officer"] }, at, host);
  const both = await f.token("foreignOfficer");
  const body = { kind: "person", target: world.people.shared.id, reason: "r" };
  expect((await f.post("staff", "/api/locks", body, { as: both })).body.code).toBe("bad-request");
  const set = await f.post("staff", "/api/locks", { ...body, site: world.ids.siteB }, { as: both });
  expect([set.status, (set.body.site as { id: string }).id]).toEqual([201, world.ids.siteB]);
  // It is of that hospital: at the other one the person works on.
  const here = await f.post("staff", `/api/requests/${things.siteB.request}/denial`, { reason: "r" }, { as });
  expect(here.body.reasons).toEqual(["locked"]);
  const there = { kind: "device", target: world.devices.own.id, reason: "r" };
  expect((await f.post("staff", "/api/locks", there, { as })).status).toBe(201);
});
