import type { DeviceView } from "../protocol/api/device.ts";
import type { GrantView } from "../protocol/api/grant.ts";
import { GenkanError } from "../protocol/error.ts";
import { nextWindow, openWindow } from "../protocol/window-at.ts";
import { UsageError } from "./usage-error.ts";

type Service = DeviceView["services"][number];

/** The device of this id or name. */
export function chooseDevice(devices: readonly DeviceView[], name: string): DeviceView {
  const found = devices.filter((device) => device.id === name || same(device.name, name));
  const [device] = found;
  if (!device) {
    const known = devices.map((each) => each.name).join(", ");
    throw new UsageError("device-unknown", { name, known });
  }
  if (found.length > 1) throw ambiguous(name, found);
  return device;
}

/** Hospitals name their devices alike; nobody may end up in another one by that. */
function ambiguous(name: string, found: readonly { id: string; site: { name: string } }[]): UsageError {
  const known = found.map(({ id, site }) => `${id} (${site.name})`).join(", ");
  return new UsageError("device-ambiguous", { name, known });
}

/** The service of this id, name or protocol. */
export function chooseService(services: readonly Service[], name: string): Service {
  const exact = services.filter((service) => service.id === name || same(service.name, name));
  const found = exact.length > 0 ? exact : services.filter((service) => same(service.protocol, name));
  const [service] = found;
  if (!service) {
    const known = services.map((each) => each.name).join(", ");
    throw new UsageError("service-unknown", { name, known });
  }
  if (found.length > 1) {
    const known = found.map((each) => `${each.id} (${each.name})`).join(", ");
    throw new UsageError("service-ambiguous", { name, known });
  }
  return service;
}

/**
 * The grant to connect with: the one named, or of those open now for device and service the one that is open longest.
 * Throws `device-ambiguous` when those are of several devices. Whether it really holds is decided by the authority and
 * the agent.
 */
export function chooseGrant(
  grants: readonly GrantView[],
  wanted: { device: string; service: string; grant?: string /** Epoch milliseconds. */; now: number },
): { grant: GrantView; service: Service } {
  const { device, service } = wanted;
  const named = wanted.grant === undefined ? grants : grants.filter((grant) => grant.id === wanted.grant);
  if (wanted.grant !== undefined && named.length === 0) throw new UsageError("grant-unknown", { id: wanted.grant });
  const ofDevice = named.filter((grant) => grant.device.id === device || same(grant.device.name, device));
  const usable = ofDevice
    .filter((grant) => grant.state === "open" && hasService(grant, service))
    .toSorted((a, b) => openEnd(b, wanted.now).localeCompare(openEnd(a, wanted.now)));
  const devices = new Map(usable.map((grant) => [grant.device.id, { id: grant.device.id, site: grant.site }]));
  if (devices.size > 1)
    throw ambiguous(
      device,
      [...devices.values()].toSorted((a, b) => a.id.localeCompare(b.id)),
    );
  const [open] = usable;
  if (open) return { grant: open, service: chooseService(open.services, service) };
  if (ofDevice.some((grant) => grant.state === "open")) throw new GenkanError("service-not-granted");
  const [next] = ofDevice
    .filter((grant) => grant.state === "scheduled" && hasService(grant, service))
    .map(({ windows }) => nextWindow(windows, wanted.now)?.start ?? "")
    .toSorted();
  if (next) throw new GenkanError("window-not-begun", next);
  throw new UsageError("no-grant", { device, service });
}

/** When the window ends that is open now. */
const openEnd = ({ windows }: GrantView, now: number) => openWindow(windows, now)?.end ?? "";

function hasService(grant: GrantView, name: string): boolean {
  return grant.services.some((each) => each.id === name || same(each.name, name) || same(each.protocol, name));
}

/** Names as people type them: any case, and full-width letters as half-width ones. */
function same(a: string, b: string): boolean {
  return a.normalize("NFKC").toLowerCase() === b.normalize("NFKC").toLowerCase();
}
