import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { connect as dial } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "../../../link/listen.ts";
import { patienceMs } from "../../patience.ts";
import { Agent } from "./agent.ts";
import { device, idOf, me, ownGrant, session } from "./facts.ts";
import { environment, program, shell } from "./program.ts";
import { commandLine, StandIn } from "./stand-in.ts";

let server: StandIn;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  line = commandLine();
  line.signIn(server.origin);
});
afterEach(() => {
  server.close();
  line.remove();
});

describe("the output of a command", () => {
  it("may be read in part only", async () => {
    server.answers["GET /api/devices"] = {
      devices: Array.from({ length: 250 }, (_, n) => device({ id: idOf("device", n) })),
    };
    for (const path of ["requests", "grants", "sessions"]) server.answers[`GET /api/${path}`] = { [path]: [] };
    const { out, err } = await shell(
      'genkan ls | head -1; echo "${PIPESTATUS[0]}"; genkan --help | true',
      environment(line.path),
    );
    expect({ out, err }).toEqual({ out: "Devices\n0\n", err: "" });
  });

  it("that can't be written is one line and exit code 1", async () => {
    server.answers["GET /api/me"] = me;
    const { out, err } = await shell(
      "genkan whoami --json >/dev/full; echo $?; genkan whoami 2>/dev/full >/dev/full; echo $?",
      environment(line.path),
    );
    expect({ out, err }).toEqual({ out: "1\n1\n", err: "genkan: The output can't be written: ENOSPC.\n" });
  });
});

describe("a session", () => {
  let agent: Agent;
  let child: ChildProcess | undefined;
  beforeEach(async () => {
    agent = await new Agent().listen();
    server.answers["GET /api/grants"] = { grants: [ownGrant(line.cli.folder)] };
    server.answers["POST /api/sessions"] = () => agent.ticket;
    server.answers[`POST /api/sessions/${idOf("session")}/end`] = session({ state: "ended" });
  });
  afterEach(() => {
    child?.kill("SIGKILL");
    agent.close();
  });

  async function echoed(port: number): Promise<string> {
    const local = dial({ host: "127.0.0.1", port, allowHalfOpen: true });
    local.end("through and back");
    return text(local);
  }

  async function freePort(): Promise<number> {
    const listener = await listen({ host: "127.0.0.1", port: 0, onSocket() {} });
    listener.close();
    return listener.port;
  }

  it.each([
    ["its disk is full", () => openSync("/dev/full", "w"), 1],
    ["nobody reads it any more", () => "pipe" as const, 0],
  ])("goes on when %s, and ends as it should", async (_when, output, code) => {
    const port = await freePort();
    const args = [program, "connect", "vital monitor", "ssh", "--port", String(port)];
    const stderr = output();
    child = spawn(process.execPath, args, { env: environment(line.path), stdio: ["ignore", "ignore", stderr] });
    if (stderr === "pipe") child.stderr?.destroy();
    else closeSync(stderr);
    const ended = once(child, "exit");
    await vi.waitFor(() => expect(echoed(port)).resolves.toBe("through and back"), patienceMs);
    // It tells the port as soon as it listens, so by now it has.
    await expect(echoed(port)).resolves.toBe("through and back");
    child.kill("SIGINT");
    await expect(ended).resolves.toEqual([code, null]);
    expect(server.asks(`/api/sessions/${idOf("session")}/end`)).toHaveLength(1);
  });
});
