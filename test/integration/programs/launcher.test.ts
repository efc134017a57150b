import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../bin/start/ports.ts";
import { Chromium } from "../../story/parts/chromium.ts";
import { Person } from "../../story/parts/person.ts";
import { until } from "../../story/parts/wait.ts";

type Line = Readonly<Record<string, unknown>> & { readonly event: string };

let folder: string;
let port: number;
const chromium = new Chromium(undefined);
const launchers: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "genkan-launcher-"));
  port = await freePort();
});
afterAll(async () => {
  for (const launcher of launchers) launcher.kill("SIGTERM");
  await until("end of all launchers", 15_000, () => launchers.every((one) => one.exitCode !== null));
  await chromium.close();
  rmSync(folder, { recursive: true, force: true });
});

/** `npm start -- --json …`, and the lines that it has printed so far. */
function launch(...args: string[]): { child: ChildProcess; lines: Line[]; exit: Promise<number | null> } {
  const child = spawn(process.execPath, ["bin/start.ts", "--json", "--data", join(folder, "data"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XDG_CONFIG_HOME: join(folder, "config") },
  });
  launchers.push(child);
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line) as Line));
  return { child, lines, exit: new Promise((resolve) => child.once("exit", resolve)) };
}

const ready = (lines: Line[]) =>
  until("ready launcher", 50_000, () => lines.find(({ event }) => event === "ready" || event === "trouble"));

const enrolments = (line: Line) => line.enrolments as { login: string; url: string }[];

describe("npm start", () => {
  it("enrols an approver, plays the person at the agent's host, ends its children, and goes on where it was by what is there", async () => {
    const first = launch("--port", String(port));
    const begun = await ready(first.lines);
    expect(begun).toMatchObject({ event: "ready", portal: `http://portal.localhost:${port}` });
    expect(enrolments(begun).map(({ login }) => login)).toEqual(["sato", "tanaka", "yamada"]);

    const tanaka = await Person.sitDown("tanaka", "ja", chromium);
    await tanaka.page.goto(enrolments(begun)[1]?.url ?? "");
    await tanaka.press("enrol.withPasskey");
    await until("sign-in of tanaka", 15_000, async () => (await tanaka.ask("GET", "/api/me")).status === 200);
    const said = await until("word of the fingerprint", 15_000, () =>
      first.lines.find(({ event, en }) => event === "step" && String(en).includes("SHA256:")),
    );
    const fingerprint = /SHA256:\S{43}/.exec(String(said.en))?.[0];
    expect(said.ja).toContain(fingerprint);
    await until("pinned list of approvers", 15_000, async () => {
      const { agents } = await tanaka.get<{ agents: { trust: { hash: string } | null }[] }>("/api/agents");
      return agents.some(({ trust }) => trust !== null && `SHA256:${trust.hash}` === fingerprint);
    });

    first.child.kill("SIGTERM");
    expect(await first.exit).toBe(0);
    // A first start that was cut short has made more than it could note.
    const notes = join(folder, "data", "start.json");
    const { ports } = JSON.parse(readFileSync(notes, "utf8")) as { ports: object };
    writeFileSync(notes, JSON.stringify({ ports }));
    const second = launch();
    const again = await ready(second.lines);
    expect(again.portal).toBe(`http://portal.localhost:${port}`);
    expect(enrolments(again).map(({ login }) => login)).toEqual(["sato", "yamada"]);
    const { status } = await tanaka.ask("GET", "/api/me");
    expect(status).toBe(200);
  });

  it("refuses to start a second time on the same data, fresh or not", async () => {
    for (const args of [[], ["--fresh"]]) {
      const { lines, exit } = launch(...args);
      expect(await exit).toBe(1);
      expect(lines.at(-1)).toMatchObject({ event: "trouble", en: expect.stringContaining("already") });
    }
  });

  it("begins empty, with the first code, and runs the agent once somebody has joined it as the page says", async () => {
    const data = join(folder, "empty");
    const first = launch("--empty", "--data", data);
    const begun = await ready(first.lines);
    expect(begun).not.toHaveProperty("enrolments");

    const it = await Person.sitDown("it", "en", chromium);
    await it.page.goto(String(begun.staff));
    await it.page.getByLabel(it.text("firstRun.code")).fill(String(begun.firstCode));
    await it.page.getByLabel(it.text("firstRun.name")).fill("Yamada Osamu");
    await it.page.getByLabel(it.text("firstRun.login")).fill("yamada");
    await it.press("firstRun.begin");
    await it.press("enrol.withPasskey");
    await it.page.getByText(it.text("checklistReason.site-missing")).waitFor();
    const place = { name: "Central Hospital", zone: "Asia/Tokyo", contact: "2119" };
    const { id: site } = await it.post<{ id: string }>("/api/sites", place);
    const { command } = await it.post<{ command: string }>("/api/agents/token", { site });
    execFileSync("sh", ["-c", command.replace("genkan-agent", String(begun["genkan-agent"]))]);
    await until("word of the agent", 50_000, () =>
      first.lines.find(({ event, en }) => event === "step" && String(en).startsWith("agent is up")),
    );
    const { devices } = await it.get<{ devices: unknown[] }>("/api/devices");
    expect(devices).toEqual([]);

    first.child.kill("SIGTERM");
    expect(await first.exit).toBe(0);
    // What began empty stays so, and has an administrator now.
    const second = launch("--data", data);
    const again = await ready(second.lines);
    expect(again).toMatchObject({ event: "ready", staff: begun.staff });
    expect(again).not.toHaveProperty("firstCode");
    expect((await it.get<{ devices: unknown[] }>("/api/devices")).devices).toEqual([]);
    second.child.kill("SIGTERM");
    expect(await second.exit).toBe(0);
  });

  it("refuses to begin empty where the sample is", async () => {
    const data = join(folder, "sampled");
    mkdirSync(data);
    writeFileSync(join(data, ".genkan-data"), "");
    const ports = { public: await freePort(), staff: await freePort(), nurseCall: 20_001, vitalMonitor: 20_002 };
    const progress = { ports: { ...ports, infusionPump: 20_003 }, initialised: true };
    writeFileSync(join(data, "start.json"), JSON.stringify(progress));
    const { lines, exit } = launch("--empty", "--data", data);
    expect(await exit).toBe(1);
    expect(lines.at(-1)).toMatchObject({ event: "trouble", en: expect.stringContaining("--fresh --empty") });
    expect(JSON.parse(readFileSync(join(data, "start.json"), "utf8"))).toEqual(progress);
  });

  it("tells of a part that dies, with the end of its log, and ends the others", async () => {
    const { lines, exit } = launch("--data", join(folder, "other"));
    const { pids } = (await ready(lines)) as unknown as { pids: Record<string, number> };
    process.kill(Number(pids.agent), "SIGKILL");
    expect(await exit).toBe(1);
    const trouble = lines.find(({ event }) => event === "trouble");
    expect(trouble).toMatchObject({
      en: expect.stringContaining("agent has ended"),
      detail: expect.stringContaining("SIGKILL"),
    });
    expect(Object.entries(pids).filter(([, pid]) => alive(pid))).toEqual([]);
  });

  it("ends its children when a log can't be written any more, and says so", async () => {
    const data = join(folder, "full");
    // A folder in its place refuses each line, as a full disk does.
    mkdirSync(join(data, "log", "agent.log"), { recursive: true });
    writeFileSync(join(data, ".genkan-data"), "");
    const { lines, exit } = launch("--data", data);
    expect(await exit).toBe(1);
    const trouble = lines.find(({ event }) => event === "trouble");
    expect(trouble).toMatchObject({ en: expect.stringContaining("The log of agent can't be written: EISDIR") });
    expect(running(data)).toEqual([]);
  });
});

/** Command lines of processes that name `folder`. */
function running(place: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join("/proc", pid, "cmdline"), "utf8");
      } catch {
        // It has ended meanwhile.
        return "";
      }
    })
    .filter((line) => line.includes(place));
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
