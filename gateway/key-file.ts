import { link, mkdir, open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { rightsFault } from "../crypto/file-rights.ts";
import { createIdentity, exportIdentity, type Identity, importIdentity } from "../crypto/identity.ts";
import { GenkanError } from "../protocol/error.ts";

const keyFile = (data: string) => join(data, "gateway.key");

/**
 * Makes the gateway's key where it stays, readable by its owner alone, whole or not at all. Throws `state-conflict` when
 * there is one.
 */
export async function createKeyFile(data: string): Promise<Identity> {
  const identity = createIdentity();
  await mkdir(data, { recursive: true, mode: 0o700 });
  const draft = `${keyFile(data)}.${process.pid}`;
  try {
    await writeDurably(draft, exportIdentity(identity));
    // Unlike a rename this never takes the place of a key that is there.
    await link(draft, keyFile(data)).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
      throw new GenkanError("state-conflict", `${keyFile(data)} exists already and is kept.`, { cause });
    });
  } finally {
    await rm(draft, { force: true });
  }
  await syncFolder(data);
  return identity;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Reads it. Throws `not-found`, or `state-conflict` when the file is no key or others may read it. */
export async function readKeyFile(data: string): Promise<Identity> {
  const path = keyFile(data);
  const stats = await stat(path).catch((cause: unknown) => {
    throw new GenkanError("not-found", `${path} can't be read; make it with: genkan-gateway init --data ${data}`, {
      cause,
    });
  });
  const fault = rightsFault(path, stats, "private");
  if (fault !== null) throw new GenkanError("state-conflict", `${path} is not used, for ${fault}`);
  try {
    return importIdentity(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GenkanError("state-conflict", `${path} is not a private key in PEM.`, { cause });
  }
}
