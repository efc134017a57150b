import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { relay } from "../../../channels/relay.ts";
import { until } from "./bench.ts";

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

/** Both ends of one TCP connection. */
async function connection(): Promise<[near: Socket, far: Socket]> {
  const server = createServer({ allowHalfOpen: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const near = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  const [far] = (await once(server, "connection")) as [Socket];
  cleanup.push(() => {
    server.close();
    for (const socket of [near, far]) socket.destroy();
  });
  return [near, far];
}

test.each(["client", "device"])("an end that the %s sent before the two were joined is passed on", async (side) => {
  const [client, browser] = await connection();
  const [device, machine] = await connection();
  const [early, earlySender, other] = side === "client" ? [client, browser, machine] : [device, machine, browser];
  earlySender.end();
  early.resume();
  await once(early, "end");
  early.pause();
  const joined = relay(client, device, () => {});
  let ended = false;
  other.resume().once("end", () => (ended = true));
  await until(() => ended, "the end on the other side");
  other.end("last words");
  expect(await joined).toEqual(side === "client" ? { up: 0, down: 10 } : { up: 10, down: 0 });
});
