import { dialAuthority } from "../../../agent/control.ts";
import { readJoined } from "../../../agent/joined.ts";
import { readPinned } from "../../../agent/trust.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { reported } from "../../reported.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, spread } from "../figure.ts";
import { fillLists, listsFlood } from "../floods.ts";

/** Time between a session's lease and the next while a technician floods the authority with lists; quiet in turn with it. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: 9 }], without: ["agent"] });
  const agent = await Leased.start(world);
  try {
    const sato = await world.technician();
    const suzuki = await world.technician("suzuki");
    await fillLists(suzuki, world.device("echo"));
    await sato.admit(await world.grant(sato, await world.staff("tanaka"), "echo"), createProgramKey());
    const flood = listsFlood(world, suzuki);
    const [quiet, flooded]: [number[], number[]] = [[], []];
    const gaps = effort.times(4);
    effort.say(`${gaps} leases in quiet and ${gaps} under the flood, one every ${limits.leaseRenewMs} ms`);
    let made = 0;
    await agent.gap();
    for (let i = 0; i < gaps; i++) {
      quiet.push(await agent.gap());
      const stop = flood.begin();
      flooded.push(await agent.gap());
      made += stop();
    }
    return [
      {
        figure: "lease_gap_ms",
        unit: "ms",
        ours: spread(flooded),
        beside: { what: "the same in quiet, in turn", value: spread(quiet) },
        note: `max is what counts: a session ends after ${limits.leaseMs} without; ${flood.what} (${made} in all)`,
      },
    ];
  } finally {
    agent.stop();
    await world.stop();
  }
}

/** A stand-in for the site's agent: says yes to every session, and notes when its leases come. */
class Leased {
  readonly #close: () => void;
  readonly #taken: () => Promise<number>;
  #last = performance.now();

  private constructor(taken: () => Promise<number>, close: () => void) {
    this.#taken = taken;
    this.#close = close;
  }

  static async start(world: QuickWorld): Promise<Leased> {
    const { folder, site } = world.register.agents.site;
    const { gateways, authorityKey, programKey } = readJoined(folder);
    const root = readPinned(folder, site);
    if (!root) throw new Error("The agent has no list of approvers.");
    let taken = Promise.withResolvers<number>();
    const { link } = await dialAuthority({
      address: { gateways, authorityKey },
      programKey,
      handlers: {
        "trust.propose": () => ({ pinned: false }),
        "targets.listed": ({ targets }) => ({ listed: targets.map(() => true) }),
        "target.reach": () => ({ reach: "open" }),
        "nonce.request": () => ({ nonce: randomToken() }),
        "session.admit": () => ({ proofNonce: randomToken(), leftMs: limits.windowLongestMs }),
        "session.cut": ({ reason }) => {
          taken.reject(new Error(`The session was cut: ${reason}.`));
          return {};
        },
        lease: () => {
          taken.resolve(performance.now());
          taken = Promise.withResolvers();
          return {};
        },
      },
      log: silentProgramLog,
    });
    await link.request("hello", {
      clock: new Date().toISOString(),
      recorder: true,
      report: reported,
      trust: { version: root.statement.version, hash: root.hash },
      gateways: gateways.map(({ key }) => key),
      sessions: [],
    });
    return new Leased(
      () => taken.promise,
      () => link.close(),
    );
  }

  /** Milliseconds from the lease before to the next one. Throws when the session is cut meanwhile. */
  async gap(): Promise<number> {
    const at = await this.#taken();
    const ms = at - this.#last;
    this.#last = at;
    return ms;
  }

  stop(): void {
    this.#close();
  }
}
