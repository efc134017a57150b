import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dialAuthority } from "../../../agent/control.ts";
import { readJoined } from "../../../agent/joined.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import type { Body, Handlers } from "../../../link/control-link.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { Passkey } from "../../passkey.ts";
import { reported } from "../../reported.ts";
import { sleep } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { Person } from "../../world/person.ts";
import { type Connection, type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

type Messages = typeof agentMessages;
type Link = Awaited<ReturnType<typeof dialAuthority>>["link"];

/** Whoever owns the host of one agent speaks with its key, and tries the session of another site's agent. */
describe("an agent's host", () => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let yamada: Person;
  let connection: Connection;
  let echo: Echo;
  let link: Link;
  const orders: string[] = [];

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [
        { name: "echo", protocol: "tcp", port: device.port },
        { name: "next door", protocol: "tcp", port: device.port, neighbour: true },
      ],
    });
    sato = await world.technician();
    yamada = await world.staff("yamada");
    connection = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    echo = new Echo(connection.tunnel.port);
    await echo.say("before");

    link = await enter();
  });

  /** A link of the neighbour, that notes what it is told and claims the other's session, too. */
  async function enter(): Promise<Link> {
    const { programKey, gateways, authorityKey } = readJoined(world.register.agents.neighbour.folder);
    const heard = Object.keys(agentOrders).map((type) => [
      type,
      (body: object) => {
        orders.push(`${type} ${JSON.stringify(body)}`);
        if (type === "nonce.request") return { nonce: "A".repeat(43) };
        if (type === "trust.propose") return { pinned: false };
        if (type === "session.admit") throw new GenkanError("ticket-invalid");
        return {};
      },
    ]);
    const { link } = await dialAuthority({
      address: { gateways, authorityKey },
      programKey,
      handlers: Object.fromEntries(heard) as Handlers<typeof agentOrders>,
      log: silentProgramLog,
    });
    const clock = new Date().toISOString();
    const keys = gateways.map(({ key }) => key);
    const said = {
      clock,
      recorder: true,
      report: reported,
      trust: null,
      gateways: keys,
      sessions: [connection.session],
    };
    await link.request("hello", said);
    return link;
  }

  afterAll(async () => {
    link?.close();
    echo?.destroy();
    await world?.stop();
    await device?.stop();
  });

  const counts = { up: 1, down: 1, connections: 1 };
  test.each([
    ["leg.request", () => ({ session: connection.session, count: 4 })],
    ["session.begun", () => ({ session: connection.session })],
    ["session.counts", () => ({ session: connection.session, counts })],
    [
      "session.entries",
      () => ({
        session: connection.session,
        first: 0,
        entries: [{ kind: "refusal", at: new Date().toISOString(), code: "forged" }],
      }),
    ],
    ["session.ended", () => ({ session: connection.session, reason: "revoked", counts, at: new Date().toISOString() })],
  ] as [keyof Messages, () => object][])("can't say %s of another agent's session", async (type, body) => {
    const asked = link.request(type, body() as Body<Messages, typeof type>);
    await expect(asked).rejects.toMatchObject({ code: "session-unknown" });
    await echo.say("untouched");
  });

  test("neither ends nor changes that session, nor writes into its recording", async () => {
    const view = await sato.get<SessionView>(`/api/sessions/${connection.session}`);
    expect([view.state, view.reason]).toEqual(["live", null]);
    const { entries } = await yamada.get<{ entries: object[] }>(`/api/sessions/${connection.session}/entries`);
    expect(entries).toEqual([]);
  });

  test("hears of that session only that it is none of its own: no ticket, no lease, no list of approvers, no end", async () => {
    await sleep(limits.leaseRenewMs + 1_000);
    const told = orders.filter((order) => order.includes(connection.session));
    expect(told).toEqual([`session.cut ${JSON.stringify({ session: connection.session, reason: "fact-changed" })}`]);
    expect(orders.filter((order) => order.startsWith("lease"))).toEqual([]);
    const { site } = world.register.agents.site;
    const roots = orders.flatMap((order) => {
      if (!order.startsWith("trust.propose ")) return [];
      const { statement } = JSON.parse(order.slice("trust.propose ".length)) as { statement: string };
      return [JSON.parse(Buffer.from(statement, "base64url").toString()) as { site: Id<"site"> }];
    });
    expect(roots.map((root) => root.site)).not.toContain(site);
  });

  test("makes no approval: a passkey that its own host accepts signs nobody in", async () => {
    const { staff } = world.register.hosts;
    const mine = new Person(staff, new Passkey(new URL(staff).hostname, staff));
    await expect(mine.signIn()).rejects.toThrow(/sign-in-failed/);
    const asked = await sato.request(world.device("next door"), windowFromNow(0, 3_600_000));
    const begin = `/api/requests/${asked.id}/approval/begin`;
    expect(await mine.refused("POST", begin, { windows: asked.windows })).toMatch(/^unauthenticated/);
  });

  test("can't join a second time, to be somebody else", async () => {
    const asked = link.request("join", {
      token: "A".repeat(43),
      name: "agent of site",
      sealKey: createSealKey().publicKey,
    });
    await expect(asked).rejects.toMatchObject({ code: "join-refused" });
    await echo.say("untouched to the end");
  });

  test("is not even told when that session ends", async () => {
    // The one before is closed, for it was refused.
    link = await enter();
    const before = orders.length;
    await sato.post(`/api/sessions/${connection.session}/end`, { reason: null });
    expect(await echo.closed).toBe("reset");
    // Were it told, then before the answer to this, on the same link.
    await expect(
      link.request("join", { token: "A".repeat(43), name: "x", sealKey: createSealKey().publicKey }),
    ).rejects.toMatchObject({
      code: "join-refused",
    });
    expect(orders.slice(before)).toEqual([]);
  });
});
