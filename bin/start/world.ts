import { join } from "node:path";
import { allowTargets } from "./allow-list.ts";
import { type CommandOptions, callProgram, commandLine } from "./call.ts";
import { type Layout, type ProgramName, thisMachine } from "./layout.ts";
import type { Message } from "./message.ts";
import type { Ports } from "./ports.ts";
import { Program } from "./program.ts";

export interface WorldOptions {
  /** Made by `openDataFolder`. */
  readonly dataFolder: string;
  readonly masterKeyFile: string;
  readonly ports: Ports;
  /** Certificates of the hosts; without them all is http on this machine. */
  readonly tls?: Certificates;
  /** Where the parts stand; all on this machine unless told. */
  readonly layout?: Layout;
  /** A store on a server and a bus, by files with their URLs; a file in the folder and no bus unless told. */
  readonly servers?: ServerFiles;
  /** Nothing is registered: the way a hospital begins. */
  readonly empty?: boolean;
  /** Told of each step as it is done. */
  readonly progress: (says: Message) => void;
}

/** PEM files: of the portal's host, of the staff host, and of everything below the access domain. */
export type Certificates = Readonly<
  Record<"portal" | "staff" | "access", { readonly cert: string; readonly key: string }>
>;

export interface ServerFiles {
  readonly storeUrlFile?: string;
  readonly busUrlFile?: string;
}

/** What each part printed when it was made: what the others pin, and what verifies the log offline. */
export interface Fingerprints {
  readonly gateway: string;
  readonly authority: string;
  readonly logKey: string;
}

export type Reply = Readonly<Record<string, unknown>>;

export const scripts: Readonly<Record<ProgramName, string>> = {
  gateway: "bin/genkan-gateway.ts",
  authority: "bin/genkan-authority.ts",
  agent: "bin/genkan-agent.ts",
  sample: "bin/sample-devices.ts",
};

/**
 * Authority, gateway, agent and the sample devices as processes, and the commands that people would type on their hosts.
 * `npm start` and the story run the very same world.
 */
export class World {
  readonly ports: Ports;
  readonly addresses: Addresses;
  readonly fingerprints: Fingerprints;
  readonly folders: Folders;
  readonly gateway: Program;
  readonly authority: Program;
  readonly agent: Program;
  readonly sample: Program;
  readonly #options: WorldOptions;

  constructor(options: WorldOptions, fingerprints: Fingerprints) {
    const { ports, tls, layout = thisMachine } = options;
    this.#options = options;
    this.ports = ports;
    this.fingerprints = fingerprints;
    this.addresses = addressesOf(options);
    this.folders = foldersOf(options.dataFolder);
    const { gateway, agent, sample, allowFile, log } = this.folders;
    const program = (name: ProgramName, command: string, further: CommandOptions) => {
      const args = commandLine(command, further);
      return new Program({ name, script: scripts[name], args, logFolder: log, launch: layout.launch[name] });
    };
    this.gateway = program("gateway", "run", {
      "--data": gateway,
      "--listen": this.addresses.gateway,
      "--authority-key": fingerprints.authority,
      // With certificates the gateway carries TLS only, and is blind.
      ...(tls ? {} : { "--loopback-http": true }),
    });
    this.authority = program("authority", "run", {
      ...authorityData(options),
      "--staff-listen": this.addresses.staff,
      ...(tls ? { ...certificate("portal", tls), ...certificate("staff", tls) } : {}),
    });
    this.agent = program("agent", "run", {
      "--data": agent,
      "--allow": allowFile,
      ...(tls ? certificate("access", tls) : {}),
    });
    const samplePorts = [ports.nurseCall, ports.vitalMonitor, ports.infusionPump].join(",");
    this.sample = program("sample", "", {
      "--data": sample,
      "--host": layout.addresses.devices,
      "--ports": samplePorts,
    });
  }

  get masterKeyFile(): string {
    return this.#options.masterKeyFile;
  }

  /** In the order in which they are stopped. */
  get programs(): readonly Program[] {
    return [this.agent, this.sample, this.authority, this.gateway];
  }

  /** A command of the authority, typed on its host. */
  askAuthority(command: string, options: CommandOptions = {}): Promise<Reply> {
    return askAuthority(this.#options, command, options);
  }

  /** A command of the agent, typed on its host. */
  askAgent(command: string, options: CommandOptions = {}): Promise<Reply> {
    const { agent, log } = this.folders;
    const { launch } = this.#options.layout ?? thisMachine;
    return callProgram(scripts.agent, command, { "--data": agent, ...options, "--json": true }, log, launch.agent);
  }

  /** The one-time link with which a person enrols; undefined for whoever has. */
  async enrolmentLink(login: string): Promise<string | undefined> {
    const reply = await this.askAuthority(`enrolment ${login}`);
    return reply.enrolled === true ? undefined : String(reply.url);
  }

  /** What a person at the agent's host does after comparing the fingerprint with the one on the staff page. */
  acceptTrust(fingerprint: string): Promise<Reply> {
    return this.askAgent("trust add", { "--fingerprint": fingerprint, "--yes": true });
  }

  /** Ports that the agent may dial where the samples are, beside theirs. */
  allow(...further: number[]): void {
    const { nurseCall, vitalMonitor, infusionPump } = this.ports;
    const { addresses } = this.#options.layout ?? thisMachine;
    allowTargets(this.folders.allowFile, [nurseCall, vitalMonitor, infusionPump, ...further], addresses.devices);
  }

  async stop(): Promise<void> {
    for (const program of this.programs) await program.stop();
  }
}

function certificate(name: keyof Certificates, tls: Certificates): CommandOptions {
  return { [`--${name}-cert`]: tls[name].cert, [`--${name}-key`]: tls[name].key };
}

/** Where the parts of a world are reached. */
export function addressesOf({ ports, tls, layout }: Pick<WorldOptions, "ports" | "tls" | "layout">) {
  const scheme = tls ? "https" : "http";
  const { names, addresses } = layout ?? thisMachine;
  return {
    gateway: `${addresses.gateway}:${ports.public}`,
    staff: `${addresses.staff}:${ports.staff}`,
    portalOrigin: `${scheme}://${names.portal}:${ports.public}`,
    staffOrigin: `${scheme}://${names.staff}:${ports.staff}`,
    accessDomain: names.access,
    nurseCall: `${addresses.devices}:${ports.nurseCall}`,
    vitalMonitor: `${addresses.devices}:${ports.vitalMonitor}`,
    infusionPump: `${addresses.devices}:${ports.infusionPump}`,
  } as const;
}
export type Addresses = ReturnType<typeof addressesOf>;

/** Where the parts of a world keep what is theirs. */
export function foldersOf(dataFolder: string) {
  return {
    gateway: join(dataFolder, "gateway"),
    authority: join(dataFolder, "authority"),
    agent: join(dataFolder, "agent"),
    sample: join(dataFolder, "sample"),
    log: join(dataFolder, "log"),
    /** The agent's own list of what it may dial; nobody else writes it. */
    allowFile: join(dataFolder, "agent-allow.json"),
  } as const;
}
export type Folders = ReturnType<typeof foldersOf>;

/** A command of the authority, before there is a world as well. */
export function askAuthority(world: WorldOptions, command: string, options: CommandOptions): Promise<Reply> {
  const { log } = foldersOf(world.dataFolder);
  const { launch } = world.layout ?? thisMachine;
  const all = { ...options, ...authorityData(world), "--json": true } as const;
  return callProgram(scripts.authority, command, all, log, launch.authority);
}

export function askGateway(world: WorldOptions, command: string): Promise<Reply> {
  const { gateway, log } = foldersOf(world.dataFolder);
  const { launch } = world.layout ?? thisMachine;
  return callProgram(scripts.gateway, command, { "--data": gateway, "--json": true }, log, launch.gateway);
}

function authorityData({ dataFolder, masterKeyFile, servers = {} }: WorldOptions): CommandOptions {
  const { storeUrlFile, busUrlFile } = servers;
  return {
    "--data": foldersOf(dataFolder).authority,
    "--master-key": masterKeyFile,
    ...(storeUrlFile === undefined ? {} : { "--store-url-file": storeUrlFile }),
    ...(busUrlFile === undefined ? {} : { "--bus": "redis", "--bus-url-file": busUrlFile }),
  };
}
