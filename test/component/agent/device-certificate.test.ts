import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { DeviceCertificates } from "../../../agent/device-certificates.ts";
import { DeviceConnections } from "../../../agent/device-connections.ts";
import { newId } from "../../../crypto/random.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { type SelfSigned, selfSigned } from "../../parts/self-signed.ts";
import { temporaryFolder } from "./fixture.ts";

const made = [selfSigned(), selfSigned()] as const;
const service = newId("service");
const at = "2026-12-01T00:00:00.000Z";
const owner = { service, name: "Monitor, page, 10.0.0.5:443" };
const first = sha256("first");
const second = sha256("second");

function certificates() {
  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const file = join(folder.path, "certificates", `${service}.json`);
  return { folder: folder.path, file, open: () => new DeviceCertificates(folder.path, () => new Date(at)) };
}

test("the first certificate of a service is accepted, on disk, and known from then on; another one is not", () => {
  const { open, file } = certificates();
  expect(open().judge(owner, first)).toBe("first");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
    service,
    accepted: { certificate: first, by: "first-use" },
  });
  expect(open().judge(owner, first)).toBe("known");
  expect(open().judge(owner, second)).toBe("changed");
  expect(open().judge(owner, second)).toBe("changed");
  expect(open().judge(owner, first)).toBe("known");
  expect(open().judge({ ...owner, service: newId("service") }, second)).toBe("first");
});

test("another one is accepted by a person who names it, once it was shown, and told once", () => {
  const { open } = certificates();
  const refusal = (act: () => unknown) => {
    try {
      return act();
    } catch (error) {
      return error instanceof GenkanError ? error.code : error;
    }
  };
  expect(refusal(() => open().accept(service, first))).toBe("not-found");
  open().judge(owner, first);
  expect(refusal(() => open().accept(service, second))).toBe("not-found");
  expect(refusal(() => open().accept("../trust", second))).toBe("not-found");
  open().judge(owner, second);
  expect(refusal(() => open().accept(service, sha256("third")))).toBe("state-conflict");
  expect(open().judge(owner, second)).toBe("changed");
  expect(open().accept(service, second)).toMatchObject({
    accepted: { certificate: second, by: "host" },
    waiting: null,
  });
  expect(open().judge(owner, second)).toBe("accepted");
  expect(open().judge(owner, second)).toBe("known");
  expect(open().judge(owner, first)).toBe("changed");
  expect(open().list()).toMatchObject([
    { service, accepted: { certificate: second }, waiting: { certificate: first } },
  ]);
});

test.each([
  ["is damaged", (file: string) => writeFileSync(file, "{")],
  [
    "is another service's",
    (file: string) => writeFileSync(file, readFileSync(file, "utf8").replace(service, newId("service"))),
  ],
  ["may be written by others", (file: string) => chmodSync(file, 0o666)],
])("a file that %s accepts no certificate, the one of before neither", (_what, spoil) => {
  const { open, file } = certificates();
  open().judge(owner, first);
  spoil(file);
  for (const certificate of [first, second]) {
    expect(() => open().judge(owner, certificate)).toThrow(expect.objectContaining({ code: "bad-request" }));
  }
});

/** A device that shows one certificate after the other, and what reached it. */
async function device() {
  const heard: string[] = [];
  const server: Server = createServer((socket) => {
    socket.on("error", () => {}).on("data", (said: Buffer) => heard.push(said.toString()));
  });
  server.on("tlsClientError", () => {});
  const show = (certificate: SelfSigned) => server.setSecureContext(certificate);
  show(made[0]);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { heard, show, port: (server.address() as AddressInfo).port };
}

test("a connection to a device that shows another certificate is reset before a byte is sent, and the session hears of it", async () => {
  const { heard, show, port } = await device();
  const { open, file } = certificates();
  const session = new AbortController();
  const news: string[] = [];
  const connections = new DeviceConnections({
    service: { id: service, name: "page", protocol: "https", address: "127.0.0.1", port, tls: ["self-signed"] },
    device: "Monitor",
    allowList: { permits: () => true },
    certificates: open(),
    roots: [],
    signal: session.signal,
    refused: () => {},
    seen: (seen) => {
      news.push(seen);
      if (seen === "changed") session.abort();
    },
  });
  onTestFinished(() => connections.cut());
  for (let times = 0; times < 2; times++) {
    (await connections.dial()).end("hello");
  }
  await expect.poll(() => heard).toEqual(["hello", "hello"]);
  expect(news).toEqual(["first"]);
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ name: `Monitor, page, 127.0.0.1:${port}` });

  show(made[1]);
  await expect(connections.dial()).rejects.toMatchObject({ code: "certificate-changed" });
  expect(news).toEqual(["first", "changed"]);
  // Its connection is gone here, so nothing more can reach the device.
  await expect.poll(() => connections.size).toBe(0);
  expect(heard).toEqual(["hello", "hello"]);
  await expect(connections.dial()).rejects.toMatchObject({ code: "session-ended" });
});

test("a certificate that can't be kept is not accepted", async () => {
  const { heard, port } = await device();
  const { open, folder } = certificates();
  writeFileSync(join(folder, "certificates"), "a file in the folder's place");
  const connections = new DeviceConnections({
    service: { id: service, name: "page", protocol: "https", address: "127.0.0.1", port, tls: ["self-signed"] },
    device: "Monitor",
    allowList: { permits: () => true },
    certificates: open(),
    roots: [],
    signal: new AbortController().signal,
    refused: () => {},
    seen: () => expect.unreachable(),
  });
  await expect(connections.dial()).rejects.toThrow(GenkanError);
  await expect.poll(() => connections.size).toBe(0);
  expect(heard).toEqual([]);
});
