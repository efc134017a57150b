import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aptGet } from "../../apt.ts";

/** Takes a record lock, as the package manager does, and keeps it until it is ended. */
const holder = `use Fcntl; open(my $file, '+>>', $ARGV[0]) or die;
  my $lock = pack('s s x4 q q l x4', F_WRLCK, 0, 0, 0, 0); fcntl($file, F_SETLK, $lock) or die "taken";
  $| = 1; print "held"; sleep 600;`;

async function hold(file: string): Promise<ChildProcess> {
  const child = spawn("perl", ["-e", holder, file], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout, "data");
  return child;
}

/** An empty world for apt: no sources, no packages, locks of its own. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), "genkan-apt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of ["lists/partial", "cache/archives/partial", "etc", "dpkg"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "dpkg/status"), "");
  const set = { "Dir::State::Lists": "lists", "Dir::Cache": "cache", "Dir::State::status": "dpkg/status" };
  const options = Object.entries(set).flatMap(([name, path]) => ["-o", `${name}=${join(folder, path)}`]);
  const none = ["-o", "Dir::Etc::SourceList=/dev/null", "-o", "Dir::Etc::SourceParts=/dev/null"];
  return { folder, options: [...options, ...none] };
}

test.each([
  ["the lists of packages", "lists/lock", ["update"]],
  ["the packages", "dpkg/lock-frontend", ["install", "-y"]],
])("waits for whoever holds the lock of %s, says so, and goes on", async (_what, lock, command) => {
  const { folder, options } = place();
  const other = await hold(join(folder, lock));
  let said = "";
  let over = false;
  const done = aptGet(command, { options, tell: (text) => (said += text) }).finally(() => (over = true));
  await expect.poll(() => said).toContain("another program holds the package manager's lock");
  expect(over).toBe(false);
  other.kill("SIGKILL");
  expect(await done).toMatchObject({ code: 0 });
});

test("gives up on a lock that is never given back", async () => {
  const { folder, options } = place();
  await hold(join(folder, "lists/lock"));
  const result = await aptGet(["update"], { options, tell: () => {}, waitSeconds: 0 });
  expect(result.code).toBe(100);
});

test("does not take another failure for a lock", async () => {
  const { options } = place();
  expect((await aptGet(["install", "no-such-package"], { options, tell: () => {} })).code).toBe(100);
});
