import { type ActionName, personActor } from "../protocol/audit.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { placesOf } from "../store/person.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";

/** What was refused: calls of a face, or one action. */
type CountedFacts = { readonly face: Face } | { readonly action: ActionName };

/** One person's refusals of this window. */
interface Share {
  readonly caller: PersonCaller;
  logged: number;
  beyond: number;
}

/**
 * Which refusals stand in the log one by one. Anybody can be refused as often as he likes, also who is signed in, and each
 * record is kept for good: beyond a budget refusals are counted, and the count stands in the log instead; of a person by name.
 */
export class RefusalBudget {
  readonly #c: Context;
  readonly #facts: CountedFacts;
  readonly #networks = new Map<string, number>();
  readonly #people = new Map<string, Share>();
  #strangers = 0;
  #strangersBeyond = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `facts` say beside the count what was refused. It is kept at the end of each window in which something was counted. */
  constructor(c: Context, facts: CountedFacts) {
    this.#c = c;
    this.#facts = facts;
  }

  /** Whether the log takes this one: of whoever is signed in as one of theirs, else as one of their network's. */
  take(address: string, caller: PersonCaller | null = null): boolean {
    this.#timer ??= setTimeout(() => void this.#end(), limits.refusalsLoggedMs).unref();
    return caller ? this.#ofPerson(caller) : this.#ofStranger(address);
  }

  /** Whether this address's own network has had its share of this window. */
  spent(address: string): boolean {
    return (this.#networks.get(networkOf(address)) ?? 0) >= limits.refusalsLoggedPerAddress;
  }

  /** Keeps what was counted so far. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#end();
  }

  #ofPerson(caller: PersonCaller): boolean {
    const share = this.#people.get(caller.person.id) ?? { caller, logged: 0, beyond: 0 };
    this.#people.set(caller.person.id, share);
    const full = share.logged >= limits.refusalsLoggedPerPerson;
    if (full) share.beyond += 1;
    else share.logged += 1;
    return !full;
  }

  #ofStranger(address: string): boolean {
    if (this.spent(address) || this.#strangers >= limits.refusalsLogged) {
      this.#strangersBeyond += 1;
      return false;
    }
    const network = networkOf(address);
    this.#networks.set(network, (this.#networks.get(network) ?? 0) + 1);
    this.#strangers += 1;
    return true;
  }

  async #end(): Promise<void> {
    const strangers = this.#strangersBeyond;
    const people = [...this.#people.values()].filter(({ beyond }) => beyond > 0);
    this.#timer = undefined;
    this.#networks.clear();
    this.#people.clear();
    this.#strangers = 0;
    this.#strangersBeyond = 0;
    if (strangers > 0) await this.#keep(strangers, null);
    for (const { caller, beyond } of people) await this.#keep(beyond, caller);
  }

  async #keep(count: number, caller: PersonCaller | null): Promise<void> {
    const { store, now, programLog } = this.#c;
    const record = {
      at: now(),
      action: "refusals.counted",
      outcome: "refused",
      actor: caller ? personActor(caller.person) : null,
      subjects: {},
      facts: { ...this.#facts, count },
    } as const;
    await store
      .change(async (change) => {
        for (const place of caller ? placesOf(caller.person) : [{}]) await change.audit({ ...record, ...place });
      })
      .catch((error: unknown) =>
        programLog.error(
          { event: "authority.refusals.uncounted", error: String(error), count },
          "a count of refusals could not be kept",
        ),
      );
  }
}
