import Type from "typebox";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { Instant, LineText, Name, Nullable, PlanText, Strict, ZoneName } from "../schema.ts";
import { Service } from "../service.ts";
import { Site } from "../site.ts";
import { Vendor } from "../vendor.ts";

/** What an administrator says of a device. Its site is its agent's. */
const said = {
  name: Name,
  model: Type.Union([Name, Type.Literal("")]),
  vendor: Id("vendor"),
  agent: Id("agent"),
  /** By which it is found, such as a ward or a class of device. */
  tags: Type.Array(LineText(limits.tagCharacters), { maxItems: limits.tagsPerDevice, uniqueItems: true }),
  location: Nullable(Name),
  /** Who answers for it in the hospital. */
  owner: Nullable(Name),
  notes: Nullable(PlanText),
};
const { id: _, ...port } = Service.properties;
const term = { starts: Instant, ends: Instant };

/** POST /api/services to add one to a device; POST /api/services/:id to say it anew. */
export const ServiceSaid = Strict(port);
export type ServiceSaid = Type.Static<typeof ServiceSaid>;
export const ServiceCreate = Strict({ device: Id("device"), ...port });

/** POST /api/devices, and POST /api/devices/:id to say it anew. */
export const DeviceSaid = Strict(said);
export type DeviceSaid = Type.Static<typeof DeviceSaid>;

/** POST /api/contracts: a vendor may touch a device from `starts` until `ends`. */
export const ContractCreate = Strict({ device: Id("device"), vendor: Id("vendor"), ...term });
/** POST /api/contracts/:id */
export const ContractTerm = Strict(term);
export type ContractTerm = Type.Static<typeof ContractTerm>;

export const ContractView = Strict({ id: Id("contract"), vendor: Vendor, ...term });
export type ContractView = Type.Static<typeof ContractView>;

/** GET /api/register/devices: all that is kept of a device, for those who administer it. */
export const DeviceRecord = Strict({
  id: Id("device"),
  ...said,
  site: Site,
  /** IANA zone of the site. */
  zone: ZoneName,
  vendor: Vendor,
  agent: Strict({ id: Id("agent"), name: Name, connected: Type.Boolean() }),
  active: Type.Boolean(),
  /** When a session to it last began; null: never. */
  lastUsedAt: Nullable(Instant),
  services: Type.Array(Strict({ ...Service.properties, active: Type.Boolean() })),
  /** From the one that begins first. */
  contracts: Type.Array(ContractView),
});
export type DeviceRecord = Type.Static<typeof DeviceRecord>;
export const DeviceRecords = Strict({ devices: Type.Array(DeviceRecord) });
