import { createHash, randomFillSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { deviceNames } from "../parts/devices.ts";
import { endedSession } from "../parts/session.ts";
import { scp } from "../parts/ssh-client.ts";
import type { Evidence } from "../result.ts";

const bytes = 100_000_000;

/** The unmodified scp carries random bytes to the device and back; the hashes are equal. */
export async function run(context: Context): Promise<Evidence> {
  const { sshd } = await context.devices();
  const [sent, kept, back] = ["sent", "kept", "back"].map((name) => join(context.folder, `${name}.bin`)) as [
    string,
    string,
    string,
  ];
  writeFileSync(sent, randomFillSync(Buffer.allocUnsafe(bytes)));
  const connection = await context.terminal("sato").connect(deviceNames.sshd, "SSH");
  const up = await scp(sshd, connection.port, sent, `device:${kept}`);
  const down = await scp(sshd, connection.port, `device:${kept}`, back);
  await connection.stop();
  const hashes = [sent, kept, back].map(sha256);
  if (new Set(hashes).size !== 1) throw new Error(`The hashes differ: ${hashes.join(" ")}`);
  const { counts } = await endedSession(context.person("sato"), connection.session);
  return { bytes, sha256: hashes[0], upMs: up.ms, downMs: down.ms, counts };
}

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");
