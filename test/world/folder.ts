import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { host } from "../../authority/caller.ts";
import { addDevice } from "../../authority/device.ts";
import { faceOrigin, faceRp, type Hosts, writeHosts } from "../../authority/hosts.ts";
import { addPerson } from "../../authority/invitation.ts";
import { addSite } from "../../authority/site.ts";
import { proposeTrust } from "../../authority/trust.ts";
import { addVendor } from "../../authority/vendor.ts";
import { contractYear } from "../../bin/authority/contract-year.ts";
import { openStore } from "../../bin/authority/open.ts";
import { type Addresses, type Fingerprints, foldersOf } from "../../bin/start/world.ts";
import { createProgramKey, exportProgramKey } from "../../crypto/program-key.ts";
import { newId } from "../../crypto/random.ts";
import { createSealKey, exportSealKey } from "../../crypto/seal-key.ts";
import { fingerprint } from "../../crypto/thumbprint.ts";
import { createKeyFile } from "../../gateway/key-file.ts";
import type { AgentFile } from "../../protocol/agent-file.ts";
import type { Face } from "../../protocol/face.ts";
import { limits } from "../../protocol/limits.ts";
import type { Id } from "../../protocol/make-id.ts";
import type { Role } from "../../protocol/person.ts";
import type { ServiceProtocol } from "../../protocol/service.ts";
import { insertAgent } from "../../store/agent.ts";
import { listApproverLists } from "../../store/approver-list.ts";
import { insertAuthenticator } from "../../store/authenticator.ts";
import { putGateway } from "../../store/gateway.ts";
import { Scope } from "../../store/scope.ts";
import type { Store } from "../../store/store.ts";
import { Passkey } from "../passkey.ts";

export interface DeviceWish {
  readonly name: string;
  readonly protocol: ServiceProtocol;
  readonly port: number;
  /** At the neighbouring site, behind its own agent. */
  readonly neighbour?: true;
}

export interface FolderOptions {
  readonly dataFolder: string;
  readonly masterKeyFile: string;
  readonly addresses: Addresses;
  /** Ports of the gateway as the authority and the agent reach it, where a path with faults lies before it. */
  readonly gatewayPorts: Record<"authority" | "agent", number>;
  readonly devices: readonly DeviceWish[];
  /** A store on a server, by the file with its URL. */
  readonly storeUrlFile?: string;
}

/** Who lives in a quick world, and where they belong. */
const people = {
  sato: { of: "vendor", roles: ["technician"] },
  suzuki: { of: "vendor", roles: ["technician"] },
  tanaka: { of: "site", roles: ["approver"] },
  yamada: { of: "site", roles: ["officer"] },
  mori: { of: "neighbour", roles: ["approver", "officer"] },
} as const satisfies Record<string, { of: "site" | "neighbour" | "vendor"; roles: readonly Role[] }>;
export type Login = keyof typeof people;

export interface Member {
  readonly id: Id<"person">;
  readonly login: Login;
  readonly face: Face;
  readonly passkey: Passkey;
}

export interface Registered {
  readonly fingerprints: Fingerprints;
  readonly hosts: Hosts;
  readonly people: Readonly<Record<Login, Member>>;
  /** By name: the device's id and that of its one service. */
  readonly devices: ReadonlyMap<string, { id: Id<"device">; service: Id<"service"> }>;
  /** The first agent's, and that of the neighbouring site. */
  readonly agents: Readonly<
    Record<Place, { readonly id: Id<"agent">; readonly site: Id<"site">; readonly folder: string }>
  >;
}

type Place = "site" | "neighbour";
const sites: Readonly<Record<Place, string>> = { site: "中央病院", neighbour: "東クリニック" };

/**
 * Lays out the folders of a whole world as the programs' own commands would leave them: keys made, agent joined, trust
 * root accepted, people enrolled, devices registered. In this process, so that it takes a moment only.
 */
export async function layOut(o: FolderOptions): Promise<Registered> {
  const folders = foldersOf(o.dataFolder);
  for (const folder of [folders.gateway, folders.authority, folders.agent, folders.log])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const gateway = await createKeyFile(folders.gateway);
  const { storeUrlFile } = o;
  const { store, keys } = await openStore(
    { data: folders.authority, masterKey: o.masterKeyFile, ...(storeUrlFile ? { storeUrlFile } : {}) },
    { host: "portal.localhost" },
  );
  const system = Scope.system();
  const at = new Date();
  const { addresses } = o;
  const hosts: Hosts = {
    portal: addresses.portalOrigin,
    staff: addresses.staffOrigin,
    accessDomain: addresses.accessDomain,
    accessPort: Number(new URL(addresses.portalOrigin).port),
  };
  await writeHosts(store.db, hosts);
  const of = { host: "127.0.0.1", port: o.gatewayPorts.authority, key: gateway.pin };
  await putGateway(store.db, { name: "gateway-1", ...of });
  const vendor = await addVendor(
    store,
    { name: "メディカル・システムズ", contact: null, mailDomains: [], site: null },
    at,
    host,
  );
  const agents = {} as Record<
    Place,
    { id: Id<"agent">; site: Id<"site">; folder: string; key: string; privateKey: string; sealKey: string }
  >;
  for (const place of ["site", "neighbour"] as const) {
    const site = await addSite(store, { name: sites[place], zone: "Asia/Tokyo", contact: null }, at, host);
    const programKey = createProgramKey();
    const sealKey = createSealKey();
    const [id, name, key] = [newId("agent"), `agent of ${place}`, programKey.pin];
    await store.change((change) => insertAgent(change.db, { id, site, name, key, sealKey: sealKey.publicKey, at }));
    const folder = place === "site" ? folders.agent : `${folders.agent}-neighbour`;
    agents[place] = {
      id,
      site,
      folder,
      key,
      privateKey: exportProgramKey(programKey),
      sealKey: exportSealKey(sealKey),
    };
  }
  const members = {} as Record<Login, Member>;
  for (const login of Object.keys(people) as Login[]) {
    const { of, roles } = people[login];
    const belongs = of === "vendor" ? { site: null, vendor } : { site: agents[of].site, vendor: null };
    members[login] = await addMember(store, hosts, { login, roles, belongs, at });
  }
  const devices = new Map<string, { id: Id<"device">; service: Id<"service"> }>();
  for (const { name, protocol, port, neighbour } of o.devices) {
    const { id: agent } = agents[neighbour ? "neighbour" : "site"];
    const service = { name, protocol, address: "127.0.0.1", port };
    const row = { vendor, agent, name, model: "M-1", services: [service], contract: contractYear(at) };
    const added = await addDevice(store, row, at, host);
    devices.set(name, { id: added.id, service: added.services[0] ?? "svc_" });
  }
  for (const [place, { id, site, folder, privateKey, sealKey }] of Object.entries(agents)) {
    await store.change((change) => proposeTrust(change, site, at));
    const root = (await listApproverLists(store.db, system)).find((one) => one.site === site);
    const membership: AgentFile = {
      agent: id,
      name: `agent of ${place}`,
      site: { id: site, name: sites[place as Place] },
      gateways: [{ host: "127.0.0.1", port: o.gatewayPorts.agent, key: gateway.pin }],
      authorityKey: keys.programKey.pin,
      privateKey,
      sealKey,
    };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, "agent.json"), JSON.stringify(membership), { mode: 0o600 });
    writeFileSync(join(folder, "trust.json"), Buffer.from(root?.statement ?? "", "base64url"), { mode: 0o600 });
  }
  await store.close();
  const fingerprints = {
    gateway: fingerprint(gateway.pin),
    authority: fingerprint(keys.programKey.pin),
    logKey: keys.log.verifierKey,
  };
  return { fingerprints, hosts, people: members, devices, agents };
}

async function addMember(
  store: Store,
  hosts: Hosts,
  o: {
    login: Login;
    roles: readonly Role[];
    belongs: { site: Id<"site">; vendor: null } | { site: null; vendor: Id<"vendor"> };
    at: Date;
  },
): Promise<Member> {
  const face: Face = o.belongs.vendor === null ? "staff" : "portal";
  const passkey = new Passkey(faceRp(hosts, face), faceOrigin(hosts, face));
  const id = await addPerson(store, { name: o.login, login: o.login, roles: o.roles, ...o.belongs }, o.at);
  await store.change((change) =>
    insertAuthenticator(change.db, {
      person: id,
      kind: "passkey",
      rp: passkey.rp,
      origin: passkey.origin,
      credential: passkey.credential,
      public_key: passkey.publicKeyCose,
      transports: "[]",
      label: "passkey",
      password_hash: null,
      totp_sealed: null,
      totp_step: null,
      created_at: o.at.toISOString(),
      expires_at: new Date(o.at.getTime() + limits.authenticatorMs).toISOString(),
    }),
  );
  return { id, login: o.login, face, passkey };
}
