import type { AccessRequest } from "./access-request.ts";
import type { DeviceView } from "./api/device.ts";
import type { Me } from "./api/me.ts";
import type { Id } from "./make-id.ts";

/** What the person says; the rest is who asks, from where, and for which device. */
export type Said = Omit<
  AccessRequest,
  "type" | "id" | "site" | "person" | "vendor" | "workstation" | "device" | "services"
>;

/**
 * Writes down what a workstation asks for, for it to sign: page and command line alike. `services` are ids of the device's.
 * Null where the sign-in has no workstation yet, or is no technician's.
 */
export function requestOf(
  id: Id<"request">,
  { person, vendor, workstation }: Pick<Me, "person" | "vendor" | "workstation">,
  device: DeviceView,
  services: readonly string[],
  said: Said,
): AccessRequest | null {
  if (!vendor || !workstation) return null;
  return {
    type: "genkan/request/v1",
    id,
    site: device.site,
    person,
    vendor,
    workstation,
    device: { id: device.id, name: device.name },
    services: device.services.filter((service) => services.includes(service.id)),
    ...said,
  };
}
