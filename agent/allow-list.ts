import { Check } from "typebox/value";
import { readAddress } from "../protocol/address.ts";
import { AllowListFile } from "../protocol/agent-file.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { AgentReport } from "../protocol/reach.ts";
import type { Emit } from "./event.ts";
import { isUnreadable, PathWatch, readTrusted } from "./trusted-file.ts";

/**
 * The targets of an allow-list file, as `address port`. Throws a `RangeError` that says what is wrong and where: a list
 * that is wrong in one place is not used at all.
 */
export function parseAllowList(text: string): ReadonlySet<string> {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    throw new RangeError("it is not JSON");
  }
  if (!Check(AllowListFile, file)) {
    throw new RangeError('it must look like {"targets": [{"address": "10.0.0.5", "ports": [22, 80]}]}');
  }
  const targets = new Set<string>();
  for (const { address, ports } of file.targets) {
    const read = readAddress(address);
    if (!read) throw new RangeError(`${JSON.stringify(address)} is no IP address; names are not allowed`);
    if (read.kind === "refused") throw new RangeError(`${address} can't be a device's address`);
    if (read.kind === "loopback" && file.allowLoopback !== true) {
      throw new RangeError(`${address} is this host itself; "allowLoopback" is not set`);
    }
    for (const port of ports) targets.add(`${read.canonical} ${port}`);
  }
  return targets;
}

export interface AllowListOptions {
  readonly path: string;
  readonly log: ProgramLog;
  readonly emit: Emit;
}

/** The agent's own last word on what it dials: read at the start and on every change. Unreadable means nothing. */
export class AllowList {
  readonly #o: AllowListOptions;
  readonly #watch: PathWatch;
  readonly #listeners = new Set<() => void>();
  #targets: ReadonlySet<string> = new Set();
  #problem: string | null = null;
  #absent = false;

  constructor(o: AllowListOptions) {
    this.#o = o;
    this.#watch = new PathWatch(o.path, () => this.read());
    this.read();
  }

  /** How many targets it names; null while it can't be used. */
  get size(): number | null {
    return this.#problem === null ? this.#targets.size : null;
  }

  permits(address: string, port: number): boolean {
    const read = readAddress(address);
    return read !== undefined && this.#targets.has(`${read.canonical} ${port}`);
  }

  /** As the agent reports it. */
  get state(): AgentReport["allowList"] {
    const state = this.#absent ? "absent" : this.#problem === null ? "listed" : "unusable";
    return { state, targets: this.#targets.size };
  }

  /** Calls `changed` after each new reading. One that fails in the same way as the one before is none. */
  onChange(changed: () => void): void {
    this.#listeners.add(changed);
  }

  read(): void {
    const { path, log, emit } = this.#o;
    let problem: string | null = null;
    this.#absent = false;
    try {
      const bytes = readTrusted(path, "own");
      this.#absent = bytes === undefined;
      if (!bytes) throw new RangeError("the file is missing");
      this.#targets = parseAllowList(bytes.toString("utf8"));
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      this.#targets = new Set();
      if (isUnreadable(error)) {
        this.#watch.again();
        if (problem === this.#problem) return;
      }
      log.error(
        { event: "agent.allow-list.unusable", path, problem },
        "the allow-list can't be used: nothing is allowed until it is mended",
      );
    }
    this.#problem = problem;
    emit({ event: "allow-list", targets: this.#targets.size, problem });
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    this.#watch.close();
  }
}
