import { describe, expect, test } from "vitest";
import { endSessions } from "../../../authority/session-end.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { limits } from "../../../protocol/limits.ts";
import type { RecordEntry } from "../../../protocol/recording.ts";
import { Scope } from "../../../store/scope.ts";
import { listSessions } from "../../../store/session.ts";
import { ready } from "./ready.ts";

const at = "2026-12-01T00:00:00.000Z";
const tcp = (up = 1): RecordEntry => ({ kind: "tcp", at, up, down: 0, ms: 0 });
const code = (asked: Promise<unknown>) =>
  asked.then(
    () => "taken",
    (error: { code?: string }) => error.code,
  );

async function served() {
  const scene = await ready();
  const { session } = await scene.open();
  const { agent, world } = scene;
  const send = (first: number, ...entries: RecordEntry[]) =>
    code(agent.link.request("session.entries", { session, first, entries }));
  const count = async () => {
    const rows = world.store.db.selectFrom("session_entry").select((eb) => eb.fn.countAll<number>().as("rows"));
    return Number((await rows.executeTakeFirstOrThrow()).rows);
  };
  /** As if so many bytes had been kept before. */
  const spend = async (bytes: number) => {
    await send(0, tcp());
    await world.store.db.updateTable("recording").set({ bytes }).where("session", "=", session).execute();
  };
  return { ...scene, session, send, count, spend };
}

describe("quantities sent by an agent", () => {
  test("rows are kept up to a number of their own, and beyond it the session ends", async () => {
    const { session, send, count, row } = await served();
    expect(await send(limits.recordRows - 1, tcp())).toBe("taken");
    expect(await send(limits.recordRows, tcp())).toBe("body-too-large");
    expect(await send(limits.recordRows - 1, tcp(), tcp())).toBe("body-too-large");
    expect(await count()).toBe(1);
    expect(await row(session)).toMatchObject({ state: "ended", reason: "recorder-failed" });
  });

  test("rows are kept up to their bytes, and rows sent again cost nothing", async () => {
    const { session, send, count, spend, row } = await served();
    await spend(limits.recordBytes - Buffer.byteLength(JSON.stringify(tcp(2))));
    expect(await send(1, tcp(2))).toBe("taken");
    expect(await send(0, tcp(), tcp(2))).toBe("taken");
    expect(await row(session)).toMatchObject({ state: "admitted" });
    expect(await send(2, tcp(3))).toBe("body-too-large");
    expect(await count()).toBe(2);
    expect(await row(session)).toMatchObject({ state: "ended", reason: "recorder-failed" });
  });

  test("a session that is over takes its late rows within the same budget", async () => {
    const { session, send, count, spend, agent, world } = await served();
    await agent.link.request("session.begun", { session });
    await spend(limits.recordBytes - Buffer.byteLength(JSON.stringify(tcp(2))));
    await endSessions(world.context, [session], { reason: "revoked", by: null });
    expect(await send(1, tcp(2))).toBe("taken");
    expect(await send(2, tcp(3))).toBe("body-too-large");
    expect(await count()).toBe(2);
  });

  test("a session whose end the agent has told takes nothing more, and its counts stand", async () => {
    const { session, send, count, agent, world } = await served();
    const end = { session, reason: "ended-by-technician", counts: { up: 7, down: 8, connections: 0 }, at } as const;
    await send(0, tcp());
    expect(await code(agent.link.request("session.ended", end))).toBe("taken");
    expect(await send(1, tcp())).toBe("session-ended");
    // The agent was killed before the end's receipt came, and its next start sends the recording whole.
    expect(await send(0, tcp())).toBe("taken");
    const counts = { up: 2 ** 50, down: 2 ** 50, connections: 1 };
    expect(await code(agent.link.request("session.counts", { session, counts }))).toBe("session-ended");
    expect(await code(agent.link.request("session.ended", { ...end, counts }))).toBe("taken");
    expect(await count()).toBe(1);
    const [view] = await listSessions(world.store.db, Scope.system(), session);
    expect(view?.counts).toEqual({ up: 7, down: 8, connections: 0 });
  });

  test("a session that was over long ago takes nothing more", async () => {
    const { session, send, world } = await served();
    await endSessions(world.context, [session], { reason: "agent-lost", by: null });
    world.clock += limits.recordLateMs;
    expect(await send(0, tcp())).toBe("taken");
    world.clock += 1;
    expect(await send(1, tcp())).toBe("session-ended");
    expect(await send(0, tcp())).toBe("taken");
  });

  test("news of a device's certificate are records of the log, each once, and few", async () => {
    const { session, send, world, row } = await served();
    const agent = (await row(session))?.agent;
    const news = (seen: "first" | "accepted" | "changed", of: string): RecordEntry => ({
      kind: "certificate",
      at,
      seen,
      certificate: sha256(of),
    });
    for (let times = 0; times < 2; times++) await send(0, news("first", "a"), news("changed", "b"));
    const records = (await world.audit()).filter(({ action }) => action === "device.certificate");
    expect(records).toMatchObject([
      { outcome: "done", subjects: { session, agent }, facts: { fingerprint: `SHA256:${sha256("a")}` } },
      { outcome: "refused", reasons: ["certificate-changed"], facts: { fingerprint: `SHA256:${sha256("b")}` } },
    ]);
    const more = Array.from({ length: limits.recordCertificates }, (_, n) => news("changed", String(n)));
    expect(await send(2, ...more)).toBe("body-too-large");
    expect((await world.audit()).filter(({ action }) => action === "device.certificate")).toHaveLength(2);
  });

  test.each([
    ["connections beyond what a session may have", { up: 0, down: 0, connections: limits.connectionsPerSession + 1 }],
    ["bytes that no number tells exactly", { up: 2 ** 53, down: 0, connections: 0 }],
    ["bytes below nothing", { up: -1, down: 0, connections: 0 }],
    ["half a byte", { up: 0.5, down: 0, connections: 0 }],
  ])("counts of %s are no counts", async (_what, counts) => {
    const { session, row, agent } = await served();
    expect(await code(agent.link.request("session.counts", { session, counts }))).not.toBe("taken");
    expect((await row(session))?.counts).toEqual({ up: 0, down: 0, connections: 0 });
  });
});
