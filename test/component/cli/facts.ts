import type { StateFolder } from "../../../cli/state-folder.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { jwkThumbprint, sha256 } from "../../../crypto/thumbprint.ts";
import type { DeviceView } from "../../../protocol/api/device.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { type Id, type IdKind, makeId } from "../../../protocol/make-id.ts";
import { asThumbprint } from "../../brand.ts";

/** The `n`th id of a kind. */
export const idOf = <K extends IdKind>(kind: K, n = 0): Id<K> => makeId(kind, Buffer.alloc(10, n));

const person = { id: idOf("person"), name: "山田 太郎" };
export const vendor = { id: idOf("vendor"), name: "Acme Medical" };
const site = { id: idOf("site"), name: "中央病院" };
export const services: DeviceView["services"] = [
  { id: idOf("service", 1), name: "Shell", protocol: "ssh", port: 22 },
  { id: idOf("service", 2), name: "Admin page", protocol: "http", port: 80 },
  { id: idOf("service", 3), name: "Line", protocol: "tcp", port: 4_000 },
];

export const me: Me = {
  person,
  face: "portal",
  memberships: [{ site: null, vendor, roles: ["technician"], until: null }],
  factors: ["passkey"],
  signedInAt: "2026-03-01T00:00:00.000Z",
  expiresAt: "2026-03-01T12:00:00.000Z",
  idleEndsAt: "2026-03-01T11:00:00.000Z",
  enrolmentSubject: "sign-in",
  workstation: null,
  locks: [],
  accessDomain: "access.localhost",
  portalOrigin: "http://portal.localhost",
  now: "2026-03-01T00:00:00.000Z",
};

export function device(more: Partial<DeviceView> = {}): DeviceView {
  return {
    id: idOf("device"),
    name: "Vital Monitor",
    site,
    active: true,
    zone: "Asia/Tokyo",
    model: "VM-1",
    vendor,
    services,
    agent: { id: idOf("agent"), name: "agent-1", connected: true },
    ...more,
  };
}

const window = { start: "2026-03-01T00:00:00.000Z", end: "2026-03-01T02:00:00.000Z" };
const ofDevice = { id: idOf("device"), name: "Vital Monitor", model: "VM-1" };
const workstation = {
  id: idOf("workstation"),
  label: "bench-7",
  thumbprints: [asThumbprint("A".repeat(43))],
};

export function request(more: Partial<RequestView> = {}): RequestView {
  return {
    id: idOf("request"),
    state: "pending",
    person,
    vendor,
    site,
    siteZone: "Asia/Tokyo",
    device: ofDevice,
    services,
    workstation,
    windows: [window],
    rule: "normal",
    zone: "Asia/Tokyo",
    reason: "Firmware",
    plan: "1. Update",
    workOrder: null,
    createdAt: "2026-02-28T00:00:00.000Z",
    decidedAt: null,
    decidedBy: null,
    denial: null,
    grant: null,
    approval: null,
    ...more,
  };
}

export function grant(more: Partial<GrantView> = {}): GrantView {
  return {
    id: idOf("grant"),
    hash: sha256("grant"),
    request: idOf("request"),
    state: "open",
    person,
    vendor,
    site,
    siteZone: "Asia/Tokyo",
    device: ofDevice,
    services,
    workstation,
    windows: [window],
    zone: "Asia/Tokyo",
    reason: "Firmware",
    approvers: [],
    approvedAt: "2026-02-28T00:00:00.000Z",
    revokedAt: null,
    revokedBy: null,
    revocation: null,
    ...more,
  };
}

/** A grant that names the key of the terminal whose state this folder holds. */
export function ownGrant(folder: StateFolder, more: Partial<GrantView> = {}): GrantView {
  const thumbprints = [jwkThumbprint(publicJwkOf(folder.key("workstation").publicKey))];
  return grant({ workstation: { ...workstation, thumbprints }, ...more });
}

export function session(more: Partial<SessionView> = {}): SessionView {
  return {
    id: idOf("session"),
    grant: idOf("grant"),
    state: "live",
    client: "native",
    frozen: null,
    person,
    vendor,
    site,
    device: { id: ofDevice.id, name: ofDevice.name },
    service: { id: idOf("service", 1), name: "Shell", protocol: "ssh" },
    agent: idOf("agent"),
    startedAt: "2026-03-01T00:00:00.000Z",
    endedAt: null,
    reason: null,
    endedBy: null,
    windowEnd: window.end,
    counts: { up: 1_024, down: 2_048, connections: 1 },
    ...more,
  };
}
