import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterEach, expect, test } from "vitest";
import { WebSocket } from "ws";
import type { SampleDevice } from "../../../sample/device.ts";
import { newHostKey } from "../../../sample/host-key.ts";
import { startInfusionPump } from "../../../sample/infusion-pump.ts";
import { startNurseCall } from "../../../sample/nurse-call.ts";
import { startVitalMonitor } from "../../../sample/vital-monitor.ts";

const host = "127.0.0.1";
const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

function started<T extends SampleDevice>(device: T): T {
  cleanup.push(() => device.close());
  return device;
}

test("the infusion pump's gateway answers each line, however it is cut, and ends after QUIT", async () => {
  const { port } = started(await startInfusionPump({ host, port: 0 }));
  const socket = connect(port, host);
  let text = "";
  socket.on("data", (chunk) => (text += chunk.toString()));
  socket.write("HELO te");
  socket.write("ch\r\nLIST\r\nSTATUS 3\r\nSTATUS 9\nECHO ほげ 1\r\nNONSENSE\r\nQUIT\r\n");
  await new Promise((resolve) => socket.on("close", resolve));
  expect(text.split("\r\n")).toEqual([
    "220 infusion-pump-gateway ready",
    "250 hello tech, 4 pumps",
    "211-1 3-East saline",
    "211-2 3-East heparin",
    "211-3 ICU-1 noradrenaline",
    "211-4 ICU-2 propofol",
    "211 end",
    "212 3 alarm-occlusion 0 mL/h 21 mL",
    "404 no pump 9",
    "213 ほげ 1",
    "500 say HELO, LIST, STATUS n, ECHO text or QUIT",
    "221 bye",
    "",
  ]);
});

test("the nurse-call page is served whole from here, lists calls, and its WebSocket pushes and echoes", async () => {
  const { port } = started(await startNurseCall({ host, port: 0, callMs: 50 }));
  const base = `http://${host}:${port}`;
  const page = await (await fetch(`${base}/`)).text();
  expect(page).toMatch(/ナースコール[\s\S]*Nurse call/);
  const linked = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
  expect(linked.filter((url) => /^https?:/.test(url))).toEqual([]);
  for (const url of linked.filter((url) => !url.startsWith("data:"))) {
    expect((await fetch(`${base}/${url}`)).status).toBe(200);
  }
  const { calls } = (await (await fetch(`${base}/api/calls`)).json()) as { calls: { id: number }[] };
  expect(calls.length).toBeGreaterThanOrEqual(5);

  const socket = new WebSocket(`ws://${host}:${port}/events`);
  cleanup.push(() => socket.terminate());
  const seen = new Set<string>();
  const all = new Promise<void>((resolve) => {
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      seen.add(text.startsWith("{") ? (JSON.parse(text) as { type: string }).type : text);
      if (["hello", "call", "answered", "back"].every((type) => seen.has(type))) resolve();
    });
  });
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send("back");
  expect((await fetch(`${base}/api/answer?id=${calls[0]?.id}`, { method: "POST" })).status).toBe(200);
  await all;
});

test("the vital monitor keeps its host key, asks for the password, and has a shell and single commands", async () => {
  const folder = mkdtempSync(join(tmpdir(), "genkan-"));
  cleanup.push(() => rmSync(folder, { recursive: true }));
  const keys = new Set<string>();
  const login = (port: number, password: string) =>
    new Promise<ssh2.Client>((resolve, reject) => {
      const client = new ssh2.Client();
      cleanup.push(() => client.end());
      client.once("ready", () => resolve(client)).once("error", reject);
      const hostVerifier = (key: Buffer) => keys.add(key.toString("hex")).size > 0;
      client.connect({ host, port, username: "service", password, hostVerifier });
    });
  const first = await startVitalMonitor({ host, port: 0, folder, password: "s3cret" });
  await expect(login(first.port, "wrong")).rejects.toThrow(/authentication/i);
  const client = await login(first.port, "s3cret");
  const run = (command: string) =>
    new Promise<{ text: string; code: number }>((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error) return reject(error);
        let text = "";
        channel.on("data", (chunk: Buffer) => (text += chunk.toString()));
        channel.on("close", (code: number) => resolve({ text, code }));
        channel.stderr.resume();
      });
    });
  expect(await run("status")).toMatchObject({ code: 0, text: expect.stringContaining("firmware   4.2.1") });
  expect((await run("rm -rf /")).code).toBe(127);
  const shell = await new Promise<string>((resolve, reject) => {
    client.shell((error, channel) => {
      if (error) return reject(error);
      let text = "";
      channel.on("data", (chunk: Buffer) => (text += chunk.toString())).on("close", () => resolve(text));
      channel.write("vitalx\u007fs\rexit\r");
    });
  });
  expect(shell).toContain("SpO2  98 %");
  await first.close();

  const second = started(await startVitalMonitor({ host, port: 0, folder, password: "s3cret" }));
  await login(second.port, "s3cret");
  expect(keys.size).toBe(1);
  expect(statSync(join(folder, "vital-monitor-host-key")).mode & 0o777).toBe(0o600);
});

test("each new host key can be read, also of those that begin with a zero", () => {
  const keys = Array.from({ length: 2_000 }, newHostKey).map((key) => ssh2.utils.parseKey(key));
  expect(keys.filter((key) => key instanceof Error)).toEqual([]);
});
