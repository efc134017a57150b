import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import type { Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const privateKey = /-----BEGIN[A-Z ]* PRIVATE KEY-----/;

describe("after a session was used", () => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let files: { path: string; mode: number; bytes: Buffer }[];

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
    sato = await world.technician();
    const { tunnel, session } = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    const echo = new Echo(tunnel.port);
    await echo.say("patient 4711");
    await sato.post(`/api/sessions/${session}/end`, { reason: null });
    await echo.closed;
    const all = readdirSync(world.folder, { recursive: true, withFileTypes: true });
    files = all
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => ({
        path: relative(world.folder, path),
        mode: statSync(path).mode & 0o777,
        bytes: readFileSync(path),
      }));
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  const below = (folder: string) => files.filter(({ path }) => path.startsWith(`data/${folder}/`));

  test("A17: the authority's folder holds no key, no token and no master key in the clear, in any of its files", () => {
    const store = below("authority");
    expect(store.map(({ path }) => path)).toContain("data/authority/genkan.db");
    const master = readFileSync(world.masterKeyFile, "utf8").trim();
    for (const { path, bytes } of store) {
      const text = bytes.toString("latin1");
      expect([path, privateKey.test(text)]).toEqual([path, false]);
      for (const secret of [master, sato.cookie ?? "?", sato.workstation.privateKey.export({ format: "jwk" }).d ?? "?"])
        for (const form of [Buffer.from(secret), Buffer.from(secret, "base64url")])
          expect([path, bytes.includes(form)]).toEqual([path, false]);
    }
  });

  test("A17: agent and gateway have one key each, for their own user alone, and nobody else has it", () => {
    const holders = files.filter(({ bytes }) => privateKey.test(bytes.toString("latin1")) || holdsPem(bytes));
    expect(
      holders
        .map(({ path }) => path)
        .filter((path) => /^data\/(agent|gateway)\//.test(path))
        .sort(),
    ).toEqual(["data/agent/agent.json", "data/gateway/gateway.key"]);
    for (const { path, mode } of holders) expect([path, mode]).toEqual([path, 0o600]);
    for (const folder of ["agent", "gateway", "authority"])
      expect([folder, statSync(join(world.folder, "data", folder)).mode & 0o077]).toEqual([folder, 0]);
    expect(statSync(world.masterKeyFile).mode & 0o077).toBe(0);
  });

  test("A17: what passed through the session stands in no file of any program", () => {
    expect(files.filter(({ bytes }) => bytes.includes("patient 4711")).map(({ path }) => path)).toEqual([]);
  });

  test("A17: no log says a token, a key or a password", () => {
    const logs = below("log").map(({ bytes }) => bytes.toString());
    expect(logs.join("")).not.toMatch(/PRIVATE KEY|__Host-genkan|"(token|password|cookie|proof|secret)"\s*:/i);
    expect(logs.join("")).not.toContain(sato.cookie);
  });

  test("A22: no program starts another one", () => {
    const { gateway, authority, agent } = world.parts;
    for (const { pid } of [gateway, authority, agent])
      expect(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim()).toBe("");
  });

  test("A22: the join command carries the fingerprints of the gateway and the authority, and a token for one use", async () => {
    const order = await world.parts.askAuthority("agent token");
    const { gateway, authority } = world.register.fingerprints;
    expect(order.command).toContain(`--gateway-key ${gateway}`);
    expect(order.command).toContain(`--authority-key ${authority}`);
    expect(order.command).toContain(`--token ${String(order.token)}`);
    const again = await world.parts.askAuthority("agent token");
    expect(again.token).not.toBe(order.token);
  });
});

/** A key in PEM inside a text of JSON. */
function holdsPem(bytes: Buffer): boolean {
  return privateKey.test(bytes.toString("latin1").replaceAll("\\n", "\n"));
}
