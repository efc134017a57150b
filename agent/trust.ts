import { rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint } from "../crypto/thumbprint.ts";
import { replaceFile } from "../files/durable-file.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { type ApproverList, follows, readApproverList } from "./approver-list.ts";
import type { Emit } from "./event.ts";
import { isUnreadable, PathWatch, readTrusted } from "./trusted-file.ts";

/** Exact bytes of the pinned list, and of one that waits for a person. */
const pinnedFile = "trust.json";
const proposedFile = "trust-proposed.json";

export interface TrustOptions {
  /** The agent's data folder. */
  readonly folder: string;
  /** The site that the agent joined. */
  readonly site: string;
  readonly now: () => Date;
  readonly log: ProgramLog;
  readonly emit: Emit;
}

/**
 * The list of approvers that this agent pins, as in TUF: the first is accepted by a person on this host, later ones follow from
 * the signatures of the one before. A list that does not follow waits on disk for a person too, for that is how a lost
 * quorum is mended; it never counts by itself.
 */
export class Trust {
  readonly #o: TrustOptions;
  readonly #watch: PathWatch;
  readonly #listeners = new Set<() => void>();
  #list: ApproverList | undefined;
  /** Why it could not be read, so that each reason is told once. */
  #problem = "";

  constructor(o: TrustOptions) {
    this.#o = o;
    this.#watch = new PathWatch(join(o.folder, pinnedFile), () => this.reload());
    this.#list = this.#read();
  }

  get list(): ApproverList | undefined {
    return this.#list;
  }

  /** As told to the authority. */
  get state(): { version: number; hash: Hash } | null {
    return this.#list ? { version: this.#list.statement.version, hash: this.#list.hash } : null;
  }

  /** Calls `changed` whenever another list is pinned, also by a person on this host. */
  onChange(changed: () => void): void {
    this.#listeners.add(changed);
  }

  /**
   * Takes a list from the authority. Returns whether it is pinned now. Throws `trust-refused` for a malformed one,
   * another site's, or an older or other one of a version that is pinned already.
   */
  propose(bytes: Uint8Array, signatures: readonly SignedByPasskey[]): boolean {
    const next = readApproverList(bytes, this.#o.site);
    const pinned = this.#list;
    if (next.hash === pinned?.hash) return true;
    if (pinned && next.statement.version <= pinned.statement.version) {
      throw new GenkanError("trust-refused", "It is not newer than the pinned one.");
    }
    if (pinned && follows(next, pinned, signatures, this.#o.now())) {
      replaceFile(join(this.#o.folder, pinnedFile), bytes);
      this.#pin(next);
      return true;
    }
    replaceFile(join(this.#o.folder, proposedFile), bytes);
    this.#o.log.warn(
      { event: "agent.trust.waits", version: next.statement.version },
      "a list of approvers waits for a person on this host",
    );
    this.#o.emit({ event: "trust-proposed", ...summaryOf(next) });
    return false;
  }

  /** Reads the pinned list again, after a person changed it. */
  reload(): void {
    const list = this.#read();
    if (list?.hash === this.#list?.hash) return;
    if (list) this.#pin(list);
    else this.#list = undefined;
  }

  close(): void {
    this.#watch.close();
  }

  #pin(list: ApproverList): void {
    this.#list = list;
    forgetSuperseded(this.#o.folder, this.#o.site);
    this.#o.emit({ event: "trust-pinned", ...summaryOf(list) });
    for (const listener of this.#listeners) listener();
  }

  #read(): ApproverList | undefined {
    try {
      const list = readPinned(this.#o.folder, this.#o.site);
      this.#problem = "";
      return list;
    } catch (error) {
      if (isUnreadable(error)) this.#watch.again();
      const problem = String(error);
      if (problem !== this.#problem) {
        this.#o.log.error(
          { event: "agent.trust.unreadable", error: problem },
          "the pinned list of approvers can't be read: no session can be served",
        );
      }
      this.#problem = problem;
      return undefined;
    }
  }
}

/** The pinned list of a data folder; undefined if there is none yet. Throws `trust-refused` for a malformed one. */
export function readPinned(folder: string, site: string): ApproverList | undefined {
  const bytes = readTrusted(join(folder, pinnedFile), "own");
  return bytes && readApproverList(bytes, site);
}

/** The list that waits for a person. One that is not newer than the pinned list is none: it would bring back old keys. */
export function readProposed(folder: string, site: string): ApproverList | undefined {
  const bytes = readTrusted(join(folder, proposedFile), "own");
  const proposed = bytes && readApproverList(bytes, site);
  const pinned = proposed && pinnedIfWhole(folder, site);
  return pinned && proposed.statement.version <= pinned.statement.version ? undefined : proposed;
}

/** A pinned list that is damaged does not keep a person from accepting another one. */
function pinnedIfWhole(folder: string, site: string): ApproverList | undefined {
  try {
    return readPinned(folder, site);
  } catch (error) {
    // Of one that others may write, a person must mend the rights first: an older list could be offered in its place.
    if (isUnreadable(error) || (error instanceof GenkanError && error.code === "bad-request")) throw error;
    return undefined;
  }
}

/** Removes a waiting list that can never be accepted. Never throws: if the file stays, nobody is offered it. */
function forgetSuperseded(folder: string, site: string): void {
  try {
    if (!readProposed(folder, site)) rmSync(join(folder, proposedFile), { force: true });
  } catch {
    // A person who asks what waits is told what is wrong with it.
  }
}

/**
 * A person on this host has compared the fingerprint with the one on the staff page and accepts the list that waits.
 * One that is pinned already is accepted again. Throws `trust-missing` if none waits, `trust-refused` if it is another one.
 */
export function acceptProposed(folder: string, site: string, hash: Hash): ApproverList {
  const pinned = pinnedIfWhole(folder, site);
  if (pinned?.hash === hash) return pinned;
  const proposed = readProposed(folder, site);
  if (!proposed) throw new GenkanError("trust-missing", "No list of approvers waits to be accepted.");
  if (proposed.hash !== hash) {
    throw new GenkanError("trust-refused", `The one that waits has the fingerprint ${fingerprint(proposed.hash)}.`);
  }
  replaceFile(join(folder, pinnedFile), proposed.bytes);
  forgetSuperseded(folder, site);
  return proposed;
}

/** What people compare and read. */
export function summaryOf(list: ApproverList): { version: number; fingerprint: string; approvers: string[] } {
  return {
    version: list.statement.version,
    fingerprint: fingerprint(list.hash),
    approvers: [...new Set(list.statement.keys.map((key) => key.person.name))],
  };
}
