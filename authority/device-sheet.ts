import { Check } from "typebox/value";
import type { DeviceSaid, ServiceSaid } from "../protocol/api/device-record.ts";
import { DeviceSaid as DeviceSchema } from "../protocol/api/device-record.ts";
import { GenkanError } from "../protocol/error.ts";
import { Id } from "../protocol/id.ts";
import type { Id as IdOf } from "../protocol/make-id.ts";
import { Name } from "../protocol/schema.ts";
import { serviceText } from "../protocol/service-text.ts";
import { type AgentRow, listAgents } from "../store/agent.ts";
import { listDeviceRecords, type StoredDeviceRecord } from "../store/device-record.ts";
import { listSites } from "../store/site.ts";
import type { Change, Store } from "../store/store.ts";
import { listVendors, type VendorRow } from "../store/vendor.ts";
import { actorOf, type Caller } from "./caller.ts";
import { putContract, putNewContract } from "./contract.ts";
import { putDevice, putNewDevice, saidOf } from "./device.ts";
import { importSheet, onlySite, type Taker } from "./import.ts";
import { putNewService, putService } from "./service.ts";
import { type Cells, writeSheet } from "./sheet.ts";
import {
  chooseIn,
  nameIn,
  readCell,
  readList,
  readNeeded,
  readService,
  readTime,
  typed,
  Unfit,
  writeList,
  writeTime,
} from "./sheet-cell.ts";

type DeviceCells = Cells<"device">;
type Term = { readonly starts: Date; readonly ends: Date };

/** Devices as a CSV file, a line for each, disabled ones too; of services those that are in use. */
export async function exportDevices(store: Store, at: Date, by: Caller): Promise<string> {
  return store.change(async (change) => {
    const devices = await listDeviceRecords(change.db, by.scope);
    const known = await knownTo(change, by);
    await change.audit({
      at,
      action: "device.export",
      outcome: "done",
      actor: actorOf(by),
      site: onlySite(by),
      subjects: {},
      facts: { lines: devices.length },
    });
    return writeSheet(
      "device",
      devices.map((device) => cellsOf(device, known)),
    );
  });
}

/** Adds and changes devices as a CSV file says; see {@link importSheet}. */
export const importDevices = (
  store: Store,
  asked: { readonly file: Uint8Array; readonly dryRun: boolean },
  at: Date,
  by: Caller,
) => importSheet(store, "device", asked, at, by, (change) => deviceTaker(change, at, by));

interface Known {
  readonly agents: readonly AgentRow[];
  readonly vendors: readonly VendorRow[];
  readonly sites: readonly { readonly id: IdOf<"site">; readonly name: string; readonly zone: string }[];
}

async function knownTo({ db }: Change, { scope }: Caller): Promise<Known> {
  const agents = await listAgents(db, scope);
  return { agents, vendors: await listVendors(db, scope), sites: await listSites(db, scope) };
}

function cellsOf(device: StoredDeviceRecord, { agents, vendors, sites }: Known): DeviceCells {
  const { site, agent, vendor, zone } = device;
  const contract = lastContract(device);
  const neighbours = agents.filter((one) => one.site.id === site.id);
  return {
    id: device.id,
    name: device.name,
    model: device.model,
    site: nameIn(sites, site.id, site.name),
    agent: nameIn(neighbours, agent.id, agent.name),
    vendor: nameIn(vendors, vendor.id, vendor.name),
    tags: writeList(device.tags),
    location: device.location ?? "",
    owner: device.owner ?? "",
    notes: device.notes ?? "",
    services: writeList(device.services.filter(({ active }) => active).map(serviceText)),
    contract_starts: contract ? writeTime(contract.starts, "starts", zone) : "",
    contract_ends: contract ? writeTime(contract.ends, "ends", zone) : "",
  };
}

/** Of those of the vendor that maintains a device, the one that ends last. */
const lastContract = ({ contracts, vendor }: StoredDeviceRecord) =>
  contracts
    .filter((one) => one.vendor.id === vendor.id)
    .toSorted((a, b) => Date.parse(b.ends) - Date.parse(a.ends) || Date.parse(b.starts) - Date.parse(a.starts))[0];

async function deviceTaker(change: Change, at: Date, by: Caller): Promise<Taker<"device">> {
  const known = await knownTo(change, by);
  const devices = await listDeviceRecords(change.db, by.scope);
  const taken = new Set<string>();
  const once = (key: string) => {
    if (taken.has(key)) throw new Unfit("bad-request", "line-twice", null);
    taken.add(key);
  };
  return {
    about: ({ name = "" }) => name,
    take: async (cells) => {
      const agent = agentOf(cells, known);
      const before = deviceOfLine(cells, agent, devices);
      const { zone } = known.sites.find(({ id }) => id === agent.site.id) ?? { zone: null };
      const said = saidIn(cells, agent, known, before);
      const services = servicesIn(cells);
      const term = termIn(cells, zone);
      once(before?.id ?? `${agent.site.id} ${said.name}`);
      if (!before) {
        await putNewDevice(change, { ...said, services, contract: term }, at, by);
        return "added";
      }
      const changed = [
        await sayAnew(change, before, said, at, by),
        await sayServices(change, before, services, at, by),
        await sayTerm(change, before, said.vendor, term, at, by),
      ];
      return changed.includes(true) ? "changed" : "unchanged";
    },
  };
}

/** The agent that a line names, at the site that it names, if it names one. */
function agentOf({ agent = "", site = "" }: DeviceCells, { agents, sites }: Known): AgentRow {
  const at = site === "" ? null : chooseIn("site", sites, site).id;
  readNeeded("agent", agent, Name);
  const elsewhere = at !== null && agents.some(({ id, site }) => id === agent.trim() && site.id !== at);
  if (elsewhere) throw new Unfit("bad-request", "site-differs", "site", site);
  return chooseIn(
    "agent",
    agents.filter((one) => at === null || one.site.id === at),
    agent,
  );
}

/** The device that a line is about: that of its id, or else the one of its name at the agent's site. */
function deviceOfLine(
  { id = "", name }: DeviceCells,
  agent: AgentRow,
  devices: readonly StoredDeviceRecord[],
): StoredDeviceRecord | null {
  const wanted = readCell("id", id.trim(), Id("device"));
  if (wanted !== null) {
    const known = devices.find((one) => one.id === wanted);
    if (!known) throw new Unfit("not-found", "name-unknown", "id", wanted);
    if (known.site.id !== agent.site.id) throw new Unfit("bad-request", "place-differs", "agent", agent.name);
    return known;
  }
  const said = readNeeded("name", name?.trim(), Name);
  const [only, other] = devices.filter((one) => one.site.id === agent.site.id && one.name.trim() === said);
  if (other) throw new Unfit("bad-request", "name-ambiguous", "name", said);
  return only ?? null;
}

/** What a line says of a device; a column that the file does not have says nothing, and what was said before stays. */
function saidIn(
  cells: DeviceCells,
  agent: AgentRow,
  { vendors }: Known,
  before: StoredDeviceRecord | null,
): DeviceSaid {
  const words = (column: "location" | "owner" | "notes") => {
    const was = before?.[column] ?? null;
    const cell = cells[column];
    if (cell === undefined) return was;
    return readCell(column, typed(cell.replaceAll("\r\n", "\n"), was), DeviceSchema.properties[column]);
  };
  const tags = cells.tags === undefined ? (before?.tags ?? []) : readList(cells.tags);
  if (!Check(DeviceSchema.properties.tags, tags)) throw new Unfit("bad-request", "cell-malformed", "tags", cells.tags);
  return {
    name: readNeeded("name", cells.name === undefined ? undefined : typed(cells.name, before?.name), Name),
    model:
      cells.model === undefined
        ? (before?.model ?? "")
        : (readCell("model", typed(cells.model, before?.model), Name) ?? ""),
    vendor: chooseIn("vendor", vendors, readNeeded("vendor", cells.vendor, Name)).id,
    agent: agent.id,
    tags,
    location: words("location"),
    owner: words("owner"),
    notes: words("notes"),
  };
}

function servicesIn({ services = "" }: DeviceCells): ServiceSaid[] {
  return readList(services).map((text) => readService("services", text));
}

function termIn(
  { contract_starts: from = "", contract_ends: until = "" }: DeviceCells,
  zone: string | null,
): Term | null {
  const [starts, ends] = [from.trim(), until.trim()];
  if (starts === "" && ends === "") return null;
  if (starts === "") throw new Unfit("bad-request", "cell-missing", "contract_starts");
  if (ends === "") throw new Unfit("bad-request", "cell-missing", "contract_ends");
  const term = {
    starts: readTime("contract_starts", starts, "starts", zone),
    ends: readTime("contract_ends", ends, "ends", zone),
  };
  if (term.ends < term.starts) throw new Unfit("bad-request", "cell-malformed", "contract_ends", ends);
  return term;
}

async function sayAnew(change: Change, before: StoredDeviceRecord, said: DeviceSaid, at: Date, by: Caller) {
  if (JSON.stringify(saidOf(before)) === JSON.stringify(said)) return false;
  await orGrantOpen(putDevice(change, by, before.id, said, at));
  return true;
}

/** Adds and changes; what a line leaves out stays, for whoever takes a service away disables it. */
async function sayServices(
  change: Change,
  before: StoredDeviceRecord,
  said: readonly ServiceSaid[],
  at: Date,
  by: Caller,
): Promise<boolean> {
  const left = [...before.services];
  const others = said.filter((one) => {
    const same = left.findIndex((old) => serviceText(old) === serviceText(one));
    if (same >= 0) left.splice(same, 1);
    return same < 0;
  });
  for (const one of others) {
    const [named, another] = left.filter(({ name }) => name === one.name);
    if (another) throw new Unfit("bad-request", "name-ambiguous", "services", one.name);
    if (named) left.splice(left.indexOf(named), 1);
    if (named) await orGrantOpen(putService(change, by, named.id, one, at));
    else await putNewService(change, by, before.id, one, at);
  }
  return others.length > 0;
}

/** Says the vendor's last contract anew, or adds one that begins when that is over. */
async function sayTerm(
  change: Change,
  before: StoredDeviceRecord,
  vendor: IdOf<"vendor">,
  term: Term | null,
  at: Date,
  by: Caller,
): Promise<boolean> {
  if (!term) return false;
  const last = before.vendor.id === vendor ? lastContract(before) : undefined;
  if (last && Date.parse(last.starts) === term.starts.getTime() && Date.parse(last.ends) === term.ends.getTime())
    return false;
  if (!last || term.starts.getTime() >= Date.parse(last.ends))
    await putNewContract(change, by, { device: before.id, vendor, ...term }, at);
  else await putContract(change, by, last.id, term, at);
  return true;
}

/** What a device is, and where it is, stays while a grant for it is open. */
async function orGrantOpen(work: Promise<unknown>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof GenkanError) || error.code !== "state-conflict") throw error;
    throw new Unfit("state-conflict", "grant-open", null, error.detail);
  });
}
