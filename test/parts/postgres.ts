import { type ChildProcess, execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { folderOf, said, spawnAs, userOf } from "./unprivileged.ts";

const versions = "/usr/lib/postgresql";
const password = "correct-horse-battery";
const role = "genkan";
const startMs = 20_000;
const dumpBytes = 64 * 2 ** 20;

/** A real PostgreSQL server in a folder of its own, reached over its socket, fsync and all. */
export class Postgres {
  readonly #user = userOf("postgres");
  readonly #folder = folderOf(this.#user, "pg");
  readonly #bin: string;
  #server: { child: ChildProcess; ended: Promise<unknown>; text: () => string } | undefined;
  #databases = 0;

  private constructor() {
    const [newest] = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
    this.#bin = join(versions, newest ?? "15", "bin");
  }

  static async start(): Promise<Postgres> {
    const postgres = new Postgres();
    await postgres.#init();
    await postgres.begin();
    return postgres;
  }

  /** The URL of a new database, or of a copy of one that nobody is connected to. */
  async database(like?: string): Promise<string> {
    const name = `genkan_${++this.#databases}`;
    const template = like === undefined ? "" : ` template ${decodeURIComponent(new URL(like).pathname.slice(1))}`;
    await this.ask(this.#url("postgres"), `create database ${name}${template}`);
    return this.#url(name);
  }

  /** A backup of a database, as an administrator makes it. */
  dump(url: string): Buffer {
    return execFileSync(join(this.#bin, "pg_dump"), [`--dbname=${url}`], { maxBuffer: dumpBytes });
  }

  /** The URL of a new database from a backup. */
  async restore(dump: Buffer): Promise<string> {
    const url = await this.database();
    const flags = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--dbname=${url}`];
    execFileSync(join(this.#bin, "psql"), flags, { input: dump, maxBuffer: dumpBytes });
    return url;
  }

  /** Rows of a statement, over a connection of its own: what an administrator types. */
  ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
    return askPostgres(url, statement);
  }

  /** In which its socket lies. */
  get folder(): string {
    return this.#folder.path;
  }

  async begin(): Promise<void> {
    const { path } = this.#folder;
    const settings = { listen_addresses: "", unix_socket_directories: path, unix_socket_permissions: "0777" };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const command = [join(this.#bin, "postgres"), "-D", join(path, "data"), ...flags];
    const child = spawnAs(this.#user, "SIGQUIT", command, { cwd: path });
    this.#server = { child, ...said(child) };
    for (const until = performance.now() + startMs; ; await sleep(25)) {
      const up = await this.ask(this.#url("postgres"), "select 1").then(
        () => true,
        () => false,
      );
      if (up) return;
      if (child.exitCode !== null || performance.now() > until) throw new Error(`postgres: ${this.#server.text()}`);
    }
  }

  /** Ends every connection and stops: what an administrator's restart does. */
  stop(): Promise<void> {
    return this.#end("SIGINT");
  }

  /** As a power cut would: no connection is told, nothing is written any more. */
  async crash(): Promise<void> {
    for (const pid of this.#pids().reverse()) signal(pid, "SIGKILL");
    await this.#server?.ended;
    this.#server = undefined;
  }

  /** Stands still: connections stay open and nobody answers. */
  pause(): void {
    for (const pid of this.#pids()) signal(pid, "SIGSTOP");
  }

  resume(): void {
    for (const pid of this.#pids()) signal(pid, "SIGCONT");
  }

  async remove(): Promise<void> {
    this.resume();
    await this.#end("SIGQUIT");
    this.#folder.remove();
  }

  async #end(how: NodeJS.Signals): Promise<void> {
    this.#server?.child.kill(how);
    await this.#server?.ended;
    this.#server = undefined;
  }

  async #init(): Promise<void> {
    const { path } = this.#folder;
    const secret = join(path, "password");
    writeFileSync(secret, password, { mode: 0o644 });
    // A language's own order, so that whatever compares text without saying how is found out.
    const order = ["--locale=C.UTF-8", "--encoding=UTF8", "--locale-provider=icu", "--icu-locale=en-US"];
    const access = [`--username=${role}`, `--pwfile=${secret}`, "--auth=scram-sha-256"];
    const command = [join(this.#bin, "initdb"), "-D", join(path, "data"), "--no-sync", ...order, ...access];
    const { ended, text } = said(spawnAs(this.#user, "SIGKILL", command, { cwd: path }));
    if ((await ended) !== 0) throw new Error(`initdb: ${text()}`);
  }

  #url(database: string): string {
    return databaseUrl(this.#folder.path, database);
  }

  /** The server first, then its children: each connection is a process of a group of its own. */
  #pids(): number[] {
    const server = this.#server?.child.pid;
    if (server === undefined) return [];
    const children = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && parentOf(name) === server);
    return [server, ...children.map(Number)];
  }
}

/** Of a database of the server whose socket lies in this folder. */
export const databaseUrl = (folder: string, database: string) =>
  `postgres://${role}:${password}@${encodeURIComponent(folder)}/${database}`;

export async function askPostgres(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const { hostname, pathname } = new URL(url);
  const client = new Client({ host: decodeURIComponent(hostname), user: role, password, database: pathname.slice(1) });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended meanwhile.
  }
}
