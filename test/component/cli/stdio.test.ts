import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connectStdio } from "../../../cli/connect.ts";
import { resetNow } from "../../../link/reset.ts";
import { patienceMs } from "../../patience.ts";
import { Agent } from "./agent.ts";
import { idOf, ownGrant, session } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

let server: StandIn;
let agent: Agent;
let line: ReturnType<typeof commandLine>;
let input: PassThrough;
let output: PassThrough;
beforeEach(async () => {
  server = await new StandIn().listen();
  agent = await new Agent().listen();
  line = commandLine({ live: true });
  line.signIn(server.origin);
  input = new PassThrough();
  output = new PassThrough();
  server.answers["GET /api/grants"] = { grants: [ownGrant(line.cli.folder)] };
  server.answers["POST /api/sessions"] = () => agent.ticket;
  server.answers[`GET ${path}`] = session();
  server.answers[`POST ${path}/end`] = session({ state: "ended" });
});
afterEach(() => {
  line.interrupt();
  agent.close();
  server.close();
  line.remove();
});

const path = `/api/sessions/${idOf("session")}`;
const run = (more: object = {}) =>
  connectStdio(line.cli, { device: "vital", service: "ssh", ...more }, () => ({ input, output }));

describe("genkan connect --stdio", () => {
  it("carries bytes both ways, each of which ends by itself, and says nothing when all went well", async () => {
    const code = run();
    input.end("through and back");
    await expect(text(output)).resolves.toBe("through and back");
    await expect(code).resolves.toBe(0);
    expect(line.said).toEqual({ out: "", err: "" });
    expect(server.asks(`${path}/end`)).toHaveLength(1);
  });

  it("hands on the device's end while this side still sends", async () => {
    const received: Buffer[] = [];
    agent.onStream = (stream) => {
      stream.accept();
      stream.end("that was all");
      stream.on("data", (part: Buffer) => received.push(part));
    };
    const code = run();
    await expect(text(output)).resolves.toBe("that was all");
    input.write("still here");
    await vi.waitFor(() => expect(Buffer.concat(received).toString()).toBe("still here"), patienceMs);
    input.end();
    await expect(code).resolves.toBe(0);
  });

  it("ends the session when the program that reads has gone", async () => {
    const code = run();
    input.write("x");
    await vi.waitFor(() => expect(agent.mux?.counts.up).toBe(1), patienceMs);
    output.destroy(Object.assign(new Error("gone"), { code: "EPIPE" }));
    await expect(code).resolves.toBe(0);
    expect(server.asks(`${path}/end`)).toHaveLength(1);
  });

  it("fails with the agent's refusal, and ends the session", async () => {
    agent.onStream = (stream) => stream.refuse("device-unreachable");
    await expect(run()).rejects.toMatchObject({ code: "device-unreachable" });
    expect(server.asks(`${path}/end`).length).toBeGreaterThan(0);
  });

  it("exits 3 when the other side ends it, and says by whom and what to do on stderr", async () => {
    const by = { id: idOf("person", 2), name: "佐藤" };
    server.answers[`GET ${path}`] = session({ state: "ended", reason: "ended-by-staff", endedBy: by });
    const code = run();
    await vi.waitFor(() => expect(agent.mux).toBeDefined(), patienceMs);
    input.write("x");
    await vi.waitFor(() => expect(agent.mux?.counts.up).toBe(1), patienceMs);
    resetNow(...agent.raws);
    await expect(code).resolves.toBe(3);
    expect(line.said.out).toBe("");
    expect(line.said.err).toContain("(佐藤)\nCall the hospital before you try again.\n");
  });

  it("ends on Ctrl-C", async () => {
    const code = run();
    await vi.waitFor(() => expect(agent.mux).toBeDefined(), patienceMs);
    line.interrupt();
    await expect(code).resolves.toBe(0);
  });

  it("takes neither a port nor --json, for stdout is the connection", async () => {
    await expect(run({ port: "2222" })).rejects.toMatchObject({ key: "stdio-alone" });
    line = commandLine({ json: true });
    await expect(run()).rejects.toMatchObject({ key: "stdio-alone" });
    expect(server.asked).toHaveLength(0);
  });
});
