import { AgentList, AgentToken, type AgentView } from "../protocol/api/agent.ts";
import { type DeviceRecord, DeviceRecords } from "../protocol/api/device-record.ts";
import { GatewayList, type GatewayView } from "../protocol/api/gateway.ts";
import { SiteList, type SiteView } from "../protocol/api/site.ts";
import { type VendorFile, VendorFileList } from "../protocol/api/vendor.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { table } from "./format.ts";
import { chooseNamed } from "./name.ts";
import { type Cli, signedIn } from "./verb.ts";

/** What is kept of each kind of thing, as the staff host shows it to its administrators. */
interface Views {
  site: SiteView;
  vendor: VendorFile;
  device: DeviceRecord;
  agent: AgentView;
  gateway: GatewayView;
}
export type Kind = keyof Views;
type Kept<K extends Kind> = Views[K] & { readonly id: Id<K> };

interface Register<T> {
  /** Where one is changed, by its id. */
  readonly at: string;
  readonly all: (api: Api) => Promise<readonly T[]>;
  /** Cells of its line, besides id, name and whether it is disabled. */
  readonly cells: (one: T, cli: Cli) => string[];
}

const registers: { readonly [K in Kind]: Register<Kept<K>> } = {
  site: {
    at: "/api/sites",
    all: async (api) => (await api.get("/api/sites", SiteList)).sites,
    cells: ({ zone, contact }) => [zone, contact ?? ""],
  },
  vendor: {
    at: "/api/vendors",
    all: async (api) => (await api.get("/api/vendor-files", VendorFileList)).vendors,
    cells: ({ sites }) => [sites.map(({ name }) => name).join(", ")],
  },
  device: {
    at: "/api/devices",
    all: async (api) => (await api.get("/api/register/devices", DeviceRecords)).devices,
    cells: ({ site, vendor, agent, services }) => [
      site.name,
      vendor.name,
      agent.name,
      services.map(({ name }) => name).join(", "),
    ],
  },
  agent: {
    at: "/api/agents",
    all: async (api) => (await api.get("/api/agents", AgentList)).agents,
    cells: ({ site, connected }, { terminal }) => [site.name, connected ? "" : terminal.text("agent-away")],
  },
  gateway: {
    at: "/api/gateways",
    all: async (api) => (await api.get("/api/gateways", GatewayList)).gateways,
    cells: ({ host, port }) => [`${host}:${port}`],
  },
};

export const register = <K extends Kind>(kind: K): Register<Kept<K>> => registers[kind];

/** The one that is meant: by id, name or the beginning of either. */
export async function findKept<K extends Kind>(api: Api, kind: K, text: string): Promise<Kept<K>> {
  return chooseNamed(kind, await register(kind).all(api), text, ({ id, name }) => ({ id, names: [name] }));
}

/** `genkan site list`, and the same of each other kind. */
export async function keptList(cli: Cli, kind: Kind): Promise<number> {
  const all: readonly Views[Kind][] = await register(kind).all(signedIn(cli, "staff"));
  const cells: (one: never, cli: Cli) => string[] = register(kind).cells;
  const rows = all.map((one) => [
    one.id,
    one.name,
    one.active ? "" : cli.terminal.text("disabled"),
    ...cells(one as never, cli),
  ]);
  cli.terminal.result({ [`${kind}s`]: all }, rows.length > 0 ? table(rows) : [cli.terminal.text("none")]);
  return exitCodes.done;
}

/** `genkan site disable SITE` and `enable`, and the same of each other kind. */
export async function keptTurn(cli: Cli, kind: Kind, text: string, verb: "disable" | "enable"): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id } = await findKept(api, kind, text);
  await api.order(`${register(kind).at}/${id}/${verb}`, {});
  return toldKept(cli, api, kind, id);
}

/** Says what is kept of one now. */
export async function toldKept<K extends Kind>(cli: Cli, api: Api, kind: K, id: Id<K>): Promise<number> {
  const one = await findKept(api, kind, id);
  cli.terminal.result({ [kind]: one }, [cli.terminal.text("register-kept", { id: one.id, name: one.name })]);
  return exitCodes.done;
}

/** Says something new of a kind, and what is kept of it then: the one that was not there before. */
export async function addKept(cli: Cli, kind: Kind, body: object): Promise<number> {
  const api = signedIn(cli, "staff");
  const before = new Set((await register(kind).all(api)).map(({ id }) => id));
  await api.order(register(kind).at, body);
  const added = (await register(kind).all(api)).find(({ id }) => !before.has(id));
  if (!added) throw new GenkanError("not-found");
  return toldKept(cli, api, kind, added.id);
}

/** Says one anew: what is left out stays as it was. */
export async function changeKept<K extends Kind>(
  cli: Cli,
  kind: K,
  text: string,
  saidOf: (before: Kept<K>, api: Api) => object | Promise<object>,
): Promise<number> {
  const api = signedIn(cli, "staff");
  const before = await findKept(api, kind, text);
  await api.order(`${register(kind).at}/${before.id}`, await saidOf(before, api));
  return toldKept(cli, api, kind, before.id);
}

/** `genkan agent token SITE`: the command that joins an agent, shown once. */
export async function agentToken(cli: Cli, site: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id } = await findKept(api, "site", site);
  const made = await api.post("/api/agents/token", { site: id }, AgentToken.reply);
  cli.terminal.result({ ...made }, [cli.terminal.text("join-command"), `    $ ${made.command}`]);
  return exitCodes.done;
}
