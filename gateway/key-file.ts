import { mkdir, open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createIdentity, exportIdentity, type Identity, importIdentity } from "../crypto/identity.ts";
import { GenkanError } from "../protocol/error.ts";

const keyFile = (data: string) => join(data, "gateway.key");

/** Makes the gateway's key where it stays, readable by its owner alone. Throws `state-conflict` when there is one. */
export async function createKeyFile(data: string): Promise<Identity> {
  const identity = createIdentity();
  await mkdir(data, { recursive: true, mode: 0o700 });
  const file = await open(keyFile(data), "wx", 0o600).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "EEXIST") throw cause;
    throw new GenkanError("state-conflict", `${keyFile(data)} exists already and is kept.`, { cause });
  });
  try {
    await file.writeFile(exportIdentity(identity));
    await file.sync();
  } finally {
    await file.close();
  }
  return identity;
}

/** Reads it. Throws `not-found`, or `state-conflict` when the file is no key or others may read it. */
export async function readKeyFile(data: string): Promise<Identity> {
  const path = keyFile(data);
  const { mode } = await stat(path).catch((cause: unknown) => {
    throw new GenkanError("not-found", `${path} can't be read; make it with: genkan-gateway init --data ${data}`, {
      cause,
    });
  });
  // Windows has no such bits; a gateway runs on Linux.
  if ((mode & 0o077) !== 0) {
    throw new GenkanError("state-conflict", `${path} is open to others; mend it with: chmod 600 ${path}`);
  }
  try {
    return importIdentity(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GenkanError("state-conflict", `${path} is not a private key in PEM.`, { cause });
  }
}
