import type { DeviceRecord, DeviceSaid, ServiceSaid } from "../protocol/api/device-record.ts";
import type { Id } from "../protocol/make-id.ts";
import { parseServiceText, serviceText } from "../protocol/service-text.ts";
import type { Api } from "./api.ts";
import { exitCodes } from "./exit-code.ts";
import { table } from "./format.ts";
import { chooseNamed } from "./name.ts";
import { addKept, changeKept, findKept, register, toldKept } from "./register.ts";
import { UsageError } from "./usage-error.ts";
import { type Cli, signedIn } from "./verb.ts";
import { parseTime } from "./zoned-time.ts";

/** What can be said of a device; what is left out stays as it is, or is empty. */
export interface DeviceOptions {
  readonly name?: string;
  readonly vendor?: string;
  readonly agent?: string;
  readonly model?: string;
  /** Several with commas. */
  readonly tags?: string;
  readonly location?: string;
  readonly owner?: string;
  readonly notes?: string;
}

/** `genkan device add NAME`. */
export async function deviceAdd(cli: Cli, name: string, o: DeviceOptions): Promise<number> {
  const api = signedIn(cli, "staff");
  const empty = { model: "", vendor: null, agent: null, tags: [], location: null, owner: null, notes: null };
  return addKept(cli, "device", await saidBy(api, { ...o, name }, { ...empty, name }));
}

/** `genkan device edit DEVICE`. */
export function deviceEdit(cli: Cli, device: string, o: DeviceOptions): Promise<number> {
  return changeKept(cli, "device", device, (before, api) =>
    saidBy(api, o, { ...before, vendor: before.vendor.id, agent: before.agent.id }),
  );
}

type Before = Omit<DeviceSaid, "vendor" | "agent"> & {
  readonly vendor: Id<"vendor"> | null;
  readonly agent: Id<"agent"> | null;
};

async function saidBy(api: Api, o: DeviceOptions, before: Before): Promise<object> {
  const words = (typed: string | undefined, was: string | null) => (typed === undefined ? was : typed || null);
  return {
    name: o.name ?? before.name,
    model: o.model ?? before.model,
    vendor: o.vendor === undefined ? before.vendor : (await findKept(api, "vendor", o.vendor)).id,
    agent: o.agent === undefined ? before.agent : (await findKept(api, "agent", o.agent)).id,
    tags: o.tags === undefined ? before.tags : o.tags.split(",").flatMap((tag) => tag.trim() || []),
    location: words(o.location, before.location),
    owner: words(o.owner, before.owner),
    notes: words(o.notes, before.notes),
  };
}

/** `genkan service list DEVICE`: as `service add` takes them. */
export async function serviceList(cli: Cli, device: string): Promise<number> {
  const { services } = await findKept(signedIn(cli, "staff"), "device", device);
  const rows = services.map((one) => [one.id, serviceText(one), one.active ? "" : cli.terminal.text("disabled")]);
  cli.terminal.result({ services }, rows.length > 0 ? table(rows) : [cli.terminal.text("none")]);
  return exitCodes.done;
}

/** `genkan service add DEVICE NAME:PROTOCOL:ADDRESS:PORT`. */
export async function serviceAdd(cli: Cli, device: string, text: string): Promise<number> {
  const api = signedIn(cli, "staff");
  const said = serviceOf(text);
  const { id } = await findKept(api, "device", device);
  await api.order("/api/services", { device: id, ...said });
  return toldKept(cli, api, "device", id);
}

/** `genkan service edit DEVICE SERVICE NAME:PROTOCOL:ADDRESS:PORT`. */
export async function serviceEdit(cli: Cli, device: string, service: string, text: string): Promise<number> {
  return serviceOrder(cli, device, service, "", serviceOf(text));
}

/** `genkan service disable DEVICE SERVICE` and `enable`. */
export function serviceTurn(cli: Cli, device: string, service: string, verb: "disable" | "enable"): Promise<number> {
  return serviceOrder(cli, device, service, `/${verb}`, {});
}

async function serviceOrder(cli: Cli, device: string, service: string, verb: string, body: object): Promise<number> {
  const api = signedIn(cli, "staff");
  const { id, services } = await findKept(api, "device", device);
  const named = chooseNamed("service", services, service, (one) => ({
    id: one.id,
    names: [one.name],
    words: [one.protocol],
  }));
  await api.order(`/api/services/${named.id}${verb}`, body);
  return toldKept(cli, api, "device", id);
}

function serviceOf(text: string): ServiceSaid {
  const said = parseServiceText(text);
  if (!said) throw new UsageError("service-malformed", { text });
  return said;
}

/** `genkan contract list [DEVICE]`. */
export async function contractList(cli: Cli, device: string | undefined): Promise<number> {
  const api = signedIn(cli, "staff");
  const devices = device === undefined ? await register("device").all(api) : [await findKept(api, "device", device)];
  const contracts = devices.flatMap((of) =>
    of.contracts.map((one) => ({ ...one, device: { id: of.id, name: of.name } })),
  );
  const rows = contracts.map(({ id, device: of, vendor, starts, ends }) => [id, of.name, vendor.name, starts, ends]);
  cli.terminal.result({ contracts }, rows.length > 0 ? table(rows) : [cli.terminal.text("none")]);
  return exitCodes.done;
}

/** `genkan contract add DEVICE`: of its vendor, unless another is named. */
export async function contractAdd(
  cli: Cli,
  device: string,
  o: { vendor?: string; from: string; until: string },
): Promise<number> {
  const api = signedIn(cli, "staff");
  const of = await findKept(api, "device", device);
  const vendor = o.vendor === undefined ? of.vendor.id : (await findKept(api, "vendor", o.vendor)).id;
  await api.order("/api/contracts", { device: of.id, vendor, ...termOf(api, of.zone, o.from, o.until) });
  return toldKept(cli, api, "device", of.id);
}

/** `genkan contract edit CONTRACT`: says anew when it runs. */
export async function contractEdit(cli: Cli, contract: string, o: { from?: string; until?: string }): Promise<number> {
  const { api, of, one } = await findContract(cli, contract);
  const term = termOf(api, of.zone, o.from ?? one.starts, o.until ?? one.ends);
  await api.order(`/api/contracts/${one.id}`, term);
  return toldKept(cli, api, "device", of.id);
}

/** `genkan contract end CONTRACT`: now, with the sessions that stand on it. */
export async function contractEnd(cli: Cli, contract: string): Promise<number> {
  const { api, of, one } = await findContract(cli, contract);
  await api.order(`/api/contracts/${one.id}/end`, {});
  return toldKept(cli, api, "device", of.id);
}

async function findContract(cli: Cli, text: string) {
  const api = signedIn(cli, "staff");
  const all = (await register("device").all(api)).flatMap((of) => of.contracts.map((one) => ({ of, one })));
  const named = ({ of, one }: { of: DeviceRecord; one: { id: Id<"contract">; vendor: { name: string } } }) => ({
    id: one.id,
    names: [of.name],
    where: one.vendor.name,
  });
  return { api, ...chooseNamed("contract", all, text, named) };
}

/** Instants, or days of the device's zone: the first, and the last one with all of it. */
function termOf(api: Api, zone: string, from: string, until: string): { starts: string; ends: string } {
  const base = { nowMs: api.serverNow() };
  const starts = instant(from, 0, zone, base);
  return { starts, ends: instant(until, 1, zone, { ...base, fromMs: Date.parse(starts) }) };
}

function instant(text: string, daysOn: number, zone: string, base: { nowMs: number; fromMs?: number }): string {
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return new Date(text).toISOString();
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(day)) return parseTime(text, zone, base);
  return parseTime(`${new Date(day + daysOn * 86_400_000).toISOString().slice(0, 10)}T00:00`, zone, base);
}
