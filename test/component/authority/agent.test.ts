import { describe, expect, test } from "vitest";
import { joinToken } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import { endOne } from "../../../authority/session-end.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { findSession, listSessions } from "../../../store/session.ts";
import { reported } from "../../reported.ts";
import { AgentEnd, nothing, reached } from "./parts.ts";
import { ready, system } from "./ready.ts";
import { outcome } from "./world.ts";

describe("an agent", () => {
  test("speaks of its own sessions only: another's look unknown to it (A21)", async () => {
    const { world, open, row } = await ready();
    const { session } = await open();
    const other = await AgentEnd.connect(world, "agentB");
    await other.hello(world);
    const counts = { up: 9, down: 9, connections: 9 };
    for (const id of [session, nothing("session")] as const) {
      const tries = [
        other.link.request("session.begun", { session: id }),
        other.link.request("session.counts", { session: id, counts }),
        other.link.request("session.ended", { session: id, reason: "agent-lost", counts, at: world.at() }),
        other.link.request("leg.request", { session: id, count: 1 }),
        other.link.request("session.entries", {
          session: id,
          first: 0,
          entries: [{ kind: "refusal", at: world.at(), code: "x" }],
        }),
      ];
      for (const work of tries) expect(await outcome(work)).toBe("session-unknown");
    }
    expect(await row(session)).toMatchObject({ state: "admitted", counts: { up: 0, down: 0 } });
  });

  test("that nobody joined says nothing but its join, with a token that is good once", async () => {
    const { world, gateway } = await ready({ agent: false });
    expect(gateway).toBeTruthy();
    const stranger = createProgramKey();
    const sealKey = createSealKey().publicKey;
    const end = await AgentEnd.connect(world, "agentA", undefined, stranger);
    expect(await outcome(end.hello(world))).toBe("join-refused");
    expect(
      await outcome(
        end.link.request("status", {
          clock: world.at(),
          recorder: true,
          report: reported,
          trust: null,
          gateways: reached(world),
        }),
      ),
    ).toBe("join-refused");
    expect(await outcome(end.link.request("join", { token: "wrong", name: "x", sealKey }))).toBe("join-refused");
    const token = await joinToken(world.store, world.ids.siteA, new Date(world.clock), host);
    const next = await AgentEnd.connect(world, "agentA", undefined, stranger);
    const joined = await next.link.request("join", { token, name: "agent", sealKey });
    expect(joined.site.id).toBe(world.ids.siteA);
    const another = await AgentEnd.connect(world, "agentA", undefined, createProgramKey());
    expect(await outcome(another.link.request("join", { token, name: "y", sealKey }))).toBe("join-refused");
    const again = await AgentEnd.connect(world, "agentA", undefined, stranger);
    expect((await again.hello(world)).agent).toBe(joined.agent);
  });

  test("that comes back without a session ends it; one that serves what has ended is told to cut", async () => {
    const { world, agent, open, row } = await ready();
    const { session } = await open();
    const again = await AgentEnd.connect(world, "agentA");
    await again.hello(world, []);
    expect(await row(session)).toMatchObject({ state: "ended", reason: "agent-lost" });
    await agent.link.closed;
    const third = await AgentEnd.connect(world, "agentA");
    await third.hello(world, [session]);
    await third.heard();
    expect(third.cuts).toContainEqual({ session, reason: "agent-lost" });
  });

  test("that begins what has ended meanwhile is told to cut, and nothing began", async () => {
    const { world, agent, technician, open, heard } = await ready();
    const { session } = await open();
    await endOne(world.context, technician, session, null);
    await heard();
    agent.cuts.length = 0;
    expect(await outcome(agent.link.request("session.begun", { session }))).toBe("session-ended");
    await heard();
    expect(agent.cuts).toEqual([{ session, reason: "ended-by-technician" }]);
    expect((await world.audit()).filter(({ action }) => action === "session.begin")).toEqual([]);
  });

  test("may say the same twice: begun once, counted up only, each entry kept once", async () => {
    const { world, agent, open } = await ready();
    const { session } = await open();
    for (let n = 0; n < 2; n++) {
      await agent.link.request("session.begun", { session });
      await agent.link.request("session.counts", { session, counts: { up: 10 - n, down: 5 + n, connections: 1 } });
      const entries = [{ kind: "refusal", at: world.at(), code: `x${n}` } as const];
      await agent.link.request("session.entries", { session, first: 0, entries });
    }
    expect((await world.audit()).filter(({ action }) => action === "session.begin")).toHaveLength(1);
    expect(await findSession(world.store.db, system, session)).toMatchObject({ state: "live" });
    expect((await listSessions(world.store.db, system, session))[0]?.counts).toMatchObject({ up: 10, down: 6 });
    const entries = await world.store.db.selectFrom("session_entry").select("entry").execute();
    expect(entries.map(({ entry }) => (JSON.parse(entry) as { code: string }).code)).toEqual(["x0"]);
  });
});
