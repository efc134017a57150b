import { describe, expect, test } from "vitest";
import { beginApproval } from "../../../authority/approve.ts";
import { ask, deny, withdraw } from "../../../authority/ask.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { begun } from "./begun.ts";
import { asked, nothing, wish } from "./parts.ts";
import { hour, outcome, World } from "./world.ts";

describe("a request", () => {
  test("is asked for with instants that a calendar has, in a zone that exists", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const ask_ = async (start: string, end: string, zone = "Asia/Tokyo") => {
      const body = await wish(world, technician, { windows: [{ start, end }], zone });
      return outcome(ask(world.context, technician, body));
    };
    expect(await ask_("2026-04-30T01:00:00.000Z", "2026-04-30T02:00:00.000Z")).toBe("done");
    for (const [start, end] of [
      ["2026-04-30T23:00:00.000Z", "2026-04-31T01:00:00.000Z"],
      ["2026-04-31T00:00:00.000Z", "2026-05-01T01:00:00.000Z"],
      ["2026-04-30T23:00:00.000Z", "2026-04-30T24:00:00.000Z"],
      ["2026-13-01T00:00:00.000Z", "2026-13-01T01:00:00.000Z"],
    ] as const)
      expect([end, await ask_(start, end)]).toEqual([end, "request-malformed"]);
    expect(await ask_("2026-04-30T01:00:00.000Z", "2026-04-30T02:00:00.000Z", "Asia/Atlantis")).toBe("window-invalid");
  });

  test("names a work order or none, in one line, and the log tells it", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const ask_ = async (workOrder: string | null) =>
      ask(world.context, technician, await wish(world, technician, { workOrder }));
    expect((await ask_(null)).workOrder).toBeNull();
    expect((await ask_("作業-17")).workOrder).toBe("作業-17");
    for (const bad of ["", " 17", "17\n18", "\u202e17", "1".repeat(limits.nameCharacters + 1)])
      expect([bad, await outcome(ask_(bad))]).toEqual([bad, "request-malformed"]);
    const records = (await world.audit()).filter(({ action }) => action === "request.create");
    expect(records.map(({ facts }) => facts)).toMatchObject([{ workOrder: null }, { workOrder: "作業-17" }]);
  });

  test("is for a device of the technician's own vendor; others look unknown", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const of = async (id: Id<"device">) => {
      const body = await wish(world, technician, { device: { id, name: "x" }, ids: world.devices.rivals.services });
      return outcome(ask(world.context, technician, body));
    };
    expect(await of(world.devices.rivals.id)).toBe("not-found");
    expect(await of(nothing("device"))).toBe("not-found");
    expect(await of(world.devices.own.id)).toBe("denied services-unknown");
  });

  test("is the requester's to take back, once, while it is pending", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const { id } = await asked(world, technician);
    for (const name of ["leader", "colleague", "rival"] as const)
      expect(await outcome(withdraw(world.context, await world.caller(name), id))).toBe("not-found");
    expect((await withdraw(world.context, technician, id)).state).toBe("withdrawn");
    expect(await outcome(withdraw(world.context, technician, id))).toBe("state-conflict");
  });

  test("that is settled is not approved any more, nor begun to be", async () => {
    const { context, technician, approver, request } = await begun();
    await withdraw(context, technician, request.id);
    expect(await outcome(beginApproval(context, approver, request.id, request.windows))).toBe("state-conflict");
  });

  test("whose window has passed is neither denied nor withdrawn nor approved", async () => {
    const { world, context, technician, approver, request } = await begun();
    world.clock += hour;
    expect(await outcome(withdraw(context, technician, request.id))).toBe("state-conflict");
    expect(await outcome(deny(context, approver, request.id, "late"))).toBe("state-conflict");
    expect(await outcome(beginApproval(context, approver, request.id, request.windows))).toBe("denied window-past");
  });

  test("one too many is refused, and one that is settled makes room", async () => {
    const world = await World.open();
    const technician = await world.caller("technician");
    const { id } = await asked(world, technician);
    for (let n = 1; n < limits.openRequestsPerPerson; n++) await asked(world, technician);
    const together = await Promise.all([outcome(asked(world, technician)), outcome(asked(world, technician))]);
    expect(together).toEqual(["denied requests-too-many", "denied requests-too-many"]);
    await withdraw(world.context, technician, id);
    const race = await Promise.all([outcome(asked(world, technician)), outcome(asked(world, technician))]);
    expect(race.sort()).toEqual(["denied requests-too-many", "done"]);
  });

  test("is approved on the contract that runs, not on one that begins later", async () => {
    const world = await World.open();
    const { db } = world.store;
    await db
      .insertInto("contract")
      .values({
        id: "ctr_next",
        vendor: world.ids.vendorA,
        device: world.devices.own.id,
        starts_at: world.at(5 * hour),
        ends_at: world.at(24 * 365 * hour),
      })
      .execute();
    const technician = await world.caller("technician");
    expect(await outcome(asked(world, technician))).toBe("done");
    await db.updateTable("contract").set({ ends_at: world.at() }).where("id", "!=", "ctr_next").execute();
    expect(await outcome(asked(world, technician))).toBe("denied contract-missing");
  });
});
