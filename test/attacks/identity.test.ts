import { createServer, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { agentEvents } from "../../authority/agent-events.ts";
import { createProgramKey, type ProgramKey } from "../../crypto/program-key.ts";
import { ControlLink } from "../../link/control-link.ts";
import { acceptPinned } from "../../link/pinned-tls.ts";
import { agentMessages, agentOrders } from "../../protocol/agent-control.ts";
import { silentProgramLog } from "../../protocol/program-log.ts";
import { asPin } from "../brand.ts";
import { outcome, World } from "../component/authority/world.ts";
import { reported } from "../reported.ts";

const pem = ({ privateKey }: ProgramKey) => privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** Dials with one's own key, and shows the victim's certificate behind one's own in the chain. */
async function dialWithChain(port: number, own: ProgramKey, victim: ProgramKey) {
  const tls = connectTls({
    host: "127.0.0.1",
    port,
    servername: "agents.genkan.internal",
    minVersion: "TLSv1.3",
    rejectUnauthorized: false,
    key: pem(own),
    cert: `${own.certificate}\n${victim.certificate}`,
  });
  tls.on("error", () => {});
  onTestFinished(() => void tls.destroy());
  await new Promise((resolve) => tls.once("secureConnect", resolve));
  return tls;
}

describe("A4: who somebody is", () => {
  test("A4: is the key proven in the handshake; another's certificate further up the chain is nobody's proof", async () => {
    const [server, own, victim] = [createProgramKey(), createProgramKey(), createProgramKey()];
    const accepted = Promise.withResolvers<string | null>();
    const listener = createServer((raw: Socket) => {
      raw.on("error", () => {});
      const o = { raw, programKey: server, clientKey: "required", timeoutMs: 5_000 } as const;
      acceptPinned(raw, o).then(({ peerKey }) => accepted.resolve(peerKey), accepted.reject);
    });
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void listener.close());
    await dialWithChain((listener.address() as { port: number }).port, own, victim);
    expect(await accepted.promise).toBe(own.pin);
  });

  test("A4: an agent's certificate that somebody carries along does not make them that agent", async () => {
    const world = await World.open();
    const { agents } = world.context;
    agents.start(agentEvents(world.context, { connected: () => {}, disconnected: () => {} }));
    const listener = createServer((socket) => agents.accept({ stream: socket, raw: socket }));
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void listener.close());
    const { port } = listener.address() as { port: number };
    const tls = await dialWithChain(port, createProgramKey(), world.agentKeys.agentA);
    const refuse = () => {
      throw new Error("no orders here");
    };
    const link = new ControlLink({
      stream: tls,
      raw: tls,
      send: agentMessages,
      receive: agentOrders,
      log: silentProgramLog,
      handlers: {
        "trust.propose": refuse,
        "targets.listed": refuse,
        "target.reach": refuse,
        "nonce.request": refuse,
        "session.admit": refuse,
        lease: refuse,
        "session.cut": refuse,
      },
    });
    onTestFinished(() => link.close());
    const hello = {
      clock: world.at(),
      recorder: true,
      report: reported,
      trust: null,
      gateways: [asPin("A".repeat(43))],
      sessions: [],
    };
    expect(await outcome(link.request("hello", hello))).toBe("join-refused");
    expect(world.context.agents.connected()).toEqual([]);
  });
});
