import type { Id } from "../../protocol/make-id.ts";
import type { Check } from "../check.ts";
import type { DeviceFacts, LockFacts, PersonFacts, WorkstationFacts } from "../facts.ts";

interface Lockable {
  person: PersonFacts;
  workstation: WorkstationFacts | null;
  device: DeviceFacts;
  locks: readonly LockFacts[];
  /** What is approved already: its device may stand behind another agent by now. */
  grant?: { readonly agent: Id<"agent"> };
  /** Who is about to say yes. */
  approver?: PersonFacts;
}

export const notLocked: Check<Lockable> = {
  reason: "not-locked",
  holds: (facts) => !facts.locks.some((lock) => covers(lock, facts)),
};

function covers(lock: LockFacts, { person, workstation, device, grant, approver }: Lockable): boolean {
  if (lock.site !== null && lock.site !== device.site) return false;
  switch (lock.kind) {
    case "everything":
      return true;
    case "person":
      return lock.target === person.id || lock.target === approver?.id;
    case "workstation":
      return lock.target === workstation?.id;
    case "vendor":
      return lock.target === person.vendor?.id || lock.target === device.vendor;
    case "device":
      return lock.target === device.id;
    case "agent":
      return lock.target === device.agent || lock.target === grant?.agent;
    case "site":
      return lock.target === device.site;
  }
}
