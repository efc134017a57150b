import type { AccessRequest } from "./access-request.ts";
import type { DeviceView } from "./api/device.ts";
import type { Me } from "./api/me.ts";
import type { Thumbprint } from "./brand.ts";
import { limits } from "./limits.ts";
import type { Id } from "./make-id.ts";

/** What the person says; the rest is who asks, from where, and for which device. */
export type Said = Omit<
  AccessRequest,
  "type" | "id" | "site" | "person" | "vendor" | "workstation" | "device" | "services"
>;

/** Who asks, as the authority tells it, and with which keys, as the workstation itself knows it. */
export interface Asker {
  readonly me: Pick<Me, "person" | "memberships" | "workstation">;
  /** Thumbprints: first that of the key that signs, then those of terminals that its person has confirmed on it. */
  readonly keys: readonly Thumbprint[];
}

/**
 * Writes down what a workstation asks for, for it to sign: page and command line alike. `services` are ids of the device's.
 * Of the keys it names none because the authority says so: what the authority does not know is left out, and nothing comes in.
 * Null where the sign-in is no technician's, or its workstation has not this key.
 */
export function requestOf(
  id: Id<"request">,
  { me: { person, memberships, workstation }, keys }: Asker,
  device: DeviceView,
  services: readonly string[],
  said: Said,
): AccessRequest | null {
  const vendor = memberships.find((one) => one.vendor !== null)?.vendor;
  if (!vendor || !workstation) return null;
  const [own] = keys;
  const known = keys.filter((key) => workstation.thumbprints.includes(key)).slice(0, limits.requestKeys);
  if (own === undefined || known[0] !== own) return null;
  return {
    type: "genkan/request/v1",
    id,
    site: device.site,
    person,
    vendor,
    workstation: { id: workstation.id, label: workstation.label, thumbprints: known },
    device: { id: device.id, name: device.name },
    services: device.services.filter((service) => services.includes(service.id)),
    ...said,
  };
}
