import { closeSync, constants, createReadStream, fstatSync, openSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { sha256OfFile } from "../crypto/file-hash.ts";
import { type DownloadView, downloadName, downloadSystems } from "../protocol/api/download.ts";
import { GenkanError } from "../protocol/error.ts";

interface Offered {
  readonly view: DownloadView;
  /** Its number, not a handle: each reader of a handle would leave a listener with it. */
  readonly descriptor: number;
}

/**
 * The command lines that the portal offers. Each file is opened once and stays open: what is handed out is what was hashed,
 * whatever comes to lie under its name, and what somebody writes into an address never reaches the file system.
 */
export class Downloads {
  readonly #offered: ReadonlyMap<string, Offered>;

  private constructor(offered: readonly Offered[]) {
    this.#offered = new Map(offered.map((one) => [one.view.name, one]));
  }

  /**
   * Those of `folder`; none without one. What is named otherwise, or is no file but a link or a folder, is not offered. Throws
   * `bad-request` when the folder can't be read.
   */
  static async open(folder: string | undefined): Promise<Downloads> {
    if (folder === undefined) return new Downloads([]);
    const names = await readdir(folder).catch((cause: unknown) => {
      throw new GenkanError("bad-request", `The folder of --downloads can't be read: ${folder}`, { cause });
    });
    const offered: Offered[] = [];
    for (const name of names.sort()) {
      const [, version, system] = downloadName.exec(name) ?? [];
      const known = downloadSystems.find((one) => one === system);
      if (version === undefined || known === undefined) continue;
      const descriptor = openFile(join(folder, name));
      if (descriptor === null) continue;
      const bytes = fstatSync(descriptor).size;
      const sha256 = await sha256OfFile(descriptor);
      offered.push({ view: { name, version, system: known, bytes, sha256 }, descriptor });
    }
    return new Downloads(offered);
  }

  list(): DownloadView[] {
    return [...this.#offered.values()].map(({ view }) => view);
  }

  /** Throws `not-found` for what is not offered. */
  read(name: string): { view: DownloadView; bytes: Readable } {
    const offered = this.#offered.get(name);
    if (!offered) throw new GenkanError("not-found");
    const { view, descriptor } = offered;
    // Never beyond what was hashed, should the file grow.
    const range = { start: 0, end: view.bytes - 1 };
    return { view, bytes: createReadStream("", { fd: descriptor, ...range, autoClose: false }) };
  }

  close(): void {
    for (const { descriptor } of this.#offered.values()) closeSync(descriptor);
  }
}

/** Null for what is no file with something in it. */
function openFile(path: string): number | null {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  const stats = fstatSync(descriptor);
  if (stats.isFile() && stats.size > 0) return descriptor;
  closeSync(descriptor);
  return null;
}
