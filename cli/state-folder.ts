import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Check } from "typebox/value";
import { createIdentity, exportIdentity, type Identity, importIdentity } from "../crypto/identity.ts";
import { randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import { CliProfile, CliToken } from "../protocol/cli-state.ts";
import type { Face } from "../protocol/person.ts";
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

  key(name: "dpop" | "workstation"): Identity {
    const file = `${name}.key`;
    const pem = this.#read(file);
    if (pem !== undefined) return this.#identityOf(file, pem);
    const identity = createIdentity();
    this.#write(file, exportIdentity(identity));
    return identity;
  }

  #identityOf(file: string, pem: string): Identity {
    try {
      return importIdentity(pem);
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
    rmSync(this.#path(tokenFile(origin)), { force: true });
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

  /** A secret that others can read is not used any more. Windows has no such bits; there the folder's owner decides. */
  #read(file: string): string | undefined {
    const path = this.#path(file);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return undefined;
    if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) throw new UsageError("key-exposed", { file: path });
    return readFileSync(path, "utf8");
  }

  /** Whole or not at all, also when two commands run at once. */
  #write(file: string, text: string): void {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      chmodSync(this.#folder, 0o700);
      const draft = this.#path(`.${file}.${randomToken(8)}`);
      writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
      renameSync(draft, this.#path(file));
    } catch (cause) {
      throw new UsageError("file-unwritable", { file: this.#path(file) }, { cause });
    }
  }
}

function tokenFile(origin: string): string {
  return `token-${sha256(origin).slice(0, 16)}.json`;
}
