import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:tls";
import type { World } from "../../../bin/start/world.ts";
import type { TestCa } from "./test-ca.ts";
import { until } from "./wait.ts";

/** Renews the certificates of all three hosts while the programs run, and waits until each host shows its new one. */
export async function renewAll(world: World, ca: TestCa, accessHost: string): Promise<string> {
  for (const [name, servername, port] of [
    ["portal", "portal.localhost", world.ports.public],
    ["staff", "staff.localhost", world.ports.staff],
    ["access", accessHost, world.ports.public],
  ] as const) {
    const before = new X509Certificate(readFileSync(ca.hosts[name].cert)).fingerprint256;
    if ((await shown(ca, servername, port)) !== before) throw new Error(`${servername} shows another certificate.`);
    ca.renew(name);
    const renewed = new X509Certificate(readFileSync(ca.hosts[name].cert)).fingerprint256;
    await until(`new certificate of ${name}`, 10_000, async () => (await shown(ca, servername, port)) === renewed);
  }
  return "portal, staff and access hosts took up new certificates while running";
}

/** SHA-256 of the certificate that a host shows, verified as a browser does. */
function shown(ca: TestCa, servername: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername,
      ca: readFileSync(ca.file),
      ALPNProtocols: ["h2", "http/1.1"],
    });
    socket.once("error", reject);
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (socket.alpnProtocol !== "http/1.1") reject(new Error(`${servername} speaks ${String(socket.alpnProtocol)}.`));
      socket.destroy();
      if (certificate) resolve(certificate.fingerprint256);
      else reject(new Error(`${servername} shows no certificate.`));
    });
  });
}
