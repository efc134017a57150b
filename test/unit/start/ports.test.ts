import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { portsOf } from "../../../bin/start/begin.ts";
import { message, StartError } from "../../../bin/start/message.ts";
import { checkNodeVersion, packagedNode } from "../../../bin/start/node-version.ts";
import { checkPorts, choosePorts, freePort } from "../../../bin/start/ports.ts";
import { teller } from "../../../bin/start/teller.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function take(): Promise<number> {
  const port = await freePort();
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return port;
}

describe("the ports", () => {
  it("are all different and free at the first start", async () => {
    const ports = await choosePorts();
    expect(new Set(Object.values(ports)).size).toBe(5);
    await checkPorts(ports, "/data");
  });

  it("are all different where the next ones to be tried are wished for", async () => {
    const ports = await choosePorts(await freePort());
    expect(new Set(Object.values(ports)).size).toBe(5);
  });

  it("are kept from the first start, and another named one is refused later", async () => {
    const folder = mkdtempSync(join(tmpdir(), "genkan-ports-"));
    try {
      const [named, other] = [await freePort(), await freePort()];
      const first = await portsOf(folder, named);
      expect(first.public).toBe(named);
      expect(await portsOf(folder)).toEqual(first);
      await expect(portsOf(folder, other)).rejects.toThrow(String(named));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("stop the start when the named one is taken", async () => {
    const taken = await take();
    const folder = mkdtempSync(join(tmpdir(), "genkan-ports-"));
    await expect(portsOf(folder, taken)).rejects.toThrow(String(taken));
    rmSync(folder, { recursive: true });
  });

  it("that are taken later stop the start, with the port's number in both languages", async () => {
    const taken = await take();
    const ports = { ...(await choosePorts()), staff: taken };
    const failure = await checkPorts(ports, "/data").catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartError);
    const { says } = failure as StartError;
    expect([says.ja, says.en].every((text) => text.includes(String(taken)))).toBe(true);
  });
});

describe("a start", () => {
  it.each(["v20.20.2", "v23.11.0", "v24.0.0", "v24.21.10", "v25.1.0"])("refuses Node %s", (version) =>
    expect(() => checkNodeVersion(version, "24.21.1")).toThrow(/Node.js 24.21.1/),
  );
  it("takes the Node that package.json brings, and no other", () => {
    const packaged = packagedNode(readFileSync("package.json", "utf8"));
    expect(() => checkNodeVersion(`v${packaged}`, packaged)).not.toThrow();
    expect(packaged).toBe(process.versions.node);
  });

  it("speaks both languages to people, and JSON to programs", () => {
    const lines: string[] = [];
    for (const json of [false, true]) teller(json, (line) => lines.push(line)).step(message("起動", "up"));
    expect(lines[0]).toContain("起動 — up");
    expect(JSON.parse(lines[1] ?? "")).toEqual({ event: "step", ja: "起動", en: "up" });
  });
});
