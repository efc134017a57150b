import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { composeFaults, dockerfileFaults, stagesOf } from "./docker-rules.ts";

const dockerfile = readFileSync("docker/Dockerfile", "utf8");
const compose = readFileSync("docker/compose.yaml", "utf8");
const ignore = readFileSync("docker/Dockerfile.dockerignore", "utf8");

/** The file with one thing changed; throws where there is nothing to change. */
function changed(text: string, from: string | RegExp, to: string): string {
  const after = text.replace(from, to);
  if (after === text) throw new Error(`The file has no ${String(from)}.`);
  return after;
}

describe("the Dockerfile", () => {
  it("has a target for each program: not root, checked, pinned, of files that exist, without a secret", () => {
    expect(dockerfileFaults(dockerfile)).toEqual([]);
    expect(stagesOf(dockerfile).filter(({ base }) => base.includes(":"))).toHaveLength(1);
  });

  it.each([
    ["a base without a version", "FROM node:24.21.0-bookworm-slim", "FROM node:latest", "is not pinned"],
    [
      "a target as root",
      /USER 10001:10001\nVOLUME \/data\nHEALTHCHECK --interval=10s --timeout=3s --start-period=10s/,
      "HEALTHCHECK",
      "no user but root",
    ],
    [
      "a target that goes back to root",
      'ENTRYPOINT ["node", "dist/bundle/genkan-agent.cjs"]',
      'USER 0:0\nENTRYPOINT ["node", "dist/bundle/genkan-agent.cjs"]',
      "no user but root",
    ],
    ["a target without a check", "HEALTHCHECK NONE\n", "", "no health check"],
    [
      "a program that does not exist",
      'dist/bundle/genkan-gateway.cjs"]',
      'dist/bundle/genkan-gate.cjs"]',
      "no file bin/genkan-gate.ts",
    ],
    ["a script that does not exist", "npm run bundle", "npm run pack", "no npm script pack"],
    ["a folder that does not exist", "COPY policy policy/", "COPY policies policies/", "no file policies"],
    ["a secret in a layer", "ENV NODE_ENV=production", "ENV STORE_PASSWORD=x", "STORE_PASSWORD"],
    ["data in a layer", "COPY policy policy/", "COPY data data/", "COPY data"],
    ["everything in a layer", "COPY policy policy/", "COPY . .", "COPY of everything"],
  ])("is refused with %s", (_, from, to, fault) => {
    expect(dockerfileFaults(changed(dockerfile, from, to)).join("\n")).toContain(fault);
  });

  it("is given nothing but what it names: a list of what may come, with keys and databases out of it", () => {
    const lines = ignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines[0]).toBe("*");
    const let_in = lines.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
    expect(let_in.filter((name) => !existsSync(name))).toEqual([]);
    for (const never of ["data", "docker", "test", ".git", "node_modules", "dist"]) expect(let_in).not.toContain(never);
    expect(lines.slice(-4)).toEqual(["**/*.log", "**/*.key", "**/*.pem", "**/*.db"]);
    const copied = stagesOf(dockerfile)
      .flatMap(({ lines }) => lines)
      .filter(({ word, rest }) => word === "COPY" && !rest.startsWith("--from"))
      .flatMap(({ rest }) => rest.split(" ").slice(0, -1))
      .filter((source) => source !== ".");
    expect(copied.filter((source) => !let_in.includes(source.split("/")[0] ?? ""))).toEqual([]);
  });
});

describe("the compose file", () => {
  it("publishes the gateway and the staff's port alone, leads nothing into vlan, and keeps secrets in files", () => {
    expect(composeFaults(compose)).toEqual([]);
  });

  it.each([
    ["a root that can be written", "    read_only: true\n", "", "its root can be written"],
    ["a capability", "    cap_drop:\n      - ALL\n", "", "has capabilities"],
    [
      "a published agent",
      "    networks:\n      - agent-side\n",
      '    ports:\n      - "22:22"\n    networks:\n      - agent-side\n',
      "agent: publishes 22:22",
    ],
    ["a published database", "    network_mode: none\n", '    ports:\n      - "5432:5432"\n', "postgres: publishes"],
    [
      "a database on a network",
      "    network_mode: none\n",
      "    networks:\n      - staff\n",
      "postgres: has a network",
    ],
    [
      "an authority that the world sees",
      "${STAFF_ADDRESS:-127.0.0.1}:8443:8443",
      "8443:8443",
      "authority: publishes 8443:8443",
    ],
    [
      "an authority in the public network",
      "      - staff\n",
      "      - public\n",
      "authority: stands in the public network",
    ],
    ["a vlan with a way in", "  vlan:\n    internal: true\n", "  vlan:\n", "vlan: it is not internal"],
    ["a gateway in vlan", "      public:\n", "      public:\n      vlan:\n", "gateway,agent stand in it"],
    [
      "an agent with a way out past the gateway",
      "      - agent-side\n      - vlan\n",
      "      - agent-side\n      - vlan\n      - public\n",
      "agent: public leads outside",
    ],
    ["an agent that forwards", 'net.ipv4.ip_forward: "0"', 'net.ipv4.ip_forward: "1"', "agent: forwards"],
    [
      "a password in the environment",
      "POSTGRES_PASSWORD_FILE: /run/secrets/postgres-password",
      "POSTGRES_PASSWORD: secret",
      "in the environment",
    ],
    ["a secret that is not declared", "      - redis-conf\n", "      - redis-config\n", "no secret redis-config"],
    ["an image without a version", "postgres:15.14-bookworm", "postgres", "not pinned"],
    ["a database as root", '    user: "999:999"\n', "", "no user but root"],
  ])("is refused with %s", (_, from, to, fault) => {
    expect(composeFaults(changed(compose, from, to)).join("\n")).toContain(fault);
  });
});
