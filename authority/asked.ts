import type { SignedRequest } from "../protocol/chain.ts";
import { GenkanError } from "../protocol/error.ts";
import { sameService } from "../protocol/service.ts";
import type { Device } from "../store/device.ts";
import { type Person, vendorOf } from "../store/person.ts";
import type { Workstation } from "../store/workstation.ts";

/** What the authority itself knows of those whom a request names. */
export interface Known {
  readonly person: Person;
  readonly workstation: Workstation;
  readonly device: Device;
}

/**
 * Holds what a workstation has signed against what is known here: it names its own person, vendor, keys and label, and the
 * device with its services as they are. Throws `request-mismatch`, and says which: a page that was open while a name changed
 * is loaded again and asks again.
 */
export function requireAgreement({ request, signer }: SignedRequest, { person, workstation, device }: Known): void {
  const { thumbprints } = request.workstation;
  const vendor = vendorOf(person);
  const holds: Record<string, boolean> = {
    signer: thumbprints.includes(signer),
    person: request.person.id === person.id && request.person.name === person.name,
    vendor: request.vendor.id === vendor?.id && request.vendor.name === vendor.name,
    workstation:
      request.workstation.id === workstation.id &&
      request.workstation.label === workstation.label &&
      thumbprints.every((key) => workstation.thumbprints.includes(key)),
    device: request.device.id === device.id && request.device.name === device.name,
    site: request.site.id === device.site.id && request.site.name === device.site.name,
    services: request.services.every((asked) => device.services.some((service) => sameService(service, asked))),
  };
  const faults = Object.keys(holds).filter((name) => !holds[name]);
  if (faults.length > 0) throw new GenkanError("request-mismatch", `It differs in: ${faults.join(", ")}.`);
}
