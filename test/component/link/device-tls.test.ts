import { createHash, X509Certificate } from "node:crypto";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { speakDeviceTls } from "../../../link/device-tls.ts";
import { dialTcp } from "../../../link/dial.ts";
import type { TlsException } from "../../../protocol/service.ts";
import { selfSigned } from "../../parts/self-signed.ts";

const own = selfSigned();
const named = selfSigned({ address: "127.0.0.1" });
const weak = selfSigned({ bits: 1024, hash: "sha1" });
const roots = [named.cert];

/** A device that speaks TLS so, and says its name. */
async function device(options: TlsOptions): Promise<number> {
  const server = createServer(options, (socket) => socket.on("error", () => {}).end("device"));
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function speak(port: number, ...exceptions: TlsException[]) {
  const raw = await dialTcp({ host: "127.0.0.1", port, timeoutMs: 1_000 });
  onTestFinished(() => void raw.destroy());
  const { signal } = new AbortController();
  const spoken = speakDeviceTls(raw, { address: "127.0.0.1", exceptions, roots, timeoutMs: 1_000, signal });
  return spoken.then(
    ({ tls, certificate }) => ({ version: tls.getProtocol(), certificate }),
    (error: { code: string }) => ({ refused: error.code, gone: raw.destroyed }),
  );
}

const hashOf = ({ cert }: { cert: string }) =>
  createHash("sha256").update(new X509Certificate(cert).raw).digest("base64url");
const refused = { refused: "device-untrusted", gone: true };

test("a certificate that an authority of this host vouches for, by the device's address, needs no exception", async () => {
  expect(await speak(await device(named))).toEqual({ version: "TLSv1.3", certificate: hashOf(named) });
  expect(await speak(await device({ ...named, maxVersion: "TLSv1.2" }))).toMatchObject({ version: "TLSv1.2" });
});

test("one that nobody vouches for is taken by the exception alone", async () => {
  const port = await device(own);
  expect(await speak(port)).toEqual(refused);
  expect(await speak(port, "old-tls")).toEqual(refused);
  expect(await speak(port, "self-signed")).toEqual({ version: "TLSv1.3", certificate: hashOf(own) });
});

test("one of an authority that this host trusts, but of another name, is taken by the exception alone", async () => {
  const other = selfSigned({ address: "10.0.0.5" });
  const raw = await dialTcp({ host: "127.0.0.1", port: await device(other), timeoutMs: 1_000 });
  const { signal } = new AbortController();
  await expect(
    speakDeviceTls(raw, { address: "127.0.0.1", exceptions: [], roots: [other.cert], timeoutMs: 1_000, signal }),
  ).rejects.toMatchObject({ code: "device-untrusted" });
});

test.each(["TLSv1", "TLSv1.1"] as const)(
  "%s is spoken by the exception alone, with keys and hashes of its time",
  async (version) => {
    const old = { minVersion: "TLSv1", maxVersion: version, ciphers: "DEFAULT:@SECLEVEL=0" } as const;
    const port = await device({ ...weak, ...old });
    expect(await speak(port)).toEqual(refused);
    expect(await speak(port, "self-signed")).toEqual(refused);
    expect(await speak(port, "old-tls")).toEqual(refused);
    expect(await speak(port, "self-signed", "old-tls")).toEqual({ version, certificate: hashOf(weak) });
  },
);

test("what speaks no TLS, or nothing in time, does not answer", async () => {
  const plain = createTcp((socket) => void socket.on("error", () => {}).end("220 ready\r\n"));
  const silent = createTcp((socket) => void socket.on("error", () => {}));
  for (const server of [plain, silent]) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await speak(port, "self-signed", "old-tls")).toEqual({ refused: "device-unreachable", gone: true });
  }
});
