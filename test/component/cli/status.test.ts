import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { list } from "../../../cli/list.ts";
import { status } from "../../../cli/status.ts";
import type { Cli } from "../../../cli/verb.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { patienceMs } from "../../patience.ts";
import { grant, idOf, me, request, session } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

const officer = { id: idOf("person", 2), name: "佐藤 健" };
const at = "2026-03-01T00:00:00.000Z";
const frozen = { by: officer, at, until: "2026-03-01T00:10:00.000Z", reason: null };
const lock = {
  id: idOf("lock"),
  kind: "person",
  target: idOf("person"),
  name: "山田 太郎",
  site: null,
  reason: "紛失",
  createdAt: at,
};

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  server.answers["GET /api/me"] = me;
  server.answers["GET /api/requests"] = { requests: [request(), request({ id: idOf("request", 2), state: "denied" })] };
  server.answers["GET /api/grants"] = {
    grants: [
      grant({
        windows: [
          { start: new Date(Date.now() - 60_000).toISOString(), end: new Date(Date.now() + 3_599_000).toISOString() },
        ],
      }),
      grant({ id: idOf("grant", 2), state: "revoked" }),
    ],
  };
  server.answers["GET /api/sessions"] = {
    sessions: [session({ frozen }), session({ id: idOf("session", 2), state: "ended" })],
  };
  server.answers["GET /api/locks"] = {
    locks: [
      { ...lock, createdBy: officer, liftedAt: null, liftedBy: null },
      { ...lock, id: idOf("lock", 2), createdBy: officer, liftedAt: at, liftedBy: officer },
    ],
  };
});
afterEach(() => {
  server.close();
  line.remove();
});

function reader(face: "portal" | "staff", options: Parameters<typeof commandLine>[0] = {}): Cli {
  line = commandLine(options);
  line.signIn(server.origin, face);
  return line.cli;
}

describe("genkan status", () => {
  it("shows what waits, what is open and for how long, and who is frozen by whom and until when", async () => {
    await expect(status(reader("portal", { language: "ja" }), {})).resolves.toBe(0);
    const { out } = line.said;
    expect(out).toContain("山田 太郎(技術者)");
    expect(out).toContain(idOf("request"));
    expect(out).toMatch(/残り (1:00:00|59:\d\d)/);
    expect(out).toContain("一時停止中");
    expect(out).toContain("佐藤 健 さんによる。再開しなければ 2026-03-01 09:10 (Asia/Tokyo) に切断");
    for (const over of [idOf("request", 2), idOf("grant", 2), idOf("session", 2)]) expect(out).not.toContain(over);
  });

  it("tells the staff of the locks in force", async () => {
    await status(reader("staff"), {});
    expect(line.said.out).toContain(idOf("lock"));
    expect(line.said.out).not.toContain(idOf("lock", 2));
  });

  it("tells a technician that a lock covers them", async () => {
    server.answers["GET /api/locks"] = new GenkanError("not-found");
    server.answers["GET /api/me"] = { ...me, locks: ["workstation"] };
    await status(reader("portal"), {});
    expect(line.said.out).toContain("LOCKED (Workstation)");
  });

  it("is one object with --json, and one each time while it is watched", async () => {
    const watching = status(reader("portal", { json: true }), { watch: true });
    await vi.waitFor(() => expect(line.objects()).toHaveLength(2), patienceMs);
    line.interrupt();
    await expect(watching).resolves.toBe(0);
    expect(line.objects()[0]).toMatchObject({
      me: { person: me.person },
      requests: [{ id: idOf("request") }],
      grants: [{ id: idOf("grant") }],
      sessions: [{ frozen }],
      locks: [{ id: idOf("lock") }],
    });
  });

  it("that is watched ends when somebody who does nothing else is signed out", async () => {
    let ahead = 0;
    const cli = reader("staff");
    const watching = status({ ...cli, now: () => Date.now() + ahead }, { watch: true });
    await vi.waitFor(() => expect(line.said.out).toContain(idOf("session")), patienceMs);
    ahead = limits.staffIdleMs;
    await expect(watching).resolves.toBe(0);
    expect(line.said.err).toContain("this screen has stopped");
  });
});

describe("genkan ls", () => {
  it("names the person of each request and grant for whoever sees those of several", async () => {
    server.answers["GET /api/devices"] = { devices: [] };
    await list(reader("staff"));
    const rows = line.said.out.split("\n");
    for (const id of [idOf("request"), idOf("grant")])
      expect(rows.find((row) => row.includes(id))).toContain("山田 太郎");
    await list(reader("portal"));
    expect(line.said.out.split("\n").find((row) => row.includes(idOf("grant")))).not.toContain("山田 太郎");
  });
});
