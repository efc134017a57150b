import type { AccessRequest } from "./access-request.ts";
import type { Hash, Thumbprint } from "./brand.ts";
import type { Grant } from "./grant.ts";
import { type ServiceRef, sameService } from "./service.ts";
import type { Window } from "./window.ts";

/** A request whose signature holds, and what its bytes and its signature say. */
export interface SignedRequest {
  readonly request: AccessRequest;
  /** `statementHash("genkan/request/v1", bytes)`. */
  readonly hash: Hash;
  /** RFC 7638 thumbprint of the key that signed. */
  readonly signer: Thumbprint;
}

/** What of a grant does not follow from the request that it names. */
export const chainFaults = [
  "signer",
  "request",
  "site",
  "person",
  "vendor",
  "workstation",
  "device",
  "services",
  "windows",
  "zone",
  "rule",
] as const;
export type ChainFault = (typeof chainFaults)[number];

/**
 * Holds a grant against the request that it names: signed by a key of the workstation that asks, and the grant gives the same
 * person the same services of the same device from the same workstation, within the windows that were asked for. The one
 * judgement of authority, approver's page and agent; an empty list means that the grant follows. Whoever calls has verified
 * the signature.
 */
export function chainFaultsOf(grant: Grant, { request, hash, signer }: SignedRequest): ChainFault[] {
  const holds: Record<ChainFault, boolean> = {
    signer: request.workstation.thumbprints.includes(signer),
    request: grant.request === hash,
    site: grant.site.id === request.site.id && grant.site.name === request.site.name,
    person: grant.person.id === request.person.id && grant.person.name === request.person.name,
    vendor: grant.person.vendor === request.vendor.id,
    workstation:
      grant.workstation.id === request.workstation.id &&
      grant.workstation.thumbprints.every((key) => request.workstation.thumbprints.includes(key)),
    device: grant.device.id === request.device.id && grant.device.name === request.device.name,
    services: sameServices(grant.services, request.services),
    windows: apart(grant.windows) && grant.windows.every((window) => request.windows.some(holding(window))),
    zone: grant.zone === request.zone,
    rule: grant.rule === request.rule,
  };
  return chainFaults.filter((fault) => !holds[fault]);
}

/** The same services in the same order. */
function sameServices(granted: readonly ServiceRef[], asked: readonly ServiceRef[]): boolean {
  return (
    granted.length === asked.length &&
    granted.every((service, place) => {
      const other = asked[place];
      return other !== undefined && sameService(service, other);
    })
  );
}

const holding = (inner: Window) => (outer: Window) =>
  Date.parse(outer.start) <= Date.parse(inner.start) && Date.parse(inner.end) <= Date.parse(outer.end);

/** Each ends after it begins, and before the next one begins. */
function apart(windows: readonly Window[]): boolean {
  return windows.every(({ start, end }, place) => {
    const next = windows[place + 1];
    return Date.parse(start) < Date.parse(end) && (!next || Date.parse(end) <= Date.parse(next.start));
  });
}
