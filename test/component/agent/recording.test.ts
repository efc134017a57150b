import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { ControlClient } from "../../../agent/control.ts";
import { Recording } from "../../../agent/recording.ts";
import { Spool } from "../../../agent/spool.ts";
import { newId } from "../../../crypto/random.ts";
import { encodeControlFrame } from "../../../link/control-frame.ts";
import { ControlLink, type Handlers } from "../../../link/control-link.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import { type ErrorCode, GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { oddities } from "../../../protocol/oddity.ts";
import { type ProgramLog, silentProgramLog } from "../../../protocol/program-log.ts";
import { type RecordEntry } from "../../../protocol/recording.ts";
import { tcpPair } from "../../unit/link/sockets.ts";
import { until } from "../channels/bench.ts";
import { temporaryFolder } from "./fixture.ts";

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

const row = (up: number): RecordEntry => ({ kind: "tcp", at: "2026-01-02T03:04:05.678Z", up, down: 0, ms: 1 });
const end = { reason: "revoked", counts: { up: 1, down: 2, connections: 0 }, at: "2026-01-02T03:04:05.678Z" } as const;

/** An authority that answers with `failure` while there is one. */
function bench(failure?: ErrorCode) {
  const folder = temporaryFolder();
  const session = newId("session");
  const sent: { type: string; body: Record<string, unknown> }[] = [];
  const state = { failure, surprise: false, sent, outcome: "" };
  const control: ControlClient = {
    connected: true,
    links: 1,
    async request(type: string, body: object) {
      await Promise.resolve();
      if (state.failure) throw state.surprise ? new TypeError(state.failure) : new GenkanError(state.failure);
      state.sent.push({ type, body: body as Record<string, unknown> });
      return {} as never;
    },
  };
  return { state, ...recordingOver(control, state, { folder, session }) };
}

function recordingOver(
  control: ControlClient,
  state: { outcome: string },
  { folder = temporaryFolder(), session = newId("session") } = {},
) {
  const spool = Spool.open(folder.path, session);
  const errors: object[] = [];
  const log: ProgramLog = { ...silentProgramLog, error: (facts: object) => void errors.push(facts) };
  const recording = new Recording({
    session,
    spool,
    control,
    log,
    onDone: () => (state.outcome = "done"),
    onRefused: () => (state.outcome = "refused"),
  });
  cleanup.push(folder.remove, () => spool.close());
  const path = join(folder.path, "recordings");
  const files = () => readdirSync(path);
  /** From now on the session's file can neither be removed nor renamed. */
  const jam = () => {
    const file = join(path, `${session}.jsonl`);
    rmSync(file);
    mkdirSync(file);
    mkdirSync(`${file}.refused`);
    appendFileSync(join(`${file}.refused`, "x"), "");
  };
  return { folder: folder.path, session, recording, files, errors, jam };
}

/** The agent's end of a real control link, whose authority keeps what it takes; the first receipt waits for `release`. */
async function linked() {
  const { client, server } = await tcpPair();
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const taken: { type: string; body: Record<string, unknown> }[] = [];
  const take = async (type: string, body: object) => {
    taken.push({ type, body: body as Record<string, unknown> });
    if (taken.length === 1) await held;
    return {};
  };
  const handlers = {
    "session.entries": (body: object) => take("session.entries", body),
    "session.ended": (body: object) => take("session.ended", body),
  } as Partial<Handlers<typeof agentMessages>> as Handlers<typeof agentMessages>;
  const log = silentProgramLog;
  const none = {} as Handlers<typeof agentOrders>;
  new ControlLink({ stream: server, raw: server, send: agentOrders, receive: agentMessages, handlers, log });
  const link = new ControlLink({
    stream: client,
    raw: client,
    send: agentMessages,
    receive: agentOrders,
    handlers: none,
    log,
  });
  cleanup.push(() => link.close());
  const control: ControlClient = { connected: true, links: 1, request: (type, body) => link.request(type, body) };
  const state = { outcome: "" };
  return { taken, release, state, ...recordingOver(control, state) };
}

/** The largest row: each of its characters takes six bytes. */
const largest = (up: number): RecordEntry => ({
  kind: "http",
  at: "2026-01-02T03:04:05.678Z",
  method: "\u0001".repeat(32),
  path: "\u0001".repeat(limits.recordPathCharacters),
  status: 999,
  up,
  down: Number.MAX_SAFE_INTEGER,
  ms: Number.MAX_SAFE_INTEGER,
  upgrade: "\u0001".repeat(32),
  odd: [...oddities],
});

test("rows go in order and in batches, the end goes last, and then the disk is clean", async () => {
  const { recording, state, files, session } = bench("link-closed");
  for (let up = 0; up < 600; up++) recording.write(row(up));
  recording.end(end);
  // The attempt under way fails.
  await new Promise((resolve) => setImmediate(resolve));
  expect(files()).toHaveLength(1);
  state.failure = undefined;
  recording.flush();
  await until(() => state.outcome === "done", "the receipt");
  expect(state.sent.map(({ type, body }) => [type, body.first])).toEqual([
    ["session.entries", 0],
    ["session.entries", 256],
    ["session.entries", 512],
    ["session.ended", undefined],
  ]);
  expect(
    state.sent.flatMap(({ body }) => (body.entries as { up: number }[] | undefined) ?? []).map(({ up }) => up),
  ).toEqual(Array.from({ length: 600 }, (_, at) => at));
  expect(state.sent.at(-1)?.body).toEqual({ session, ...end });
  expect(files()).toEqual([]);
});

test("beyond the rows that may wait, nothing more is taken", () => {
  const { recording } = bench("link-closed");
  for (let up = 0; up < limits.recordEntriesPending; up++) recording.write(row(up));
  expect(() => recording.write(row(0))).toThrow(expect.objectContaining({ code: "recorder-unavailable" }));
});

test("an authority that will never take it ends the session, and the rows stay on site", async () => {
  const { recording, state, files, session, folder, errors } = bench("session-unknown");
  recording.write(row(1));
  await until(() => state.outcome === "refused", "the refusal");
  expect(errors).toEqual([{ event: "agent.recording.refused", session, code: "session-unknown" }]);
  expect(files()).toEqual([`${session}.jsonl.refused`]);
  expect(Spool.leftovers(folder)).toEqual([]);
});

test("a crash leaves every whole row; a torn line and foreign lines are left out", () => {
  const { recording, session, folder } = bench("link-closed");
  recording.write(row(1));
  recording.write(row(2));
  const path = join(folder, "recordings", `${session}.jsonl`);
  expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
  appendFileSync(path, '{"entry":{"kind":"tcp","up":-1}}\nnonsense\n{"entry":{"kind":"tcp","at":"20');
  expect(Spool.leftovers(folder)).toMatchObject([{ session, entries: [row(1), row(2)], end: null }]);
});

test.each([
  ["of one byte", "a"],
  ["of three bytes", "東"],
  ["of four bytes", "🏥"],
  ["that JSON writes as six bytes", "\u0001"],
])(
  "the longest paths, in characters %s, arrive in order and once, and the end after them",
  async (_what, character) => {
    const { recording, state, taken, release, session } = await linked();
    const path = character.repeat(limits.recordPathCharacters);
    const rows = Array.from({ length: 300 }, (_, up) => ({ ...largest(up), method: "GET", path, upgrade: null }));
    for (const entry of rows) recording.write(entry);
    recording.end(end);
    await until(() => taken.length === 1, "the first row");
    release();
    await until(() => state.outcome !== "", "the receipt");
    expect(state.outcome).toBe("done");
    expect(taken.pop()).toEqual({ type: "session.ended", body: { session, ...end } });
    let next = 0;
    for (const { body } of taken) {
      expect(body["first"]).toBe(next);
      next += (body["entries"] as object[]).length;
      expect(encodeControlFrame({ id: 1, type: "session.entries", body }).length).toBeLessThan(
        limits.controlBytes * 0.6,
      );
    }
    expect(taken.flatMap(({ body }) => body["entries"])).toEqual(rows);
  },
);

test("the largest row that the protocol knows fits into one message", async () => {
  const { recording, state, taken, release } = await linked();
  release();
  recording.write(largest(Number.MAX_SAFE_INTEGER));
  recording.end(end);
  await until(() => state.outcome === "done", "the receipt");
  expect(taken.map(({ type }) => type)).toEqual(["session.entries", "session.ended"]);
});

test("a message that could not be sent is no refusal: the rows wait", async () => {
  const { recording, state, files, session } = bench("frame-too-large");
  recording.write(row(1));
  recording.end(end);
  await new Promise((resolve) => setImmediate(resolve));
  expect(state.outcome).toBe("");
  expect(files()).toEqual([`${session}.jsonl`]);
  state.failure = undefined;
  recording.flush();
  await until(() => state.outcome === "done", "the receipt");
  expect(state.sent.map(({ type }) => type)).toEqual(["session.entries", "session.ended"]);
});

test("a file that can't be removed is told, and the session is done all the same", async () => {
  const { recording, state, jam, errors } = bench();
  jam();
  recording.end(end);
  await until(() => state.outcome === "done", "the end");
  expect(errors).toHaveLength(1);
});

test("one that can't be set aside is told, and the session ends all the same", async () => {
  const { recording, state, jam, errors } = bench("session-unknown");
  jam();
  recording.write(row(1));
  await until(() => state.outcome === "refused", "the refusal");
  expect(errors).toMatchObject([{ event: "agent.recording.refused" }, { event: "agent.recording.kept-back" }]);
});

test("a failure that nobody foresaw is told, and the rows wait", async () => {
  const { recording, state, errors } = bench("broken" as ErrorCode);
  state.surprise = true;
  recording.write(row(1));
  await until(() => errors.length === 1, "the failure");
  expect(state.outcome).toBe("");
  state.failure = undefined;
  recording.end(end);
  await until(() => state.outcome === "done", "the receipt");
});
