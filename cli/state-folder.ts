import { chmodSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/value";
import { createProgramKey, exportProgramKey, importProgramKey, type ProgramKey } from "../crypto/program-key.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import { createFile, replaceFile } from "../files/durable-file.ts";
import { CliProfile, CliToken } from "../protocol/cli-state.ts";
import type { Face } from "../protocol/face.ts";
import { UsageError } from "./usage-error.ts";

/**
 * What the command line keeps on this computer, in one folder that is its owner's alone (0700, files 0600). The two
 * keys are made here and never leave: `dpop.key` binds access tokens, `workstation.key` is this computer to the agents.
 */
export class StateFolder {
  readonly #folder: string;

  /** `folder` is made when something is first written. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  profile(): CliProfile {
    const value = this.#readJson("profile.json");
    if (value === undefined) return { current: null, origins: {} };
    if (!Check(CliProfile, value)) throw new UsageError("profile-malformed", { file: this.#path("profile.json") });
    return value;
  }

  /** Makes `origin` the current one; `ca` is certificates in PEM, null for none, undefined to keep what was there. */
  remember(origin: string, face: Face, ca: string | null | undefined): void {
    const { origins } = this.profile();
    const kept = ca === undefined ? (origins[origin]?.ca ?? null) : ca;
    this.#write(
      "profile.json",
      JSON.stringify({ current: origin, origins: { ...origins, [origin]: { face, ca: kept } } }, null, 2),
    );
  }

  /** Made at the first call. Of two commands that make it at once the first one's is everybody's. */
  key(name: "dpop" | "workstation"): ProgramKey {
    const file = `${name}.key`;
    const pem = this.#read(file);
    if (pem !== undefined) return this.#programKeyOf(file, pem);
    const made = exportProgramKey(createProgramKey());
    this.#write(file, made, createFile);
    return this.#programKeyOf(file, this.#read(file) ?? made);
  }

  #programKeyOf(file: string, pem: string): ProgramKey {
    try {
      return importProgramKey(pem);
    } catch (cause) {
      throw new UsageError("profile-malformed", { file: this.#path(file) }, { cause });
    }
  }

  token(origin: string): CliToken | null {
    const value = this.#readJson(tokenFile(origin));
    return Check(CliToken, value) ? value : null;
  }

  keepToken(origin: string, token: CliToken): void {
    this.#write(tokenFile(origin), JSON.stringify(token));
  }

  dropToken(origin: string): void {
    const file = this.#path(tokenFile(origin));
    try {
      rmSync(file, { force: true });
    } catch (cause) {
      throw new UsageError("file-unwritable", { file }, { cause });
    }
  }

  /** Where another program keeps a file of its own beside ours. */
  fileOf(name: "known_hosts"): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    return this.#path(name);
  }

  #path(file: string): string {
    return join(this.#folder, file);
  }

  #readJson(file: string): unknown {
    const text = this.#read(file);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      throw new UsageError("profile-malformed", { file: this.#path(file) });
    }
  }

  /** Refuses a secret that other users can read. Windows has no such bits; there the folder's owner decides. */
  #read(file: string): string | undefined {
    const path = this.#path(file);
    try {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat) return undefined;
      if (process.platform === "win32" || (stat.mode & 0o077) === 0) return readFileSync(path, "utf8");
    } catch (cause) {
      throw new UsageError("file-unreadable", { file: path }, { cause });
    }
    throw new UsageError("key-exposed", { file: path });
  }

  /** Whole or not at all, also when two commands run at once, and nothing is left of what could not be written. */
  #write(file: string, text: string, write: (path: string, text: string) => void = replace): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      chmodSync(this.#folder, 0o700);
      write(this.#path(file), text);
    } catch (cause) {
      throw new UsageError("file-unwritable", { file: this.#path(file) }, { cause });
    }
  }
}

const replace = (path: string, text: string) => replaceFile(path, text, "many");

function tokenFile(origin: string): string {
  return `token-${sha256(origin).slice(0, 16)}.json`;
}
