import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { endInJournal } from "../../story/parts/journal.ts";
import { slackOf, sleep, until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { Path } from "../../world/path.ts";
import type { Person } from "../../world/person.ts";
import type { Connection, Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const lapseMs = limits.leaseMs + 2 * limits.leaseRenewMs + 5_000;

/** A world whose parts reach the gateway by paths that can break. */
class Scene {
  readonly device: Device;
  readonly paths: Record<"agent" | "authority", Path>;
  readonly world: QuickWorld;
  readonly sato: Technician;
  readonly tanaka: Person;
  readonly yamada: Person;

  private constructor(o: Omit<Scene, "use" | "stop" | "reason">) {
    this.device = o.device;
    this.paths = o.paths;
    this.world = o.world;
    this.sato = o.sato;
    this.tanaka = o.tanaka;
    this.yamada = o.yamada;
  }

  static async set(): Promise<Scene> {
    const device = await Device.start();
    const paths = {} as Record<"agent" | "authority", Path>;
    const world = await QuickWorld.start({
      devices: [
        { name: "echo", protocol: "tcp", port: device.port },
        { name: "next door", protocol: "tcp", port: device.port, neighbour: true },
      ],
      paths: async (gateway) => {
        paths.agent = await Path.start(gateway);
        paths.authority = await Path.start(gateway);
        return { agent: paths.agent.port, authority: paths.authority.port };
      },
    });
    // Clients take the gateway's own port, unless told.
    const sato = await world.technician("sato", world.parts.ports.public);
    const [tanaka, yamada] = [await world.staff("tanaka"), await world.staff("yamada")];
    return new Scene({ device, paths, world, sato, tanaka, yamada });
  }

  async use(technician = this.sato): Promise<{ connection: Connection; echo: Echo }> {
    const connection = await technician.connect(await this.world.grant(technician, this.tanaka, "echo"));
    const echo = new Echo(connection.tunnel.port);
    await echo.say("before");
    return { connection, echo };
  }

  /** The reason that the staff see, once they see an end. */
  reason({ session }: Connection): Promise<string | null> {
    return until("end shown", lapseMs, async () => {
      const view = await this.yamada.get<SessionView>(`/api/sessions/${session}`);
      return view.state === "ended" && view.reason;
    });
  }

  async stop(): Promise<void> {
    await this.world.stop();
    for (const path of Object.values(this.paths)) path.stop();
    await this.device.stop();
  }
}

describe.concurrent("a link", () => {
  const scenes: Scene[] = [];

  beforeAll(async () => {
    for (let count = 0; count < 4; count++) scenes.push(await Scene.set());
  });
  afterAll(async () => {
    for (const scene of scenes) await scene.stop();
  });
  const scene = (index: number): Scene => scenes[index] ?? fail();

  test("of an agent that drops every packet ends its sessions by their lease, on both sides, and comes back", async () => {
    const { world, paths, device, sato, tanaka, reason } = bound(scene(0));
    const { connection, echo } = await scene(0).use();
    paths.agent.hold(true);
    expect(await reason(connection)).toBe("lease-lost");
    expect(await echo.closed).toBe("reset");
    await until("end by the agent's own clock", lapseMs, () => endInJournal(world.parts, connection.session));
    expect(endInJournal(world.parts, connection.session)).toBe("lease-lost");
    expect(device.connections).toBe(0);
    paths.agent.hold(false);
    const grant = await world.grant(sato, tanaka, "echo");
    const again = await until("session", 20_000, () => sato.connect(grant).catch(() => undefined));
    again.tunnel.close();
  });

  test("of the authority that drops every packet does the same, and every part finds the others again", async () => {
    const { world, paths, device, reason } = bound(scene(1));
    const { connection, echo } = await scene(1).use();
    paths.authority.hold(true);
    expect(await reason(connection)).toBe("lease-lost");
    expect(await echo.closed).toBe("reset");
    await until("sockets closed at the device", lapseMs, () => device.connections === 0);
    paths.authority.hold(false);
    const again = await until("session", 20_000, () =>
      scene(1)
        .use()
        .catch(() => undefined),
    );
    again.connection.tunnel.close();
    await until("end of every session", lapseMs, async () => (await world.liveSessions()).length === 0);
  });

  test("that is reset or slow costs what crosses it, and no more", async () => {
    const { world, paths, device, reason } = bound(scene(2));
    const line = await Path.start(world.parts.ports.public);
    const byLine = await world.technician("sato", line.port);

    const held = await scene(2).use(byLine);
    line.hold(true);
    held.echo.socket.write(" into the dark");
    await sleep(1_000);
    line.hold(false);
    held.echo.socket.write(" and after");
    // Nothing was lost, and nothing came twice.
    const said = "before into the dark and after";
    await until("echo", 10_000, () => held.echo.received.length >= said.length);
    expect(held.echo.received.toString()).toBe(said);

    line.reset();
    expect(await held.echo.closed).toBe("reset");
    expect(await reason(held.connection)).toBe("ended-by-technician");

    const cut = await scene(2).use();
    paths.agent.reset();
    expect(await cut.echo.closed).toBe("reset");
    expect(await reason(cut.connection)).toBe("gateway-lost");
    await until("sockets closed at the device", 5_000, () => device.connections === 0);

    const slow = await Path.start(world.parts.ports.public);
    slow.delay(400);
    const patient = await until("session on a slow line", 20_000, async () =>
      scene(2)
        .use(await world.technician("sato", slow.port))
        .catch(() => undefined),
    );
    await patient.echo.say("slowly");
    patient.connection.tunnel.close();
    for (const path of [line, slow]) path.stop();
  });

  test("to an agent that stands still delays neither a lock nor the leases of its neighbour", async () => {
    const { world, sato } = bound(scene(3));
    await world.beginNeighbour();
    const mori = await world.staff("mori");
    const { connection, echo } = await scene(3).use();
    const next = await sato.connect(await world.grant(sato, mori, "next door"));
    const nextEcho = new Echo(next.tunnel.port);
    await nextEcho.say("before");
    world.parts.agent.kill("SIGSTOP");
    // Long enough that a lease waits for its receipt, and that one more than a lease has to be renewed.
    for (let waited = 0; waited < limits.leaseMs + limits.leaseRenewMs; waited += 1_000) {
      await sleep(1_000);
      await nextEcho.say("still here");
    }
    expect(await scene(3).reason(connection)).toBe("lease-lost");
    expect(await echo.closed).toBe("reset");
    const slackMs = await slackOf(() => mori.get("/api/me"));
    const began = performance.now();
    await mori.post("/api/locks", { kind: "everything", target: null, reason: "drill" });
    expect(await nextEcho.closed).toBe("reset");
    // Far below what the standing agent would be waited for.
    expect(performance.now() - began).toBeLessThan(limits.controlReplyMs / 2 + slackMs);
    expect((await sato.get<SessionView>(`/api/sessions/${next.session}`)).reason).toBe("locked");
  });
});

/** Methods that keep their owner when taken out of it. */
function bound(scene: Scene) {
  const { world, paths, device, sato, tanaka, yamada } = scene;
  return { world, paths, device, sato, tanaka, yamada, reason: (of: Connection) => scene.reason(of) };
}

function fail(): never {
  throw new Error("The scene was not set.");
}
