import { expect, test } from "vitest";
import { notLocked } from "../../../../policy/checks/not-locked.ts";
import type { LockFacts } from "../../../../policy/facts.ts";
import { lockKinds } from "../../../../protocol/lock.ts";
import { approve, approver, ask, covering, device, elsewhere, now, workstation } from "../facts.ts";

test.each(lockKinds)("a lock of the %s is met, of another one it is not", (kind) => {
  const lock = (target: LockFacts["target"], site: LockFacts["site"] = null) => [{ kind, target, site }];
  expect(notLocked.holds({ ...ask, locks: lock(covering[kind]) }, now)).toBe(false);
  if (kind !== "everything") expect(notLocked.holds({ ...ask, locks: lock(elsewhere[kind]) }, now)).toBe(true);
});

test.each(lockKinds)("a lock of the %s counts where the site whose officer set it is concerned", (kind) => {
  const locks = (site: LockFacts["site"]) => [{ kind, target: covering[kind], site }];
  expect(notLocked.holds({ ...ask, locks: locks(device.site) }, now)).toBe(false);
  expect(notLocked.holds({ ...ask, locks: locks(elsewhere.site) }, now)).toBe(true);
});

test("a lock of whoever says yes is met as well", () => {
  const locks = [{ kind: "person", target: approver.id, site: device.site } as const];
  expect(notLocked.holds({ ...approve, locks }, now)).toBe(false);
  expect(notLocked.holds({ ...ask, locks }, now)).toBe(true);
});

test("no lock is none, and one of several is enough", () => {
  expect(notLocked.holds(ask, now)).toBe(true);
  const [no, yes] = [
    { kind: "device", target: elsewhere.device, site: null } as const,
    { kind: "device", target: device.id, site: null } as const,
  ];
  expect(notLocked.holds({ ...ask, locks: [no, yes] }, now)).toBe(false);
});

test("who has no workstation is not met by a lock of one", () => {
  const locks = [{ kind: "workstation", target: workstation.id, site: null } as const];
  expect(notLocked.holds({ ...ask, workstation: null, locks }, now)).toBe(true);
});
