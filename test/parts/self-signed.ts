import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate of its own and its key, PEM, as a device makes them when it is switched on for the first time. */
export interface SelfSigned {
  readonly cert: string;
  readonly key: string;
}

/**
 * Made by openssl: `bits` of its RSA key, `hash` of its signature, and the `address` or `name` that it is for.
 */
export function selfSigned(
  o: { bits?: number; hash?: "sha256" | "sha1"; address?: string; name?: string } = {},
): SelfSigned {
  const folder = mkdtempSync(join(tmpdir(), "genkan-device-"));
  try {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const made = ["req", "-x509", "-nodes", "-subj", "/CN=device", "-days", "3650", `-${o.hash ?? "sha256"}`];
    if (o.address !== undefined) made.push("-addext", `subjectAltName=IP:${o.address}`);
    if (o.name !== undefined) made.push("-addext", `subjectAltName=DNS:${o.name}`);
    const args = [...made, "-newkey", `rsa:${o.bits ?? 2048}`, "-keyout", key, "-out", cert];
    execFileSync("openssl", args, { stdio: "ignore" });
    return { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
