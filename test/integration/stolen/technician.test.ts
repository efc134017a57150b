import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { LockView } from "../../../protocol/api/lock.ts";
import type { Problem } from "../../../protocol/api/problem.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { codeOf, enrolWithPassword } from "../../world/password.ts";
import { call, type Person } from "../../world/person.ts";
import { type Technician, Technician as Thief, windowFromNow } from "../../world/technician.ts";
import { confirmedTerminal, dpop, withToken } from "../../world/terminal.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;
const someKey = "A".repeat(43);

/** What a technician has, in other hands, one piece after the other. */
describe("of a technician", () => {
  let device: Device;
  let other: Device;
  let world: QuickWorld;
  let sato: Technician;
  let tanaka: Person;
  let yamada: Person;
  let grant: GrantView;

  beforeAll(async () => {
    device = await Device.start();
    other = await Device.start();
    world = await QuickWorld.start({
      devices: [
        { name: "echo", protocol: "tcp", port: device.port },
        { name: "other", protocol: "tcp", port: other.port },
      ],
    });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    yamada = await world.staff("yamada");
    grant = await world.grant(sato, tanaka, "echo");
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
    await other?.stop();
  });

  /** Somebody with these things of the technician, at a computer of his own. */
  function thief(with_: { cookie: string | null; workstation?: Technician["workstation"] }): Technician {
    const one = new Thief(world.register.hosts.portal, world.register.people.suzuki.passkey);
    one.cookie = with_.cookie;
    if (with_.workstation) one.workstation = with_.workstation;
    return one;
  }

  const session = (of: GrantView, service = of.services[0]?.id) => ({
    grant: of.id,
    service,
    client: "native",
    clientKey: someKey,
  });

  test("the password alone is worth nothing: not without a code, with a guess, or with a code that was used", async () => {
    const kato = await enrolWithPassword(world, "kato");
    const { portal } = world.register.hosts;
    const tries = (body: object) => call<Problem>(portal, "POST", "/api/sign-in/password", { body });
    const { login, password } = kato;
    const used = await codeOf(kato.secret);
    expect((await tries({ login, password, totp: used })).status).toBe(200);
    for (const body of [
      { login, password },
      { login, password, totp: "000000" },
      { login, password, totp: used },
    ]) {
      const { status, cookie, body: problem } = await tries(body);
      expect([status, cookie]).toEqual([status === 400 ? 400 : 401, null]);
      expect(["bad-request", "sign-in-failed"]).toContain(problem.code);
    }
    const { records } = await world.rows(async (db) => ({
      records: await db.selectFrom("sign_in").select("factors").execute(),
    }));
    for (const { factors } of records)
      expect(JSON.parse(factors).length === 2 || factors.includes("passkey")).toBe(true);
  });

  test("the cookie alone reads and asks, and opens nothing: the agent wants the computer's key", async () => {
    const stolen = thief({ cookie: (await world.technician()).cookie });
    stolen.cookie = sato.cookie;
    expect((await stolen.get<{ grants: GrantView[] }>("/api/grants")).grants.length).toBeGreaterThan(0);
    const before = device.taken;
    await expect(stolen.connect(grant)).rejects.toMatchObject({ code: "proof-invalid" });
    expect(device.taken).toBe(before);
    // A key of the thief's own is another workstation, which the grant does not name.
    await stolen.equip(createProgramKey());
    expect(await stolen.refused("POST", "/api/sessions", session(grant))).toBe("denied workstation-not-granted");
    // He can ask for it; whoever approves sees that it is another computer.
    const asked = await stolen.request(world.device("echo"), windowFromNow(0, hourMs));
    const { workstation } = await tanaka.get<RequestView>(`/api/requests/${asked.id}`);
    expect(workstation.id).not.toBe(grant.workstation.id);
    expect(device.taken).toBe(before);
    // The technician signs in anew, and has the own computer again.
    await sato.signIn();
    await sato.equip();
  });

  test("the command line's token alone is refused everywhere: it is bound to a key that the thief lacks", async () => {
    const terminal = await confirmedTerminal(sato);
    const own = await dpop(terminal.key, "GET", `${terminal.origin}/api/grants`, terminal.token);
    expect((await withToken(terminal, "/api/grants", own)).status).toBe(200);
    const key = createProgramKey();
    const foreign = await dpop(key, "GET", `${terminal.origin}/api/grants`, terminal.token);
    for (const shown of [undefined, foreign, own]) {
      const { status, body } = await withToken<Problem>(terminal, "/api/grants", shown);
      expect(status).toBe(401);
      expect(["unauthenticated", "dpop-invalid"]).toContain(body.code);
    }
    // Nor as a cookie.
    expect((await call(terminal.origin, "GET", "/api/me", { cookie: terminal.token })).status).toBe(401);
  });

  test("the laptop opens what is granted to it, and nothing of another person or device", async () => {
    const stolen = thief({ cookie: sato.cookie, workstation: sato.workstation });
    const { tunnel } = await stolen.connect(grant);
    const echo = new Echo(tunnel.port);
    await echo.say("as the technician could");
    echo.destroy();
    tunnel.close();
    const suzuki = await world.technician("suzuki");
    const theirs = await world.grant(suzuki, tanaka, "other");
    expect(await stolen.refused("POST", "/api/sessions", session(theirs))).toBe("not-found");
    const service = theirs.services[0]?.id;
    expect(await stolen.refused("POST", "/api/sessions", session(grant, service))).toMatch(/service-not-granted/);
    expect(other.taken).toBe(0);
  });

  test("the laptop reads no session of another person, and neither reads the log nor writes of a session", async () => {
    const stolen = thief({ cookie: sato.cookie, workstation: sato.workstation });
    const suzuki = await world.technician("suzuki");
    const theirs = await suzuki.connect(await world.grant(suzuki, tanaka, "other"));
    const of = `/api/sessions/${theirs.session}`;
    for (const path of [of, `${of}/entries`]) expect(await stolen.refused("GET", path)).toMatch(/^(not-found|denied)/);
    expect(await stolen.refused("POST", `${of}/end`, { reason: null })).toMatch(/^(not-found|denied)/);
    const listed = await stolen.get<{ sessions: SessionView[] }>("/api/sessions");
    expect(listed.sessions.map(({ id }) => id)).not.toContain(theirs.session);
    for (const path of ["/api/audit", "/api/audit/export"])
      expect(await stolen.refused("GET", path)).toMatch(/^(not-found|denied)/);
    theirs.tunnel.close();
  });

  test("the laptop is cut when the window closes, and opens nothing afterwards", async () => {
    const lastsMs = 4_000;
    const short = await world.grant(sato, tanaka, "echo", windowFromNow(-60_000, 60_000 + lastsMs));
    const stolen = thief({ cookie: sato.cookie, workstation: sato.workstation });
    const { tunnel, session: id } = await stolen.connect(short);
    const echo = new Echo(tunnel.port);
    await echo.say("in time");
    expect(await echo.closed).toBe("reset");
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(short.windows[0]?.end ?? "") - 100);
    const ended = await until("end", 10_000, async () => {
      const view = await sato.get<SessionView>(`/api/sessions/${id}`);
      return view.state === "ended" && view;
    });
    expect(ended.reason).toBe("window-closed");
    expect(await stolen.refused("POST", "/api/sessions", session(short))).toMatch(/^denied .*window-not-open/);
  });

  test("the laptop is cut by a lock on it at once, and opens nothing until that is lifted", async () => {
    const stolen = thief({ cookie: sato.cookie, workstation: sato.workstation });
    const { tunnel } = await stolen.connect(grant);
    const echo = new Echo(tunnel.port);
    await echo.say("not for long");
    const target = grant.workstation.id;
    const lock = await yamada.post<LockView>("/api/locks", { kind: "workstation", target, reason: "stolen" });
    expect(await echo.closed).toBe("reset");
    expect(await stolen.refused("POST", "/api/sessions", session(grant))).toMatch(/^denied .*locked/);
    await yamada.post(`/api/locks/${lock.id}/lift`, { reason: "found again" });
  });
});
