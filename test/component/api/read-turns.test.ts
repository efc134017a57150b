import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ReadTurns } from "../../../api/read-turns.ts";
import { Faces } from "./world.ts";

test("whoever asks for many lists at once keeps nobody else waiting for all of them", async () => {
  const f = await Faces.open();
  const [flooder, officer] = [await f.token("technician"), await f.token("officer")];
  await f.app("portal");
  const answered: string[] = [];
  const read = async (name: string, as: string, face: "portal" | "staff") => {
    const { status } = await f.ask(face, "GET", "/api/requests", { as });
    answered.push(`${name} ${status}`);
  };
  await f.app("staff");
  const lists = Array.from({ length: 20 }, () => read("flooder", flooder, "portal"));
  await Promise.all([...lists, read("officer", officer, "staff")]);
  expect(answered.filter((one) => one === "flooder 200")).toHaveLength(20);
  expect(answered.indexOf("officer 200")).toBeGreaterThanOrEqual(0);
  expect(answered.indexOf("officer 200")).toBeLessThan(5);
});

test("a person's next read begins after a rest as long as the one before took", async () => {
  const turns = new ReadTurns();
  const done = await turns.take("per_a", () => false);
  const began = performance.now();
  const next = turns.take("per_a", () => false).then(() => performance.now());
  await sleep(50);
  const took = performance.now() - began;
  done?.();
  done?.();
  expect(done).not.toBeNull();
  // A timer may be a millisecond early.
  expect((await next) - began).toBeGreaterThanOrEqual(2 * took - 2);
});

test("live events, which stay open, hold up nothing that their owner reads", async () => {
  const f = await Faces.open();
  const as = await f.token("technician");
  await (await f.app("portal")).injectWS("/api/events", {
    headers: {
      host: "portal.genkan.example",
      origin: "https://portal.genkan.example",
      cookie: `__Host-genkan=${as}`,
    },
  });
  expect((await f.ask("portal", "GET", "/api/requests", { as })).status).toBe(200);
});
