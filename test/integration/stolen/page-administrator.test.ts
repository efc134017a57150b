import type { Static } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import type { OneTimeLink } from "../../../protocol/api/account.ts";
import type { EnrolmentBegin } from "../../../protocol/api/enrolment.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { SessionList } from "../../../protocol/api/session.ts";
import { Passkey } from "../../passkey.ts";
import { Device } from "../../world/device.ts";
import { readLog } from "../../world/log.ts";
import { call, Person } from "../../world/person.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;

/** Whoever has the passkey of a hospital's administrator, and with it the administration face of that site. */
describe("an administrator at the pages", () => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let tanaka: Person;
  let thief: Person;
  let asked: RequestView;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    asked = await sato.request(world.device("echo"), windowFromNow(0, hourMs));
    await world.parts.askAuthority("person add", {
      "--name": "administrator",
      "--login": "administrator",
      "--role": "administrator",
      "--site": world.register.agents.site.site,
    });
    thief = await enrolled((await world.parts.enrolmentLink("administrator")) ?? "");
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  async function enrolled(link: string): Promise<Person> {
    const { staff } = world.register.hosts;
    const code = new URL(link).hash.slice(1);
    const { body: begun } = await call<Static<typeof EnrolmentBegin.reply>>(staff, "POST", "/api/enrolment/begin", {
      body: { code },
    });
    const passkey = new Passkey(new URL(staff).hostname, staff);
    const response = passkey.register((begun.options as { challenge: string }).challenge);
    const body = { code, ceremony: begun.ceremony, response, label: "passkey" };
    expect((await call(staff, "POST", "/api/enrolment/passkey", { body })).status).toBe(200);
    return new Person(staff, passkey).signIn();
  }

  test("approves nothing by itself, and makes itself no approver", async () => {
    const begin = `/api/requests/${asked.id}/approval/begin`;
    expect(await thief.refused("POST", begin, { windows: asked.windows })).toBe("denied not-approver-of-site");
    const { site } = world.register.agents.site;
    const { people } = await thief.get<{ people: { id: string; login: string }[] }>("/api/accounts");
    const own = people.find(({ login }) => login === "administrator")?.id ?? "";
    const roles = { site, vendor: null, roles: ["administrator", "approver"], until: null };
    expect(await thief.refused("POST", `/api/accounts/${own}/roles`, roles)).toMatch(/^denied/);
  });

  test("can invite an approver of its own, whose yes the authority takes for none", async () => {
    const { site } = world.register.agents.site;
    const said = { name: "accomplice", login: "accomplice", site, vendor: null, roles: ["approver"], until: null };
    const accomplice = await enrolled((await thief.post<OneTimeLink>("/api/accounts", said)).url);
    await expect(accomplice.approve(asked)).rejects.toThrow(/trust-refused/);
    expect(await accomplice.refused("POST", "/api/trust/signature/begin", {})).toMatch(/^denied/);
  });

  test("reads which sessions there are at its site, and can't act on one", async () => {
    const grant = await tanaka.approve(asked);
    const { tunnel } = await sato.connect(grant);
    const { sessions } = await thief.get<Static<typeof SessionList>>("/api/sessions");
    const live = sessions.find(({ state }) => state === "live")?.id ?? "";
    expect(live).not.toBe("");
    expect(await thief.refused("POST", `/api/sessions/${live}/end`, { reason: "r" })).toBe("not-found");
    expect(await thief.refused("POST", `/api/sessions/${live}/freeze`, { frozen: true, reason: null })).toBe(
      "not-found",
    );
    tunnel.close();
  });

  test("who calls the only approver's passkey lost ends what that approved, and the agent takes no yes of whoever comes in its place", async () => {
    const { people } = await thief.get<{ people: { id: string; login: string }[] }>("/api/accounts");
    const approver = people.find(({ login }) => login === "tanaka")?.id ?? "";
    const link = await thief.post<OneTimeLink>(`/api/accounts/${approver}/recovery`, { reason: "lost" });
    expect((await tanaka.ask("GET", "/api/me")).status).toBe(401);
    const impostor = await enrolled(link.url);
    const wished = await sato.request(world.device("echo"), windowFromNow(60_000, hourMs / 2));
    const opened = impostor.approve(wished).then((grant) => sato.admit(grant, createProgramKey()));
    await expect(opened).rejects.toThrow(/trust-refused|approval-missing|trust-missing/);
  });

  test("leaves each of these steps in the log, in the administrator's name", async () => {
    const { verdict, records } = await readLog(await world.staff("yamada"), world.parts.fingerprints.logKey);
    expect(verdict).toMatchObject({ ok: true });
    const own = records.filter(({ actor }) => actor?.name === "administrator").map(({ action }) => action);
    expect(own).toEqual(expect.arrayContaining(["person.roles", "person.add", "enrolment.issue", "passkey.recover"]));
  });
});
