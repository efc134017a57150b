import { createProgramKey } from "../../../crypto/program-key.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, spread, timed } from "../figure.ts";

/** How long it takes to get a session, and a connection inside one; a plain loopback connection in turn with each. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const device = await Device.start();
  const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
  try {
    const [sato, tanaka] = [await world.technician(), await world.staff("tanaka")];
    const grant = await world.grant(sato, tanaka, "echo");
    const fresh: number[] = [];
    const plain: number[] = [];
    effort.say("new sessions");
    for (let i = 0; i < effort.times(200); i++) {
      plain.push(await timed(() => once(device.port)));
      let ended: { close(): void } | undefined;
      let session = "";
      fresh.push(
        await timed(async () => {
          const programKey = createProgramKey();
          const ticket = await sato.admit(grant, programKey);
          const tunnel = await sato.open(ticket, programKey);
          ended = tunnel;
          session = ticket.session;
          await once(tunnel.port);
        }),
      );
      ended?.close();
      await sato.post(`/api/sessions/${session}/end`, { reason: null });
    }

    effort.say("connections inside a session");
    const { tunnel } = await sato.connect(grant);
    const inside: number[] = [];
    const direct: number[] = [];
    for (let i = 0; i < effort.times(1_000); i++) {
      direct.push(await timed(() => once(device.port)));
      inside.push(await timed(() => once(tunnel.port)));
    }
    tunnel.close();
    const beside = "plain loopback, connect and echo";
    return [
      {
        figure: "new_session_ms",
        unit: "ms",
        ours: spread(fresh),
        beside: { what: beside, value: spread(plain) },
        note: "from the call to the first echo: decision, audit, ticket, two TLS handshakes, proof, device dialled",
      },
      {
        figure: "connection_in_session_ms",
        unit: "ms",
        ours: spread(inside),
        beside: { what: beside, value: spread(direct) },
        note: "client, gateway, agent and device on this one machine, in turn",
      },
    ];
  } finally {
    await world.stop();
    await device.stop();
  }
}

/** Connects, says one word, hears it, closes. */
async function once(port: number): Promise<void> {
  const echo = new Echo(port);
  await echo.say("ping");
  echo.socket.destroy();
}
