import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../../../bin/start/ports.ts";
import { runScript } from "../../run/command.ts";

const health = async (...args: string[]) => (await runScript("bin/health.ts", args)).code;

async function listen(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe("the health check", () => {
  it("of a program that listens holds while it takes connections", async () => {
    expect(await health("listens", String(await listen()))).toBe(0);
    expect(await health("listens", String(await freePort()))).toBe(1);
  });

  it("of a program that only dials holds while it has its link", async () => {
    const port = await listen();
    expect(await health("dials", String(port))).toBe(1);
    const link = connect(port, "127.0.0.1");
    await new Promise((resolve) => link.once("connect", resolve));
    expect(await health("dials", String(port))).toBe(0);
    link.destroy();
  });

  it("fails for a question that it does not know", async () => {
    expect(await health()).toBe(1);
    expect(await health("dials")).toBe(1);
    expect(await health("sleeps", "1")).toBe(1);
  });
});
