import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../../../bin/start/ports.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { fingerprint } from "../../../crypto/thumbprint.ts";
import { startGateway } from "../../../gateway/gateway.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { asPin } from "../../brand.ts";
import { run, runScript } from "../../run/command.ts";
import { SmallDisk } from "../../world/small-disk.ts";

interface Told {
  readonly code: number | null;
  /** `state code`, in the order of the checks. */
  readonly found: readonly string[];
  readonly next: readonly (string | null)[];
}

async function doctor(program: string, ...args: string[]): Promise<Told> {
  const { code, output } = await runScript(`bin/${program}.ts`, ["doctor", ...args, "--json"]);
  const { findings } = JSON.parse(output) as { findings: { state: string; code: string; next: string | null }[] };
  return {
    code,
    found: findings.map(({ state, code }) => `${state} ${code}`),
    next: findings.map(({ next }) => next),
  };
}

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "genkan-doctor-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A page that says what time it is there. */
async function clockAt(offMs: number): Promise<string> {
  const server = createHttp((_request, response) => {
    response.setHeader("date", new Date(Date.now() + offMs).toUTCString());
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function certificate(folder: string, days: number): string {
  const file = join(folder, `${days}.pem`);
  const key = join(folder, `${days}.key`);
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key];
  const asked = String(Math.max(days, 1));
  execFileSync("openssl", [...made, "-out", file, "-subj", "/CN=x", "-days", asked], { stdio: "ignore" });
  // Only signing it again takes an end that is over.
  const again = ["x509", "-in", file, "-signkey", key, "-out", file, "-days", String(days)];
  if (days < 1) execFileSync("openssl", again, { stdio: "ignore" });
  return file;
}

const gatewayFolder = () => {
  const data = place();
  execFileSync(process.execPath, ["bin/genkan-gateway.ts", "init", "--data", data]);
  return data;
};

describe("the doctor of a gateway", () => {
  test("finds all well, and says nothing of what to do", async () => {
    const { code, found, next } = await doctor(
      "genkan-gateway",
      "--data",
      gatewayFolder(),
      "--portal",
      await clockAt(0),
    );
    expect([code, found]).toEqual([0, ["ok version", "ok disk", "ok rights", "ok clock"]]);
    expect(next).toEqual([null, null, null, null]);
  });

  test("finds a key that others can read, with the command that mends it", async () => {
    const data = gatewayFolder();
    chmodSync(join(data, "gateway.key"), 0o644);
    const { code, found, next } = await doctor("genkan-gateway", "--data", data);
    expect([code, found[2]]).toEqual([1, "fail rights-wrong"]);
    const { output } = await runScript("bin/genkan-gateway.ts", ["doctor", "--data", data]);
    expect(output).toContain(`chmod 600 ${join(data, "gateway.key")}`);
    expect(next[2]).toEqual(expect.any(String));
  });

  test("finds a disk without room", async () => {
    const data = gatewayFolder();
    const disk = await SmallDisk.start(data, 4_000_000);
    onTestFinished(() => disk.stop());
    disk.fill();
    const { code, found } = await doctor("genkan-gateway", "--data", disk.path());
    expect([code, found.slice(1, 3)]).toEqual([1, ["fail disk", "ok rights"]]);
  });

  test("finds a clock that is off, a little and too much", async () => {
    const of = ["--data", gatewayFolder(), "--portal"];
    expect((await doctor("genkan-gateway", ...of, await clockAt(-10_000))).found.at(-1)).toBe("warn clock");
    const far = await doctor("genkan-gateway", ...of, await clockAt(3_600_000));
    expect([far.code, far.found.at(-1)]).toEqual([1, "fail clock"]);
  });

  test("finds a port that is taken, and an address that this machine has not", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const taken = (server.address() as AddressInfo).port;
    const of = ["--data", gatewayFolder(), "--listen"];
    expect((await doctor("genkan-gateway", ...of, `127.0.0.1:${taken}`)).found).toContain("warn port-taken");
    const foreign = await doctor("genkan-gateway", ...of, "192.0.2.1:443");
    expect([foreign.code, foreign.found.includes("fail port-refused")]).toEqual([1, true]);
  });

  test("speaks Japanese where its host does", async () => {
    const environment = { LC_ALL: "ja_JP.UTF-8" };
    const missing = join(place(), "nothing");
    const { output } = await run(process.execPath, ["bin/genkan-gateway.ts", "doctor", "--data", missing], {
      environment,
    });
    expect(output).toContain("がありません");
  });
});

describe("the doctor of an authority", () => {
  function authority() {
    const base = place();
    const of = ["--data", join(base, "data"), "--master-key", join(base, "master.key")];
    const hosts = ["--portal-origin", "http://portal.localhost:1", "--staff-origin", "http://staff.localhost:1"];
    const made = ["init", ...of, ...hosts, "--access-domain", "access.localhost"];
    execFileSync(process.execPath, ["bin/genkan-authority.ts", ...made]);
    const addGateway = (port: number, key: string) =>
      execFileSync(process.execPath, [
        "bin/genkan-authority.ts",
        "gateway",
        "add",
        ...of,
        "--name",
        "g",
        "--address",
        `127.0.0.1:${port}`,
        "--key",
        fingerprint(asPin(key)),
      ]);
    return { base, of, addGateway };
  }

  test("finds a gateway that is there, one that is not, and another one in its place", async () => {
    const programKey = createProgramKey();
    const config = { listenHost: "127.0.0.1", listenPort: 0, programKey, loopbackHttp: false };
    const authorityKey = createProgramKey().pin;
    const gateway = await startGateway({
      config: { ...config, authorityKey },
      log: silentProgramLog,
      now: () => performance.now(),
    });
    onTestFinished(() => gateway.close());
    const { of, addGateway } = authority();
    expect((await doctor("genkan-authority", ...of)).found).toContain("warn peers-none");
    addGateway(gateway.port, programKey.pin);
    expect((await doctor("genkan-authority", ...of)).found).toContain("ok reach");
    addGateway(gateway.port, createProgramKey().pin);
    const other = await doctor("genkan-authority", ...of);
    expect([other.code, other.found.includes("fail reach-other")]).toEqual([1, true]);
    addGateway(await freePort(), programKey.pin);
    const away = await doctor("genkan-authority", ...of);
    expect([away.code, away.found.includes("fail reach-not")]).toEqual([1, true]);
  });

  test("finds certificates that end soon, have ended, or are none", async () => {
    const { base, of } = authority();
    const none = join(base, "none.pem");
    writeFileSync(none, "no certificate");
    const files = [certificate(base, 90), certificate(base, 3), certificate(base, -1), none];
    const { code, found } = await doctor("genkan-authority", ...of, "--certificate", ...files);
    expect(code).toBe(1);
    expect(found.filter((each) => each.includes("certificate"))).toEqual([
      "ok certificate",
      "warn certificate",
      "fail certificate",
      "fail certificate-unread",
    ]);
  });

  test("finds a store that is not there, and that there was no backup", async () => {
    const { base, of } = authority();
    expect((await doctor("genkan-authority", ...of)).found).toContain("warn backup-never");
    rmSync(join(base, "data", "genkan.db"));
    const gone = await doctor("genkan-authority", ...of);
    expect([gone.code, gone.found.includes("fail store-away")]).toEqual([1, true]);
  });
});

test("the doctor of an agent finds that it has not joined", async () => {
  const data = place();
  const { code, found } = await doctor("genkan-agent", "--data", data);
  expect([code, found]).toEqual([1, ["ok version", "ok disk", "fail file-missing", "warn clock-unknown"]]);
});

test("the doctor of the command line finds that nobody has signed in, and a server that is away", async () => {
  const environment = { XDG_CONFIG_HOME: place(), HOME: place(), LC_ALL: "C" };
  const fresh = await run(process.execPath, ["bin/genkan.ts", "doctor"], { environment });
  expect([fresh.code, fresh.output]).toEqual([0, expect.stringContaining("warn No server is known yet.")]);
  const origin = `http://127.0.0.1:${await freePort()}`;
  const away = await run(process.execPath, ["bin/genkan.ts", "doctor", "--origin", origin], { environment });
  expect([away.code, away.output]).toEqual([1, expect.stringContaining(`fail ${origin} does not answer`)]);
  const there = await run(process.execPath, ["bin/genkan.ts", "doctor", "--origin", await clockAt(0)], { environment });
  expect([there.code, there.output]).toEqual([0, expect.stringContaining("ok   The clock")]);
});
