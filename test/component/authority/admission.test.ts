import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { revoke } from "../../../authority/revoke.ts";
import { endOne } from "../../../authority/session-end.ts";
import { verifyStatement } from "../../../crypto/statement.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { Ticket } from "../../../protocol/statement.ts";
import { listSessions } from "../../../store/session.ts";
import { reported } from "../../reported.ts";
import { nothing, reached } from "./parts.ts";
import { clientKey, type Ready, ready, system } from "./ready.ts";
import { hour, type Name, outcome } from "./world.ts";

describe("admission", () => {
  test("orders the agent with a ticket for this session, grant, host, client key and nonce", async () => {
    const { world, agent, grant, open, row } = await ready();
    const ticket = await open();
    expect(ticket.host).toMatch(/^[0-9a-z]{26}\.link\.genkan\.internal$/);
    const [order] = agent.admitted;
    const { publicKey } = world.context.keys.programKey;
    const jws = order?.ticket ?? "";
    expect(await verifyStatement("genkan/ticket/v1", Ticket, jws, publicKey, "ticket-invalid")).toMatchObject({
      session: ticket.session,
      grant: grant.hash,
      agent: world.agentKeys.agentA.pin,
      host: ticket.host,
      client: "native",
      clientKey,
      leaseMs: limits.leaseMs,
    });
    expect(order?.approvals).toHaveLength(1);
    expect(await row(ticket.session)).toMatchObject({ state: "admitted", windowEnd: grant.windows[0]?.end });
    expect((await world.audit()).at(-1)).toMatchObject({
      action: "session.admit",
      outcome: "allowed",
      subjects: { session: ticket.session, grant: grant.id },
    });
  });

  test("gives each session names of its own", async () => {
    const { world, open } = await ready();
    const browser = {
      client: "browser",
      clientKey: null,
      service: world.devices.own.services[0] ?? ("svc_" as const),
    } as const;
    const first = await open(undefined, browser);
    const second = await open(undefined, browser);
    expect(first.host).toMatch(/^http-[0-9a-z]{26}\.access\.genkan-sessions\.example$/);
    expect(second.host).not.toBe(first.host);
    expect(second.origin).toBe(`https://${second.host}`);
  });

  test.each<[string, string, (r: Ready) => Promise<unknown>]>([
    ["of a grant that nobody has", "not-found", ({ open }) => open(undefined, { grant: nothing("grant") })],
    ["of another vendor's technician", "not-found", async ({ world, open }) => open(await world.caller("rival"))],
    ["of a colleague", "not-found", async ({ world, open }) => open(await world.caller("colleague"))],
    [
      "of a colleague who sees all of the vendor's grants",
      "denied grant-inactive workstation-not-granted",
      async ({ world, open }) => open(await world.caller("leader")),
    ],
    [
      "of the approver",
      "denied role-missing vendor-inactive grant-inactive workstation-unknown workstation-not-granted consent-missing",
      async ({ world, open }) => open(await world.caller("approver")),
    ],
    [
      "from a sign-in with one factor",
      "denied factors-missing",
      ({ technician, open }) => open({ ...technician, signIn: { ...technician.signIn, factors: ["password"] } }),
    ],
    [
      "from no workstation",
      "denied workstation-unknown workstation-not-granted",
      ({ technician, open }) => open({ ...technician, signIn: { ...technician.signIn, workstation: null } }),
    ],
    [
      "to a service that is not granted",
      "denied device-disabled service-not-granted",
      ({ world, open }) => open(undefined, { service: world.devices.rivals.services[0] ?? ("svc_" as const) }),
    ],
    ["by a browser to a shell", "bad-request", ({ open }) => open(undefined, { client: "browser", clientKey: null })],
    ["by a native client without a key", "bad-request", ({ open }) => open(undefined, { clientKey: null })],
    ["by a browser with a key", "bad-request", ({ open }) => open(undefined, { client: "browser" })],
    [
      "after the window",
      "denied window-not-open",
      ({ world, open }) => {
        world.clock += hour;
        return open();
      },
    ],
    [
      "before the window",
      "denied window-not-open contract-missing",
      ({ world, open }) => {
        world.clock -= 1 + hour;
        return open();
      },
    ],
    [
      "of a revoked grant",
      "denied grant-inactive",
      async ({ world, grant, open }) => {
        await revoke(world.context, await world.caller("officer"), grant.id, "x");
        return open();
      },
    ],
  ])("%s is refused: %s", async (_, code, act) => {
    const r = await ready();
    expect(await outcome(act(r))).toBe(code);
    expect(await r.sessions()).toBe(0);
    expect(r.agent.admitted).toEqual([]);
  });

  test("needs a gateway, an agent, and its recorder", async () => {
    const noGateway = await ready({ gateway: false });
    expect(await outcome(noGateway.open())).toBe("gateway-unavailable");
    const noAgent = await ready({ agent: false });
    expect(await outcome(noAgent.open())).toBe("denied agent-away recorder-not-ready");
    const { agent, open, world } = await ready();
    await agent.link.request("status", {
      clock: world.at(),
      recorder: false,
      report: reported,
      trust: null,
      gateways: reached(world),
    });
    expect(await outcome(open())).toBe("denied recorder-not-ready");
  });

  test("gives no more sessions of one grant than the limit, however many ask at once", async () => {
    const { open, sessions } = await ready();
    const all = await Promise.all(Array.from({ length: limits.sessionsPerGrant + 4 }, () => outcome(open())));
    expect(all.filter((code) => code === "done")).toHaveLength(limits.sessionsPerGrant);
    expect(new Set(all)).toEqual(new Set(["done", "denied sessions-too-many"]));
    expect(await sessions()).toBe(limits.sessionsPerGrant);
  });

  test("shows the end that the agent will make: its clock closes the window, so it is what people are warned by", async () => {
    const { world, agent, open, row } = await ready();
    const granted = await open();
    expect((await row(granted.session))?.windowEnd).toBe(granted.windowEnd);
    // Some milliseconds pass on the way; they make no other end.
    agent.leftMs = Date.parse(granted.windowEnd) - world.context.now().getTime() - 500;
    expect((await open()).windowEnd).toBe(granted.windowEnd);
    agent.leftMs -= 110_000;
    const early = await open();
    expect(Date.parse(granted.windowEnd) - Date.parse(early.windowEnd)).toBe(110_500);
    expect((await row(early.session))?.windowEnd).toBe(early.windowEnd);
  });

  test("that the agent refuses ends with that reason", async () => {
    const { world, agent, open } = await ready();
    agent.beforeAdmit = () => {
      throw new Error("no");
    };
    expect(await outcome(open())).toBe("internal");
    const [session] = await listSessions(world.store.db, system);
    expect(session).toMatchObject({ state: "ended", reason: "refused-by-agent" });
  });

  test.each(["link-closed", "reply-timeout"] as const)(
    "whose gateway or agent answers with %s, that is not at all, ends as lost and not as refused",
    async (code) => {
      const { world, gateway, agent, open } = await ready();
      agent.beforeAdmit = () => {
        throw new GenkanError(code);
      };
      expect(await outcome(open())).toBe(code);
      const link = world.context.gateways.find((gateway as { id: Id<"gateway"> }).id);
      if (!link) throw new Error("The gateway is not connected.");
      link.openRoute = () => Promise.reject(new GenkanError(code));
      expect(await outcome(open())).toBe(code);
      const ended = await listSessions(world.store.db, system);
      expect(new Set(ended.map(({ reason }) => reason))).toEqual(new Set(["agent-lost", "gateway-lost"]));
    },
  );

  test("to which the gateway opens no way ends with that reason, and the agent is asked nothing", async () => {
    const { world, gateway, agent, open } = await ready();
    const link = world.context.gateways.find((gateway as { id: Id<"gateway"> }).id);
    if (!link) throw new Error("The gateway is not connected.");
    link.openRoute = () => Promise.reject(new GenkanError("too-many"));
    let asked = false;
    agent.beforeAdmit = () => void (asked = true);
    expect(await outcome(open())).toBe("too-many");
    expect(await listSessions(world.store.db, system)).toMatchObject([{ reason: "refused-by-gateway" }]);
    expect(asked).toBe(false);
  });

  test("does not outlive a revocation that comes while the agent is asked", async () => {
    const { world, agent, grant, open, row, heard } = await ready();
    const officer = await world.caller("officer");
    agent.beforeAdmit = () => revoke(world.context, officer, grant.id, "now");
    expect(await outcome(open())).toBe("session-ended");
    const [session] = await listSessions(world.store.db, system);
    expect(await row(session?.id ?? "ses_")).toMatchObject({ state: "ended", reason: "revoked" });
    await heard();
    // The first cut came before the agent had the session; the last one after its answer.
    expect(agent.cuts.map((cut) => cut.session)).toEqual([session?.id, session?.id]);
  });

  test("keeps no session when its record can't be kept", async () => {
    const { world, agent, open, sessions } = await ready();
    await sql
      .raw("create trigger full before insert on outbox begin select raise(abort, 'no room'); end")
      .execute(world.store.db);
    expect(await outcome(open())).toContain("SQLITE_CONSTRAINT");
    expect([await sessions(), agent.admitted.length]).toEqual([0, 0]);
  });
});

test("a session is seen and ended by its own people and hospital only", async () => {
  const { world, open, row } = await ready();
  const { session } = await open();
  for (const name of ["rival", "rivalChief", "colleague", "foreignOfficer", "foreignApprover"] as Name[])
    expect([name, await outcome(endOne(world.context, await world.caller(name), session, null))]).toEqual([
      name,
      "not-found",
    ]);
  expect(await row(session)).toMatchObject({ state: "admitted" });
});
