import { type ChildProcess, execFile, spawn } from "node:child_process";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, expect, test } from "vitest";
import { statementHash } from "../../../crypto/statement.ts";
import { fingerprint } from "../../../crypto/thumbprint.ts";
import { asPin } from "../../brand.ts";
import { bytesOf, Scene, temporaryFolder } from "../../component/agent/fixture.ts";
import { StandInAuthority } from "../../component/agent/world.ts";

const program = join(import.meta.dirname, "../../../bin/genkan-agent.ts");
const cleanup: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

function call(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...args], { timeout: 10_000 }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
    child.stdin?.end();
  });
}

/** A running agent, and its events as they come. */
function run(...args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [program, "run", ...args], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  cleanup.push(() => child.kill("SIGKILL"));
  const events: Record<string, unknown>[] = [];
  const waiting: { name: string; resolve: (event: Record<string, unknown>) => void }[] = [];
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const event = JSON.parse(line) as Record<string, unknown>;
    events.push(event);
    for (const { name, resolve } of waiting) if (event.event === name) resolve(event);
  });
  const event = (name: string) =>
    new Promise<Record<string, unknown>>((resolve) => {
      const seen = events.find((one) => one.event === name);
      if (seen) resolve(seen);
      else waiting.push({ name, resolve });
    });
  return { child, event };
}

test("a host joins, shows and accepts the list of approvers while the agent runs, and stops cleanly", async () => {
  const scene = new Scene();
  const authority = new StandInAuthority(scene);
  await authority.start();
  const folder = temporaryFolder();
  cleanup.push(folder.remove, () => authority.stop());
  const data = join(folder.path, "data");
  const joining =
    `join --data ${data} --gateway 127.0.0.1:${authority.port} --token t --name agent-1 --json --gateway-key ${fingerprint(asPin("A".repeat(43)))} --authority-key`.split(
      " ",
    );
  const wrong = await call(...joining, fingerprint(asPin("B".repeat(43))));
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining("genkan-agent: ")]);
  expect(JSON.parse((await call(...joining, fingerprint(scene.authority.pin))).out)).toMatchObject({
    site: { id: scene.site },
    key: fingerprint(asPin(authority.agentKey)),
  });
  expect(statSync(data).mode & 0o777).toBe(0o700);

  const allow = join(folder.path, "allow.json");
  writeFileSync(allow, '{"targets": []}');
  const agent = run("--data", data, "--allow", allow);
  await agent.event("connected");
  const beside = await call("run", "--data", data, "--allow", allow);
  expect([beside.code, beside.out, beside.err]).toEqual([1, "", expect.stringContaining("Another genkan-agent runs")]);
  expect(beside.err.trim().split("\n")).toHaveLength(1);
  const root = bytesOf(scene.listStatement());
  const print = fingerprint(statementHash("genkan/approvers/v1", root));
  await authority.link?.request("trust.propose", { statement: root.toString("base64url"), signatures: [] });
  expect(await agent.event("trust-proposed")).toMatchObject({ version: 1, fingerprint: print });
  expect(JSON.parse((await call("trust", "show", "--data", data, "--json")).out)).toMatchObject({
    pinned: null,
    proposed: { fingerprint: print, approvers: [scene.approver.name, scene.second.name] },
  });

  const add = ["trust", "add", "--data", data, "--fingerprint"];
  const other = await call(...add, fingerprint(asPin("B".repeat(43))), "--yes");
  expect([other.code, other.err]).toEqual([1, expect.stringContaining(print)]);
  const unanswered = await call(...add, print);
  expect([unanswered.code, unanswered.err]).toEqual([1, expect.stringContaining("Nothing was changed")]);
  const accepted = await call(...add, print, "--yes");
  expect([accepted.code, accepted.out]).toEqual([0, expect.stringContaining(scene.approver.name)]);
  expect(await agent.event("trust-pinned")).toMatchObject({ version: 1, fingerprint: print });

  const gone = new Promise((resolve) => agent.child.once("exit", (code, signal) => resolve([code, signal])));
  agent.child.kill("SIGTERM");
  expect(await gone).toEqual([0, null]);
});

test("without a joined folder, or with a malformed fingerprint, it says what to do and fails", async () => {
  const missing = await call("run", "--data", "/nonexistent", "--allow", "x");
  expect([missing.code, missing.err]).toEqual([1, expect.stringContaining("genkan-agent join")]);
  const malformed = await call("trust", "add", "--data", "/nonexistent", "--fingerprint", "abc", "--yes");
  expect(malformed.code).toBe(1);
});
