import { join } from "node:path";
import type { Static } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { statementHash } from "../../../crypto/statement.ts";
import type { EnrolmentBegin } from "../../../protocol/api/enrolment.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { TrustList, TrustSign } from "../../../protocol/api/trust.ts";
import type { Grant } from "../../../protocol/grant.ts";
import { readId } from "../../../protocol/read-id.ts";
import { findGrant } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import { Passkey } from "../../passkey.ts";
import { StandInAuthority } from "../../stand-in/authority.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { readLog } from "../../world/log.ts";
import { call, Person } from "../../world/person.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;

/** One person with the commands of the authority's host: adds whom they like, and tries to be enough alone. */
describe("one administrator at the authority's host", () => {
  let device: Device;
  let unlisted: Device;
  let world: QuickWorld;
  let sato: Technician;
  let tanaka: Person;
  let accomplice: Person;
  let accompliceId: string;
  let asked: RequestView;

  beforeAll(async () => {
    device = await Device.start();
    unlisted = await Device.start();
    world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    asked = await sato.request(world.device("echo"), windowFromNow(0, hourMs));
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
    await unlisted?.stop();
  });

  test("can add a person and enrol them by a link", async () => {
    const { site } = world.register.agents.site;
    const { staff } = world.register.hosts;
    const command = "person add";
    const added = await world.parts.askAuthority(command, {
      "--name": "accomplice",
      "--login": "accomplice",
      "--role": "approver",
      "--site": site,
    });
    accompliceId = String(added.person);
    const link = (await world.parts.enrolmentLink("accomplice")) ?? "";
    const code = new URL(link).hash.slice(1);
    const begun = await call<Static<typeof EnrolmentBegin.reply>>(staff, "POST", "/api/enrolment/begin", {
      body: { code },
    });
    const passkey = new Passkey(new URL(staff).hostname, staff);
    const response = passkey.register((begun.body.options as { challenge: string }).challenge);
    const body = { code, ceremony: begun.body.ceremony, response, label: "passkey" };
    expect((await call(staff, "POST", "/api/enrolment/passkey", { body })).status).toBe(200);
    accomplice = await new Person(staff, passkey).signIn();
  });

  test("gets no link for somebody who has a passkey, to add one in that person's name", async () => {
    expect(await world.parts.enrolmentLink("tanaka")).toBeUndefined();
  });

  test("makes no approver whom the authority lets approve, nor one who signs the next list of approvers", async () => {
    await expect(accomplice.approve(asked)).rejects.toThrow(/trust-refused/);
    const [view] = (await tanaka.get<TrustList>("/api/trust")).sites;
    expect(view?.proposed).toMatchObject({ version: 2, signedBy: [] });
    expect(await accomplice.refused("POST", "/api/trust/signature/begin", {})).toMatch(/^denied/);
  });

  test("makes the agent accept no new approver, even with the authority's keys: grant and list of approvers are refused", async () => {
    const approved = await world.grant(sato, tanaka, "echo");
    await world.parts.authority.stop();
    const { authority } = world.parts;
    const since = authority.events.length;
    const standIn = await StandInAuthority.start({
      data: world.parts.folders.authority,
      masterKey: world.masterKeyFile,
      folder: join(world.folder, "stolen"),
    });
    try {
      const { db } = standIn.context.store;
      const stored = await findGrant(db, Scope.system(), approved.id);
      if (!stored) throw new Error("The database has no such grant.");
      const grant: Grant = { ...stored.grant, windows: [windowFromNow(-60_000, 8 * hourMs)] };
      const bytes = Buffer.from(JSON.stringify(grant));
      const hash = statementHash("genkan/grant/v1", bytes);
      const said = { type: "genkan/approval/v1", grants: [hash], verdict: "approve", approver: accompliceId };
      const rp = accomplice.passkey.rp;
      const statement = Buffer.from(JSON.stringify({ ...said, rp, nonce: "A".repeat(43) }));
      const yes = [accomplice.passkey.signStatement("genkan/approval/v1", statement)];
      const of = { grant: hash, agent: grant.agent.key, service: grant.services[0]?.id ?? ("svc_" as const) };
      const ticket = await standIn.ticket({ ...of, nonce: await standIn.nonce() });
      expect(await standIn.admit(ticket, stored.asked.statement, bytes.toString("base64url"), yes)).toEqual({
        refused: "approval-missing",
      });
      const root = await db
        .selectFrom("approver_list")
        .select("statement")
        .where("state", "=", "proposed")
        .executeTakeFirstOrThrow();
      const next = Buffer.from(root.statement, "base64url");
      const signature = accomplice.passkey.signStatement("genkan/approvers/v1", next);
      expect(await standIn.offerTrust(next, [signature])).toEqual({ pinned: false });
    } finally {
      await standIn.stop();
      await world.begin("authority");
      await authority.waitFor("agent-connected", 60_000, { since });
    }
  });

  test("adds a device that opens to nobody before an approver has signed and the agent's host lists it", async () => {
    const { device: id, services } = await world.parts.askAuthority("device add", {
      "--name": "added",
      "--service": `added:tcp:127.0.0.1:${unlisted.port}`,
      "--agent": world.register.agents.site.id,
    });
    const service = (services as string[])[0] ?? "";
    const wished = await sato.request(
      { id: readId("device", String(id)), service: readId("service", service) },
      windowFromNow(0, hourMs),
    );
    await expect(accomplice.approve(wished)).rejects.toThrow(/trust-refused/);
    const grant = await tanaka.approve(wished);
    await expect(sato.admit(grant, createProgramKey())).rejects.toThrow(/target-not-listed/);
    expect(unlisted.taken).toBe(0);
  });

  test("leaves each of these steps in the log", async () => {
    const { verdict, records } = await readLog(await world.staff("yamada"), world.parts.fingerprints.logKey);
    expect(verdict).toMatchObject({ ok: true });
    const actions = records.map(({ action }) => action);
    for (const action of ["person.add", "enrolment.issue", "authenticator.enrol", "trust.propose", "device.add"])
      expect(actions).toContain(action);
  });

  test("has made an approver only once one of the version before has signed the next list of approvers", async () => {
    type Begun = Static<typeof TrustSign.beginReply>;
    const { agent } = world.parts;
    const begun = await tanaka.post<Begun>("/api/trust/signature/begin");
    const response = tanaka.assertion((begun.options as { challenge: string }).challenge);
    await tanaka.post("/api/trust/signature", { ceremony: begun.ceremony, response });
    await agent.waitFor("trust-pinned", 60_000, { fits: ({ version }) => version === 2 });
    const { tunnel } = await sato.connect(await accomplice.approve(asked));
    const echo = new Echo(tunnel.port);
    await echo.say("approved by the one who was added");
    echo.destroy();
    tunnel.close();
  });
});
