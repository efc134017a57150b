import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beginServers, portsOf, prepareWorld } from "../../bin/start/begin.ts";
import { openDataFolder } from "../../bin/start/data-folder.ts";
import type { SampleLogin } from "../../bin/start/people.ts";
import { freePort } from "../../bin/start/ports.ts";
import { buildWeb, webBuildIsStale } from "../../bin/start/web-build.ts";
import type { World, WorldOptions } from "../../bin/start/world.ts";
import type { GrantView, RequestView } from "../../protocol/api/request.ts";
import { Chromium } from "./parts/chromium.ts";
import { Devices } from "./parts/devices.ts";
import { Genkan } from "./parts/genkan.ts";
import type { Person } from "./parts/person.ts";
import { makeTestCa, type TestCa } from "./parts/test-ca.ts";

/** What is asked for at the beginning and used by the steps after it. */
export type Work = "web" | "ssh" | "tcp" | "flood" | "unlisted";

/** What the steps of one run share: the world, the browser, the people, and what earlier steps have made. */
export class Context {
  readonly folder = mkdtempSync(join(tmpdir(), "genkan-story-"));
  readonly say: (line: string) => void;
  readonly certificates: TestCa | undefined;
  readonly chromium: Chromium;
  readonly people = new Map<SampleLogin, Person>();
  readonly requests = new Map<Work, RequestView>();
  readonly grants = new Map<Work, GrantView>();
  /** The device's own page in the technician's browser, while it is open. */
  devicePage: Page | undefined;
  readonly #endings: (() => Promise<void>)[] = [];
  readonly #terminals = new Map<SampleLogin, Genkan>();
  #devices: Promise<Devices> | undefined;
  #world: Promise<World> | undefined;
  #options: WorldOptions | undefined;

  /** With `tls` everything goes over https, under certificates of an authority made for this run. */
  constructor(how: { tls: boolean }, say: (line: string) => void) {
    this.say = say;
    this.certificates = how.tls ? makeTestCa(join(this.folder, "ca")) : undefined;
    this.chromium = new Chromium(this.certificates);
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
    this.#devices ??= Devices.start(this.folder).then((devices) => {
      this.atEnd(() => devices.stop());
      return devices;
    });
    return this.#devices;
  }

  /** The command line on the computer of this person. */
  terminal(login: SampleLogin): Genkan {
    const known = this.#terminals.get(login);
    if (known) return known;
    const made = new Genkan(login, this.folder);
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
    await this.chromium.close();
    const world = await this.#world?.catch(() => undefined);
    await world?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #begin(): Promise<World> {
    if (webBuildIsStale()) await buildWeb();
    const dataFolder = openDataFolder(join(this.folder, "data"), false);
    this.#options = {
      dataFolder,
      masterKeyFile: join(this.folder, "master.key"),
      ports: await portsOf(dataFolder, await freePort()),
      ...(this.certificates ? { tls: this.certificates.hosts } : {}),
      progress: (says) => this.say(`· ${says.en}`),
    };
    const world = await prepareWorld(this.#options);
    this.atEnd(() => world.stop());
    await beginServers(world, this.#options);
    return world;
  }
}

function missing(what: string): never {
  throw new Error(what);
}
