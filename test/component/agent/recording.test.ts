import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { ControlClient } from "../../../agent/control.ts";
import { Recording } from "../../../agent/recording.ts";
import { Spool } from "../../../agent/spool.ts";
import { newId } from "../../../crypto/random.ts";
import type { RecordEntry } from "../../../protocol/agent-control.ts";
import { type ErrorCode, GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
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
  const state = { failure, sent: [] as { type: string; body: Record<string, unknown> }[], outcome: "" };
  const control: ControlClient = {
    connected: true,
    links: 1,
    async request(type: string, body: object) {
      await Promise.resolve();
      if (state.failure) throw new GenkanError(state.failure);
      state.sent.push({ type, body: body as Record<string, unknown> });
      return {} as never;
    },
  };
  const spool = Spool.open(folder.path, session);
  const recording = new Recording({
    session,
    spool,
    control,
    onDone: () => (state.outcome = "done"),
    onRefused: () => (state.outcome = "refused"),
  });
  cleanup.push(folder.remove, () => spool.close());
  const files = () => readdirSync(join(folder.path, "recordings"));
  return { folder: folder.path, session, recording, state, files };
}

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
  const { recording, state, files, session, folder } = bench("session-unknown");
  recording.write(row(1));
  await until(() => state.outcome === "refused", "the refusal");
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
