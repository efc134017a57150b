import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../../protocol/version.ts";
import { DebianRoot } from "../../parts/debian-root.ts";
import { InstalledService } from "../../parts/installed-service.ts";
import { debFile, older, olderGateway, packages } from "../../parts/packages.ts";
import { selfSigned } from "../../parts/self-signed.ts";

const services = ["genkan-authority", "genkan-gateway", "genkan-agent"] as const;

/** One throw-away Debian, through a package's whole life: each test goes on where the one before it ended. */
describe("packages in an empty Debian", () => {
  let root: DebianRoot;
  let folder: string;
  let before: string;

  beforeAll(async () => {
    folder = await packages();
    before = await olderGateway();
    root = await DebianRoot.make();
    mkdirSync(root.file("/packages"));
  });
  afterAll(() => root.remove());

  const dpkg = (...args: string[]) => root.run(["dpkg", ...args]);
  const text = (path: string) => readFileSync(root.file(path), "utf8");
  /** Installs what was made: a package is a file that somebody brought. */
  function install(file: string): string {
    writeFileSync(root.file(`/packages/${basename(file)}`), readFileSync(file));
    const { status, output } = dpkg("--install", `/packages/${basename(file)}`);
    expect([status, output]).toEqual([0, output]);
    return output;
  }
  function genkan(name: string, ...args: string[]): string {
    const { status, output } = root.run([name, ...args]);
    expect([status, output]).toEqual([0, output]);
    return output;
  }
  const facts = (name: string, ...args: string[]) =>
    JSON.parse(genkan(name, ...args, "--json")) as Record<string, string>;
  const rights = (path: string) => root.run(["stat", "-c", "%a %U %G", path]).output.trim();

  test("there is no Node, and no Genkan, before", () => {
    for (const name of ["node", "npm", ...services, "genkan"])
      expect(root.run(["sh", "-c", `command -v ${name}`]).status, name).not.toBe(0);
  });

  test("each is installed, says what is next, and is not started by itself", () => {
    expect(install(debFile(before, "genkan-gateway", older))).toContain("Next:");
    for (const name of ["genkan-authority", "genkan-agent"]) expect(install(debFile(folder, name))).toContain("Next:");
    install(debFile(folder, "genkan"));
    expect(dpkg("--audit").output).not.toContain("genkan");
    expect(dpkg("--verify", ...services, "genkan").output).toBe("");
    for (const name of services) {
      expect(root.run(["systemctl", "is-enabled", name]).output.trim()).toBe("disabled");
      expect(rights(`/var/lib/${name}`)).toBe(`700 ${name} ${name}`);
    }
    expect(rights("/etc/genkan/authority/master-key")).toBe("400 genkan-authority genkan-authority");
    for (const name of [...services, "genkan"])
      expect(genkan(name, "--version")).toMatch(
        new RegExp(`^${name} ${version.replaceAll(".", "\\.")} \\([0-9a-f]{7,}(-dirty)?, node `),
      );
  });

  test("their verbs run as the service's user, and make what only that user reads", () => {
    genkan("genkan-gateway", "init");
    expect(rights("/var/lib/genkan-gateway/gateway.key")).toBe("600 genkan-gateway genkan-gateway");
    const made = facts(
      "genkan-authority",
      "init",
      "--portal-origin",
      "https://portal.example.org",
      "--staff-origin",
      "https://staff.example.org:8443",
      "--access-domain",
      "access.example.net",
      "--sample",
    );
    expect(made["fingerprint"]).toMatch(/^SHA256:/);
    expect(rights("/var/lib/genkan-authority/genkan.db")).toBe("600 genkan-authority genkan-authority");
  });

  test("an upgrade keeps the key and the settings that somebody edited", () => {
    const key = text("/var/lib/genkan-gateway/gateway.key");
    const { fingerprint } = facts(
      "genkan-authority",
      "init",
      "--portal-origin",
      "https://portal.example.org",
      "--staff-origin",
      "https://staff.example.org:8443",
      "--access-domain",
      "access.example.net",
    );
    const settings = text("/etc/genkan/gateway.env").replace(
      "#GENKAN_AUTHORITY_KEY=SHA256:",
      `GENKAN_AUTHORITY_KEY=${fingerprint}`,
    );
    writeFileSync(root.file("/etc/genkan/gateway.env"), settings);
    const said = install(debFile(folder, "genkan-gateway"));
    expect(said).toContain(`(${version}) over (${older})`);
    expect(said).not.toContain("Next:");
    expect(dpkg("--status", "genkan-gateway").output).toContain(`Version: ${version}\n`);
    expect([text("/var/lib/genkan-gateway/gateway.key"), text("/etc/genkan/gateway.env")]).toEqual([key, settings]);
  });

  test("the three services find each other, and the command line asks the portal", async () => {
    const { cert, key } = selfSigned({ name: "portal.example.org" });
    for (const face of ["portal", "staff"]) {
      writeFileSync(root.file(`/etc/genkan/authority/${face}.pem`), cert);
      writeFileSync(root.file(`/etc/genkan/authority/${face}.key`), key, { mode: 0o400 });
      root.run(["chown", "genkan-authority", `/etc/genkan/authority/${face}.key`]);
    }
    writeFileSync(root.file("/etc/hosts"), "127.0.0.1 localhost gateway.example.org portal.example.org\n");
    const { fingerprint } = JSON.parse(
      root.run(["sh", "-c", "rm /var/lib/genkan-gateway/gateway.key; genkan-gateway init --json"]).output,
    ) as { fingerprint: string };
    genkan(
      "genkan-authority",
      "gateway",
      "add",
      "--name",
      "g",
      "--address",
      "gateway.example.org:443",
      "--key",
      fingerprint,
    );
    const gateway = new InstalledService(root, "genkan-gateway");
    expect(await gateway.tells("listening")).toMatchObject({ port: 443 });
    const authority = new InstalledService(root, "genkan-authority");
    expect(await authority.tells("listening")).toMatchObject({ staffPort: 8443 });
    await authority.tells("gateway-connected");

    const { command = "" } = facts("genkan-authority", "agent", "token");
    const join_ = command.replace("--data DIR ", "").replace("--name NAME", "--name a").split(" ");
    genkan(...(join_ as [string, ...string[]]));
    expect(rights("/var/lib/genkan-agent/agent.json")).toBe("600 genkan-agent genkan-agent");
    const agent = new InstalledService(root, "genkan-agent");
    await agent.tells("connected");
    expect(await authority.tells("agent-connected")).toMatchObject({ name: "a" });

    const asking = root.start([
      "env",
      "HOME=/root",
      "genkan",
      "login",
      "--json",
      "--portal",
      "https://portal.example.org",
      "--ca",
      "/etc/genkan/authority/portal.pem",
    ]);
    const asked = await new Promise<string>((resolve) =>
      asking.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString())),
    );
    expect(JSON.parse(asked)).toMatchObject({
      event: "code",
      verificationUri: expect.stringContaining("https://portal.example.org/"),
    });

    for (const [service, name] of [
      [agent, "genkan-agent"],
      [authority, "genkan-authority"],
      [gateway, "genkan-gateway"],
    ] as const)
      expect([name, await service.stop(root, name)]).toEqual([name, 0]);
  });

  test("what was removed leaves its settings and its data", () => {
    for (const name of services) expect([name, dpkg("--remove", name).status]).toEqual([name, 0]);
    for (const name of services) expect(existsSync(root.file(`/usr/lib/${name}`)), name).toBe(false);
    for (const path of [
      "/etc/genkan/gateway.env",
      "/var/lib/genkan-gateway/gateway.key",
      "/var/lib/genkan-authority/genkan.db",
      "/etc/genkan/authority/master-key",
      "/var/lib/genkan-agent/agent.json",
    ])
      expect(existsSync(root.file(path)), path).toBe(true);
    install(debFile(folder, "genkan-authority"));
    const again = facts(
      "genkan-authority",
      "init",
      "--portal-origin",
      "https://portal.example.org",
      "--staff-origin",
      "https://staff.example.org:8443",
      "--access-domain",
      "access.example.net",
    );
    expect(again["existed"]).toBe(true);
  });

  test("a purge takes settings and keys, and says that it leaves the log and its master key, until it is told otherwise", () => {
    const purge = (name: string, told: NodeJS.ProcessEnv = {}) => root.run(["dpkg", "--purge", name], told).output;
    expect(purge("genkan-gateway")).toContain("Removed: /var/lib/genkan-gateway");
    expect(existsSync(root.file("/var/lib/genkan-gateway"))).toBe(false);
    expect(purge("genkan-agent")).toMatch(/^Kept: \/var\/lib\/genkan-agent with the journal/m);
    expect(existsSync(root.file("/var/lib/genkan-agent/journal.jsonl"))).toBe(true);
    expect(purge("genkan-authority")).toMatch(/^Kept: \/var\/lib\/genkan-authority with the audit log/m);
    for (const path of ["/var/lib/genkan-authority/genkan.db", "/etc/genkan/authority/master-key"])
      expect(existsSync(root.file(path)), path).toBe(true);
    expect(existsSync(root.file("/etc/genkan/authority.env"))).toBe(false);

    install(debFile(folder, "genkan-authority"));
    expect(purge("genkan-authority", { GENKAN_PURGE_DATA: "1" })).toContain(
      "Removed: /var/lib/genkan-authority and /etc/genkan/authority",
    );
    expect(existsSync(root.file("/var/lib/genkan-authority"))).toBe(false);
    expect(purge("genkan")).not.toContain("Kept");
    expect(existsSync(root.file("/etc/genkan"))).toBe(false);
    expect(join("/usr/bin", "genkan")).toSatisfy((path: string) => !existsSync(root.file(path)));
  });
});
