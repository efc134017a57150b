import { describe, expect, test } from "vitest";
import { host } from "../../../authority/caller.ts";
import { addSite, changeSite, setSiteActive } from "../../../authority/site.ts";
import { Scope } from "../../../store/scope.ts";
import { findSite } from "../../../store/site.ts";
import { asked } from "./parts.ts";
import { ready } from "./ready.ts";
import { hour, outcome, World } from "./world.ts";

const said = { name: "Hospital C", zone: "Asia/Tokyo", contact: "+81 3 0000 0000" };

describe("a site", () => {
  test("is added by whoever runs the installation, and by no administrator of another", async () => {
    const world = await World.open();
    const at = new Date(world.clock);
    const id = await addSite(world.store, said, at, (await world.signIn("owner")).caller);
    expect(await findSite(world.store.db, Scope.system(), id)).toEqual({ id, ...said, active: true });
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "site.add",
      actor: { kind: "person", id: world.people.owner.id },
      site: id,
      facts: said,
    });
    expect(await outcome(addSite(world.store, said, at, (await world.signIn("administrator")).caller))).toBe(
      "not-found",
    );
  });

  test.each(["administrator", "owner"] as const)(
    "is said anew with what it was before in the log: by the %s",
    async (name) => {
      const world = await World.open();
      const { caller } = await world.signIn(name);
      const { siteA } = world.ids;
      expect(await changeSite(world.store, caller, siteA, said, new Date(world.clock))).toMatchObject(said);
      expect((await world.audit()).at(-1)?.["facts"]).toEqual({
        ...said,
        before: { name: "Hospital A", zone: "Asia/Tokyo", contact: null },
      });
    },
  );

  test("of another hospital is not there for an administrator of one", async () => {
    const world = await World.open();
    const { caller } = await world.signIn("administrator");
    const at = new Date(world.clock);
    expect(await outcome(changeSite(world.store, caller, world.ids.siteB, said, at))).toBe("not-found");
    expect(await outcome(setSiteActive(world.store, caller, world.ids.siteB, false, at))).toBe("not-found");
  });

  test.each([
    { ...said, zone: "Asia/Nowhere" },
    { ...said, name: "" },
    { ...said, name: "a\u202eb" },
    { ...said, contact: "\n" },
  ])("with words that nobody can read, or in no zone, is refused: %o", async (wrong) => {
    const world = await World.open();
    const at = new Date(world.clock);
    const { caller } = await world.signIn("administrator");
    expect(await outcome(addSite(world.store, wrong, at, host))).toBe("bad-request");
    expect(await outcome(changeSite(world.store, caller, world.ids.siteA, wrong, at))).toBe("bad-request");
  });

  test("that is turned off ends what lives there, and lets nothing be asked until it is on again", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    const { caller } = await world.signIn("administrator");
    await setSiteActive(world.store, caller, world.ids.siteA, false, new Date(world.clock));
    await world.leases.round();
    expect(await row(session)).toMatchObject({ state: "ended", reason: "fact-changed" });
    const technician = await world.caller("technician");
    const ask = () => outcome(asked(world, technician, world.window(hour, 2 * hour)));
    expect(await ask()).toContain("denied");
    expect(await outcome(open())).toMatch(/^denied/);
    await setSiteActive(world.store, caller, world.ids.siteA, true, new Date(world.clock));
    expect(await ask()).toBe("done");
  });
});
