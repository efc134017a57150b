import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { approve, deny, revoke } from "../../../cli/decide.ts";
import { cut, freeze, thaw } from "../../../cli/hold.ts";
import { lift, lock } from "../../../cli/lock.ts";
import type { LockView } from "../../../protocol/api/lock.ts";
import type { WorkstationView } from "../../../protocol/api/workstation.ts";
import { device, grant, idOf, me, request, session, vendor } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

const officer = { id: idOf("person", 2), name: "佐藤 健 (Sato Ken)" };
const other = { ...session().person, id: idOf("person", 3), name: "田中 花" };

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine({ json: true });
  line.signIn(server.origin, "staff");
});
afterEach(() => {
  server.close();
  line.remove();
});

const bodyOf = (path: string) => JSON.parse(server.asks(path).at(-1)?.body ?? "null") as unknown;

/** Somebody who reads. */
async function read(verb: (cli: typeof line.cli) => Promise<number>, language: "en" | "ja" = "en"): Promise<string> {
  const reader = commandLine({ language });
  reader.signIn(server.origin, "staff");
  await verb(reader.cli);
  reader.remove();
  return reader.said.out;
}

describe("deciding", () => {
  it("opens the staff page for an approval, which only a passkey can sign", async () => {
    line.cli.folder.remember("https://staff.example", "staff", null);
    line.cli.folder.remember(server.origin, "portal", undefined);
    await expect(approve(line.cli, idOf("request"))).resolves.toBe(0);
    expect(line.objects()).toEqual([{ page: `https://staff.example/requests/${idOf("request")}` }]);
    expect(server.asked).toHaveLength(0);
  });

  it("opens the page of the request whose person or device was named, if it waits alone", async () => {
    server.answers["GET /api/requests"] = {
      requests: [request(), request({ id: idOf("request", 2), state: "denied" })],
    };
    await approve(line.cli, "vital");
    expect(line.objects()).toEqual([{ page: `${server.origin}/requests/${idOf("request")}` }]);
    server.answers["GET /api/requests"] = { requests: [request(), request({ id: idOf("request", 2) })] };
    await expect(approve(line.cli, "山田")).rejects.toMatchObject({
      key: "name-ambiguous",
      values: { known: expect.stringContaining(`${idOf("request", 2)} (山田 太郎 · Vital Monitor, 中央病院)`) },
    });
  });

  it("denies and revokes with a reason, by whole and by short names", async () => {
    server.answers["GET /api/requests"] = { requests: [request()] };
    server.answers["GET /api/grants"] = { grants: [grant(), grant({ id: idOf("grant", 4), state: "closed" })] };
    server.answers[`POST /api/requests/${idOf("request")}/denial`] = request({ state: "denied" });
    server.answers[`POST /api/grants/${idOf("grant")}/revocation`] = grant({ state: "revoked" });
    for (const name of [idOf("request"), "山田"]) await deny(line.cli, name, "not now");
    for (const name of [idOf("grant"), "vital"]) await revoke(line.cli, name, "incident");
    expect(server.asks(`/api/requests/${idOf("request")}/denial`)).toHaveLength(2);
    expect(server.asks(`/api/grants/${idOf("grant")}/revocation`)).toHaveLength(2);
    expect(bodyOf(`/api/requests/${idOf("request")}/denial`)).toEqual({ reason: "not now" });
    expect(bodyOf(`/api/grants/${idOf("grant")}/revocation`)).toEqual({ reason: "incident" });
  });

  it("can't be led to another path by an id", async () => {
    server.answers["GET /api/grants"] = { grants: [grant()] };
    await expect(revoke(line.cli, "../locks", "x")).rejects.toMatchObject({ key: "name-unknown" });
    expect(server.asked.map((asked) => asked.path)).toEqual(["/api/grants"]);
  });

  it("is done at the staff's server, though the last sign-in was at the portal", async () => {
    server.answers[`POST /api/requests/${idOf("request")}/denial`] = request({ state: "denied" });
    line.signIn("http://other.localhost:1", "portal");
    await expect(deny(line.cli, idOf("request"), "x")).resolves.toBe(0);
  });
});

describe("a live session", () => {
  const path = `/api/sessions/${idOf("session")}`;
  const frozen = { by: officer, at: "2026-03-01T00:00:00.000Z", until: "2026-03-01T00:10:00.000Z", reason: null };
  beforeEach(() => {
    server.answers["GET /api/sessions"] = {
      sessions: [
        session(),
        session({ id: idOf("session", 2), person: other }),
        session({ id: idOf("session", 3), state: "ended" }),
      ],
    };
    server.answers[`POST ${path}/freeze`] = session({ frozen });
    server.answers[`POST ${path}/end`] = session({ state: "ended", reason: "ended-by-staff" });
  });

  it("is frozen, thawed and cut by the name of its person", async () => {
    await expect(freeze(line.cli, "山田", "odd traffic")).resolves.toBe(0);
    expect(bodyOf(`${path}/freeze`)).toEqual({ frozen: true, reason: "odd traffic" });
    await thaw(line.cli, "山田 太郎");
    expect(bodyOf(`${path}/freeze`)).toEqual({ frozen: false, reason: null });
    await cut(line.cli, idOf("session"), undefined);
    expect(bodyOf(`${path}/end`)).toEqual({ reason: null });
    expect(line.objects()).toMatchObject([{ session: { frozen } }, {}, { session: { state: "ended" } }]);
  });

  it("is not chosen between two at one device", async () => {
    await expect(cut(line.cli, "vital", undefined)).rejects.toMatchObject({ key: "name-ambiguous" });
    expect(server.asked).toHaveLength(1);
  });

  it("says whom it holds and until when, and that a cut does not last", async () => {
    await expect(read((cli) => freeze(cli, "山田", undefined), "ja")).resolves.toMatch(
      /山田 太郎、Vital Monitor の Shell.*2026-03-01 09:10 \(Asia\/Tokyo\) に自動で切断/,
    );
    await expect(read((cli) => cut(cli, "山田", undefined))).resolves.toContain(`genkan revoke ${idOf("grant")}`);
  });
});

describe("a lock", () => {
  const made: LockView = {
    id: idOf("lock"),
    kind: "person",
    target: idOf("person"),
    name: "山田 太郎",
    site: { id: idOf("site"), name: "中央病院" },
    reason: "lost laptop",
    createdAt: "2026-03-01T00:00:00.000Z",
    createdBy: officer,
    liftedAt: null,
    liftedBy: null,
  };
  beforeEach(() => {
    server.answers["POST /api/locks"] = made;
    server.answers[`POST /api/locks/${idOf("lock")}/lift`] = made;
    server.answers["GET /api/locks"] = { locks: [made, { ...made, id: idOf("lock", 2), liftedAt: made.createdAt }] };
    const person = { memberships: me.memberships, active: true, locked: false };
    server.answers["GET /api/people"] = { people: [officer, other].map((who) => ({ ...person, ...who })) };
    server.answers["GET /api/vendors"] = { vendors: [vendor] };
    server.answers["GET /api/devices"] = { devices: [device()] };
    server.answers["GET /api/agents"] = {
      agents: [
        {
          id: idOf("agent"),
          name: "agent-1",
          site: device().site,
          key: "A".repeat(43),
          connected: true,
          lastSeenAt: null,
          recorderReady: true,
          active: true,
          report: null,
          clockSkewMs: null,
          trust: null,
        },
      ],
      gateways: [],
    };
    server.answers["GET /api/workstations"] = {
      workstations: [
        {
          id: idOf("workstation"),
          label: "bench-7",
          person: other,
          keys: [],
          createdAt: made.createdAt,
          lastUsedAt: null,
          locked: false,
        } satisfies WorkstationView,
      ],
    };
    server.answers["GET /api/me"] = {
      ...me,
      face: "staff",
      memberships: [{ site: device().site, vendor: null, roles: ["officer"], until: null }],
    };
  });

  it.each([
    ["person", "佐藤", officer.id],
    ["人", "sato", officer.id],
    ["person", officer.id, officer.id],
    ["workstation", "bench", idOf("workstation")],
    ["vendor", "acme", idOf("vendor")],
    ["Device", "vital", idOf("device")],
    ["エージェント", "agent-1", idOf("agent")],
    ["site", "中央", idOf("site")],
  ])("covers a %s named %s", async (kind, name, target) => {
    await lock(line.cli, kind, name, { reason: "lost laptop" });
    expect(bodyOf("/api/locks")).toMatchObject({ target, reason: "lost laptop" });
  });

  it("of a name that means nobody locks nothing", async () => {
    await expect(lock(line.cli, "person", "鈴木", { reason: "x" })).rejects.toMatchObject({
      key: "name-unknown",
      values: { known: "佐藤 健 (Sato Ken), 田中 花" },
    });
    expect(server.asks("/api/locks")).toEqual([]);
  });

  it("covers everything only when the whole word is typed, and without a name", async () => {
    await lock(line.cli, "everything", undefined, { reason: "x" });
    expect(bodyOf("/api/locks")).toEqual({ kind: "everything", target: null, reason: "x" });
    await expect(lock(line.cli, "person", undefined, { reason: "x" })).rejects.toMatchObject({
      key: "lock-target-missing",
    });
    await expect(lock(line.cli, "everything", "x", { reason: "x" })).rejects.toMatchObject({
      key: "lock-target-surplus",
    });
    for (const kind of ["toString", "every", "e"])
      await expect(lock(line.cli, kind, "x", { reason: "x" })).rejects.toMatchObject({ key: "lock-kind-unknown" });
  });

  it("of an officer of several sites holds at the one that they name, and at none unless they do", async () => {
    const at = (number: number, name: string, role: "officer" | "auditor") => ({
      site: { id: idOf("site", number), name },
      vendor: null,
      roles: [role],
      until: null,
    });
    const memberships = [at(1, "中央病院", "officer"), at(2, "東病院", "officer"), at(3, "西病院", "auditor")];
    server.answers["GET /api/me"] = { ...me, face: "staff", memberships };
    const everything = (site?: string) =>
      lock(line.cli, "everything", undefined, { reason: "x", ...(site === undefined ? {} : { site }) });
    await expect(everything()).rejects.toMatchObject({
      key: "lock-site-missing",
      values: { known: "中央病院, 東病院" },
    });
    await expect(everything("西病院")).rejects.toMatchObject({ key: "name-unknown" });
    expect(server.asks("/api/locks")).toEqual([]);
    await everything("東");
    expect(bodyOf("/api/locks")).toEqual({ kind: "everything", target: null, site: idOf("site", 2), reason: "x" });
  });

  it("is lifted by its ID or by what it covers", async () => {
    await lift(line.cli, idOf("lock"), "found");
    await lift(line.cli, "山田", "found");
    expect(server.asks(`/api/locks/${idOf("lock")}/lift`)).toHaveLength(2);
    expect(bodyOf(`/api/locks/${idOf("lock")}/lift`)).toEqual({ reason: "found" });
    await expect(read((cli) => lift(cli, "山田", "found"), "ja")).resolves.toContain("人 山田 太郎");
  });
});
