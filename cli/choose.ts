import type { DeviceView } from "../protocol/api/device.ts";
import type { GrantView } from "../protocol/api/grant.ts";
import type { Thumbprint } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { nextWindow, openWindow } from "../protocol/window-at.ts";
import { ofWork } from "./find.ts";
import { ambiguous, chooseNamed, meant, type Named } from "./name.ts";
import { UsageError } from "./usage-error.ts";

type Service = DeviceView["services"][number];

/** The device that is meant. */
export function chooseDevice(devices: readonly DeviceView[], name: string): DeviceView {
  return chooseNamed("device", devices, name, ofDevice);
}

/** The service that is meant: by id, name or protocol. */
export function chooseService(services: readonly Service[], name: string): Service {
  return chooseNamed("service", services, name, ofService);
}

export interface WantedGrant {
  /** Device, service and grant as they were typed: ids, names, or the beginning of either. */
  readonly device: string;
  readonly service: string;
  readonly grant?: string;
  /** Thumbprint of this terminal's key: a grant that does not name it opens from elsewhere. */
  readonly key: Thumbprint;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The grant to connect with: the one named, or of those open now for device and service the one that is open longest.
 * Throws `name-ambiguous` when those are of several devices, and `no-grant` when there is none for such a device. Whether it
 * really holds is decided by the authority and the agent.
 */
export function chooseGrant(grants: readonly GrantView[], wanted: WantedGrant): { grant: GrantView; service: Service } {
  const { device, service } = wanted;
  const named = wanted.grant === undefined ? grants : [chooseNamed("grant", grants, wanted.grant, ofWork)];
  const ofThis = meant(named, device, ofItsDevice);
  const openNow = ofThis.filter((grant) => grant.state === "open" && hasService(grant, service));
  const usable = openNow
    .filter(({ workstation }) => workstation.thumbprints.includes(wanted.key))
    .toSorted((a, b) => openEnd(b, wanted.now).localeCompare(openEnd(a, wanted.now)));
  const devices = new Map(usable.map((grant) => [grant.device.id, ofItsDevice(grant)]));
  if (devices.size > 1) {
    const inOrder = [...devices.values()].toSorted((a, b) => a.id.localeCompare(b.id));
    throw ambiguous("device", device, inOrder);
  }
  const [open] = usable;
  if (open) return { grant: open, service: chooseService(open.services, service) };
  const [elsewhere] = openNow;
  if (elsewhere) throw new UsageError("grant-elsewhere", { id: elsewhere.id, label: elsewhere.workstation.label });
  if (ofThis.some((grant) => grant.state === "open")) throw new GenkanError("service-not-granted");
  const [next] = ofThis
    .filter((grant) => grant.state === "scheduled" && hasService(grant, service))
    .map(({ windows, siteZone }) => ({ start: nextWindow(windows, wanted.now)?.start ?? "", siteZone }))
    .toSorted((a, b) => a.start.localeCompare(b.start));
  if (next) throw new NotBegun(next.start, next.siteZone);
  throw new UsageError("no-grant", { device, service });
}

/** The window of the grant is ahead. */
export class NotBegun extends GenkanError {
  readonly start: string;
  /** IANA zone of the device's site. */
  readonly siteZone: string;

  constructor(start: string, siteZone: string) {
    super("window-not-begun", start);
    this.start = start;
    this.siteZone = siteZone;
  }
}

/** When the window ends that is open now. */
const openEnd = ({ windows }: GrantView, now: number) => openWindow(windows, now)?.end ?? "";

const hasService = ({ services }: GrantView, name: string) => meant(services, name, ofService).length > 0;

const ofDevice = ({ id, name, site }: DeviceView): Named<Id<"device">> => ({ id, names: [name], where: site.name });
const ofItsDevice = ({ device, site }: GrantView): Named<Id<"device">> => ({
  id: device.id,
  names: [device.name],
  where: site.name,
});
const ofService = ({ id, name, protocol }: Service): Named<Id<"service">> => ({ id, names: [name], words: [protocol] });
