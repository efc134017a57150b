import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";

const name = "nurse-call-7f3k.access.example.org";

/** The first flight of real clients, each as it came; a program that this machine lacks is left out. */
export async function captureHellos(): Promise<Record<string, Buffer>> {
  const profile = mkdtempSync(join(tmpdir(), "genkan-hello-"));
  try {
    const clients: Record<string, (port: number) => () => void> = {
      node: (port) => node(port, { servername: name }),
      "node-tls12": (port) => node(port, { servername: name, maxVersion: "TLSv1.2" }),
      "node-x25519": (port) => node(port, { servername: name, ecdhCurve: "X25519" }),
      "node-no-name": (port) => node(port, {}),
      "node-alpn": (port) => node(port, { servername: name, ALPNProtocols: ["h2", "http/1.1"] }),
      openssl: (port) => program("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", name]),
      "openssl-upper-case": (port) =>
        program("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", name.toUpperCase()]),
      "openssl-split-records": (port) =>
        program("openssl", [
          "s_client",
          "-connect",
          `127.0.0.1:${port}`,
          "-servername",
          name,
          "-split_send_frag",
          "512",
        ]),
      curl: (port) => program("curl", ["--resolve", `${name}:${port}:127.0.0.1`, "-sk", `https://${name}:${port}/`]),
      chromium: (port) =>
        program("chromium", [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          `--user-data-dir=${profile}`,
          `--host-resolver-rules=MAP ${name} 127.0.0.1`,
          "--dump-dom",
          `https://${name}:${port}/`,
        ]),
    };
    const hellos: Record<string, Buffer> = {};
    for (const [client, begin] of Object.entries(clients)) {
      const hello = await firstFlight(begin);
      if (hello) hellos[client] = hello;
    }
    return hellos;
  } finally {
    rmSync(profile, { recursive: true, force: true });
  }
}

/** What a client sends before it hears anything: one record, or none within some seconds. */
async function firstFlight(begin: (port: number) => () => void): Promise<Buffer | undefined> {
  const whole = Promise.withResolvers<Buffer | undefined>();
  const server = createServer((socket) => {
    let held = Buffer.alloc(0);
    socket
      .on("error", () => {})
      .on("data", (chunk: Buffer) => {
        held = Buffer.concat([held, chunk]);
        if (held[0] === 22 && held.length >= 5 && held.length >= 5 + held.readUInt16BE(3)) {
          whole.resolve(held);
          socket.destroy();
        }
      });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const end = begin((server.address() as AddressInfo).port);
  const late = setTimeout(() => whole.resolve(undefined), 15_000);
  const hello = await whole.promise;
  clearTimeout(late);
  end();
  server.close();
  return hello;
}

function node(port: number, options: object): () => void {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options }).on("error", () => {});
  return () => socket.destroy();
}

function program(command: string, args: string[]): () => void {
  const child = spawn(command, args, { stdio: "ignore" }).on("error", () => {});
  return () => void child.kill();
}
