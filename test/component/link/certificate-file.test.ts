import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createProgramKey, exportProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { acceptBrowserTls, CertificateFile } from "../../../link/certificate-file.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-certificate-"));
const paths = { cert: join(folder, "a.pem"), key: join(folder, "a.key") };
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Certificates that only carry a key are as good as any here: no name in them is looked at. */
function put(programKey: ProgramKey, { cert, key } = paths): void {
  writeFileSync(cert, programKey.certificate);
  writeFileSync(key, exportProgramKey(programKey));
}

describe("a certificate that somebody else renews", () => {
  test("is taken up by itself; one that does not fit its key leaves the one before in place", async () => {
    const [first, second, third] = [createProgramKey(), createProgramKey(), createProgramKey()];
    put(first);
    const errors: string[] = [];
    const file = new CertificateFile(paths, { ...silentProgramLog, error: (_facts, said) => errors.push(said) });
    opened.push(file);
    expect(file.pem.cert).toBe(first.certificate);

    // Half of a renewal: the new certificate beside the old key.
    writeFileSync(paths.cert, second.certificate);
    await waitFor(() => errors.length > 0);
    expect(file.pem.cert).toBe(first.certificate);

    // A file that is opened anew and not written yet is empty, and TLS would serve without what is missing.
    for (const half of ["cert", "key"] as const) {
      errors.length = 0;
      put(second);
      writeFileSync(paths[half], "");
      await waitFor(() => errors.length > 0);
      expect(file.pem.cert).toBe(first.certificate);
    }

    const changed = new Promise<void>((resolve) => file.onChange(resolve));
    put(third);
    await changed;
    expect(file.pem.cert).toBe(third.certificate);
  });

  test("keeps the one before while its folder can't be entered, and takes the new one up afterwards", async () => {
    const [first, second] = [createProgramKey(), createProgramKey()];
    const live = join(folder, "live");
    const kept = join(folder, "kept");
    const inLive = { cert: join(live, "a.pem"), key: join(live, "a.key") };
    mkdirSync(live);
    put(first, inLive);
    const errors: string[] = [];
    const file = new CertificateFile(inLive, { ...silentProgramLog, error: (_facts, said) => errors.push(said) });
    opened.push(file);
    // Refused to every user, as other rights refuse it to all but root.
    renameSync(live, kept);
    symlinkSync("live", live);
    await waitFor(() => errors.length > 0);
    expect(file.pem.cert).toBe(first.certificate);
    put(second, { cert: join(kept, "a.pem"), key: join(kept, "a.key") });
    rmSync(live);
    renameSync(kept, live);
    await waitFor(() => file.pem.cert === second.certificate);
    expect(errors).toHaveLength(1);
  });

  test("serves a browser at its own name, by HTTP/1.1 only, and resets any other name", async () => {
    put(createProgramKey());
    const certificate = new CertificateFile(paths, silentProgramLog);
    opened.push(certificate);
    const results: string[] = [];
    const server = createServer((raw: Socket) => {
      acceptBrowserTls(raw, { raw, certificate, servername: "http-a.access.test", timeoutMs: 2_000 }).then(
        (tls) => {
          results.push("served");
          tls.end("hello");
        },
        (error: { code?: string }) => results.push(String(error.code)),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    opened.push({ close: () => void server.close() });
    const { port } = server.address() as AddressInfo;
    const ask = (servername: string) =>
      new Promise<string>((resolve) => {
        const socket = connect({
          port,
          host: "127.0.0.1",
          servername,
          rejectUnauthorized: false,
          ALPNProtocols: ["h2", "http/1.1"],
        });
        let text = "";
        socket.on("data", (data) => (text += data.toString()));
        socket.on("error", () => {});
        socket.on("close", () => resolve(`${text} ${String(socket.alpnProtocol)}`));
      });
    expect(await ask("HTTP-A.access.test")).toBe("hello http/1.1");
    expect(await ask("http-b.access.test")).not.toContain("hello");
    const silent = connectTcp(port, "127.0.0.1");
    silent.on("error", () => {});
    await new Promise((resolve) => silent.once("close", resolve));
    expect(results).toEqual(["served", "name-unknown", "link-closed"]);
  });

  test("that is none is refused at the start", () => {
    expect(() => new CertificateFile({ cert: "/nowhere", key: "/nowhere" }, silentProgramLog)).toThrow("can't be read");
    put(createProgramKey());
    writeFileSync(paths.cert, "");
    expect(() => new CertificateFile(paths, silentProgramLog)).toThrow("not a certificate and its key");
  });
});

async function waitFor(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
