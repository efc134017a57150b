import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from "node:fs";
import { constants as system, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { joinSite } from "../../../agent/joined.ts";
import { Output } from "../../../bin/output.ts";
import { freePort } from "../../../bin/start/ports.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { fingerprint } from "../../../crypto/thumbprint.ts";
import { dialTcp } from "../../../link/dial.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { asPin } from "../../brand.ts";
import { Scene } from "../../component/agent/fixture.ts";
import { StandInAuthority } from "../../component/agent/world.ts";
import { patienceMs } from "../../patience.ts";
import { until } from "../../story/parts/wait.ts";

const bin = join(import.meta.dirname, "../../../bin");

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-output-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A program whose output goes to a disk without room; resolves with its code. */
function runMute(program: string, ...args: string[]) {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [join(bin, program), "run", ...args], { stdio: ["ignore", full, full] });
  closeSync(full);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, exit: once(child, "exit").then(([code]) => code as number | null) };
}

/** Whether somebody listens there. */
async function answers(port: number): Promise<boolean> {
  const socket = await dialTcp({ host: "127.0.0.1", port, timeoutMs: patienceMs }).catch(() => undefined);
  socket?.destroy();
  return socket !== undefined;
}

/** Whether it has said what to do at SIGTERM, by the kernel's list: until then it would just die of it. */
const endsInOrder = ({ pid }: ChildProcess): boolean => {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "0";
  return (BigInt(`0x${caught}`) & (1n << BigInt(system.signals.SIGTERM - 1))) !== 0n;
};

describe("a daemon whose output can't be written", () => {
  test("goes on as an authority", async () => {
    const [data, beside] = [place(), place()];
    const of = ["--data", data, "--master-key", join(beside, "master.key")];
    const hosts = ["--portal-origin", "http://portal.localhost:1", "--staff-origin", "http://staff.localhost:1"];
    const init = ["init", ...of, ...hosts, "--access-domain", "access.localhost", "--access-port", "1"];
    execFileSync(process.execPath, [join(bin, "genkan-authority.ts"), ...init]);
    const port = await freePort();
    const { child, exit } = runMute("genkan-authority.ts", ...of, "--staff-listen", `127.0.0.1:${port}`);
    await until("listening authority", 10_000, () => answers(port));
    await until("orderly end", 10_000, () => endsInOrder(child));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("goes on as a gateway", async () => {
    const data = place();
    execFileSync(process.execPath, [join(bin, "genkan-gateway.ts"), "init", "--data", data]);
    const port = await freePort();
    const key = fingerprint(createProgramKey().pin);
    const listen = ["--listen", `127.0.0.1:${port}`, "--authority-key", key];
    const { child, exit } = runMute("genkan-gateway.ts", "--data", data, ...listen);
    await until("listening gateway", 10_000, () => answers(port));
    // What it tells of its start is told by now.
    expect([await answers(port), await answers(port)]).toEqual([true, true]);
    await until("orderly end", 10_000, () => endsInOrder(child));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("goes on as an agent", async () => {
    const scene = new Scene();
    const authority = new StandInAuthority(scene);
    await authority.start();
    onTestFinished(() => authority.stop());
    const data = place();
    await joinSite({
      folder: data,
      gateway: { host: "127.0.0.1", port: authority.port, key: asPin("A".repeat(43)) },
      authorityKey: scene.authority.pin,
      token: randomToken(),
      name: "agent-1",
      log: silentProgramLog,
    });
    // Each of them is something to tell: an allow-list that can't be used, an event, and a link that is gone.
    writeFileSync(join(data, "allow.json"), "{");
    const { child, exit } = runMute("genkan-agent.ts", "--data", data, "--allow", join(data, "allow.json"));
    const greetings = (count: number) => () => authority.of("hello").length === count;
    await until("connected agent", 10_000, greetings(1));
    const { port } = authority;
    authority.stop();
    await authority.start(port);
    await until("agent that came back", 10_000, greetings(2));
    await until("orderly end", 10_000, () => endsInOrder(child));
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });
});

test("a line that was written in part does not take the next one with it", () => {
  const pipe = join(place(), "pipe");
  execFileSync("mkfifo", [pipe]);
  const descriptor = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
  onTestFinished(() => closeSync(descriptor));
  const output = new Output(descriptor);
  const read = () => {
    const bytes = Buffer.alloc(1_048_576);
    return bytes.subarray(0, readSync(descriptor, bytes)).toString();
  };
  output.write(`${"a".repeat(200_000)}\n`);
  output.write("lost\n");
  expect(read()).toMatch(/^a+$/);
  output.write("whole\n");
  output.write("next\n");
  expect(read()).toBe("\nwhole\nnext\n");
});
