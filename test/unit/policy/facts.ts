import type { Facts } from "../../../policy/decide.ts";
import type { DeviceFacts, LockFacts, PersonFacts, WorkstationFacts } from "../../../policy/facts.ts";
import type { Requirement } from "../../../protocol/approvers.ts";
import type { LockedKind, LockKind } from "../../../protocol/lock.ts";
import { asThumbprint } from "../../brand.ts";

/** An ordinary day: everything holds. Tests change one fact at a time. */
export const now = Date.parse("2026-03-02T01:00:00.000Z");
export const hour = 3_600_000;

/** As each ladder reads them. */
type Of<A extends Facts["action"]> = Extract<Facts, { action: A }>;

export const technician: Of<"ask">["person"] = {
  id: "per_technician",
  active: true,
  roles: ["technician"],
  membership: { until: null },
  vendor: { id: "ven_vendor", active: true },
};

export const approver: PersonFacts = {
  id: "per_approver",
  active: true,
  roles: ["approver"],
  vendor: null,
};

export const device: DeviceFacts = {
  id: "dev_device",
  active: true,
  site: "sit_site",
  vendor: "ven_vendor",
  agent: "agt_agent",
  services: ["svc_http", "svc_ssh"],
};

export const workstation: WorkstationFacts = {
  id: "wks_workstation",
  person: technician.id,
  thumbprints: ["browser", "cli"].map(asThumbprint),
};

/** What a lock of each kind names when it covers the ordinary day, and what it names when it covers something else. */
export const covering: Record<LockKind, LockFacts["target"]> = {
  person: technician.id,
  workstation: workstation.id,
  vendor: device.vendor,
  device: device.id,
  agent: device.agent,
  site: device.site,
  everything: null,
};
export const elsewhere = {
  person: "per_another",
  workstation: "wks_another",
  vendor: "ven_another",
  device: "dev_another",
  agent: "agt_another",
  site: "sit_another",
} as const satisfies Record<LockedKind, LockFacts["target"]>;

const requirements: Requirement[] = [{ roles: ["approver"], persons: 1 }];

const standing = {
  person: technician,
  signIn: { factors: 2 },
  workstation,
  device,
  contract: { start: now - hour, end: now + 100 * hour },
  consent: null,
  attestedUntil: now + 100 * hour,
  locks: [],
};

export const ask: Of<"ask"> = {
  ...standing,
  action: "ask",
  windows: [{ start: now + hour, end: now + 2 * hour }],
  services: ["svc_http", "svc_ssh"],
  openRequests: 0,
};

export const approve: Of<"approve"> = {
  ...standing,
  action: "approve",
  approver,
  requirements,
  approved: [],
  asked: [{ start: now + hour, end: now + 2 * hour }],
  windows: [{ start: now + hour, end: now + 2 * hour }],
  services: ["svc_http"],
};

export const admit: Of<"admit"> = {
  ...standing,
  action: "admit",
  signIn: { factors: 2, ended: false },
  grant: {
    person: technician.id,
    agent: "agt_agent",
    workstation: workstation.id,
    thumbprints: [asThumbprint("cli")],
    services: ["svc_http"],
    windows: [{ start: now - hour, end: now + hour }],
    inForce: true,
    revoked: false,
    approvers: [{ person: approver.id, roles: ["approver"], until: now + 200 * hour }],
    requirements,
  },
  service: "svc_http",
  liveSessions: 0,
  agent: { active: true, present: true, recorderReady: true },
};

export const renew: Of<"renew"> = { ...admit, action: "renew" };

export const byAction = { ask, approve, admit, renew };
export type Action = keyof typeof byAction;
