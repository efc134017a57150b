import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { createProgramKey, exportProgramKey } from "../../../crypto/program-key.ts";
import { acceptBrowserTls, CertificateFile } from "../../../link/certificate-file.ts";
import { acceptPinned, connectPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { patienceMs } from "../../patience.ts";
import { serve } from "../../unit/link/sockets.ts";

const [gateway, inside] = [createProgramKey(), createProgramKey()];
const servername = "a.internal";
const timeoutMs = patienceMs;

function certificate(): CertificateFile {
  const folder = mkdtempSync(join(tmpdir(), "genkan-certificate-"));
  const paths = { cert: join(folder, "a.pem"), key: join(folder, "a.key") };
  writeFileSync(paths.cert, inside.certificate);
  writeFileSync(paths.key, exportProgramKey(inside));
  const file = new CertificateFile(paths, silentProgramLog);
  onTestFinished(() => {
    file.close();
    rmSync(folder, { recursive: true });
  });
  return file;
}

test.each<[string, (stream: Socket, raw: Socket) => Promise<TLSSocket>]>([
  [
    "pinned",
    async (stream, raw) => (await acceptPinned(stream, { raw, programKey: inside, clientKey: "none", timeoutMs })).tls,
  ],
  [
    "a browser's",
    (stream, raw) => acceptBrowserTls(stream, { raw, certificate: certificate(), servername, timeoutMs }),
  ],
])("TLS inside TLS is closed, and says so, when the connection at the bottom is reset: %s", async (_what, accept) => {
  const port = await serve((raw) => {
    void acceptPinned(raw, { raw, programKey: gateway, clientKey: "none", timeoutMs }).then(({ tls }) =>
      connect({ socket: tls, rejectUnauthorized: false, servername }).on("error", () => {}),
    );
  });
  // A leg as it is dialled from the inside, and TLS that a client begins on it.
  const pin = gateway.pin;
  const leg = await connectPinned({ host: "127.0.0.1", port, servername: "gateway.internal", pin, timeoutMs });
  const inner = await accept(leg.tls, leg.raw);
  inner.resume();
  const closed = once(inner, "close");
  resetNow(leg.raw);
  await closed;
  expect([inner.destroyed, leg.tls.destroyed]).toEqual([true, true]);
});
