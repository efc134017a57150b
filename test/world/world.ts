import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { OpenOptions } from "../../bin/authority/open.ts";
import { allowTargets } from "../../bin/start/allow-list.ts";
import { freePort } from "../../bin/start/ports.ts";
import { Program } from "../../bin/start/program.ts";
import { addressesOf, type ServerFiles, World } from "../../bin/start/world.ts";
import { Secret } from "../../crypto/secret.ts";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Id } from "../../protocol/make-id.ts";
import { type Db, openPostgres, openSqlite } from "../../store/database.ts";
import { Scope } from "../../store/scope.ts";
import { liveSessions } from "../../store/session.ts";
import { type DeviceWish, type Login, layOut, type Registered } from "./folder.ts";
import { Person } from "./person.ts";
import { openFiles } from "./proc.ts";
import { Technician, windowFromNow } from "./technician.ts";

export interface QuickOptions {
  readonly devices: readonly DeviceWish[];
  /** Ports in front of the gateway's own, for whoever reaches it by a path with faults. */
  readonly paths?: (gateway: number) => Promise<Partial<Record<"authority" | "agent", number>>>;
  /** Programs that the test starts by itself. */
  readonly without?: readonly ("gateway" | "authority" | "agent")[];
  /** Where data and logs go; a temporary folder unless told. */
  readonly folder?: string;
  /** A store on a server and a bus. */
  readonly servers?: ServerFiles;
}

const startMs = 30_000;
const hourMs = 3_600_000;

/**
 * The real gateway, authority and agent as processes, with people whose passkeys are software: everything that the story
 * has but a browser, and up in two seconds.
 */
export class QuickWorld {
  readonly folder: string;
  readonly masterKeyFile: string;
  readonly parts: World;
  readonly register: Registered;
  /** The agent of the neighbouring site, which a test starts by itself. */
  readonly neighbour: Program;

  readonly #storeUrlFile: string | undefined;

  private constructor(
    folder: string,
    masterKeyFile: string,
    parts: World,
    register: Registered,
    storeUrlFile: string | undefined,
  ) {
    this.#storeUrlFile = storeUrlFile;
    this.folder = folder;
    this.masterKeyFile = masterKeyFile;
    this.parts = parts;
    this.register = register;
    const { allowFile, log } = parts.folders;
    const args = ["run", "--data", register.agents.neighbour.folder, "--allow", allowFile];
    this.neighbour = new Program({ name: "neighbour", script: "bin/genkan-agent.ts", args, logFolder: log });
  }

  static async start(o: QuickOptions): Promise<QuickWorld> {
    const folder = o.folder ?? mkdtempSync(join(tmpdir(), "genkan-world-"));
    const masterKeyFile = join(folder, "config", "master.key");
    const dataFolder = join(folder, "data");
    const ports = { public: await freePort(), staff: await freePort(), nurseCall: 1, vitalMonitor: 1, infusionPump: 1 };
    const paths = (await o.paths?.(ports.public)) ?? {};
    const register = await layOut({
      dataFolder,
      masterKeyFile,
      addresses: addressesOf({ ports }),
      gatewayPorts: { authority: paths.authority ?? ports.public, agent: paths.agent ?? ports.public },
      devices: o.devices,
      ...(o.servers?.storeUrlFile === undefined ? {} : { storeUrlFile: o.servers.storeUrlFile }),
    });
    const servers = o.servers ?? {};
    const parts = new World({ dataFolder, masterKeyFile, ports, servers, progress: () => {} }, register.fingerprints);
    const world = new QuickWorld(folder, masterKeyFile, parts, register, servers.storeUrlFile);
    const listed = o.devices.map(({ port }) => port);
    allowTargets(parts.folders.allowFile, listed.length > 0 ? listed : [1]);
    try {
      const wanted = (["gateway", "authority", "agent"] as const).filter((name) => !o.without?.includes(name));
      await world.begin(...wanted);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  /** Runs this program in the place of one that has not been started. */
  put(name: "gateway" | "authority" | "agent", program: Program): void {
    Object.assign(this.parts, { [name]: program });
  }

  /** Starts these programs together and waits until they have found each other. */
  async begin(...names: ("gateway" | "authority" | "agent")[]): Promise<void> {
    const { gateway, authority, agent } = this.parts;
    const said = new Map<Program, number>();
    for (const name of names) {
      said.set(this.parts[name], this.parts[name].events.length);
      this.parts[name].start();
    }
    const hears = (program: Program, event: string) =>
      said.has(program) ? [program.waitFor(event, startMs, { since: said.get(program) ?? 0 })] : [];
    await Promise.all([...hears(gateway, "listening"), ...hears(authority, "listening")]);
    if (gateway.running) await Promise.all(hears(authority, "gateway-connected"));
    if (gateway.running && authority.running) await Promise.all(hears(agent, "connected"));
  }

  /** Whether gateway and agent are connected, as the authority shows it to this person; also when it is away. */
  async reunited(person: Person): Promise<boolean> {
    type Parts = Record<"agents" | "gateways", { id: string; connected: boolean }[]>;
    const answer = await person.ask<Parts>("GET", "/api/agents").catch(() => null);
    if (answer?.status !== 200) return false;
    const { agents, gateways } = answer.body;
    const own = agents.find(({ id }) => id === this.register.agents.site.id);
    return own?.connected === true && gateways.every(({ connected }) => connected);
  }

  /** Names the authority's store to whoever opens it beside the authority, as its command line does. */
  get storeOptions(): OpenOptions {
    const file = this.#storeUrlFile;
    const options = { data: this.parts.folders.authority, masterKey: this.masterKeyFile };
    return file === undefined ? options : { ...options, storeUrlFile: file };
  }

  device(name: string): { id: Id<"device">; service: Id<"service"> } {
    const found = this.register.devices.get(name);
    if (!found) throw new Error(`There is no device ${name}.`);
    return found;
  }

  /** Somebody of the staff, signed in. */
  staff(login: Login): Promise<Person> {
    const { passkey } = this.register.people[login];
    return new Person(this.register.hosts.staff, passkey).signIn();
  }

  /** A technician, signed in, at an enrolled computer. `port` leads to the gateway. */
  async technician(login: Login = "sato", port?: number): Promise<Technician> {
    const { passkey } = this.register.people[login];
    const technician = await new Technician(this.register.hosts.portal, passkey, port).signIn();
    return technician.equip();
  }

  /** A request and its approval. */
  async grant(
    technician: Technician,
    approver: Person,
    device: string,
    window = windowFromNow(-60_000, hourMs),
  ): Promise<GrantView> {
    return approver.approve(await technician.request(this.device(device), window));
  }

  /** The store's rows as they stand, beside the running authority. */
  async rows<T>(read: (db: Db) => Promise<T>): Promise<T> {
    const file = this.#storeUrlFile;
    const db = await (file === undefined
      ? openSqlite(join(this.parts.folders.authority, "genkan.db"))
      : openPostgres(new Secret(readFileSync(file, "utf8"))));
    try {
      return await read(db);
    } finally {
      await db.destroy();
    }
  }

  async beginNeighbour(): Promise<void> {
    this.neighbour.start();
    await this.neighbour.waitFor("connected", startMs);
  }

  /** Sessions that the authority takes for not ended. */
  liveSessions(): Promise<string[]> {
    return this.rows(async (db) => (await liveSessions(db, Scope.system())).map(({ id }) => id));
  }

  /** Recordings that the agent holds open: one for each session that it serves. */
  recordings(): string[] {
    const { pid } = this.parts.agent;
    const files = pid === undefined ? [] : openFiles(pid);
    return files.flatMap((file) => /\/recordings\/(ses_\w+)\.jsonl$/.exec(file)?.[1] ?? []);
  }

  /** Its folder goes too, unless somebody wants to read what the programs said. */
  async stop(o: { keep?: boolean } = {}): Promise<void> {
    // One that stands still would not hear that it should stop.
    const programs = [...this.parts.programs, this.neighbour];
    for (const program of programs) program.kill("SIGCONT");
    await Promise.all(programs.map((program) => program.stop()));
    if (!o.keep) rmSync(this.folder, { recursive: true, force: true });
  }
}
