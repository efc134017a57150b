import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";

/** The monitor's ssh host key, made once: a device whose key changes is another device. OpenSSH's own format. */
export function hostKey(folder: string): string {
  const path = join(folder, "vital-monitor-host-key");
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, newHostKey(), { mode: 0o600 });
  }
  return readFileSync(path, "utf8");
}

/** One in 256 is written a byte short by the library, for its public key begins with a zero; the library can't read it either. */
export function newHostKey(): string {
  for (;;) {
    const key = ssh2.utils.generateKeyPairSync("ed25519", { comment: "vital-monitor" }).private;
    if (!(ssh2.utils.parseKey(key) instanceof Error)) return key;
  }
}
