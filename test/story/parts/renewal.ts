import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Context } from "../context.ts";
import type { TestCa } from "./test-ca.ts";
import { until } from "./wait.ts";

/** Renews the certificates of all three hosts while the programs run, and waits until each host shows its new one. */
export async function renewAll(context: Context, ca: TestCa, accessHost: string): Promise<string> {
  const { ports } = await context.world();
  const { names, addresses } = context.layout;
  for (const [name, zone, servername, address, port] of [
    ["portal", "vendor", names.portal, addresses.gateway, ports.public],
    ["staff", "hospital", names.staff, addresses.staff, ports.staff],
    ["access", "vendor", accessHost, addresses.gateway, ports.public],
  ] as const) {
    const shown = () => context.probe(zone, "shownCertificate", { address, port, servername, ca: ca.file });
    const before = new X509Certificate(readFileSync(ca.hosts[name].cert)).fingerprint256;
    if ((await shown()) !== before) throw new Error(`${servername} shows another certificate.`);
    ca.renew(name);
    const renewed = new X509Certificate(readFileSync(ca.hosts[name].cert)).fingerprint256;
    await until(`new certificate of ${name}`, 10_000, async () => (await shown()) === renewed);
  }
  return "portal, staff and access hosts took up new certificates while running";
}
