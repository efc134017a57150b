import { generate } from "otplib";
import { expect, test } from "vitest";
import { beginApproval } from "../../../authority/approve.ts";
import { ownAccount } from "../../../authority/own-account.ts";
import { beginOwnPasskey } from "../../../authority/own-passkey.ts";
import { beginOwnPassword } from "../../../authority/own-password.ts";
import { beginTrustSignature } from "../../../authority/trust-signature.ts";
import { type Face, faces } from "../../../protocol/face.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { Role } from "../../../protocol/person.ts";
import { insertErasure } from "../../../store/erasure.ts";
import { listGateways } from "../../../store/gateway.ts";
import { insertLock } from "../../../store/lock.ts";
import { AgentEnd, approved, asked, assertionJson, connectGateway, wish } from "../authority/parts.ts";
import { clientKey } from "../authority/ready.ts";
import { hour, type Name } from "../authority/world.ts";
import { beginEnrolment, keyOf, linkOf, password } from "./enrol.ts";
import { makeKey, Terminal } from "./terminal.ts";
import { type Answer, Faces } from "./world.ts";

/** A hospital in the middle of its work: a session is open, a request waits, a list of approvers waits for a signature. */
async function scene() {
  const f = await Faces.open();
  const { world } = f;
  const passkey = await world.enrol("approver");
  await connectGateway(world);
  const agent = await AgentEnd.connect(world, "agentA");
  await agent.hello(world);
  const technician = await world.caller("technician");
  const first = await asked(world, technician);
  const grant = await approved(world, "approver", first.id, first.windows);
  const waiting = await asked(world, technician, world.window(hour, 2 * hour));
  await world.enrol("secondApprover");
  const native = { grant: grant.id, service: world.devices.own.services[1], client: "native", clientKey };
  const cookies = new Map<Name, Awaited<ReturnType<typeof world.signIn>>>();
  const signedIn = async (name: Name) => {
    const known = cookies.get(name) ?? (await world.signIn(name));
    cookies.set(name, known);
    return known;
  };
  const opened = await f.post<{ session: Id<"session"> }>("portal", "/api/sessions", native, {
    as: (await signedIn("technician")).token,
  });
  return { f, world, passkey, grant, waiting, native, signedIn, session: opened.body.session };
}
type Scene = Awaited<ReturnType<typeof scene>>;

/** One call that would do something if its caller were not locked: of whom, where, with which body. */
interface Verb {
  readonly by: Name;
  readonly id?: string;
  readonly body: object;
}

const codeOf = async ({ f, signedIn }: Scene, face: Face, by: Name): Promise<Verb> => {
  const terminal = new Terminal(f, face);
  await terminal.begin();
  const { userCode } = terminal;
  await signedIn(by);
  const computer = f.world.computers.get(by);
  const proof = computer && face === "portal" ? await terminal.enrolment(`device-code:${userCode}`, computer) : null;
  return { by, body: { userCode, verdict: "confirm", proof } };
};
const lookUp = async (s: Scene, face: Face, by: Name): Promise<Verb> => {
  const { userCode } = (await codeOf(s, face, by)).body as { userCode: string };
  return { by, body: { userCode } };
};

/** Begins another passkey of the caller's, and signs for it with the one that they have. */
const addPasskey = async (s: Scene, face: Face, by: Name): Promise<Verb> => {
  const held = by === "approver" ? s.passkey : await s.world.enrol(by);
  const { caller } = await s.signedIn(by);
  const { ceremony, create } = await beginOwnPasskey(s.world.context, caller, null);
  const { challenge } = create.options as { challenge: string };
  const response = keyOf(face).register(challenge);
  return { by, body: { ceremony, label: "new", response, proof: { response: assertionJson(held, challenge) } } };
};

/** The caller enrols a password and begins to change it. */
const changePassword = async (s: Scene, by: Name): Promise<Verb> => {
  const code = await linkOf(s.f, by);
  const { ceremony, totp } = await beginEnrolment(s.f, "portal", code);
  const codeOfSecret = (secret = "") => generate({ secret, epoch: Math.floor(s.world.clock / 1000) });
  const first = { code, ceremony, password, totp: await codeOfSecret(totp?.secret) };
  await s.f.post("portal", "/api/enrolment/password", first);
  s.world.clock += 30_000;
  const next = await beginOwnPassword(s.world.context, (await s.signedIn(by)).caller);
  const current = { password, totp: await codeOfSecret(totp?.secret) };
  const changed = { ceremony: next.ceremony, current, password: `${password}!` };
  return { by, body: { ...changed, totp: await codeOfSecret(next.totp.secret) } };
};

/** What a locked person may still do with what is their own: leave, and name it. */
const keeping = (face: Face, by: Name): Readonly<Record<string, (s: Scene) => Promise<Verb>>> => {
  const own = async (s: Scene) => ownAccount(s.world.context, (await s.signedIn(by)).caller);
  const passkey = async (s: Scene) => {
    await s.world.enrol(by);
    await s.world.enrol(by);
    return (await own(s)).passkeys[0]?.id ?? "";
  };
  const other = async (s: Scene) => {
    const { caller } = await s.world.signIn(by);
    return caller.signIn.id;
  };
  return {
    [`${face} /api/account/passkeys/:id`]: async (s) => ({ by, id: await passkey(s), body: { label: "mine" } }),
    [`${face} /api/account/passkeys/:id/removal`]: async (s) => ({ by, id: await passkey(s), body: {} }),
    [`${face} /api/account/sign-ins/:id/end`]: async (s) => ({ by, id: await other(s), body: {} }),
    [`${face} /api/account/other-sign-ins/end`]: async () => ({ by, body: {} }),
  };
};
/** The computer on which the technician is signed in, which nobody has locked. */
const computer = async ({ signedIn }: Scene) => (await signedIn("technician")).caller.signIn.workstation ?? "";

/** What an administrator does to a colleague, on either face. */
const administering = (
  face: Face,
  by: Name,
  whom: Name,
  role: Role,
): Readonly<Record<string, (s: Scene) => Promise<Verb> | Verb>> => {
  const of = ({ world }: Scene) => ({
    site: face === "staff" ? world.ids.siteA : null,
    vendor: face === "staff" ? null : world.ids.vendorA,
  });
  const invited = { name: "New", login: `new-${face}@example.org`, roles: [role], until: null };
  return {
    [`${face} /api/accounts`]: (s) => ({ by, body: { ...invited, ...of(s) } }),
    [`${face} /api/accounts/:id/invitation`]: ({ world }) => ({ by, id: world.people[whom].id, body: {} }),
    [`${face} /api/accounts/:id/roles`]: (s) => ({
      by,
      id: s.world.people[whom].id,
      body: { ...of(s), roles: [role], until: null },
    }),
    [`${face} /api/accounts/:id/recovery`]: async ({ world }) => {
      await world.enrol(whom);
      return { by, id: world.people[whom].id, body: { reason: "r" } };
    },
    [`${face} /api/accounts/:id/disable`]: ({ world }) => ({ by, id: world.people[whom].id, body: {} }),
    [`${face} /api/accounts/:id/enable`]: ({ world }) => ({ by, id: world.people[whom].id, body: {} }),
    [`${face} /api/accounts/:id/leave`]: (s) => ({
      by,
      id: s.world.people[whom].id,
      body: { ...of(s), until: s.world.at(hour) },
    }),
  };
};
const deviceSaid = ({ ids }: Scene["world"]) => ({
  name: "MRI",
  model: "M-1",
  vendor: ids.vendorA,
  agent: ids.agentA,
  tags: ["3F"],
  location: null,
  owner: null,
  notes: null,
});

/** The two routes that turn something of a hospital off and on again. */
const onAndOff = (
  url: string,
  idOf: (s: Scene) => string | Promise<string>,
  by: Name = "administrator",
): typeof refused =>
  Object.fromEntries(
    ["disable", "enable"].map((verb) => [
      `staff ${url}/${verb}`,
      async (s: Scene) => ({ by, id: await idOf(s), body: {} }),
    ]),
  );

const oneYes = { roles: ["approver"], persons: 1 };
const gatewaySaid = { name: "g", host: "gateway.example", port: 443, key: "A".repeat(43) };
const gatewayOf = async ({ store }: Scene["world"]) => (await listGateways(store.db))[0]?.id ?? "";

/** Each act that a signed-in person has, on each face. What is missing here, or here and nowhere else, fails the test. */
const refused: Readonly<Record<string, (s: Scene) => Promise<Verb> | Verb>> = {
  "portal /api/account/passkeys/begin": () => ({ by: "technician", body: { renews: null } }),
  "staff /api/account/passkeys/begin": () => ({ by: "officer", body: { renews: null } }),
  "portal /api/account/passkeys": (s) => addPasskey(s, "portal", "technician"),
  "staff /api/account/passkeys": (s) => addPasskey(s, "staff", "approver"),
  "portal /api/account/password/begin": () => ({ by: "technician", body: {} }),
  "portal /api/account/password": (s) => changePassword(s, "technician"),
  ...administering("portal", "chief", "leader", "technician"),
  ...administering("staff", "administrator", "auditor", "auditor"),
  "portal /api/requests": async ({ world, signedIn }) => {
    const { caller } = await signedIn("technician");
    return { by: "technician", body: await wish(world, caller, { windows: [world.window(3 * hour, 4 * hour)] }) };
  },
  "portal /api/sessions": ({ native }) => ({ by: "technician", body: native }),
  "portal /api/workstations": async ({ f, signedIn }) => {
    const { caller } = await signedIn("technician");
    const proof = await new Terminal(f, "portal").enrolment(caller.signIn.id, makeKey());
    return { by: "technician", body: { proof, label: "another PC" } };
  },
  "portal /api/device-codes/confirmation": (s) => codeOf(s, "portal", "technician"),
  "staff /api/device-codes/confirmation": (s) => codeOf(s, "staff", "officer"),
  "staff /api/requests/:id/denial": ({ waiting }) => ({ by: "approver", id: waiting.id, body: { reason: "r" } }),
  "staff /api/requests/:id/approval/begin": ({ waiting }) => ({
    by: "approver",
    id: waiting.id,
    body: { windows: waiting.windows },
  }),
  "staff /api/requests/:id/approval": async ({ world, waiting, passkey, signedIn }) => {
    const { caller } = await signedIn("approver");
    const { ceremony, options } = await beginApproval(world.context, caller, waiting.id, waiting.windows);
    const response = assertionJson(passkey, (options as { challenge: string }).challenge);
    return { by: "approver", id: waiting.id, body: { ceremony, response } };
  },
  "staff /api/trust/signature/begin": () => ({ by: "approver", body: {} }),
  "staff /api/trust/signature": async ({ world, passkey, signedIn }) => {
    const { caller } = await signedIn("approver");
    const { ceremony, options } = await beginTrustSignature(world.context, caller);
    return {
      by: "approver",
      body: { ceremony, response: assertionJson(passkey, (options as { challenge: string }).challenge) },
    };
  },
  "staff /api/grants/:id/revocation": ({ grant }) => ({ by: "officer", id: grant.id, body: { reason: "r" } }),
  "staff /api/sessions/:id/end": ({ session }) => ({ by: "officer", id: session, body: { reason: "r" } }),
  "staff /api/sessions/:id/freeze": ({ session }) => ({
    by: "officer",
    id: session,
    body: { frozen: true, reason: null },
  }),
  "staff /api/sites": () => ({ by: "owner", body: { name: "Hospital C", zone: "Asia/Tokyo", contact: null } }),
  "staff /api/sites/:id/disable": ({ world }) => ({ by: "administrator", id: world.ids.siteA, body: {} }),
  "staff /api/sites/:id/enable": ({ world }) => ({ by: "administrator", id: world.ids.siteA, body: {} }),
  "staff /api/sites/:id": ({ world }) => ({
    by: "administrator",
    id: world.ids.siteA,
    body: { name: "Hospital", zone: "Asia/Tokyo", contact: null },
  }),
  "portal /api/attestations": ({ world }) => ({ by: "chief", body: { people: [world.people.technician.id] } }),
  "staff /api/vendors": ({ world }) => ({
    by: "administrator",
    body: { name: "Vendor C", contact: null, mailDomains: [], site: world.ids.siteA },
  }),
  "portal /api/workstations/:id/removal": async (s) => ({ by: "chief", id: await computer(s), body: { reason: "r" } }),
  "staff /api/workstations/:id/removal": async (s) => ({ by: "owner", id: await computer(s), body: { reason: "r" } }),
  "staff /api/vendors/:id": ({ world }) => ({
    by: "administrator",
    id: world.ids.vendorA,
    body: { name: "Vendor", contact: "+81", mailDomains: ["a.example"] },
  }),
  "staff /api/vendors/:id/offboarding": ({ world }) => ({
    by: "administrator",
    id: world.ids.vendorB,
    body: { site: world.ids.siteA, reason: "r", what: "copies", due: "2026-04-01" },
  }),
  "staff /api/vendors/:id/enable": ({ world }) => ({ by: "owner", id: world.ids.vendorB, body: {} }),
  "staff /api/erasures/:id/confirmation": async ({ world }) => ({
    by: "administrator",
    id: await erasureOf(world),
    body: { reference: "C-1" },
  }),
  "staff /api/vendors/:id/dossier": ({ world }) => ({
    by: "administrator",
    id: world.ids.vendorA,
    body: {
      entry: null,
      site: world.ids.siteA,
      kind: "isms",
      number: "IS 1",
      issued: "2026-01-01",
      expires: null,
      reference: null,
    },
  }),
  "staff /api/vendors/:id/subcontractors": ({ world }) => ({
    by: "administrator",
    id: world.ids.vendorA,
    body: { site: world.ids.siteA, subcontractor: world.ids.vendorB, consent: null, note: null },
  }),
  "staff /api/services/:id/reach-test": ({ world }) => ({
    by: "administrator",
    id: world.devices.rivals.services[0] ?? "",
    body: {},
  }),
  "staff /api/devices": ({ world }) => ({ by: "administrator", body: { ...deviceSaid(world), name: "CT" } }),
  "staff /api/devices/:id": ({ world }) => ({
    by: "administrator",
    id: world.devices.own.id,
    body: deviceSaid(world),
  }),
  "staff /api/register/devices/import": () => ({
    by: "administrator",
    body: { file: Buffer.from("name,agent,vendor\nCT,agentA,Vendor A\n").toString("base64url"), dryRun: false },
  }),
  "staff /api/accounts/import": () => ({
    by: "administrator",
    body: { file: Buffer.from("login,name,roles,site\nn,N,auditor,Hospital A\n").toString("base64url"), dryRun: false },
  }),
  ...onAndOff("/api/devices/:id", ({ world }) => world.devices.own.id),
  "staff /api/services": ({ world }) => ({
    by: "administrator",
    body: { device: world.devices.own.id, name: "ftp", protocol: "tcp", address: "10.1.2.3", port: 21 },
  }),
  "staff /api/services/:id": ({ world }) => ({
    by: "administrator",
    id: world.devices.own.services[0] ?? "",
    body: { name: "screens", protocol: "http", address: "10.1.2.3", port: 80 },
  }),
  ...onAndOff("/api/services/:id", ({ world }) => world.devices.own.services[0] ?? ""),
  "staff /api/contracts": ({ world }) => ({
    by: "administrator",
    body: { device: world.devices.own.id, vendor: world.ids.vendorA, ...world.term() },
  }),
  "staff /api/contracts/:id": async ({ world }) => ({
    by: "administrator",
    id: await world.contract("own"),
    body: world.term(),
  }),
  "staff /api/contracts/:id/end": async ({ world }) => ({
    by: "administrator",
    id: await world.contract("own"),
    body: {},
  }),
  "staff /api/agents/token": ({ world }) => ({ by: "administrator", body: { site: world.ids.siteA } }),
  "staff /api/agents/:id": ({ world }) => ({ by: "administrator", id: world.ids.agentA, body: { name: "agent" } }),
  ...onAndOff("/api/agents/:id", ({ world }) => world.ids.agentA),
  "staff /api/gateways": () => ({ by: "owner", body: gatewaySaid }),
  "staff /api/gateways/:id": async ({ world }) => ({ by: "owner", id: await gatewayOf(world), body: gatewaySaid }),
  ...onAndOff("/api/gateways/:id", ({ world }) => gatewayOf(world), "owner"),
  "staff /api/trust/rules": ({ world }) => ({
    by: "administrator",
    body: { site: world.ids.siteA, rules: { normal: [oneYes], emergency: [oneYes] } },
  }),
  "staff /api/retention": ({ world }) => ({
    by: "administrator",
    body: { site: world.ids.siteA, recordingDays: 90, logDays: null },
  }),
  "staff /api/locks": () => ({ by: "officer", body: { kind: "everything", target: null, reason: "r" } }),
  "staff /api/locks/:id/lift": async ({ world }) => ({
    by: "officer",
    id: await locked(world, "auditor"),
    body: { reason: "r" },
  }),
};

/** What is a person's own, or only tells: a locked one may leave, and may see why. */
const allowed: typeof refused = {
  // A warning that what was to be signed is not what was asked: nobody is worse off for hearing it.
  "staff /api/requests/:id/mismatch": ({ waiting }) => ({
    by: "approver",
    id: waiting.id,
    body: { faults: ["workstation"] },
  }),
  "portal /api/requests/:id/withdrawal": ({ waiting }) => ({ by: "technician", id: waiting.id, body: {} }),
  "portal /api/sessions/:id/end": ({ session }) => ({ by: "technician", id: session, body: { reason: null } }),
  "portal /api/device-codes/lookup": (s) => lookUp(s, "portal", "technician"),
  "staff /api/device-codes/lookup": (s) => lookUp(s, "staff", "officer"),
  ...keeping("portal", "technician"),
  ...keeping("staff", "officer"),
  "portal /api/account/workstations/:id": async (s) => ({
    by: "technician",
    id: await computer(s),
    body: { label: "mine" },
  }),
  "portal /api/account/workstations/:id/removal": async (s) => ({ by: "technician", id: await computer(s), body: {} }),
  "portal /api/sign-out": () => ({ by: "technician", body: {} }),
  "staff /api/sign-out": () => ({ by: "officer", body: {} }),
};

/** What vendor B has to erase at site A. */
const erasureOf = ({ store, ids, clock }: Scene["world"]) =>
  store.change(({ db }) =>
    insertErasure(db, { vendor: ids.vendorB, site: ids.siteA, what: "copies", due: "2026-04-01", at: new Date(clock) }),
  );

/** A colleague locks this person. */
const locked = ({ store, people, ids, clock }: Scene["world"], name: Name) =>
  store.change(async (change) => {
    const { id: by } = people.secondOfficer;
    const row = { kind: "person", target: people[name].id, name, reason: "phone stolen", by } as const;
    const lock = await insertLock(change.db, { ...row, site: ids.siteA, at: new Date(clock) });
    return lock;
  });

async function call(s: Scene, route: string, { by, id, body }: Verb): Promise<Answer> {
  const [face, url] = route.split(" ") as [Face, string];
  return s.f.post(face, url.replace(":id", id ?? ""), body, { as: (await s.signedIn(by)).token });
}

test("each route that changes something says what becomes of it under a lock", async () => {
  const f = await Faces.open();
  const acts = faces.flatMap((face) =>
    f
      .endpoints(face)
      .filter(({ method, permission }) => method === "POST" && permission !== "public")
      .map(({ url }) => `${face} ${url}`),
  );
  expect(acts.sort()).toEqual([...Object.keys(refused), ...Object.keys(allowed)].sort());
});

test.each(Object.entries(refused))("who is locked is refused: %s; and not before", async (route, prepare) => {
  const s = await scene();
  const verb = await prepare(s);
  await locked(s.world, verb.by);
  const before = (await s.world.audit()).length;
  const { status, body } = await call(s, route, verb);
  expect([status, body.code, body.reasons]).toEqual([403, "denied", expect.arrayContaining(["locked"])]);
  expect((await s.world.audit()).slice(before).map(({ outcome }) => outcome)).toEqual(["refused"]);
  const free = await scene();
  expect((await call(free, route, await prepare(free))).status).toBeLessThan(300);
});

test.each(Object.entries(allowed))("who is locked may still: %s", async (route, prepare) => {
  const s = await scene();
  const verb = await prepare(s);
  await locked(s.world, verb.by);
  expect((await call(s, route, verb)).status).toBeLessThan(300);
});
