import type { DeviceFacts, Interval, WorkstationFacts } from "../policy/facts.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Window } from "../protocol/window.ts";
import type { Device } from "../store/device.ts";
import { type Person, vendorOf } from "../store/person.ts";
import type { Workstation } from "../store/workstation.ts";

/** A person as they stand to a device: what they are at its site, or with their own company, whether or not the device is its. */
export function personFacts(person: Person, device: Device) {
  const there = person.memberships.find(({ site, vendor }) => site?.id === device.site.id || vendor !== null);
  const vendor = vendorOf(person);
  return {
    id: person.id,
    active: person.active,
    roles: there?.roles ?? [],
    membership: there ? { until: there.until === null ? null : Date.parse(there.until) } : null,
    vendor: vendor && { id: vendor.id, active: vendor.active },
  };
}

export function deviceFacts(device: Device): DeviceFacts {
  return {
    id: device.id,
    active: device.active,
    site: device.site.id,
    vendor: device.vendor.id,
    agent: device.agent.id,
    services: device.services.map(({ id }) => id),
  };
}

export function workstationFacts(workstation: Workstation | null): WorkstationFacts | null {
  return workstation && { id: workstation.id, person: workstation.person, thumbprints: workstation.thumbprints };
}

/**
 * Throws `window-invalid` for an instant that no calendar has. `Date.parse` reads 30 February as 2 March: kept as text and
 * compared as a number it would be two instants.
 */
export function intervalOf(window: Window): Interval {
  return { start: instantOf(window.start), end: instantOf(window.end) };
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant) || new Date(instant).toISOString() !== text) throw new GenkanError("window-invalid");
  return instant;
}

/** Throws `window-invalid` for a zone that IANA does not know. */
export function checkZone(zone: string): string {
  if (!isZone(zone)) throw new GenkanError("window-invalid", "The time zone is unknown.");
  return zone;
}

/** Whether this runtime's list of IANA zones has it. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
