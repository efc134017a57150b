import { mkdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { rightsFault } from "../crypto/file-rights.ts";
import { createProgramKey, exportProgramKey, importProgramKey, type ProgramKey } from "../crypto/program-key.ts";
import { createFile } from "../files/durable-file.ts";
import { GenkanError } from "../protocol/error.ts";

const keyFile = (data: string) => join(data, "gateway.key");

/**
 * Makes the gateway's key where it stays, readable by its owner alone, whole or not at all. Throws `state-conflict` when
 * there is one.
 */
export async function createKeyFile(data: string): Promise<ProgramKey> {
  const programKey = createProgramKey();
  await mkdir(data, { recursive: true, mode: 0o700 });
  if (!createFile(keyFile(data), exportProgramKey(programKey)))
    throw new GenkanError("state-conflict", `${keyFile(data)} exists already and is kept.`);
  return programKey;
}

/** Reads it. Throws `not-found`, or `state-conflict` when the file is no key or others may read it. */
export async function readKeyFile(data: string): Promise<ProgramKey> {
  const path = keyFile(data);
  const stats = await stat(path).catch((cause: unknown) => {
    throw new GenkanError("not-found", `${path} can't be read; make it with: genkan-gateway init --data ${data}`, {
      cause,
    });
  });
  const fault = rightsFault(path, stats, "private");
  if (fault !== null) throw new GenkanError("state-conflict", `${path} is not used, for ${fault}`);
  try {
    return importProgramKey(await readFile(path, "utf8"));
  } catch (cause) {
    throw new GenkanError("state-conflict", `${path} is not a private key in PEM.`, { cause });
  }
}
