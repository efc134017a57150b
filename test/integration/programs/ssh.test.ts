import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Agent } from "../../component/cli/agent.ts";
import { idOf, ownGrant, session } from "../../component/cli/facts.ts";
import { environment, program } from "../../component/cli/program.ts";
import { commandLine, StandIn } from "../../component/cli/stand-in.ts";
import { Sshd } from "../../story/parts/sshd.ts";

let folder: string;
let sshd: Sshd;
let other: Sshd;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "genkan-ssh-"));
  const place = { address: "127.0.0.1", launch: [], user: undefined };
  sshd = await Sshd.start(join(folder, "one"), place);
  other = await Sshd.start(join(folder, "two"), place);
});
afterAll(async () => {
  await sshd.stop();
  await other.stop();
  rmSync(folder, { recursive: true });
});

let server: StandIn;
let agent: Agent;
let line: ReturnType<typeof commandLine>;
let device: Sshd;
beforeEach(async () => {
  server = await new StandIn().listen();
  agent = await new Agent().listen();
  line = commandLine();
  line.signIn(server.origin);
  device = sshd;
  agent.onStream = (stream) => {
    const socket = dial({ host: "127.0.0.1", port: device.port, allowHalfOpen: true });
    socket.on("error", () => stream.destroy());
    stream.on("error", () => socket.destroy());
    socket.once("connect", () => {
      stream.accept();
      stream.pipe(socket).pipe(stream);
    });
  };
  server.answers["GET /api/grants"] = { grants: [ownGrant(line.cli.folder)] };
  server.answers["POST /api/sessions"] = () => agent.ticket;
  server.answers[`POST /api/sessions/${idOf("session")}/end`] = session({ state: "ended" });
});
afterEach(() => {
  agent.close();
  server.close();
  line.remove();
});

const genkan = [process.execPath, program];

/** Runs a program in the environment of somebody who is signed in; what it is given, it reads to the end. */
function run(command: string, args: readonly string[], given = "") {
  const env = { ...environment(line.path), HOME: folder };
  return new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    const child = execFile(command, args, { env }, (error, out, err) => resolve({ code: error?.code ?? 0, out, err }));
    child.stdin?.end(given);
  });
}

const quiet = ["-F", "/dev/null", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"];
const keyed = () => [...quiet, "-i", sshd.keyFile];

describe("ssh with genkan connect --stdio as its ProxyCommand", () => {
  const proxy = () => [
    ...keyed(),
    "-o",
    `ProxyCommand=${genkan.join(" ")} connect --stdio vital ssh`,
    "-o",
    `UserKnownHostsFile=${sshd.knownHosts}`,
    "-o",
    "HostKeyAlias=device",
  ];

  it("runs a command, and hands its end of input and its exit code through", async () => {
    const args = [...proxy(), `${sshd.user}@any`, "tr a-z A-Z; exit 7"];
    expect(await run("ssh", args, "through and back")).toEqual({ code: 7, out: "THROUGH AND BACK", err: "" });
  });

  it("copies a file byte by byte, both ways", async () => {
    const [from, there, back] = ["from", "there", "back"].map((name) => join(folder, name)) as [string, string, string];
    writeFileSync(from, Buffer.alloc(3_000_000, "0123456789abcdef\r\n\u0000"));
    const remote = `${sshd.user}@any:${there}`;
    expect(await run("scp", [...proxy(), "-q", from, remote])).toMatchObject({ code: 0, err: "" });
    expect(await run("scp", [...proxy(), "-q", remote, back])).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(back).equals(readFileSync(from))).toBe(true);
  });

  it("says on stderr why there is no way, and nothing on stdout", async () => {
    server.answers["GET /api/grants"] = { grants: [] };
    server.answers["GET /api/devices"] = { devices: [] };
    const { code, out, err } = await run("ssh", [...proxy(), `${sshd.user}@any`, "true"]);
    expect({ code, out }).toEqual({ code: 255, out: "" });
    expect(err).toContain('There is no such device: "vital"');
  });
});

describe("genkan ssh", () => {
  const ssh = (...rest: string[]) =>
    run(process.execPath, [program, "ssh", "vital", "--user", sshd.user, "--", ...keyed(), ...rest]);
  const accept = ["-o", "StrictHostKeyChecking=accept-new"];

  it("runs the system's ssh, whose exit code is its own", async () => {
    expect(await ssh(...accept, "echo", "genkan-$((6*7));", "exit", "5")).toMatchObject({
      code: 5,
      out: "genkan-42\n",
    });
  });

  it("keeps the device's host key for itself, and is stopped by another one", async () => {
    await ssh(...accept, "true");
    const kept = readFileSync(join(line.path, "cli", "known_hosts"), "utf8");
    expect(kept).toMatch(new RegExp(`^genkan-${idOf("service", 1)} `));
    expect(await ssh("true")).toMatchObject({ code: 0 });
    device = other;
    const { code, err } = await ssh(...accept, "true");
    expect(code).toBe(255);
    expect(err).toContain("REMOTE HOST IDENTIFICATION HAS CHANGED");
  });

  it("takes no user that would be an option of ssh, and no --json", async () => {
    const args = [program, "ssh", "vital"];
    const user = await run(process.execPath, [...args, "--user=-oProxyCommand=touch /tmp/x"]);
    expect(user).toMatchObject({ code: 2, out: "" });
    expect(await run(process.execPath, [...args, "--json"])).toMatchObject({ code: 2 });
  });
});
