import Type from "typebox";
import { Instant, Nullable, OneOf, Sentence, Strict } from "../schema.ts";

/** What stands between an empty installation and a first proved session, in the order in which it is done. */
export const checklistSteps = [
  "site",
  "gateway",
  "certificates",
  "approver",
  "agent",
  "trust",
  "vendor",
  "device",
  "rehearsal",
  "backup",
] as const;
export type ChecklistStep = (typeof checklistSteps)[number];

/** Why a step is not done yet. */
export const checklistReasons = [
  "site-missing",
  "contact-missing",
  "gateway-missing",
  "gateway-away",
  "certificate-expired",
  "certificate-ends-soon",
  "access-certificate-missing",
  "approver-missing",
  "agent-missing",
  "agent-away",
  "trust-not-accepted",
  "vendor-missing",
  "technician-missing",
  "device-missing",
  "device-not-listed",
  "device-not-tested",
  "device-not-reached",
  "session-missing",
  "export-missing",
  "backup-missing",
  "backup-old",
] as const;
export type ChecklistReason = (typeof checklistReasons)[number];

/** GET /api/checklist: told by what stands in the store and by the links; nobody ticks anything. */
export const ChecklistView = Strict({
  done: Type.Boolean(),
  steps: Type.Array(
    Strict({
      step: OneOf(checklistSteps),
      /** Null: done. */
      why: Nullable(OneOf(checklistReasons)),
      /** What it is about: names of hosts, agents, devices. */
      about: Type.Array(Sentence),
      /** A command for the host that does it. */
      command: Nullable(Sentence),
      /** When it was, or until when it holds. */
      at: Nullable(Instant),
    }),
  ),
});
export type ChecklistView = Type.Static<typeof ChecklistView>;
