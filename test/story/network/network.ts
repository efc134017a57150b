import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../../bin/start/layout.ts";
import { type Found, type Order, type ProbeName, probe } from "./probe.ts";
import { type Counter, closedZones, rules } from "./rules.ts";
import * as topology from "./topology.ts";
import { addresses, type Zone, zones } from "./topology.ts";

/** Who started the story, before `enter` made it root of its namespaces. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The networks of a vendor, a DMZ, a hospital and its device VLAN, as namespaces. This process itself sits in the vendor's.
 * Only inside `enter`: the mounts that are made here would otherwise be the machine's.
 */
export class Network {
  /** Where the programs of the world stand in it. */
  readonly layout: Layout;
  /** Who is root here, where that is no real root. */
  readonly user: User | undefined;
  readonly #prefix = `genkan-${process.pid}`;
  readonly #folder: string;

  private constructor(folder: string, user: User) {
    this.#folder = folder;
    this.user = user.uid === 0 ? undefined : user;
    this.layout = {
      names: topology.names,
      addresses: {
        gateway: topology.gatewayAddress,
        staff: topology.authorityAddress,
        devices: topology.deviceAddress,
      },
      launch: {
        gateway: this.launch("dmz"),
        authority: this.launch("hospital"),
        agent: this.launch("vlan"),
        sample: this.launch("vlan"),
      },
    };
  }

  /** `folder` keeps what it writes. */
  static build(folder: string, user: User): Network {
    const network = new Network(folder, user);
    network.#build();
    return network;
  }

  /** Command that runs what follows it in a zone, in its own place: `nsenter` ends by `exec`. */
  launch(zone: Zone): readonly string[] {
    return zone === "vendor" ? [] : ["nsenter", `--net=/run/netns/${this.#name(zone)}`, "--"];
  }

  /** Tries something from a computer of this zone. */
  probe<N extends ProbeName>(zone: Zone, name: N, order: Order<N>): Promise<Found<N>> {
    return probe(this.launch(zone), name, order);
  }

  /** Packets that this zone has counted so far. */
  counted(zone: (typeof closedZones)[number], counter: Counter): number {
    const text = this.#in(zone, "nft", "-j", "list", "counter", "inet", "genkan", counter);
    const { nftables } = JSON.parse(text) as { nftables: { counter?: { packets: number } }[] };
    return nftables.find((entry) => entry.counter)?.counter?.packets ?? Number.NaN;
  }

  /** From now on attempts at these ports of the devices do not count as `elsewhere`. */
  grantPorts(...ports: number[]): void {
    this.#in("vlan", "nft", "add", "element", "inet", "genkan", "granted", `{ ${ports.join(", ")} }`);
  }

  /** An executable that is the other one, run in a zone. */
  wrapped(zone: Zone, executable: string): string {
    const file = join(this.#folder, `${zone}-${executable.split("/").at(-1)}`);
    writeFileSync(file, `#!/bin/sh\nexec ${[...this.launch(zone), executable].join(" ")} "$@"\n`);
    chmodSync(file, 0o755);
    return file;
  }

  /** What a resolver says here, also of the access hosts, whose names nobody knows before. */
  get resolved(): Readonly<Record<string, string>> {
    const { portal, staff, access } = topology.names;
    const { gatewayAddress, authorityAddress } = topology;
    return { [portal]: gatewayAddress, [`*.${access}`]: gatewayAddress, [staff]: authorityAddress };
  }

  /** The kernel does the same when the last process is gone, however it went. */
  close(): void {
    for (const name of ["bridge", ...zones]) ip(`netns del ${this.#name(name)}`);
  }

  #build(): void {
    command("mount", "-t", "tmpfs", "tmpfs", "/run");
    const bridge = this.#name("bridge");
    ip(`netns add ${bridge}`);
    ip(`-n ${bridge} link add lan type bridge`);
    ip(`-n ${bridge} link set lan addrgenmode none up`);
    for (const zone of zones) {
      const name = this.#name(zone);
      if (zone === "vendor") ip(`netns attach ${name} ${process.pid}`);
      else ip(`netns add ${name}`);
      ip(`-n ${bridge} link add ${zone} type veth peer name lan netns ${name}`);
      ip(`-n ${bridge} link set ${zone} addrgenmode none master lan up`);
      ip(`-n ${name} link set lo up`);
      for (const address of addresses[zone]) ip(`-n ${name} addr add ${address}/${topology.prefixLength} dev lan`);
      // Without addresses of its own making an interface says nothing by itself, and counters stay plain.
      ip(`-n ${name} link set lan addrgenmode none up`);
    }
    const file = join(this.#folder, "rules.nft");
    writeFileSync(file, rules);
    for (const zone of closedZones) this.#in(zone, "nft", "-f", file);
    this.#nameHosts();
  }

  /** Programs of Node ask the system's resolver, which reads this file first; only these namespaces see it. */
  #nameHosts(): void {
    const file = join(this.#folder, "hosts");
    const known = Object.entries(this.resolved).filter(([name]) => !name.startsWith("*"));
    const lines = ["127.0.0.1 localhost", ...known.map(([name, address]) => `${address} ${name}`)];
    writeFileSync(file, `${lines.join("\n")}\n`);
    chmodSync(file, 0o644);
    command("mount", "--bind", file, "/etc/hosts");
  }

  #in(zone: Zone, ...words: string[]): string {
    const [file = "", ...args] = [...this.launch(zone), ...words];
    return command(file, ...args);
  }

  #name(zone: string): string {
    return `${this.#prefix}-${zone}`;
  }
}

function ip(words: string): void {
  command("ip", ...words.split(" "));
}

function command(file: string, ...args: string[]): string {
  return execFileSync(file, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
