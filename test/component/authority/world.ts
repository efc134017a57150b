import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { onTestFinished } from "vitest";
import { AgentLinks } from "../../../authority/agent-links.ts";
import { host, type PersonCaller } from "../../../authority/caller.ts";
import type { Context } from "../../../authority/context.ts";
import { addDevice } from "../../../authority/device.ts";
import { GatewayLinks } from "../../../authority/gateway-links.ts";
import { faceOrigin, faceRp, type Hosts } from "../../../authority/hosts.ts";
import { addPerson } from "../../../authority/invitation.ts";
import { openKeys } from "../../../authority/keys.ts";
import { LeaseRenewal } from "../../../authority/lease-renewal.ts";
import { putMember } from "../../../authority/membership.ts";
import { addSite } from "../../../authority/site.ts";
import { proposeTrust } from "../../../authority/trust.ts";
import { addVendor } from "../../../authority/vendor.ts";
import { AtRestKey } from "../../../crypto/at-rest.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { jwkThumbprint, sha256 } from "../../../crypto/thumbprint.ts";
import type { Thumbprint } from "../../../protocol/brand.ts";
import type { Face } from "../../../protocol/face.ts";
import type { Factor } from "../../../protocol/factor.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { Role } from "../../../protocol/person.ts";
import { type ProgramLog, silentProgramLog } from "../../../protocol/program-log.ts";
import type { Window } from "../../../protocol/window.ts";
import type { PublicJwk } from "../../../protocol/workstation.ts";
import { insertAgent } from "../../../store/agent.ts";
import { insertAuthenticator } from "../../../store/authenticator.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { listContracts } from "../../../store/contract.ts";
import { openSqlite } from "../../../store/database.ts";
import { findPerson } from "../../../store/person.ts";
import { Scope } from "../../../store/scope.ts";
import { Sequencer } from "../../../store/sequencer.ts";
import { insertSignIn } from "../../../store/sign-in.ts";
import { makeStore } from "../../../store/store.ts";
import { insertWorkstation, insertWorkstationKey } from "../../../store/workstation.ts";
import { Passkey } from "../../passkey.ts";

export const hosts: Hosts = {
  portal: "https://portal.genkan.example",
  staff: "https://staff.genkan.example",
  accessDomain: "access.genkan-sessions.example",
  accessPort: null,
};
export const minute = 60_000;
export const hour = 60 * minute;

export interface Member {
  readonly id: Id<"person">;
  readonly login: string;
  readonly face: Face;
  readonly roles: readonly Role[];
}

export interface Computer {
  readonly id: Id<"workstation">;
  readonly privateKey: KeyObject;
  readonly jwk: PublicJwk;
}

/**
 * People of two vendors and two hospitals, so that each has a neighbour who must not see in; one works for both hospitals, and one
 * runs the installation.
 */
const cast = {
  technician: ["vendorA", ["technician"]],
  colleague: ["vendorA", ["technician"]],
  chief: ["vendorA", ["vendor-administrator"]],
  leader: ["vendorA", ["technician", "vendor-administrator"]],
  rival: ["vendorB", ["technician"]],
  rivalChief: ["vendorB", ["vendor-administrator"]],
  approver: ["siteA", ["approver"]],
  secondApprover: ["siteA", ["approver"]],
  officer: ["siteA", ["officer"]],
  secondOfficer: ["siteA", ["officer"]],
  administrator: ["siteA", ["administrator"]],
  auditor: ["siteA", ["auditor"]],
  secondAuditor: ["siteA", ["auditor"]],
  foreignApprover: ["siteB", ["approver"]],
  foreignOfficer: ["siteB", ["officer"]],
  foreignAdministrator: ["siteB", ["administrator"]],
  shared: ["siteA", ["officer"], { siteB: ["approver"] }],
  owner: ["installation", ["administrator"]],
} as const satisfies Record<
  string,
  readonly [
    "vendorA" | "vendorB" | "siteA" | "siteB" | "installation",
    readonly Role[],
    { readonly siteB: readonly Role[] }?,
  ]
>;
export type Name = keyof typeof cast;
export const names = Object.keys(cast) as Name[];

/** An authority over a store of its own, with two hospitals, two vendors and their people. Its clock stands still. */
export class World {
  readonly context: Context;
  /** Opens the keys in its store. */
  readonly masterKey: string;
  readonly leases: LeaseRenewal;
  readonly sequencer: Sequencer;
  /** Epoch milliseconds. */
  clock = Date.parse("2026-03-02T01:00:00.000Z");
  readonly people = {} as Record<Name, Member>;
  readonly passkeys = new Map<Name, Passkey>();
  readonly computers = new Map<Name, Computer>();
  readonly agentKeys: Record<"agentA" | "agentB", ProgramKey> = {
    agentA: createProgramKey(),
    agentB: createProgramKey(),
  };
  readonly ids = {} as Record<"siteA" | "siteB", Id<"site">> &
    Record<"vendorA" | "vendorB", Id<"vendor">> &
    Record<"agentA" | "agentB", Id<"agent">>;
  readonly devices = {} as Record<"own" | "rivals" | "elsewhere", { id: Id<"device">; services: Id<"service">[] }>;

  private constructor(context: Omit<Context, "now">, masterKey: string) {
    this.masterKey = masterKey;
    this.context = { ...context, now: () => new Date(this.clock) };
    this.leases = new LeaseRenewal(this.context);
    this.sequencer = new Sequencer(context.store, context.keys.log, context.programLog);
  }

  /** `until` says when it ends: with the test, unless told. */
  static async open(
    o: { file?: string; log?: ProgramLog; until?: (end: () => Promise<void>) => void; empty?: true } = {},
  ): Promise<World> {
    const log = o.log ?? silentProgramLog;
    const db = await openSqlite(o.file ?? ":memory:");
    const store = makeStore(db, inProcessBus());
    const masterKey = AtRestKey.generate();
    const keys = await openKeys(db, AtRestKey.parse(masterKey), "genkan/test");
    const agents = new AgentLinks({ programKey: keys.programKey, programLog: log });
    const gateways = new GatewayLinks({ programKey: keys.programKey, programLog: log, names: new Map() });
    const world = new World(
      {
        store,
        keys,
        hosts,
        certificates: { portal: null, staff: null },
        programLog: log,
        agents,
        gateways,
        owedEnds: new Map(),
      },
      masterKey,
    );
    (o.until ?? onTestFinished)(async () => {
      await world.leases.close();
      gateways.close();
      await agents.close();
      await world.sequencer.close();
      await db.destroy();
    });
    if (!o.empty) await world.#settle();
    return world;
  }

  get store() {
    return this.context.store;
  }

  at(ms = 0): string {
    return new Date(this.clock + ms).toISOString();
  }

  window(startMs: number, endMs: number): Window {
    return { start: this.at(startMs), end: this.at(endMs) };
  }

  /** A term of a contract that runs already. */
  term(): { starts: string; ends: string } {
    return { starts: this.at(-hour), ends: this.at(24 * hour) };
  }

  /** The contract of a device. */
  async contract(device: "own" | "rivals" | "elsewhere"): Promise<Id<"contract">> {
    const all = await listContracts(this.store.db, Scope.system());
    const found = all.find((one) => one.device.id === this.devices[device].id);
    if (!found) throw new Error("no contract");
    return found.id;
  }

  async #settle(): Promise<void> {
    const { store, ids } = this;
    const at = new Date(this.clock);
    ids.siteA = await addSite(store, { name: "Hospital A", zone: "Asia/Tokyo", contact: null }, at, host);
    ids.siteB = await addSite(store, { name: "Hospital B", zone: "Europe/Berlin", contact: null }, at, host);
    ids.vendorA = await addVendor(
      store,
      { name: "Vendor A", contact: null, mailDomains: ["example.org"], site: null },
      at,
      host,
    );
    ids.vendorB = await addVendor(
      store,
      { name: "Vendor B", contact: null, mailDomains: ["example.org"], site: null },
      at,
      host,
    );
    for (const [agent, site] of [["agentA", "siteA"] as const, ["agentB", "siteB"] as const]) {
      ids[agent] = newId("agent");
      const key = this.agentKeys[agent].pin;
      await store.change(({ db }) =>
        insertAgent(db, {
          id: ids[agent],
          site: ids[site],
          name: agent,
          key,
          sealKey: createSealKey().publicKey,
          at,
        }),
      );
    }
    const device = (name: string, of: { site: "siteA" | "siteB"; vendor: "vendorA" | "vendorB" }) =>
      addDevice(
        store,
        {
          vendor: ids[of.vendor],
          agent: of.site === "siteA" ? ids.agentA : ids.agentB,
          name,
          model: "M-1",
          services: [
            { name: "pages", protocol: "http", address: "10.1.2.3", port: 80 },
            { name: "shell", protocol: "ssh", address: "10.1.2.3", port: 22 },
          ],
          contract: { starts: new Date(this.clock - hour), ends: new Date(this.clock + 24 * 90 * hour) },
        },
        at,
        host,
      );
    this.devices.own = await device("MRI", { site: "siteA", vendor: "vendorA" });
    this.devices.rivals = await device("Pump", { site: "siteA", vendor: "vendorB" });
    this.devices.elsewhere = await device("Scanner", { site: "siteB", vendor: "vendorB" });
    for (const name of names) await this.#join(name, at);
  }

  async #join(name: Name, at: Date): Promise<void> {
    const [of, roles, elsewhere] = cast[name];
    const site = of === "siteA" || of === "siteB" ? this.ids[of] : null;
    const vendor = of === "vendorA" || of === "vendorB" ? this.ids[of] : null;
    const login = `${name}@example.org`;
    const place = of === "installation" ? { installation: true as const } : { site, vendor };
    const id = await addPerson(this.store, { name, login, roles, ...place }, at);
    if (elsewhere) {
      const place = { site: this.ids.siteB, vendor: null };
      await putMember(this.store, { login, place, roles: elsewhere.siteB }, at, host);
    }
    this.people[name] = { id, login, roles, face: vendor === null ? "staff" : "portal" };
  }

  /** Gives a person a passkey, as enrolment does; good for `ms`. */
  async enrol(name: Name, o: { credential?: string | undefined; ms?: number } = {}): Promise<Passkey> {
    const { id, face } = this.people[name];
    const passkey = new Passkey(faceRp(hosts, face), faceOrigin(hosts, face));
    await this.store.change(async (change) => {
      await insertAuthenticator(change.db, {
        person: id,
        kind: "passkey",
        rp: passkey.rp,
        origin: passkey.origin,
        credential: o.credential ?? passkey.credential,
        public_key: passkey.publicKeyCose,
        transports: "[]",
        label: "passkey",
        password_hash: null,
        totp_sealed: null,
        totp_step: null,
        created_at: this.at(),
        expires_at: this.at(o.ms ?? limits.authenticatorMs),
      });
      const person = await findPerson(change.db, Scope.system(), id, new Date(this.clock));
      for (const { site } of person?.memberships ?? [])
        if (site) await proposeTrust(change, site.id, new Date(this.clock));
    });
    this.passkeys.set(name, passkey);
    return passkey;
  }

  /** Gives a technician a computer with a browser's key. */
  async equip(name: Name): Promise<Computer> {
    const known = this.computers.get(name);
    if (known) return known;
    const row = { person: this.people[name].id, label: `${name}'s computer`, at: new Date(this.clock) };
    const id = await this.store.change(({ db }) => insertWorkstation(db, row));
    const computer = await this.addKey(id);
    this.computers.set(name, computer);
    return computer;
  }

  /** One more key of a workstation, made `ms` from now. */
  async addKey(workstation: Id<"workstation">, ms = 0): Promise<Computer> {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const jwk = publicJwkOf(publicKey);
    const key = { workstation, kind: "browser", thumbprint: jwkThumbprint(jwk), jwk } as const;
    const at = new Date(this.clock + ms);
    await this.store.change(({ db }) => insertWorkstationKey(db, { ...key, at }));
    return { id: workstation, privateKey, jwk };
  }

  /** A sign-in of this person, with its token; on their own face unless told. */
  async signIn(
    name: Name,
    o: { face?: Face; factors?: readonly Factor[]; dpopKey?: Thumbprint; workstation?: null } = {},
  ): Promise<{ caller: PersonCaller; token: string }> {
    const member = this.people[name];
    const face = o.face ?? member.face;
    const token = randomToken();
    const factors = o.factors ?? ["passkey"];
    const equipped = member.roles.includes("technician") && o.workstation === undefined;
    const workstation = equipped ? (await this.equip(name)).id : null;
    const id = await this.store.change(({ db }) =>
      insertSignIn(db, {
        token_hash: sha256(token),
        person: member.id,
        face,
        kind: o.dpopKey === undefined ? "cookie" : "cli",
        factors: JSON.stringify(factors),
        dpop_key: o.dpopKey ?? null,
        workstation,
        created_at: this.at(),
        used_at: this.at(),
        expires_at: this.at(limits.signInAbsoluteMs),
      }),
    );
    const person = await findPerson(this.store.db, Scope.system(), member.id, new Date(this.clock));
    if (!person) throw new Error("nobody");
    const scope = Scope.ofPerson(person);
    return { token, caller: { kind: "person", person, face, scope, signIn: { id, factors, workstation } } };
  }

  async caller(name: Name): Promise<PersonCaller> {
    return (await this.signIn(name)).caller;
  }

  /** Bodies of all audit records, oldest first, sequenced or waiting. */
  async audit(): Promise<{ action: string; outcome: string; reasons: string[]; [member: string]: unknown }[]> {
    const { db } = this.store;
    const log = await db.selectFrom("log_record").select("body").orderBy("index").execute();
    const outbox = await db.selectFrom("outbox").select("body").orderBy("seq").execute();
    return [...log, ...outbox].map(({ body }) => JSON.parse(body ?? "null") as never);
  }
}

/** Code of what a call throws, with its reasons; "done" when it does not. */
export async function outcome(work: Promise<unknown> | (() => Promise<unknown>)): Promise<string> {
  try {
    await (typeof work === "function" ? work() : work);
    return "done";
  } catch (error) {
    const { code, reasons } = error as { code?: string; reasons?: readonly string[] };
    return code === undefined ? String(error) : [code, ...(reasons ?? [])].join(" ");
  }
}
