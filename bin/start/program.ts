import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { message, StartError } from "./message.ts";

/** A line that a program writes to its standard output: something happened. */
export interface ProgramEvent {
  readonly event: string;
  readonly [member: string]: unknown;
}

export interface ProgramOptions {
  /** For people, and for the name of the log file. */
  readonly name: string;
  /** File under `bin/`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly logFolder: string;
  /** Command that puts it into its place; it must become the program by `exec`, for signals go to its pid. */
  readonly launch?: readonly string[];
  /** Instead of this process's own. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** The checkout: scripts are named from there, wherever the launcher was called. */
export const root = join(import.meta.dirname, "..", "..");

/** A program that did not stop on SIGTERM within this is killed. */
const stopMs = 3_000;
const lastLines = 12;

/** One of the programs as a child process: its events as they come, its log in a file. */
export class Program {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ProgramOptions;
  readonly #events: ProgramEvent[] = [];
  readonly #listeners = new Set<(event: ProgramEvent) => void>();
  readonly #deathListeners = new Set<() => void>();
  readonly #logFailureListeners = new Set<(error: Error) => void>();
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.logFile = join(options.logFolder, `${options.name}.log`);
    this.#options = options;
  }

  /** What it was made of, for whoever runs it in other surroundings. */
  get options(): ProgramOptions {
    return this.#options;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  /** Everything that it has said since the first start. */
  get events(): readonly ProgramEvent[] {
    return this.#events;
  }

  start(): void {
    if (this.#child) throw new Error(`${this.name} runs already.`);
    const { launch = [], script, args } = this.#options;
    const [command, ...before] = [...launch, process.execPath];
    const child = spawn(command, [...before, script, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      cwd: root,
      env: this.#options.environment ?? process.env,
    });
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => this.#log(chunk));
    createInterface({ input: child.stdout }).on("line", (line) => this.#read(line));
    this.#ended = new Promise((resolve) => {
      child.once("error", (error) => this.#log(`${error.message}\n`));
      // "close" comes after the last byte of both streams, so the log is whole when a death is told.
      child.once("close", (code, signal) => {
        this.#log(`-- ${this.name} ended (${signal ?? code})\n`);
        this.#child = undefined;
        resolve();
        for (const listener of this.#deathListeners) listener();
      });
    });
  }

  /** Calls for each event from now on; returns how to stop that. */
  onEvent(listener: (event: ProgramEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls whenever the process has ended, wanted or not; returns how to stop that. */
  onDeath(listener: () => void): () => void {
    this.#deathListeners.add(listener);
    return () => this.#deathListeners.delete(listener);
  }

  /** Calls whenever a line of its log could not be written and is lost. It runs on. */
  onLogFailure(listener: (error: Error) => void): void {
    this.#logFailureListeners.add(listener);
  }

  /**
   * The first event of this name since `since` (a length of {@link events}; 0 unless told) that fits. Throws a
   * {@link StartError} with the end of its log when the program dies first or `ms` pass.
   */
  waitFor(
    name: string,
    ms: number,
    options: { since?: number; fits?: (event: ProgramEvent) => boolean } = {},
  ): Promise<ProgramEvent> {
    const fits = (event: ProgramEvent) => event.event === name && (options.fits?.(event) ?? true);
    const seen = this.#events.slice(options.since ?? 0).find(fits);
    if (seen) return Promise.resolve(seen);
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer);
        stopListening();
        stopWatching();
        end();
      };
      const fail = () => settle(() => reject(this.trouble(name)));
      const timer = setTimeout(fail, ms);
      const stopListening = this.onEvent((event) => {
        if (fits(event)) settle(() => resolve(event));
      });
      const stopWatching = this.onDeath(fail);
      if (!this.running) fail();
    });
  }

  /** What to tell a person when it is not as it should be. */
  trouble(awaited?: string): StartError {
    const state = this.running
      ? message(
          `${this.name} から「${awaited}」の知らせがありません。`,
          `${this.name} did not say "${awaited}" in time.`,
        )
      : message(`${this.name} が終了してしまいました。`, `${this.name} has ended.`);
    return new StartError(
      message(`${state.ja}ログ: ${this.logFile}`, `${state.en} Its log: ${this.logFile}`),
      this.lastLog(),
    );
  }

  lastLog(): string {
    try {
      return readFileSync(this.logFile, "utf8").trimEnd().split("\n").slice(-lastLines).join("\n");
    } catch {
      return "";
    }
  }

  /** Any signal, by pid. SIGSTOP and SIGCONT leave it running. */
  kill(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Resolves when it has ended: asked by SIGTERM, then made to by SIGKILL. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMs);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Kills without asking, as a power cut would, and resolves when it is gone. */
  async crash(): Promise<void> {
    this.kill("SIGKILL");
    await this.#ended;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  /** Never throws: nobody would be left to stop the child. */
  #log(text: string | Buffer): void {
    try {
      appendFileSync(this.logFile, text);
    } catch (error) {
      for (const listener of this.#logFailureListeners) listener(error as Error);
    }
  }

  #read(line: string): void {
    const event = parseEvent(line);
    this.#log(`${line}\n`);
    if (!event) return;
    this.#events.push(event);
    for (const listener of this.#listeners) listener(event);
  }
}

function parseEvent(line: string): ProgramEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && "event" in value && typeof value.event === "string"
      ? (value as ProgramEvent)
      : undefined;
  } catch {
    return undefined;
  }
}
