import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { setPersonOn } from "../../../authority/person-active.ts";
import { signIn } from "../../../authority/sign-in.ts";
import { findPerson } from "../../../store/person.ts";
import { findSignInById } from "../../../store/sign-in.ts";
import { trustSecond } from "./begun.ts";
import { trustOf } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { outcome, World } from "./world.ts";

describe("a person who is disabled", () => {
  test("is signed out, loses their sessions at the next round, and signs in again once enabled", async () => {
    const { world, technician, open, row } = await ready();
    const { store, context } = world;
    const { id, login } = world.people.technician;
    const { session } = await open();
    const again = () =>
      store.change((change) =>
        signIn(context, change, {
          person: technician.person,
          face: "portal",
          factors: ["passkey"],
          network: "192.0.2.1",
        }),
      );
    await setPersonOn(store, login, false, new Date(world.clock), host);
    expect(await outcome(open())).toMatch(/^denied signed-out person-inactive/);
    // Also for one who was looked up before, while a password was verified.
    expect(await outcome(again)).toBe("sign-in-failed");
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });

    await setPersonOn(store, login, true, new Date(world.clock), host);
    expect((await findSignInById(store.db, technician.signIn.id))?.ended_at).toBe(world.at());
    expect(await outcome(again)).toBe("done");
    // What they had is of workstations that are theirs no more.
    expect(await outcome(open(await world.caller("technician")))).toContain("workstation-unknown");
    const records = (await world.audit()).filter(({ action }) => /^person\.(disable|enable)$/.test(action));
    expect(records).toMatchObject(
      ["person.disable", "person.enable"].map((action) => ({
        action,
        actor: { kind: "host" },
        vendor: world.ids.vendorA,
        subjects: { person: id },
      })),
    );
  });

  test("approves nothing any more: what stands on it ends, and the next list is without them", async () => {
    const { world, open, row } = await ready();
    const { store } = world;
    await trustSecond(world);
    const { session } = await open();
    const { scope } = await world.caller("officer");
    await setPersonOn(store, world.people.approver.login, false, new Date(world.clock), host);
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    const { proposed } = await trustOf(store.db, scope, world.ids.siteA);
    expect(proposed?.approvers.map(({ person }) => person.id)).toEqual([world.people.secondApprover.id]);
    await setPersonOn(store, world.people.approver.login, true, new Date(world.clock), host);
    expect((await trustOf(store.db, scope, world.ids.siteA)).proposed).toBeNull();
    expect(await outcome(open())).toBe("done");
  });

  test("is somebody whom the store knows", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    expect(await outcome(setPersonOn(world.store, "nobody", false, at, host))).toBe("not-found");
    expect((await findPerson(world.store.db, system, world.people.rival.id, at))?.active).toBe(true);
  });
});
