import Type from "typebox";
import { Id } from "../id.ts";
import { Name, NameOrNone, Strict, ZoneName } from "../schema.ts";
import { ServiceRef } from "../service.ts";
import { Site } from "../site.ts";
import { Vendor } from "../vendor.ts";

/** GET /api/devices. An address is for staff and the agent; technicians see the service, not the network. */
export const DeviceView = Strict({
  id: Id("device"),
  name: Name,
  site: Site,
  /** IANA zone of the site. */
  zone: ZoneName,
  model: NameOrNone,
  vendor: Vendor,
  /** Nobody has disabled it, or its site: while somebody has, nobody can ask for it or connect. */
  active: Type.Boolean(),
  services: Type.Array(ServiceRef),
  agent: Strict({ id: Id("agent"), name: Name, connected: Type.Boolean() }),
});
export type DeviceView = Type.Static<typeof DeviceView>;
export const DeviceList = Strict({ devices: Type.Array(DeviceView) });
