import { describe, expect, expectTypeOf, it } from "vitest";
import type { findGrant } from "../../../cli/find.ts";
import type { endSession } from "../../../cli/give-up.ts";
import { chooseNamed, meant, type Named, type Noun } from "../../../cli/name.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { idOf } from "./facts.ts";

const monitor = { id: idOf("device", 1), names: ["生体情報モニター (Vital monitor)"], where: "中央病院" };
const pump = { id: idOf("device", 2), names: ["輸液ポンプゲートウェイ (infusion pump gateway)"], where: "中央病院" };
const ventilator = { id: idOf("device", 255), names: ["Ventilator"], where: "北病院" };
type Device = Named<Id<"device">>;
const all: Device[] = [monitor, pump, ventilator];
const itself = <I extends Id<Noun>>(one: Named<I>) => one;
const choose = (text: string, things = all) => chooseNamed("device", things, text, itself<Device["id"]>);

describe("a name on the command line", () => {
  it.each([
    "生体情報モニター (Vital monitor)",
    "生体情報モニター（Vital monitor）",
    "生体情報モニター",
    "vital monitor",
    "ＶＩＴＡＬ　Monitor",
    "vital",
    "生体",
    monitor.id,
    monitor.id.slice(0, 8),
    monitor.id.slice(4, 8),
  ])("%s means the vital monitor", (text) => {
    expect(choose(text)).toBe(monitor);
  });

  it("that is whole means its thing though another begins with it", () => {
    const longer = { id: idOf("device", 3), names: ["Vital monitor 2"] };
    expect(choose("Vital Monitor", [...all, longer])).toBe(monitor);
    expect(() => choose("vital", [...all, longer])).toThrow("name-ambiguous");
  });

  it("that begins several lists them with their IDs and places", () => {
    expect(() => choose("v")).toThrow(
      expect.objectContaining({
        key: "name-ambiguous",
        values: expect.objectContaining({
          known: `${monitor.id} (${monitor.names[0]}, 中央病院), ${ventilator.id} (Ventilator, 北病院)`,
        }),
      }),
    );
  });

  it.each(["pump", "onitor", "", " ", "dev_", "per_04"])("%j means nothing, and what there is is listed", (text) => {
    expect(() => choose(text)).toThrow(
      expect.objectContaining({
        key: "name-unknown",
        values: expect.objectContaining({ known: all.map(({ names }) => names[0]).join(", ") }),
      }),
    );
  });

  it("lists no more than somebody reads", () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ id: idOf("device", n), names: [`Pump ${n}`] }));
    expect(() => choose("x", many)).toThrow(
      expect.objectContaining({ values: expect.objectContaining({ known: expect.stringMatching(/Pump 19, …$/) }) }),
    );
  });

  it("prefers a whole word for it to a beginning", () => {
    const shell = { id: idOf("service", 1), names: ["Shell"], words: ["ssh"] };
    const other = { id: idOf("service", 2), names: ["SSH gateway"], words: ["tcp"] };
    expect(meant([other, shell], "ssh", itself)).toEqual([shell]);
    expect(meant([other, shell], "ss", itself)).toEqual([other]);
  });

  it("is looked for among things of its own kind alone", () => {
    // @ts-expect-error -- whoever is asked for a session is given none of the devices
    expect(chooseNamed("session", all, monitor.id, itself<Device["id"]>)).toBe(monitor);
    expectTypeOf<Awaited<ReturnType<typeof findGrant>>>().toEqualTypeOf<Id<"grant">>();
    expectTypeOf<Parameters<typeof endSession>[1]>().toEqualTypeOf<Id<"session">>();
  });
});
