import type { Facts } from "../../../policy/decide.ts";
import type { DeviceFacts, PersonFacts } from "../../../policy/facts.ts";
import type { Requirement } from "../../../protocol/approvers.ts";
import { asThumbprint } from "../../brand.ts";

/** An ordinary day: everything holds. Tests change one fact at a time. */
export const now = Date.parse("2026-03-02T01:00:00.000Z");
export const hour = 3_600_000;

/** As each ladder reads them. */
type Of<A extends Facts["action"]> = Extract<Facts, { action: A }>;

export const technician: Of<"ask">["person"] = {
  id: "technician",
  active: true,
  roles: ["technician"],
  membership: { until: null },
  vendor: { id: "vendor", active: true },
};

export const approver: PersonFacts = {
  id: "approver",
  active: true,
  roles: ["approver"],
  vendor: null,
};

export const device: DeviceFacts = {
  id: "device",
  active: true,
  site: "site",
  vendor: "vendor",
  agent: "agent",
  services: ["http", "ssh"],
};

const requirements: Requirement[] = [{ roles: ["approver"], persons: 1 }];

const standing = {
  person: technician,
  signIn: { factors: 2 },
  workstation: { id: "workstation", person: "technician", thumbprints: ["browser", "cli"].map(asThumbprint) },
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
  services: ["http", "ssh"],
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
  services: ["http"],
};

export const admit: Of<"admit"> = {
  ...standing,
  action: "admit",
  signIn: { factors: 2, ended: false },
  grant: {
    person: "technician",
    agent: "agent",
    workstation: "workstation",
    thumbprints: [asThumbprint("cli")],
    services: ["http"],
    windows: [{ start: now - hour, end: now + hour }],
    inForce: true,
    revoked: false,
    approvers: [{ person: "approver", roles: ["approver"], until: now + 200 * hour }],
    requirements,
  },
  service: "http",
  liveSessions: 0,
  agent: { active: true, present: true, recorderReady: true },
};

export const renew: Of<"renew"> = { ...admit, action: "renew" };

export const byAction = { ask, approve, admit, renew };
export type Action = keyof typeof byAction;
