import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beginServers, portsOf, prepareWorld } from "../../bin/start/begin.ts";
import { openDataFolder } from "../../bin/start/data-folder.ts";
import { type Layout, thisMachine } from "../../bin/start/layout.ts";
import type { SampleLogin } from "../../bin/start/people.ts";
import { freePort } from "../../bin/start/ports.ts";
import { buildWeb, webBuildIsStale } from "../../bin/start/web-build.ts";
import type { World, WorldOptions } from "../../bin/start/world.ts";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import { Servers } from "../parts/servers.ts";
import type { Network } from "./network/network.ts";
import { type Found, type Order, type ProbeName, probe } from "./network/probe.ts";
import { addresses, publicPort, type Zone } from "./network/topology.ts";
import { Chromium, chromiumPath } from "./parts/chromium.ts";
import { Devices } from "./parts/devices.ts";
import { Genkan } from "./parts/genkan.ts";
import type { Person } from "./parts/person.ts";
import { makeTestCa, type TestCa } from "./parts/test-ca.ts";

/** What is asked for at the beginning and used by the steps after it. */
export type Work = "web" | "https" | "ssh" | "tcp" | "flood" | "unlisted" | "quirks" | "subcontract";

/** What the steps of one run share: the world, the browser, the people, and what earlier steps have made. */
export class Context {
  readonly folder = mkdtempSync(join(tmpdir(), "genkan-story-"));
  readonly say: (line: string) => void;
  readonly layout: Layout;
  readonly certificates: TestCa | undefined;
  /** On the technicians' network. */
  readonly chromium: Chromium;
  readonly people = new Map<SampleLogin, Person>();
  /** People of the vendor that comes in the course of it, by what they are there. */
  readonly subcontractors = new Map<"chief" | "technician", Person>();
  readonly requests = new Map<Work, RequestView>();
  readonly grants = new Map<Work, GrantView>();
  /** The device's own page in the technician's browser, while it is open. */
  devicePage: Page | undefined;
  /** Administrator of an installation that began empty. */
  newcomer: Person | undefined;
  /** Store and bus, where they are on servers. */
  servers: Servers | undefined;
  readonly #wanted: { readonly store: boolean; readonly bus: boolean };
  readonly #endings: (() => Promise<void>)[] = [];
  readonly #network: Network | undefined;
  readonly #hospitalChromium: Chromium;
  readonly #terminals = new Map<SampleLogin, Genkan>();
  #devices: Promise<Devices> | undefined;
  #world: Promise<World> | undefined;
  #options: WorldOptions | undefined;

  /**
   * With `tls` everything goes over https, under certificates of an authority made for this run. With `networkOf` all parts
   * stand in their own networks, and nothing is on this machine's; it is given a folder.
   */
  constructor(
    how: {
      tls: boolean;
      servers?: { readonly store: boolean; readonly bus: boolean };
      networkOf?: (folder: string) => Network;
    },
    say: (line: string) => void,
  ) {
    this.say = say;
    this.#wanted = how.servers ?? { store: false, bus: false };
    const network = how.networkOf?.(this.folder);
    this.#network = network;
    this.layout = network?.layout ?? thisMachine;
    const certificates = how.tls ? makeTestCa(join(this.folder, "ca"), this.layout.names) : undefined;
    this.certificates = certificates;
    const { resolved } = network ?? {};
    this.chromium = new Chromium({ certificates, ...(resolved ? { resolved } : {}) });
    const executable = network?.wrapped("hospital", chromiumPath);
    this.#hospitalChromium =
      executable && resolved ? new Chromium({ certificates, executable, resolved }) : this.chromium;
  }

  /** For steps that are about networks; they run only where there are some. */
  get network(): Network {
    return this.#network ?? missing("This step needs --netns.");
  }

  /** Whether the technicians' network is another one than the hospital's. */
  get apart(): boolean {
    return this.#network !== undefined;
  }

  /** Tries something from a computer of this zone, or from this one where all zones are one machine. */
  probe<N extends ProbeName>(zone: Zone, name: N, order: Order<N>): Promise<Found<N>> {
    return this.#network?.probe(zone, name, order) ?? probe([], name, order);
  }

  /** A browser on the network where this person works. */
  chromiumOf(login: SampleLogin): Chromium {
    return zoneOf(login) === "vendor" ? this.chromium : this.#hospitalChromium;
  }

  /** Gateway, authority and sample devices, started by the first step that needs them. */
  world(): Promise<World> {
    this.#world ??= this.#begin();
    return this.#world;
  }

  /** For parts of the world that a step begins by itself. */
  get options(): WorldOptions {
    if (!this.#options) throw new Error("The world has not begun.");
    return this.#options;
  }

  /** The story's own devices: a real sshd, a flood, one that the agent does not list. */
  devices(): Promise<Devices> {
    this.#devices ??= Devices.start(this.folder, {
      address: this.layout.addresses.devices,
      launch: this.layout.launch.sample,
      user: this.#network?.user,
      canaries: this.#network ? addresses.vlan : [],
    }).then((devices) => {
      this.atEnd(() => devices.stop());
      return devices;
    });
    return this.#devices;
  }

  /** The command line on the computer of this person. */
  terminal(login: SampleLogin): Genkan {
    const known = this.#terminals.get(login);
    if (known) return known;
    const made = new Genkan(login, this.folder, this.#network?.launch(zoneOf(login)) ?? []);
    this.#terminals.set(login, made);
    this.atEnd(() => made.stop());
    return made;
  }

  /** For the command line, which trusts what its system trusts, and a file that it is given. */
  get caOption(): readonly string[] {
    return this.certificates ? ["--ca", this.certificates.file] : [];
  }

  person(login: SampleLogin): Person {
    return this.people.get(login) ?? missing(`${login} has not enrolled.`);
  }

  request(work: Work): RequestView {
    return this.requests.get(work) ?? missing(`The request "${work}" was not made.`);
  }

  grant(work: Work): GrantView {
    return this.grants.get(work) ?? missing(`The grant "${work}" was not approved.`);
  }

  /** Something that is to be stopped when the story ends, last one first. */
  atEnd(ending: () => Promise<void>): void {
    this.#endings.unshift(ending);
  }

  /** Copies what a failed step leaves behind: the pages as they look, and every log. */
  async keep(folder: string, step: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    for (const { login, page } of this.people.values()) {
      await page.screenshot({ path: join(folder, `${step}-${login}.png`), fullPage: true }).catch(() => {});
    }
    cpSync(join(this.folder, "data", "log"), join(folder, `${step}-log`), { recursive: true, force: true });
  }

  async end(): Promise<void> {
    for (const ending of this.#endings) await ending().catch(() => {});
    for (const chromium of new Set([this.chromium, this.#hospitalChromium])) await chromium.close();
    const world = await this.#world?.catch(() => undefined);
    await world?.stop();
    this.#network?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #begin(): Promise<World> {
    if (webBuildIsStale()) await buildWeb();
    const dataFolder = openDataFolder(join(this.folder, "data"), false);
    const servers = await Servers.start(this.folder, this.#wanted);
    this.servers = servers;
    this.atEnd(() => servers.remove());
    this.#options = {
      dataFolder,
      masterKeyFile: join(this.folder, "master.key"),
      ports: await portsOf(dataFolder, this.#network ? publicPort : await freePort()),
      layout: this.layout,
      ...(this.certificates ? { tls: this.certificates.hosts } : {}),
      servers: servers.files,
      progress: (says) => this.say(`· ${says.en}`),
    };
    const world = await prepareWorld(this.#options);
    this.atEnd(() => world.stop());
    await beginServers(world, this.#options);
    return world;
  }
}

const zoneOf = (login: SampleLogin): Zone => (login === "sato" ? "vendor" : "hospital");

function missing(what: string): never {
  throw new Error(what);
}
