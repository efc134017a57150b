import { describe, expect, test } from "vitest";
import { joinToken } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { Joins } from "../../../authority/join.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { limits } from "../../../protocol/limits.ts";
import { asPin, asToken } from "../../brand.ts";
import { AgentEnd } from "./parts.ts";
import { outcome, World } from "./world.ts";

/** Commits from here on. */
function commits(world: World): { count: number } {
  const seen = { count: 0 };
  world.store.onCommit(() => void seen.count++);
  return seen;
}

const sealKey = createSealKey().publicKey;
const guess = () => ({ token: randomToken(), name: "x", sealKey });

describe("a host that nobody knows", () => {
  test("tries to join once on each link: however often it asks, one refusal is written, and the link is closed", async () => {
    const world = await World.open();
    const end = await AgentEnd.connect(world, "agentA", undefined, createProgramKey());
    const seen = commits(world);
    const tries = await Promise.all(Array.from({ length: 500 }, () => outcome(end.link.request("join", guess()))));
    expect([tries[0], tries.includes("done")]).toEqual(["join-refused", false]);
    await end.link.closed;
    expect(seen.count).toBe(1);
  });

  test("leaves its refusal in the log, with the key that it proved and the name that it claimed", async () => {
    const world = await World.open();
    const programKey = createProgramKey();
    const end = await AgentEnd.connect(world, "agentA", undefined, programKey);
    expect(await outcome(end.link.request("join", guess()))).toBe("join-refused");
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "agent.join",
      outcome: "refused",
      actor: null,
      reasons: ["join-refused"],
      facts: { name: "x", key: programKey.pin },
    });
  });

  test("guesses up to a budget of its network, then is not heard there; what was beyond is counted in the log", async () => {
    const world = await World.open();
    const joins = new Joins(world.context);
    const from = async (address: string, body = guess()) => outcome(joins.join(createProgramKey().pin, body, address));
    const seen = commits(world);
    const codes: string[] = [];
    for (let n = 0; n < limits.refusalsLoggedPerAddress + 5; n++) codes.push(await from("203.0.113.7"));
    const refused = codes.filter((code) => code === "join-refused").length;
    expect([refused, codes.at(-1), seen.count]).toEqual([
      limits.refusalsLoggedPerAddress,
      "too-many",
      limits.refusalsLoggedPerAddress,
    ]);
    const token = await joinToken(world.store, world.ids.siteA, new Date(world.clock), host);
    expect(await from("203.0.113.7", { token: asToken(token), name: "x", sealKey })).toBe("too-many");
    expect(await from("203.0.113.8", { token: asToken(token), name: "agent", sealKey })).toBe("done");
    await joins.close();
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "refusals.counted",
      facts: { action: "agent.join", count: 6 },
    });
  });

  test.each([
    ["none", ""],
    ["one of low order", Buffer.alloc(32).toString("base64url")],
    ["one that is too short", Buffer.alloc(31, 9).toString("base64url")],
  ])("is refused with a seal key that nothing can be sealed to: %s; its token stays good", async (_, key) => {
    const world = await World.open();
    const joins = new Joins(world.context);
    const token = await joinToken(world.store, world.ids.siteA, new Date(world.clock), host);
    const { pin } = createProgramKey();
    const join = (sealed: string) => outcome(joins.join(pin, { token, name: "agent", sealKey: sealed }, "203.0.113.7"));
    expect(await join(key)).toBe("join-refused");
    expect(await join(sealKey)).toBe("done");
    const row = await world.store.db.selectFrom("agent").select("seal_key").where("key", "=", pin).executeTakeFirst();
    expect(row?.seal_key).toBe(sealKey);
  });

  test("joins once: its key is refused a second time, and the second token stays good", async () => {
    const world = await World.open();
    const joins = new Joins(world.context);
    const issue = () => joinToken(world.store, world.ids.siteA, new Date(world.clock), host);
    const { pin } = createProgramKey();
    const [first, second] = [await issue(), await issue()];
    const join = (key: string, token: string) =>
      outcome(joins.join(asPin(key), { token, name: "agent", sealKey }, "203.0.113.7"));
    expect(await join(pin, first)).toBe("done");
    expect(await join(pin, second)).toBe("join-refused");
    expect(await join(createProgramKey().pin, second)).toBe("done");
  });
});
