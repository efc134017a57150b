import { createServer } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { agentEvents } from "../../../authority/agent-events.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { ControlLink } from "../../../link/control-link.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { version } from "../../../protocol/version.ts";
import { outcome, World } from "../../component/authority/world.ts";
import { raiseEpoch } from "../../component/store/epoch.ts";
import { Stores } from "./stores.ts";

let stores: Stores;
beforeAll(() => {
  stores = new Stores();
});
afterAll(() => stores.end());

const refuse = () => {
  throw new GenkanError("state-conflict");
};
const takesNoOrders = {
  "trust.propose": refuse,
  "targets.listed": refuse,
  "target.reach": refuse,
  "nonce.request": refuse,
  "session.admit": refuse,
  lease: refuse,
  "session.cut": refuse,
};

test("strangers who try to join without end, on link after link, keep nobody else from writing", async () => {
  const world = await World.open({ empty: true });
  const store = await stores.make("postgres");
  const { agents, keys } = world.context;
  agents.start(agentEvents({ ...world.context, store }, { connected: () => {}, disconnected: () => {} }));
  const server = createServer((socket) => agents.accept({ stream: socket, raw: socket }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  let going = true;
  const said: Record<string, number> = {};

  /** As many joins as one link takes, then the next link. */
  const stranger = async () => {
    while (going) {
      const { tls, raw } = await connectPinned({
        host: "127.0.0.1",
        port,
        servername: "agents.genkan.internal",
        pin: keys.programKey.pin,
        programKey: createProgramKey(),
        timeoutMs: 5_000,
      });
      const link = new ControlLink({
        stream: tls,
        raw,
        send: agentMessages,
        receive: agentOrders,
        log: silentProgramLog,
        handlers: takesNoOrders,
      });
      await link.request("version", { version });
      const sealKey = createSealKey().publicKey;
      const guess = () => outcome(link.request("join", { token: randomToken(), name: "x", sealKey }));
      for (const code of await Promise.all(Array.from({ length: 600 }, guess))) said[code] = (said[code] ?? 0) + 1;
      resetNow(raw);
    }
  };

  const flood = Array.from({ length: 3 }, stranger);
  const written: Record<string, number> = {};
  const until = performance.now() + 3_000;
  // On a busy machine links come slowly, and each is one guess.
  while (performance.now() < until || said["too-many"] === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const code = await outcome(store.change((change) => raiseEpoch(change)));
    written[code] = (written[code] ?? 0) + 1;
  }
  going = false;
  await Promise.all(flood);
  expect(written).toEqual({ done: expect.any(Number) });
  // The guesses were heard, up to the budget of their network.
  expect(said).toMatchObject({ "join-refused": expect.any(Number), "too-many": expect.any(Number) });
});
