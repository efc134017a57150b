import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";

/** The monitor's ssh host key, made once: a device whose key changes is another device. OpenSSH's own format. */
export function hostKey(folder: string): string {
  const path = join(folder, "vital-monitor-host-key");
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, ssh2.utils.generateKeyPairSync("ed25519", { comment: "vital-monitor" }).private, {
      mode: 0o600,
    });
  }
  return readFileSync(path, "utf8");
}
