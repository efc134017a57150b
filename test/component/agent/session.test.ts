import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ControlClient } from "../../../agent/control.ts";
import { DeviceCertificates } from "../../../agent/device-certificates.ts";
import type { AgentEvent } from "../../../agent/event.ts";
import { Journal } from "../../../agent/journal.ts";
import { Session } from "../../../agent/session.ts";
import { Spool } from "../../../agent/spool.ts";
import { randomToken } from "../../../crypto/random.ts";
import { statementHash } from "../../../crypto/statement.ts";
import type { RecordedEnd } from "../../../protocol/agent-file.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { bytesOf, Scene, temporaryFolder } from "./fixture.ts";

/** Only waits are played; the clock of the window is the one that is handed in. */
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(() => {
  vi.useRealTimers();
  for (const clean of cleanup.splice(0).reverse()) clean();
});
const cleanup: (() => void)[] = [];

/** A session without any client: its legs are never answered. */
function admitted() {
  const scene = new Scene();
  const folder = temporaryFolder();
  const grant = scene.grant();
  const grantHash = statementHash("genkan/grant/v1", bytesOf(grant));
  const ticket = scene.ticket(grantHash, randomToken());
  const window = grant.windows[0];
  if (!window) throw new Error("no window");
  const events: AgentEvent[] = [];
  const ended: string[] = [];
  /** What a crash at that moment would leave of the end. */
  const onDisk: (RecordedEnd | null)[] = [];
  const sent: { type: string; body: object }[] = [];
  const control: ControlClient = {
    connected: true,
    links: 1,
    async request(type: string, body: object) {
      await Promise.resolve();
      sent.push({ type, body });
      return {} as never;
    },
  };
  const journal = new Journal({
    path: join(folder.path, "journal.jsonl"),
    now: () => new Date(),
    log: silentProgramLog,
  });
  cleanup.push(folder.remove, () => journal.close());
  const session = new Session(
    { ticket, grant, grantHash, service: scene.service, window, aheadMs: 0, approvers: [] },
    {
      proofNonce: randomToken(),
      legTokens: [],
      spool: Spool.open(folder.path, ticket.session),
      ground: {
        programKey: scene.agent,
        carrierTo: () => ({ dial: () => new Promise(() => {}) }),
        control,
        allowList: { permits: () => false },
        certificate: undefined,
        certificates: new DeviceCertificates(folder.path, () => new Date()),
        roots: [],
        journal,
        log: silentProgramLog,
        emit(event) {
          events.push(event);
          if (event.event === "session-ended") onDisk.push(Spool.leftovers(folder.path)[0]?.end ?? null);
        },
        now: () => new Date(),
        leaseLeftMs: () => 15_000,
        onEnded: (id) => ended.push(id),
        onReported: () => ended.push("reported"),
      },
    },
  );
  const reasons = () => events.flatMap((event) => (event.event === "session-ended" ? [event.reason] : []));
  return { session, reasons, events, ended, sent, onDisk };
}

test("a session that nobody entered ends as never-used, once", async () => {
  const { session, reasons, ended } = admitted();
  await vi.advanceTimersByTimeAsync(limits.unprovenMs - 1);
  expect(reasons()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(reasons()).toEqual(["never-used"]);
  session.end("revoked");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reasons()).toEqual(["never-used"]);
  expect(ended).toEqual([session.id, "reported"]);
});

test("a session that was entered lives until its window closes, and warns before", async () => {
  const { session, reasons, events } = admitted();
  session.begin();
  await vi.advanceTimersByTimeAsync(3_600_000 - 500);
  expect(reasons()).toEqual([]);
  const warned = events.flatMap((event) =>
    event.event === "session-warning" ? [Math.round(event.leftMs / 1_000)] : [],
  );
  expect(warned.map((left, at) => (limits.windowWarningsMs[at] ?? 0) / 1_000 - left < 2)).toEqual([true, true, true]);
  await vi.advanceTimersByTimeAsync(500);
  expect(reasons()).toEqual(["window-closed"]);
  expect(() => session.begin()).toThrow(expect.objectContaining({ code: "session-ended" }));
  await expect(session.dial()).rejects.toEqual(expect.objectContaining({ code: "session-ended" }));
});

test("by the time that an end is told, a crash leaves it with its counts to the next start", () => {
  const { session, onDisk } = admitted();
  session.begin();
  session.tap.row();
  session.tap.count("up", 12);
  session.tap.count("down", 34);
  session.end("revoked");
  expect(onDisk).toMatchObject([{ reason: "revoked", counts: { up: 12, down: 34 } }]);
});

test("a target that left the allow-list is not dialled, and the refusal is recorded; a flood of refusals is not", async () => {
  const { session, sent } = admitted();
  for (let dial = 0; dial < limits.recordRefusals + 50; dial++) {
    await expect(session.dial()).rejects.toEqual(expect.objectContaining({ code: "target-not-listed" }));
  }
  await vi.advanceTimersByTimeAsync(1);
  const rows = sent.flatMap(({ type, body }) =>
    type === "session.entries" ? (body as { entries: object[] }).entries : [],
  );
  expect(rows).toHaveLength(limits.recordRefusals);
  expect(rows[0]).toMatchObject({ kind: "refusal", code: "target-not-listed" });
  session.end("ended-by-staff");
});

test("a channel that wants a stream recorded ends the session, is told which, and the refusal stands in the recording", async () => {
  const { session, sent, reasons } = admitted();
  session.begin();
  expect(() => session.tap.stream("desktop")).toThrow(
    expect.objectContaining({ code: "obligation-refused", message: expect.stringContaining("desktop") }),
  );
  expect(reasons()).toEqual(["recorder-failed"]);
  await vi.advanceTimersByTimeAsync(1);
  expect(sent).toContainEqual(
    expect.objectContaining({
      type: "session.entries",
      body: expect.objectContaining({ entries: [expect.objectContaining({ code: "obligation-refused" })] }),
    }),
  );
});

test("a channel gets no credential that the grant does not name, and its asking is recorded", async () => {
  const { session, sent } = admitted();
  await expect(session.credential("admin")).rejects.toEqual(
    expect.objectContaining({ code: "not-found", message: expect.stringContaining("admin") }),
  );
  await vi.advanceTimersByTimeAsync(1);
  expect(JSON.stringify(sent)).toContain('"code":"not-found"');
  session.end("ended-by-staff");
});

test("the end waits for the rows of what was open, and not for ever", async () => {
  const { session, sent } = admitted();
  const types = () => sent.map(({ type }) => type).filter((type) => /entries|ended/.test(type));
  const [first, second] = [session.tap.row(), session.tap.row()];
  session.end("revoked");
  await vi.advanceTimersByTimeAsync(5);
  expect(types()).toEqual([]);
  first({ kind: "tcp", at: new Date().toISOString(), up: 1, down: 1, ms: 1 });
  await vi.advanceTimersByTimeAsync(limits.controlCloseMs);
  expect(types()).toEqual(["session.entries", "session.ended"]);
  second({ kind: "tcp", at: new Date().toISOString(), up: 1, down: 1, ms: 1 });
  await vi.advanceTimersByTimeAsync(5);
  expect(types()).toEqual(["session.entries", "session.ended"]);
});
